"""Application Load Balancer: "Use Lambda functions as targets of an Application Load Balancer" in its user guide.

Nothing comes decoded. The target group says whether fields come, and are expected back, once or as lists.
"""

from itertools import product

from tight.gateways import RestApi
from tight.request import BALANCER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tight.request import Event


class LoadBalancer(RestApi):
    """Fields have the names of a REST API. Without multi-value headers the last value of a repeated one is all that
    arrives.
    """

    name = BALANCER
    server_error = "Internal Server Error"

    def path_parameters(self, event: "Event") -> "dict[str, str]":  # noqa: ARG002  # it has no routes of its own
        return {}

    def query(self, event: "Event") -> "dict[str, list[str]]":
        from urllib.parse import unquote_plus

        single = {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}
        given = single | (event.get("multiValueQueryStringParameters") or {})
        found: dict[str, list[str]] = {}
        for name, values in given.items():  # one name may be written in two ways, as tag[] and tag%5B%5D
            found.setdefault(unquote_plus(name), []).extend(unquote_plus(value) for value in values)
        return found

    def source_ip(self, event: "Event") -> "str | None":
        # The balancer adds the caller's address at the end; what stands before it, the caller may have written.
        forwarded = next((value for name, value in self.headers(event) if name.lower() == "x-forwarded-for"), "")
        return forwarded.rpartition(",")[2].strip() or None

    def answer(
        self,
        status: int,
        headers: "dict[str, str]",
        repeated: "Mapping[str, list[str]]",
        cookies: "list[str]",
        body: str,
        encoded: bool,
    ) -> "Event":
        answer: Event = {"statusCode": status, "body": body, "isBase64Encoded": encoded}
        answer["headers"] = {
            **headers,
            **{name: ",".join(values) for name, values in repeated.items()},
            **dict(zip(_spellings("set-cookie"), cookies, strict=False)),
        }
        return answer


class MultiValueLoadBalancer(LoadBalancer):
    """Fields come and go as lists."""

    def answer(
        self,
        status: int,
        headers: "dict[str, str]",
        repeated: "Mapping[str, list[str]]",
        cookies: "list[str]",
        body: str,
        encoded: bool,
    ) -> "Event":
        lists = {**{name: [value] for name, value in headers.items()}, **repeated}
        if cookies:
            lists["Set-Cookie"] = cookies
        return {"statusCode": status, "multiValueHeaders": lists, "body": body, "isBase64Encoded": encoded}


_SINGLE, _MULTI = LoadBalancer(), MultiValueLoadBalancer()


def balancer_of(event: "Event") -> LoadBalancer:
    """Which of the two forms a load balancer sends, which its target group says."""
    return _MULTI if "multiValueHeaders" in event else _SINGLE


def _spellings(name: str) -> "Iterator[str]":
    """`name` in upper and lower case letters, each way once: the map of single headers has no name twice."""
    for letters in product(*((letter, letter.upper()) if letter.isalpha() else (letter,) for letter in name)):
        yield "".join(letters)
