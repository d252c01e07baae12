"""Verbs: an order is placed, and read back."""

from dataclasses import dataclass

from tight import get, post, publish

from app.models.order import Order


@dataclass
class Wish:
    id: str
    product: str
    count: int = 1


@post
def place(body: Wish):
    order = Order(body.id, product=body.product, count=body.count)
    order.save()
    publish("order-placed", order.to_simple_dict(), attributes={"product": order.product})
    return 201, order.to_simple_dict()


@get("/orders/{order_id}")
def show(order_id):
    try:
        return Order.get(order_id).to_simple_dict()
    except Order.DoesNotExist:
        return 404, {"message": f"no order {order_id}"}
