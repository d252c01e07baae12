"""{{ cookiecutter.name }} as Lambda calls it: an event of API Gateway in, its answer out."""

from types import ModuleType

from tight.testing import Expectation, LambdaContext, http_api_event, rest_api_event


def test_get_method(app: ModuleType, context: LambdaContext, expectation: Expectation) -> None:
    for event_of in (rest_api_event, http_api_event):
        event = event_of("GET", "/{{ cookiecutter.name }}")
        expectation.check(app.{{ cookiecutter.name }}(event, context))
