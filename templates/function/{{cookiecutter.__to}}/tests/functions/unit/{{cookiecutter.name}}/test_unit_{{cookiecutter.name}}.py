{%- set verbs = cookiecutter.verbs.split() -%}
{%- set others = verbs | reject('equalto', 'get') | list -%}
{%- set parameters = cookiecutter.__parameters.split() -%}
{%- set given -%}
{%- for _ in parameters -%}"one"{{ ', ' if not loop.last }}{%- endfor -%}
{%- endset -%}
"""The functions of {{ cookiecutter.name }}, called directly."""

from app.functions.{{ cookiecutter.name }} import handler
{% if 'get' in verbs and cookiecutter.__class %}

def test_get_lists_nothing_at_first(tables: list[str]) -> None:
    assert handler.get_handler({{ given }}{{ ', ' if given and 'query' not in parameters }}{{ '{}' if 'query' not in parameters }}) == []
{% elif 'get' in verbs %}

def test_get_says_hello() -> None:
    assert handler.get_handler({{ given }}) == {"hello": "world"}
{% endif %}
{%- for verb in others %}

def test_{{ verb }}_waits_to_be_written() -> None:
    assert handler.{{ verb }}_handler({{ given }})[0] == 501
{% endfor -%}
