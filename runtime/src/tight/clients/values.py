"""Parameters of Parameter Store and secrets of Secrets Manager, kept for a while.

    parameter("/shop/key")                  # text, decrypted
    secret("shop/db", json=True)["password"]

`max_age` is in seconds: a value that was fetched longer ago is fetched anew, at 0 always. An older one is never given:
when fetching fails, that is an error even where an old value is known, since that may have been revoked. Names may be
ARNs, and a parameter's may end with `:version`. No error holds a value; botocore's loggers write them at DEBUG.
"""

from time import monotonic

from tight.clients import aws, cache
from tight.errors import NotJson, ValueUnavailable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _Fetched:
    """A value and when it was fetched. It has no repr, so that none shows the value."""

    __slots__ = ("at", "value")

    def __init__(self, value: "str | bytes", at: float) -> None:
        self.value = value
        self.at = at


def parameter(name: str, *, max_age: float = 300) -> str:
    """The text of a parameter, a SecureString's decrypted; of a StringList its items with commas between.

    ValueUnavailable names the parameter and what the function's role needs.
    """

    def fetch(client: "Any") -> "Any":
        return client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]

    return str(_value("ssm", "parameter", name, max_age, fetch))


def secret(name: str, *, max_age: float = 300, json: bool = False) -> "Any":
    """The current version of a secret: its text, or bytes where it is binary; with `json` what its JSON says.

    ValueUnavailable names the secret and what the function's role needs; NotJson names one that is not JSON.
    """

    def fetch(client: "Any") -> "Any":
        answer = client.get_secret_value(SecretId=name)
        return answer["SecretString"] if "SecretString" in answer else answer["SecretBinary"]

    value = _value("secretsmanager", "secret", name, max_age, fetch)
    return _from_json(name, value) if json else value


def forget() -> None:
    """Drop every value, so that each is fetched anew; the clients stay."""
    cache.drop(lambda kept: isinstance(kept, _Fetched))


def _value(service: str, kind: str, name: str, max_age: float, fetch: "Callable[[Any], Any]") -> "str | bytes":
    client = aws.client(service)
    key = (client, name)
    kept = cache.find(key)
    now = monotonic()
    if isinstance(kept, _Fetched) and now - kept.at < max_age:
        return kept.value
    from botocore.exceptions import BotoCoreError, ClientError  # loaded with the client

    try:
        value: str | bytes = fetch(client)
    except ClientError as error:
        raise ValueUnavailable(kind, name, error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise ValueUnavailable(kind, name, type(error).__name__) from error
    cache.replace(key, _Fetched(value, now))
    return value


def _from_json(name: str, value: "str | bytes") -> "Any":
    import json

    try:
        return json.loads(value)
    except ValueError:
        pass  # this error holds the value, so it can't even be the context of ours
    raise NotJson(name)
