"""Orders: replace one."""

from tight import put

TYPE_CHECKING = False  # importing `typing` would cost every cold start 3 ms, and the bare handler does not
if TYPE_CHECKING:
    from typing import Any


@put("/orders/{order_id}")
def replace_order(order_id: str, body: "dict[str, Any]") -> "dict[str, Any]":
    total = sum(line["quantity"] * line["unit_cents"] for line in body["lines"])
    return {"id": order_id, **body, "total_cents": total}
