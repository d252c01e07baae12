"""Where every botocore session comes from: those of `tight.clients.aws` and those of the models.

    def record(session: Session) -> None:
        session.register("before-send", remember)

    stop = watch(record)

A client copies the handlers of its session when it is made. So `watch` drops what the clients keep: each is made anew,
of a session that the watcher has seen. Nothing watches in Lambda.
"""

import os
import re

from tight.clients.cache import forget
from tight.errors import MissingRegion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

    Watcher = Callable[[Session], None]

_LOCAL_DATABASE = "http://127.0.0.1:8000"  # where DynamoDB Local listens unless told otherwise
_TRUE_WORDS = ("1", "true", "yes", "on")
LOCAL_KEY = "local"  # a real key never travels to this machine's own services, which need no account

_LOOPBACK = r"(.+\.)?localhost|127(\.[0-9]+){3}|::1"
_watchers: "list[Watcher]" = []


def botocore_session() -> "Session":
    """A new session, which every watcher has seen."""
    from botocore.session import get_session  # 100 ms of cold start, paid by the functions that make a client

    made = get_session()
    for watcher in tuple(_watchers):
        watcher(made)
    return made


def watch(watcher: "Watcher") -> "Callable[[], None]":
    """Call `watcher` with each session from now on, before a client is made of it; gives what stops that."""
    _watchers.append(watcher)
    forget()

    def stop() -> None:
        _watchers.remove(watcher)
        forget()

    return stop


def region() -> str | None:
    """The region that Lambda or the shell sets; None leaves it to botocore's own chain, which reads the profile."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None


def require_region(service: str) -> str:
    """The region of the environment or of the profile."""
    found = region() or botocore_session().get_config_variable("region")
    if not found:
        raise MissingRegion(service)
    return str(found)


def database_endpoint() -> str | None:
    """Where DynamoDB is: AWS's own variables first, then USE_LOCAL_DB; None for the region's endpoint of AWS."""
    named = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
    if named:
        return named
    return _LOCAL_DATABASE if os.environ.get("USE_LOCAL_DB", "").lower() in _TRUE_WORDS else None


def is_local(endpoint: str | None) -> bool:
    """Whether the endpoint is on this machine."""
    if not endpoint:
        return False
    from urllib.parse import urlsplit  # 4 ms of cold start; in Lambda there is no endpoint to look at

    return bool(re.fullmatch(_LOOPBACK, urlsplit(endpoint).hostname or ""))
