"""Who may use the local Lambda's own addresses: the console, its status and AWS's Lambda API.

On a loopback host that is whoever is on this machine, and no web page of a stranger that a browser here has open: the
Host has to be this machine's (against DNS rebinding), and what changes something has to come from the console itself.
On any other host a token is needed as well, or instead of that Host.
"""

import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

_COOKIE = "tight_token"
_SAFE = ("GET", "HEAD", "OPTIONS")
# An SDK can't send a token, but it names the id of its key in each call's signature.
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")


class Access:
    """An ASGI app around `app`. `host` is where the server listens; `token` None means that none is asked for.

    The token comes as `Authorization: Bearer TOKEN`, as the id of an AWS key, or once as `?token=TOKEN` by a browser,
    which gets a cookie for it.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str | None) -> None:
        self._app = app
        self._host = host.lower()
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        answer = self._enter(request) or self._refuse(request) or self._app
        await answer(scope, receive, send)

    def _enter(self, request: Request) -> Response | None:
        """A browser that brings the token in its address: the address goes without it from here on."""
        given = request.query_params.get("token")
        if self._token is None or given is None or request.method != "GET" or not self._is_token(given):
            return None
        url = request.url.remove_query_params("token")
        answer = RedirectResponse(f"{url.path}?{url.query}" if url.query else url.path, 303)
        answer.set_cookie(_COOKIE, self._token, path="/_tight", httponly=True, samesite="strict")
        return answer

    def _refuse(self, request: Request) -> Response | None:
        if self._token is None and not is_this_machine(request.headers.get("host", ""), self._host):
            return PlainTextResponse(
                f"The host {request.headers.get('host', '')!r} is not this machine's: use its address.\n", 403
            )
        if request.method not in _SAFE and is_cross_site(request.headers):
            return PlainTextResponse("A web page from elsewhere may not ask for this.\n", 403)
        if self._token is not None and not any(self._is_token(given) for given in _tokens(request)):
            return PlainTextResponse(
                "This needs the token of the local Lambda: open /_tight/?token=TOKEN, send "
                "Authorization: Bearer TOKEN, or give an AWS SDK the token as the id of its access key.\n",
                401,
                {"www-authenticate": "Bearer"},
            )
        return None

    def _is_token(self, given: str) -> bool:
        return self._token is not None and hmac.compare_digest(given.encode(), self._token.encode())


def token_for(host: str, given: str | None = None) -> str | None:
    """The token that `host` needs: the one given, a new one on a host that others reach, None on a loopback host."""
    if given or _is_loopback(host.lower()):
        return given or None
    return secrets.token_hex(16)  # as the id of a key has to be: letters and digits


def is_this_machine(header: str, host: str) -> bool:
    """Whether a Host header names a loopback host, or `host`, at any port."""
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return _is_loopback(name) or (name == host and name != "")


def is_cross_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of another origin asks. Who is no browser says nothing."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:  # it is no address, so none of this machine
        return True


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _tokens(request: Request) -> list[str]:
    authorization = request.headers.get("authorization", "")
    signed = _SIGNED.match(authorization)
    kind, _, bearer = authorization.partition(" ")
    found = [request.cookies.get(_COOKIE), signed[1] if signed else None, bearer if kind.lower() == "bearer" else None]
    return [each.strip() for each in found if each]
