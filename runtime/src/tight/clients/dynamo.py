"""The base of an app's models: PynamoDB, bound by the environment when a table is first used.

    class Account(Model):
        class Meta(TableMeta):
            table_name = TableName("accounts")

        id = UnicodeAttribute(hash_key=True)

Importing this module imports PynamoDB and botocore, which costs hundreds of milliseconds of cold start: only models do.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import pynamodb.attributes
import pynamodb.connection.base
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.models import Model as PynamoModel

from tight.clients import cache, session
from tight.clients.session import region
from tight.errors import BadDate, MissingEnvironment, UnreadableDate

__all__ = [
    "FromEnvironment",
    "Model",
    "TableMeta",
    "TableName",
    "UTCDateTimeAttribute",
    "connection",
    "endpoint",
    "is_local",
    "region",
]

Value = TypeVar("Value")

# PynamoDB makes a session for each thread by this name, and has no setting for it; a test holds that it still does.
vars(pynamodb.connection.base)["get_session"] = session.botocore_session


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
    return session.database_endpoint()


def is_local() -> bool:
    """Whether the endpoint is on this machine."""
    return session.is_local(endpoint())


def connection() -> Connection:
    """What PynamoDB's transactions ask for, to where the models are: its own `Connection()` knows AWS alone."""
    session.require_region("DynamoDB")
    made = Connection(region=region(), host=endpoint())
    if is_local():
        made.session.set_credentials(session.LOCAL_KEY, session.LOCAL_KEY)
    return made


def _dummy_key() -> str | None:
    return session.LOCAL_KEY if is_local() else None


class TableMeta:
    """Base of a model's `Meta`: billed per request, at the endpoint and in the region that the environment names.

    Every setting of PynamoDB's `Meta` may be given instead, such as `billing_mode = "PROVISIONED"` with
    `read_capacity_units` and `write_capacity_units`.
    """

    billing_mode = "PAY_PER_REQUEST"
    region = FromEnvironment(region)
    host = FromEnvironment(endpoint)
    aws_access_key_id = FromEnvironment(_dummy_key)
    aws_secret_access_key = FromEnvironment(_dummy_key)


class Model(PynamoModel):
    """Base of an app's models."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        # PynamoDB keeps a connection until the table's name changes; here it also ends with its endpoint.
        binding = (endpoint(), region())
        if cache.find(cls) != binding:
            session.require_region("DynamoDB")
            cls._connection = None
            cache.replace(cls, binding)
        return super()._get_connection()


class UTCDateTimeAttribute(pynamodb.attributes.UTCDateTimeAttribute):
    """A moment: an aware datetime of any timezone goes in, one of UTC is read back. Stored as PynamoDB stores it.

    BadDate refuses anything else when it is assigned, and when it is a key or part of an expression.
    """

    def __set__(self, instance: Any, value: datetime | None) -> None:
        # None means that there is no value. Within a map's class, PynamoDB sets attributes on attributes.
        if value is not None and not isinstance(value, pynamodb.attributes.Attribute):
            self._check(value)
        super().__set__(instance, value)

    def serialize(self, value: Any) -> str:
        self._check(value)
        return str(pynamodb.attributes.UTCDateTimeAttribute.serialize(self, value))

    def deserialize(self, value: Any) -> datetime:
        try:
            moment: datetime = pynamodb.attributes.UTCDateTimeAttribute.deserialize(self, value)
        except ValueError:
            raise UnreadableDate(self.attr_name) from None
        return moment

    def _check(self, value: object) -> None:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise BadDate(self.attr_name, value)


def _require(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingEnvironment(name, "the name of a table")
    return value
