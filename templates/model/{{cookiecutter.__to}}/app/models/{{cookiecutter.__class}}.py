{%- set kinds = {'text': 'UnicodeAttribute', 'number': 'NumberAttribute', 'date': 'UTCDateTimeAttribute'} -%}
{%- set used = [kinds[cookiecutter.hash_type]] + ([kinds[cookiecutter.range_type]] if cookiecutter.range_key else []) -%}
"""{{ cookiecutter.__class }}: items of the table NAME-STAGE-{{ cookiecutter.table }}."""

{% set theirs = used | reject('equalto', kinds.date) | unique | sort -%}
{% if theirs %}from pynamodb.attributes import {{ theirs | join(', ') }}
{% endif -%}
from tight.clients.dynamo import Model, TableMeta, TableName{{ ', ' + kinds.date if kinds.date in used }}


class {{ cookiecutter.__class }}(Model):
    class Meta(TableMeta):
        table_name = TableName("{{ cookiecutter.table }}")

    {{ cookiecutter.hash_key }} = {{ kinds[cookiecutter.hash_type] }}(hash_key=True)
{%- if cookiecutter.range_key %}
    {{ cookiecutter.range_key }} = {{ kinds[cookiecutter.range_type] }}(range_key=True)
{%- endif %}
