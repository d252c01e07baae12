"""Effect: what a handler has done, once for each key."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError
from tight.clients.dynamo import Model, TableMeta, TableName


class Effect(Model):
    class Meta(TableMeta):
        table_name = TableName("effects")

    id = UnicodeAttribute(hash_key=True)

    @classmethod
    def note(cls, key: str) -> None:
        """Nothing where it is noted already: every service may deliver a message twice."""
        try:
            cls(key).save(cls.id.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
