{%- set class = cookiecutter.__class -%}
{%- set samples = {
  'text': '"one"', 'number': '1', 'date': 'datetime.fromisoformat("2026-01-01T12:00:00+00:00")'
} -%}
{%- set has_date = cookiecutter.hash_type == 'date' or cookiecutter.range_key and cookiecutter.range_type == 'date' -%}
"""{{ class }} in the embedded DynamoDB."""
{% if has_date %}
from datetime import datetime
{% endif %}
from app.models.{{ class }} import {{ class }}


def test_an_item_is_read_back(tables: list[str]) -> None:
    {{ cookiecutter.hash_key }} = {{ samples[cookiecutter.hash_type] }}
{%- if cookiecutter.range_key %}
    {{ cookiecutter.range_key }} = {{ samples[cookiecutter.range_type] }}
{%- endif %}
{%- set keys = [cookiecutter.hash_key] + ([cookiecutter.range_key] if cookiecutter.range_key else []) %}
    {{ class }}({{ keys | join(', ') }}).save()

    read = {{ class }}.get({{ keys | join(', ') }})
{%- for key in keys %}
    assert read.{{ key }} == {{ key }}
{%- endfor %}
