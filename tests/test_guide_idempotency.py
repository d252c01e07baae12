"""The code of docs/guides/idempotency.md and telemetry.md, run as it stands."""

import re
from pathlib import Path
from typing import Any

GUIDES = Path(__file__).parent.parent / "docs" / "guides"


def files_of(guide: str) -> dict[str, str]:
    text = (GUIDES / guide).read_text(encoding="utf-8")
    return dict(re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL))


def test_a_payment_is_made_once(tested_app: Any) -> None:
    tested_app.write({"app/models/__init__.py": "", **files_of("idempotency.md")})

    assert "1 passed" in tested_app.passes()


def test_a_request_is_a_span(tested_app: Any) -> None:
    handler = "from tight import get\n\n\n@get\ndef read():\n    return {}\n"
    test = """
        PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

        def test_a_request_is_answered(app):
            assert app.orders.get("/orders", headers={"traceparent": PARENT}).status == 200
    """
    made = {"app/functions/orders/handler.py": handler, "tests/test_orders.py": test}
    tested_app.write({**files_of("telemetry.md"), **made})
    printed = tested_app.passes("--capture=no")

    assert '"trace_id": "0x0af7651916cd43dd8448eb211c80319c"' in printed
    assert '"parent_id": "0xb7ad6b7169203331"' in printed
