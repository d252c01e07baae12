"""The functions of accounts, called directly."""

from app.functions.accounts.handler import list_accounts, open_account, read_account


def test_an_opened_account_is_read_and_listed(tables: list[str]) -> None:
    account = {"id": "ada", "name": "Ada Lovelace"}

    assert open_account(account) == (201, account)
    assert read_account("ada") == account
    assert list_accounts({}) == [account]


def test_an_account_that_nobody_opened_is_not_found(tables: list[str]) -> None:
    assert read_account("nobody") == (404, {"message": "no account nobody"})
