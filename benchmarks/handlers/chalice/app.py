"""Chalice: an app is itself the handler."""

from typing import Any

from chalice import Chalice

app = Chalice(app_name="orders")


@app.route("/orders/{order_id}", methods=["PUT"], cors=True)
def replace_order(order_id: str) -> dict[str, Any]:
    order = app.current_request.json_body
    total = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    return {"id": order_id, **order, "total_cents": total}
