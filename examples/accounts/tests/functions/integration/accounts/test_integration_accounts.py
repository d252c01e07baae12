"""accounts as Lambda calls it: an event of API Gateway in, its answer out."""

from types import ModuleType

from tight.testing import Expectation, LambdaContext, http_api_event, rest_api_event

ACCOUNT = {"id": "ada", "name": "Ada Lovelace"}


def test_get_method(
    app: ModuleType, context: LambdaContext, expectation: Expectation, tables: list[str]
) -> None:
    app.accounts(http_api_event("POST", "/accounts", body=ACCOUNT), context)

    expectation.check(app.accounts(http_api_event("GET", "/accounts/ada"), context))
    expectation.check(app.accounts(rest_api_event("GET", "/accounts/ada"), context))
