{%- set verbs = cookiecutter.verbs.split() -%}
{%- set model = cookiecutter.__class -%}
{%- set parameters = cookiecutter.__parameters.split() | join(': str, ') ~ (': str' if cookiecutter.__parameters else '') -%}
{%- set others = verbs | reject('equalto', 'get') | map('upper') | list -%}
"""{{ cookiecutter.name }}: {{ 'GET works' if 'get' in verbs }}{{ ', ' if 'get' in verbs and others }}
{{- others | join(' ') }}{{ ' wait to be written' if others | length > 1 else ' waits to be written' if others }}."""
{% if model and 'get' in verbs %}
from typing import Any
{% endif %}
from tight import {{ verbs | sort | join(', ') }}
{% if model and 'get' in verbs %}
from app.models.{{ model }} import {{ model }}
{% endif %}
{%- if others %}
NOT_IMPLEMENTED = 501, {"message": "Not Implemented"}
{% endif %}
{%- for verb in verbs %}

@{{ verb }}{% if cookiecutter.path %}("{{ cookiecutter.path }}"){% endif %}
{%- if verb == 'get' and model and 'query' in cookiecutter.__parameters.split() %}
def get_handler({{ parameters }}) -> list[dict[str, Any]]:
    return [item.to_simple_dict() for item in {{ model }}.scan(limit=20)]
{%- elif verb == 'get' and model %}
def get_handler({{ parameters ~ ', ' if parameters }}query: dict[str, str]) -> list[dict[str, Any]]:
    limit = int(query.get("limit", "20"))
    return [item.to_simple_dict() for item in {{ model }}.scan(limit=limit)]
{%- elif verb == 'get' %}
def get_handler({{ parameters }}) -> dict[str, str]:
    return {"hello": "world"}
{%- else %}
def {{ verb }}_handler({{ parameters }}) -> tuple[int, dict[str, str]]:
    return NOT_IMPLEMENTED
{%- endif %}
{% endfor -%}
