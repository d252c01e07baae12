"""Cross-origin requests: which headers allow them ("Access-Control-*", the Fetch standard)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tight.request import Request


class Cors:
    """Who may read answers from a browser.

    `origins` are whole origins, such as `https://shop.example.org`, or "*"; `headers` those that a browser may send
    (any that it asks for by default), `expose` those that it may read; `credentials` allows cookies, and then needs
    named origins; `max_age` is in seconds, for which a browser remembers the answer to a preflight.
    """

    def __init__(
        self,
        origins: "Sequence[str]" = ("*",),
        *,
        headers: "Sequence[str] | None" = None,
        expose: "Sequence[str]" = (),
        credentials: bool = False,
        max_age: "int | None" = None,
    ) -> None:
        self.origins = _names(origins)
        self.allowed_headers = None if headers is None else ", ".join(_names(headers))
        self.max_age = max_age
        self._credentials = {"Access-Control-Allow-Credentials": "true"} if credentials else {}
        self._exposed = {"Access-Control-Expose-Headers": ", ".join(_names(expose))} if expose else {}
        if credentials and "*" in self.origins:
            raise _bad("browsers refuse credentials for every origin: name the origins")
        for origin in self.origins:
            if not _is_sent(origin):
                raise _bad(f"no browser sends the origin {origin!r}: write it as in https://shop.example.org")

    def headers(self, request: "Request") -> "dict[str, str]":
        """The headers of an answer."""
        if "*" in self.origins:
            return {"Access-Control-Allow-Origin": "*", **self._exposed}
        origin = request.headers.get("origin")
        if origin not in self.origins:
            return {"Vary": "Origin"}
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **self._credentials, **self._exposed}

    def over(self, defaults: "dict[str, str]", request: "Request") -> "dict[str, str]":
        """`defaults` and, in place of those of the same names, the headers of an answer; Vary has both."""
        headers = self.headers(request)
        if not defaults:
            return headers
        spelled = {name.lower(): name for name in headers}
        for name, value in defaults.items():
            own = spelled.get(name.lower())
            if own is None:
                headers[name] = value
            elif own == "Vary":
                headers[own] = f"{value}, {headers[own]}"
        return headers

    def preflight_headers(self, request: "Request", methods: str) -> "dict[str, str]":
        """What the answer to a preflight has besides; nothing for another origin or another OPTIONS request."""
        if "access-control-request-method" not in request.headers:
            return {}
        if "Access-Control-Allow-Origin" not in self.headers(request):
            return {}
        wanted = self.allowed_headers
        if wanted is None:
            wanted = request.headers.get("access-control-request-headers", "")
        age = {} if self.max_age is None else {"Access-Control-Max-Age": str(self.max_age)}
        allowed = {"Access-Control-Allow-Headers": wanted} if wanted else {}
        return {"Access-Control-Allow-Methods": methods, **allowed, **age}


def _names(given: "Sequence[str]") -> "tuple[str, ...]":
    return (given,) if isinstance(given, str) else tuple(given)


def _is_sent(origin: str) -> bool:
    """Whether it is one as browsers send them: in lower case, without a path."""
    scheme, _, host = origin.partition("://")
    whole = bool(scheme and host) and origin.islower() and not set("/* ") & set(scheme + host)
    return whole or origin in ("*", "null")


def _bad(reason: str) -> Exception:
    from tight.errors import BadSetting

    return BadSetting("cors", reason)
