"""The code of docs/guides/http.md, run as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/guides/http.md").read_text(encoding="utf-8"), re.DOTALL)

CALLER = """
import json, sys, app_index
from tight.testing import App, http_api_event, request_authorizer_event
app = App(app_index)
"""


def block(first: str) -> str:
    """The block of the guide that begins with, or is for, `first`."""
    (found,) = [text for text in BLOCKS if first in text]
    return str(found)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    files = {
        "app_index.py": block("# app_index.py"),
        "app/lib/timing.py": block("# app/lib/timing.py"),
        "app/functions/orders/handler.py": block("# app/functions/orders/handler.py"),
        "app/functions/resize/handler.py": block("def resize"),
        "app/functions/check/handler.py": block("def check(token)"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def call(app: Path, expression: str) -> Any:
    command = [sys.executable, "-c", f"{CALLER}print(json.dumps({expression}))"]
    done = subprocess.run(command, cwd=app, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_orders_are_placed_and_read(app: Path) -> None:
    answers = call(
        app,
        "[(each.status, each.json) for each in ("
        "app.orders.post('/orders', json={'product': 'tea', 'price': '4.20'}, principal_id='ada'),"
        "app.orders.get('/orders/1'), app.orders.get('/orders/2'), app.orders.get('/orders', query={'limit': '1'}),"
        "app.orders.post('/orders', json={'product': 'tea', 'price': 'much'}),"
        "app.orders.post('/orders', json={'product': 'moon dust', 'price': 1}))]",
    )
    order = {"id": "1", "product": "tea", "price": 4.2, "owner": "ada"}

    assert answers == [
        [201, order],
        [200, order],
        [404, {"message": "no order 2"}],
        [200, [order]],
        [
            422,
            {
                "message": "Unprocessable Entity",
                "errors": [{"field": "body.price", "message": "a decimal number is needed"}],
            },
        ],
        [409, {"message": "out of stock"}],
    ]


def test_the_apps_settings_hold_for_all_functions(app: Path) -> None:
    origin = "headers={'Origin': 'https://shop.example.org'}"
    status, headers, body = call(
        app, f"(lambda a: [a.status, dict(a.headers), a.json])(app.orders.patch('/orders/1/lines', {origin}))"
    )

    assert (status, "access-control-allow-origin" in headers) == (405, True)
    assert headers["access-control-allow-origin"] == "https://shop.example.org"
    assert body == {"message": "Method Not Allowed"}


def test_what_is_not_http_is_answered(app: Path) -> None:
    event = "request_authorizer_event('GET', '/orders', headers={'Authorization': 'Bearer %s'})"

    assert call(app, "app.resize.invoke({'width': 4})") == {"width": 2}
    assert call(app, f"app.check.invoke({event % 'secret-token'})") == {
        "isAuthorized": True,
        "context": {"principalId": "user-1", "plan": "pro"},
    }
    assert call(app, f"app.check.invoke({event % 'other'})")["isAuthorized"] is False
