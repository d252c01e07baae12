"""Accounts: open one, list them, read one back."""

from typing import Any

from tight import get, post

from app.models.Account import Account


@get
def list_accounts(query: dict[str, str]) -> list[dict[str, Any]]:
    return [account.to_simple_dict() for account in Account.scan(limit=int(query.get("limit", 20)))]


@post
def open_account(body: dict[str, str]) -> tuple[int, dict[str, Any]]:
    account = Account(body["id"], name=body["name"])
    account.save()
    return 201, account.to_simple_dict()


@get("/accounts/{account_id}")
def read_account(account_id: str) -> dict[str, Any] | tuple[int, dict[str, str]]:
    try:
        return Account.get(account_id).to_simple_dict()
    except Account.DoesNotExist:
        return 404, {"message": f"no account {account_id}"}
