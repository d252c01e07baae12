"""accounts as Lambda calls it: an event of API Gateway in, its answer out."""

from tight.testing import App, Expectation

ACCOUNT = {"id": "ada", "name": "Ada Lovelace"}


def test_get_method(app: App, expectation: Expectation, tables: list[str]) -> None:
    assert app.accounts.post("/accounts", json=ACCOUNT).status == 201

    for gateway in ("http", "rest"):
        expectation.check(app.accounts.via(gateway).get("/accounts/ada").raw)
