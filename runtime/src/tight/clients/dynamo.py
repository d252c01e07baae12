"""The base of an app's models: PynamoDB, bound by the environment when a table is first used.

    class Account(Model):
        class Meta(TableMeta):
            table_name = TableName("accounts")

        id = UnicodeAttribute(hash_key=True)

Importing this module imports PynamoDB and botocore, which costs hundreds of milliseconds of cold start: only models do.
"""

import os
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar
from urllib.parse import urlsplit

from pynamodb.connection.table import TableConnection
from pynamodb.models import Model as PynamoModel

from tight.errors import MissingEnvironment

Value = TypeVar("Value")

_LOCAL_ENDPOINT = "http://127.0.0.1:8000"  # where DynamoDB Local listens unless told otherwise
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_TRUE_WORDS = ("1", "true", "yes", "on")


class TableName:
    """The name of a table, NAME-STAGE-suffix, from the environment of the moment it is asked for."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix

    def __get__(self, instance: object, owner: type) -> str:
        return "-".join((_require("NAME"), _require("STAGE"), self.suffix))


class FromEnvironment(Generic[Value]):
    """An attribute of a class that is read anew from the environment each time."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self.read = read

    def __get__(self, instance: object, owner: type) -> Value:
        return self.read()


def endpoint() -> str | None:
    """Where DynamoDB is: AWS's own variables first, then USE_LOCAL_DB; None for the region's endpoint of AWS."""
    named = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
    if named:
        return named
    return _LOCAL_ENDPOINT if os.environ.get("USE_LOCAL_DB", "").lower() in _TRUE_WORDS else None


def region() -> str | None:
    """The region that Lambda or the shell sets; None leaves it to botocore's own chain."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def is_local() -> bool:
    """Whether the endpoint is on this machine."""
    return urlsplit(endpoint() or "").hostname in _LOCAL_HOSTS


def _dummy_key() -> str | None:
    # A real key never travels to a local database, and a local database needs no account.
    return "local" if is_local() else None


class TableMeta:
    """Base of a model's `Meta`: billed per request, at the endpoint and in the region that the environment names."""

    billing_mode = "PAY_PER_REQUEST"
    region = FromEnvironment(region)
    host = FromEnvironment(endpoint)
    aws_access_key_id = FromEnvironment(_dummy_key)
    aws_secret_access_key = FromEnvironment(_dummy_key)


class Model(PynamoModel):
    """Base of an app's models."""

    _bound_to: ClassVar[tuple[str | None, str | None] | None] = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        # PynamoDB keeps a connection until the table's name changes; here it also ends with its endpoint.
        now = (endpoint(), region())
        if cls._bound_to != now:
            cls._connection, cls._bound_to = None, now
        return super()._get_connection()


def _require(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingEnvironment(name, "the name of a table")
    return value
