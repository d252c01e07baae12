"""Orders: read one."""

from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from tight import get
from tight.clients.dynamo import Model, TableMeta, TableName


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("orders")

    id = UnicodeAttribute(hash_key=True)
    customer = UnicodeAttribute()
    total_cents = NumberAttribute()


@get("/orders/{order_id}")
def read_order(order_id: str) -> dict[str, Any]:
    return Order.get(order_id).to_simple_dict()
