"""The parts of a request that few functions ask for: a function for each, by its name in `Request`."""

from tight.request import unquote, without_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tight.fields import Fields, Headers
    from tight.gateways import Gateway
    from tight.request import Request


def gateway(request: "Request") -> "Gateway":
    from tight.gateways import gateway_of

    return gateway_of(request.event)


def path(request: "Request") -> str:
    path = without_prefix(request.sent_path, request.resource.base_path)
    return unquote(path) if request.path_is_encoded else path


def path_parameters(request: "Request") -> "dict[str, Any]":
    return {**request.gateway.path_parameters(request.event), **request.matched}


def headers(request: "Request") -> "Headers":
    from tight.fields import Headers

    return Headers(request.gateway.headers(request.event))


def cookies(request: "Request") -> "dict[str, str]":
    from tight.fields import read_cookies

    return read_cookies(request.gateway.cookies(request.event))


def query(request: "Request") -> "Fields":
    from tight.fields import Fields

    return Fields(request.gateway.query(request.event))


def content_type(request: "Request") -> str:
    # Headers may be many, and this one decides about every body.
    sent = request.event.get("headers") or {}
    return str(sent.get("content-type") or sent.get("Content-Type") or request.headers.get("content-type", ""))


def sent_body(request: "Request") -> "str | bytes":
    body: Any = request.event.get("body") or ""
    if body and request.event.get("isBase64Encoded"):
        from tight.bodies import decode_base64

        return decode_base64(body)
    if isinstance(body, (str, bytes)):
        return body
    from tight.handlers import dumps  # only an event that a person has written has a body that is no text

    return dumps(body)


def content(request: "Request") -> bytes:
    sent = request.sent_body
    return sent if isinstance(sent, bytes) else sent.encode("utf-8", "replace")


def text(request: "Request") -> str:
    from tight.bodies import decode

    sent = request.sent_body
    return sent if isinstance(sent, str) else decode(sent, request.content_type)


def json(request: "Request") -> "Any":
    sent = request.sent_body
    if not sent:
        return None
    # Some clients begin with a byte order mark.
    sent = sent.removeprefix("\ufeff") if isinstance(sent, str) else sent.removeprefix(b"\xef\xbb\xbf")
    try:
        return request.resource.loads(sent)
    except Exception as error:  # each codec has its own
        from tight.errors import BadBody

        raise BadBody("the body is not JSON") from error


def form(request: "Request") -> "Fields":
    from tight.bodies import read_form

    return read_form(request.content, request.content_type)


def principal_id(request: "Request") -> "str | None":
    from tight.principal import principal_of

    return principal_of(request.event)


def source_ip(request: "Request") -> "str | None":
    try:
        return request.gateway.source_ip(request.event)
    except (AttributeError, KeyError, TypeError):  # an event that someone has written
        return None
