"""The functions of an app, called in a test as Lambda and a gateway call them.

def test_an_order_is_read_back(app, tables):
    placed = app.orders.post("/orders", json={"product": "tea", "price": "4.20"})
    assert placed.status == 201
    assert app.orders.get(f"/orders/{placed.json['id']}").json["product"] == "tea"
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tight.testing.answer import Answer
from tight.testing.context import LambdaContext
from tight.testing.errors import NotSendable, UnknownGateway
from tight.testing.events import Event, Parts, alb_event, function_url_event, http_api_event, rest_api_event

if TYPE_CHECKING:
    from typing_extensions import Unpack

EventOf = Callable[..., Event]


def _multi_value_alb_event(method: str, path: str, **parts: Unpack[Parts]) -> Event:
    return alb_event(method, path, multi_value=True, **parts)


_EVENTS: dict[str, EventOf] = {
    "http": http_api_event,
    "rest": rest_api_event,
    "url": function_url_event,
    "alb": alb_event,
    "alb multi-value": _multi_value_alb_event,
}


class Function:
    """One function of the app. Called with an event and a context, it is what Lambda calls.

    A request comes through an HTTP API unless `via` says otherwise, is handed to the handler with a fresh context, and
    gives what the gateway makes of its answer. See `Parts` for what a request may have. What the handler raises comes
    out, where it would come out of Lambda.
    """

    def __init__(self, name: str, handler: Callable[[Any, Any], Any], event_of: EventOf = http_api_event) -> None:
        self.name = name
        self.handler = handler
        self.event_of = event_of

    def __repr__(self) -> str:
        return f"<Function {self.name}>"

    def __call__(self, event: Any, context: Any) -> Any:
        return self.handler(event, context)

    def via(self, gateway: str | EventOf) -> Function:
        """This function behind another gateway: `http`, `rest`, `url`, `alb`, `alb multi-value`, or what makes an event
        of a request, as `functools.partial(rest_api_event, stage="prod")` does. Raises `UnknownGateway`.
        """
        event_of = _EVENTS.get(gateway) if isinstance(gateway, str) else gateway
        if event_of is None:
            raise UnknownGateway(str(gateway), _EVENTS)
        return Function(self.name, self.handler, event_of)

    def invoke(self, payload: Any) -> Any:
        """What the caller of the Lambda API gets for `payload`: both pass through JSON, as they do there.

        Raises `NotSendable` for a value that AWS's runtime client can't write; it writes a Decimal as a number.
        """
        result = self.handler(_sent(payload, "the payload"), LambdaContext(self.name))
        return _sent(result, f"what {self.name} returned")

    def request(self, method: str, path: str, **parts: Unpack[Parts]) -> Answer:
        event = self.event_of(method, path, **parts)
        return Answer(self.invoke(event), infers=event.get("version") == "2.0")

    def get(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("GET", path, **parts)

    def post(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("POST", path, **parts)

    def put(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("PUT", path, **parts)

    def patch(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("PATCH", path, **parts)

    def delete(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("DELETE", path, **parts)

    def options(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("OPTIONS", path, **parts)

    def head(self, path: str, **parts: Unpack[Parts]) -> Answer:
        return self.request("HEAD", path, **parts)


class App:
    """The app's entry module: `app.accounts` is its function `accounts`. Whatever else the module has is there too."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __repr__(self) -> str:
        return f"<App {self._module.__name__}>"

    def __getattr__(self, name: str) -> Function:  # nearly all that is asked for
        value: Any = getattr(vars(self)["_module"], name)
        if name.startswith("_") or isinstance(value, type) or not callable(value):
            return value  # type: ignore[no-any-return]  # a constant of the module, say
        return Function(name, value)


def _sent(value: Any, what: str) -> Any:
    """`value` as the other side of AWS's runtime client sees it; a named tuple is a list, where AWS's makes a dict."""
    try:
        return json.loads(json.dumps(value, default=_written))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotSendable(what, str(error)) from error


def _written(value: object) -> Any:
    if isinstance(value, Decimal):
        return math.nan if value.is_nan() else json.loads(str(value))
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
