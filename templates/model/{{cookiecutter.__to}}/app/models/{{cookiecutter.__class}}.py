"""{{ cookiecutter.__class }}: items of the table NAME-STAGE-{{ cookiecutter.table }}."""

from pynamodb.attributes import UnicodeAttribute
from tight.clients.dynamo import Model, TableMeta, TableName


class {{ cookiecutter.__class }}(Model):
    class Meta(TableMeta):
        table_name = TableName("{{ cookiecutter.table }}")

    id = UnicodeAttribute(hash_key=True)
