"""Middleware around handlers: its order, what it sees and may change, and how `def` and `async def` mix."""

from collections.abc import Callable
from typing import Any

import pytest

from tight import Cors
from tight.app import controllers

Write = Callable[[dict[str, str]], None]
Load = Callable[[str], Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]
Handler = Callable[[Any, object], Any]

GET = {"httpMethod": "GET", "path": "/"}


def with_middleware(write_app: Write, source: str, **settings: Any) -> Handler:
    """The handler of an app whose functions have `settings` in common."""
    write_app({"app/functions/accounts/handler.py": source})
    return controllers("app.functions", **settings)("accounts")


def test_the_apps_middleware_is_outermost_then_wrap_all_then_wrap_each_in_its_order(write_app: Write) -> None:
    order: list[str] = []

    def named(name: str) -> Callable[[Any, Callable[[Any], Any]], Any]:
        def middleware(request: Any, proceed: Callable[[Any], Any]) -> Any:
            order.append(name)
            return proceed(request)

        return middleware

    source = """
        from tight import get, wrap, wrap_all

        def named(name):
            def middleware(request, proceed):
                request.event["order"].append(name)
                return proceed(request)
            return middleware

        wrap_all(named("all 1"), named("all 2"))

        @get
        @wrap(named("one 1"), named("one 2"))
        @wrap(named("one 3"))
        def read(event):
            return event["order"]

        wrap_all(named("all 3"))
    """
    handler = with_middleware(write_app, source, middleware=[named("app 1"), named("app 2")])

    handler({**GET, "order": order}, None)
    assert order == ["app 1", "app 2", "all 1", "all 2", "all 3", "one 1", "one 2", "one 3"]


def test_wrap_may_stand_above_the_verb_or_below_it(send: Send) -> None:
    source = """
        from tight import get, post, wrap

        def marked(request, proceed):
            response = proceed(request)
            response.headers["X-Marked"] = "yes"
            return response

        @wrap(marked)
        @get
        def read():
            return "read"

        @post
        @wrap(marked)
        def write():
            return "written"
    """
    assert send(source, "GET")["headers"]["X-Marked"] == "yes"
    assert send(source, "POST")["headers"]["X-Marked"] == "yes"


def test_wrap_is_for_one_function_alone(send: Send) -> None:
    source = """
        from tight import get, post, wrap

        def refuse(request, proceed):
            return 403, "no"

        @get
        def read():
            return "read"

        @wrap(refuse)
        @post
        def write():
            return "written"
    """
    assert (send(source, "GET")["statusCode"], send(source, "POST")["statusCode"]) == (200, 403)


def test_the_function_itself_stays_as_it_is() -> None:
    from tight import wrap

    def answer() -> int:
        return 42

    assert wrap(lambda request, proceed: proceed(request))(answer) is answer


