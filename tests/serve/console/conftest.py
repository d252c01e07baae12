"""What the console's tests share: a shop that is served."""

from collections.abc import Iterator

import pytest

from tests.serve.served import Served, serving

ORDERS = '''
"""Orders: list, read and place them."""

from uuid import uuid4

from tight import get, log, post

ORDERS = {"1": {"id": "1", "product": "tea", "price": 4.2}}


@get
def list_orders(query):
    log.info("listed", limit=query.get("limit", "20"))
    return [*ORDERS.values()]


@get("/orders/{order_id}")
def read_order(order_id, headers):
    log.warning("read " + order_id, note=headers.get("x-note", ""))
    if order_id not in ORDERS:
        return 404, {"message": f"no order {order_id}"}
    return ORDERS[order_id]


@post
def place_order(body):
    return 201, {"id": str(uuid4()), **body}


@get("/orders/broken")
def broken():
    return 1 / 0
'''
RESIZE = """
from tight import direct


@direct
def resize(event):
    return {"width": event["width"] * 2}
"""
CHECK = """
from tight import allow, authorizer


@authorizer
def check(token):
    return allow(token)
"""
HANDLERS = {"orders": ORDERS, "resize": RESIZE, "check": CHECK}


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Each test its own, with nothing that ran before."""
    with serving(tmp_path_factory.mktemp("shop"), HANDLERS) as found:
        yield found
