"""Account in the embedded DynamoDB."""

from app.models.Account import Account


def test_an_item_is_read_back(tables: list[str]) -> None:
    Account("ada", name="Ada Lovelace").save()

    assert Account.get("ada").name == "Ada Lovelace"