@pytest.mark.parametrize("placed", ["wrap_all(early)", "read = get(wrap(early)(read))"])
@pytest.mark.parametrize(
    ("early", "status", "body"),
    [
        ("{'statusCode': 403, 'body': 'no'}", 403, "no"),
        ("(403, 'no')", 403, "no"),
        ("Response(403, 'no')", 403, "no"),
        ("'fine'", 200, "fine"),
        ("{'served': 'early'}", 200, '{"served":"early"}'),
        ("None", 204, ""),
    ],
)
def test_it_may_answer_early_with_whatever_a_handler_may_return(
    send: Send, placed: str, early: str, status: int, body: str
) -> None:
    source = f"""
        from tight import Response, get, post, wrap, wrap_all

        def early(request, proceed):
            return {early}

        @post
        def never():
            raise AssertionError("never called")

        def read():
            raise AssertionError("never called")

        {placed}
        if "wrap_all" in "{placed}":
            get(read)
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (status, body)


def test_what_it_sets_on_the_request_is_what_the_handler_is_given(send: Send) -> None:
    source = """
        from tight import get, wrap_all

        def login(request, proceed):
            request.principal_id = "user-" + request.headers["X-User"]
            request.body = {"rewritten": request.body}
            request.user = "Ada"
            return proceed(request)

        wrap_all(login)

        @get
        def read(principal_id, body, request):
            return [principal_id, body, request.user]
    """
    answer = send(source, headers={"X-User": "7"}, body='"sent"')
    assert answer["body"] == '["user-7",{"rewritten":"sent"},"Ada"]'


def test_what_it_changes_on_the_response_is_what_is_sent(send: Send) -> None:
    source = """
        from tight import get, wrap, wrap_all

        def accepted(request, proceed):
            response = proceed(request)
            response.status = 202
            response.headers["X-Trace"] = "t-1"
            response.body = {"was": response.body}
            return response

        wrap_all(accepted)

        @get
        def read():
            return {"id": 1}
    """
    answer = send(source)
    assert (answer["statusCode"], answer["headers"]["X-Trace"], answer["body"]) == (202, "t-1", '{"was":{"id":1}}')


def test_it_may_call_the_handler_again(send: Send) -> None:
    source = """
        from tight import get, wrap_all

        attempts = []

        def again(request, proceed):
            try:
                return proceed(request)
            except ConnectionError:
                return proceed(request)

        wrap_all(again)

        @get("/accounts/{account_id}")
        def read(account_id):
            attempts.append(account_id)
            if len(attempts) == 1:
                raise ConnectionError
            return attempts
    """
    assert send(source, "GET", "/accounts/7")["body"] == '["7","7"]'


TRANSACTION = """
    from tight import get, wrap, wrap_all

    seen = []

    def transaction(request, proceed):
        try:
            response = proceed(request)
        except Exception as error:
            seen.append(f"rolled back: {error}")
            raise
        seen.append(f"committed: {response.status}")
        return response

    def read():
        raise LookupError("no such account")
"""


@pytest.mark.parametrize("placed", ["wrap_all(transaction); get(read)", "get(wrap(transaction)(read))"])
def test_an_exception_of_the_handler_passes_through_it(load: Load, placed: str) -> None:
    handler = load(TRANSACTION + f"    {placed}\n")

    assert handler(GET, None)["statusCode"] == 500
    assert handler.namespace["seen"] == ["rolled back: no such account"]  # type: ignore[attr-defined]  # a Resource


@pytest.mark.parametrize("define", ["def", "async def"])
@pytest.mark.parametrize("placed", ["wrap_all(seen)", "handler = wrap(seen)(handler)"])
@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("exit_with_response(418, 'teapot')", 418),
        ("raise NoAccount", 410),
        ("return request.json", 400),
        ("return typed(request.json)", 422),
        ("raise InvalidInput([{'field': 'body.price', 'message': 'is missing'}])", 422),
    ],
)
def test_what_the_app_or_tight_has_an_answer_for_arrives_as_a_response(
    send: Send, define: str, placed: str, statement: str, status: int
) -> None:
    source = f"""
        from tight import error, exit_with_response, post, wrap, wrap_all
        from tight.errors import InvalidInput

        class NoAccount(Exception):
            pass

        def typed(value):
            raise InvalidInput([])

        def seen(request, proceed):
            response = proceed(request)
            response.headers["X-Seen"] = response.status
            return response

        @error(NoAccount)
        {define} gone():
            return 410, "gone"

        {define} handler(request):
            {statement}

        {placed}
        post(handler)
    """
    body = "{}" if "typed" in statement else "{"
    answer = send(source, "POST", body=body, headers={"Content-Type": "application/json"})
    assert (answer["statusCode"], answer["headers"].get("X-Seen")) == (status, str(status))


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/accounts", 405)])
def test_what_no_function_answers_goes_through_the_middleware_of_all(
    send: Send, method: str, path: str, status: int
) -> None:
    source = """
        from tight import get, wrap_all

        def seen(request, proceed):
            response = proceed(request)
            response.headers["X-Seen"] = str(response.status)
            return response

        wrap_all(seen)

        @get("/accounts")
        def read():
            return "read"
    """
    assert send(source, method, path)["headers"]["X-Seen"] == str(status)


def test_an_exception_of_middleware_is_answered_by_the_apps_own_handler(send: Send) -> None:
    source = """
        from tight import error, get, wrap_all

        def refuse(request, proceed):
            raise PermissionError("not you")

        wrap_all(refuse)

        @error(PermissionError)
        def forbidden(error):
            return 403, str(error)

        @get
        def read():
            return "read"
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (403, "not you")


