"""Direct: whoever may invoke the function asks how many orders there are."""

from tight import direct

from app.models.order import Order


@direct
def count(event):
    return {"orders": sum(1 for order in Order.scan() if order.product == event["product"])}
