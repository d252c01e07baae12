"""Account: items of the table NAME-STAGE-accounts."""

from pynamodb.attributes import UnicodeAttribute
from tight.clients.dynamo import Model, TableMeta, TableName


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