@pytest.mark.parametrize("define", ["def", "async def"])
def test_exit_with_response_leaves_middleware_too(send: Send, define: str) -> None:
    source = f"""
        from tight import exit_with_response, get, wrap_all

        {define} refuse(request, proceed):
            exit_with_response(403, {{"headers": {{"X-Why": "you"}}, "body": "no"}})

        wrap_all(refuse)

        @get
        def read():
            return "read"
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"], answer["headers"]["X-Why"]) == (403, "no", "you")


SHARED = """
    from tight import get, wrap

    def refuse(request, proceed):
        return 403, "no"

    @wrap(refuse)
    def read():
        return "read"

    def bare():
        return "read"
"""


def test_what_wraps_a_shared_function_where_it_is_defined_is_around_it_everywhere(write_app: Write, send: Send) -> None:
    write_app({"app/shared.py": SHARED})

    assert send("from app.shared import read\nfrom tight import get\nget(read)\n")["statusCode"] == 403


def test_what_wraps_a_shared_function_in_one_module_is_not_around_it_in_another(write_app: Write) -> None:
    write_app(
        {
            "app/shared.py": SHARED,
            "app/functions/guarded/handler.py": """
                from app.shared import bare, refuse
                from tight import get, wrap

                get(wrap(refuse)(bare))
            """,
            "app/functions/open/handler.py": "from app.shared import bare\nfrom tight import get\nget(bare)\n",
        }
    )
    lookup: Any = controllers("app.functions")
    assert [lookup(name)(GET, None)["statusCode"] for name in ("guarded", "open")] == [403, 200]


@pytest.mark.parametrize("kind", ["", "async "])
def test_what_middleware_changes_of_an_answer_is_not_there_in_the_next(load: Load, kind: str) -> None:
    source = f"""
        from tight import Response, error, get, wrap_all

        FOUND, MISSING = Response(200, "x", {{"X-A": "1"}}, ["a=1"]), Response(404, "", {{}}, ["a=1"])

        def counting(request, proceed):
            response = proceed(request)
            response.status += 1
            response.headers["X-Count"] = len(response.cookies)
            response.cookies.append("user=ada")
            return response

        wrap_all(counting)

        @get("/found")
        {kind}def read():
            return FOUND

        @error(404)
        {kind}def missing():
            return MISSING
    """
    handler = load(source)
    for path, status in (("/found", 201), ("/other", 405)):
        first, second = [handler({**GET, "path": path}, None) for _ in range(2)]
        assert first == second
        assert (first["statusCode"], first["headers"]["X-Count"]) == (status, "1")
        assert first["multiValueHeaders"] == {"Set-Cookie": ["a=1", "user=ada"]}


GUARDED = """
    from tight import options, post, wrap_all

    {kind}def guard(request, proceed):
        if "authorization" not in request.headers:
            return 401, {{"message": "who are you?"}}
        return {wait}proceed(request)

    wrap_all(guard)

    @post("/orders")
    {kind}def place():
        return 201
"""
PREFLIGHT = {
    "httpMethod": "OPTIONS",
    "path": "/orders",
    "headers": {"Origin": "https://shop.example.org", "Access-Control-Request-Method": "POST"},
}


@pytest.mark.parametrize(("kind", "wait"), [("", ""), ("async ", "await ")])
def test_a_preflight_is_answered_outside_of_middleware_that_wants_credentials(
    write_app: Write, kind: str, wait: str
) -> None:
    cors = Cors(["https://shop.example.org"], credentials=True)
    handler = with_middleware(write_app, GUARDED.format(kind=kind, wait=wait), cors=cors)
    preflight = handler(PREFLIGHT, None)

    assert preflight["statusCode"] == 204
    assert preflight["headers"]["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    assert handler({**PREFLIGHT, "httpMethod": "POST"}, None)["statusCode"] == 401


def test_an_options_handler_of_the_function_is_wrapped_as_every_other(write_app: Write) -> None:
    own = """
    @options("/orders")
    def allowed():
        return 200, "", {"Allow": "POST"}
    """
    handler = with_middleware(write_app, GUARDED.format(kind="", wait="") + own)

    assert handler(PREFLIGHT, None)["statusCode"] == 401
