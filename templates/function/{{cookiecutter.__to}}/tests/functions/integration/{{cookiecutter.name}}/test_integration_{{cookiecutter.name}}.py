"""{{ cookiecutter.name }} as Lambda calls it: an event of API Gateway in, its answer out."""

from types import ModuleType

{% if cookiecutter.__class -%}
import pytest
{% endif -%}
from tight.testing import Expectation, LambdaContext, http_api_event, rest_api_event

{% if cookiecutter.__class %}
@pytest.mark.usefixtures("tables")
{%- endif %}
def test_{{ cookiecutter.__verb }}_method(app: ModuleType, context: LambdaContext, expectation: Expectation) -> None:
    for event_of in (rest_api_event, http_api_event):
        event = event_of("{{ cookiecutter.__verb.upper() }}", "{{ cookiecutter.__example }}")
        expectation.check(app.{{ cookiecutter.name }}(event, context))
