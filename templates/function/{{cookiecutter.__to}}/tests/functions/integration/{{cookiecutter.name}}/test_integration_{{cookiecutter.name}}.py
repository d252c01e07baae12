"""{{ cookiecutter.name }} as Lambda calls it: an event of API Gateway in, its answer out."""

{% if cookiecutter.__class -%}
import pytest
{% endif -%}
from tight.testing import App, Expectation

{% if cookiecutter.__class %}
@pytest.mark.usefixtures("tables")
{%- endif %}
def test_{{ cookiecutter.__verb }}_method(app: App, expectation: Expectation) -> None:
    for gateway in ("rest", "http"):
        function = app.{{ cookiecutter.name }}.via(gateway)
        expectation.check(function.{{ cookiecutter.__verb }}("{{ cookiecutter.__example }}").raw)
