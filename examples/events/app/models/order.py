"""Order: what somebody wants to have."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from tight.clients.dynamo import Model, TableMeta, TableName


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("orders")
        stream_view_type = "NEW_AND_OLD_IMAGES"

    id = UnicodeAttribute(hash_key=True)
    product = UnicodeAttribute()
    count = NumberAttribute(default=1)
