"""Stands between botocore and the network: every call of every client in this process, whoever made it and when.

boto3's clients and resources and PynamoDB's models all call through `BaseClient`, so its class is where to stand: a
client that was made before is covered as well. botocore has events for a call, but a client copies its session's when
it is made.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.client import BaseClient

Answer = tuple[Any, dict[str, Any]]
"""What botocore goes on with: the HTTP response, and what was parsed of it."""
Ask = Callable[[], Answer]

_PARAMETERS = "tight.parameters"
_unseen: ContextVar[bool] = ContextVar("unseen", default=False)


@dataclass(frozen=True)
class Call:
    """One call as its caller made it, but for tokens of idempotency: botocore makes up a new one each time.

    `prefix` is the service's name in an endpoint, `http` botocore's own request, which may be changed.
    """

    service: str
    prefix: str
    operation: str
    parameters: dict[str, Any]
    http: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


@contextmanager
def intercepted(answer: Callable[[Call, Ask], Answer]) -> Iterator[None]:
    """Give each call to `answer`, with a function that makes it. What botocore or the test kit calls on its own is not.

    Nothing was sent yet: what answers in the place of the network before, such as botocore's Stubber, still does.
    """
    convert, send = vars(BaseClient)["_convert_to_request_dict"], vars(BaseClient)["_make_request"]

    def noting(client: Any, **given: Any) -> Any:
        given["context"][_PARAMETERS] = _taken(given["api_params"], given["operation_model"])
        return convert(client, **given)

    def making(client: Any, operation_model: Any, request_dict: dict[str, Any], request_context: dict[str, Any]) -> Any:
        def ask() -> Answer:
            # Credentials, endpoints and sessions are asked for within: those calls are botocore's own.
            with unseen():
                made: Answer = send(client, operation_model, request_dict, request_context)
            return made

        if _unseen.get():
            return ask()
        service = operation_model.service_model
        parameters = request_context[_PARAMETERS]
        call = Call(service.service_name, service.endpoint_prefix, operation_model.name, parameters, request_dict)
        return answer(call, ask)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_convert_to_request_dict", noting)
        patch.setattr(BaseClient, "_make_request", making)
        yield


@contextmanager
def unseen() -> Iterator[None]:
    """Calls of this thread go their own way meanwhile."""
    token = _unseen.set(True)
    try:
        yield
    finally:
        _unseen.reset(token)


def _taken(parameters: dict[str, Any], operation: Any) -> dict[str, Any]:
    for name, value in parameters.items():
        if hasattr(value, "read") and not (hasattr(value, "seek") and hasattr(value, "tell")):
            parameters[name] = value.read()  # it can be read once only: botocore is given what was in it
    return {name: _plain(value) for name, value in parameters.items() if name not in operation.idempotent_members}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "read"):
        start = value.tell()
        content = value.read()
        value.seek(start)
        return content.encode() if isinstance(content, str) else content
    return value
