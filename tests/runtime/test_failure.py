"""What is answered when a handler fails or leaves early: the app's own handlers, `exit_with_response`, `reraise`."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tight.app import controllers
from tight.errors import Cancelled, DuplicateRoute, NoSuchError

Write = Callable[[dict[str, str]], None]
Load = Callable[[str], Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]

GET = {"httpMethod": "GET", "path": "/"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("define", ["def", "async def"])
def test_a_status_of_tights_own_is_answered_by_the_apps_handler(send: Send, define: str) -> None:
    source = f"""
        from tight import error, get, post

        @error(404)
        {define} missing(request, status, error):
            return {{"nothing at": request.path, "status": status, "error": error}}

        @error(405)
        {define} refused(method="?"):
            return "not this verb"

        @error(400)
        {define} unreadable(error):
            return f"unreadable: {{error}}"

        @get("/accounts")
        def read():
            return "read"

        @post("/accounts")
        def write(body):
            return body
    """
    missing = send(source, "GET", "/orders")
    assert (missing["statusCode"], missing["body"]) == (404, '{"nothing at":"/orders","status":404,"error":null}')
    refused = send(source, "PUT", "/accounts")
    assert (refused["statusCode"], refused["body"]) == (405, "not this verb")
    assert refused["headers"]["Allow"] == "GET, HEAD, OPTIONS, POST"
    unreadable = send(source, "POST", "/accounts", body="{", headers=JSON)
    assert (unreadable["statusCode"], unreadable["body"]) == (400, "unreadable: the body is not JSON")


@pytest.mark.parametrize("define", ["def", "async def"])
def test_a_500_is_answered_by_the_apps_handler_and_still_logged(
    send: Send, caplog: pytest.LogCaptureFixture, define: str
) -> None:
    source = f"""
        from tight import error, get

        @error(500)
        {define} sorry(error):
            return {{"sorry": type(error).__name__}}

        @get
        {define} read():
            raise LookupError("inside")
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (500, '{"sorry":"LookupError"}')
    assert len([record for record in caplog.records if record.exc_info]) == 1


@pytest.mark.parametrize("define", ["def", "async def"])
def test_an_exception_is_answered_by_the_handler_of_its_nearest_class(send: Send, define: str) -> None:
    source = f"""
        from tight import error, get

        class NoAccount(LookupError):
            pass

        @error(Exception)
        {define} anything():
            return 500, "anything"

        @error(LookupError)
        {define} lookup():
            return 404, "lookup"

        @error(NoAccount)
        {define} gone(error):
            return 410, f"gone: {{error}}"

        @get("/{{which}}")
        {define} read(which):
            raise {{"account": NoAccount("7"), "key": KeyError("k"), "value": ValueError("v")}}[which]
    """
    answers = [send(source, "GET", path) for path in ("/account", "/key", "/value")]
    assert [(each["statusCode"], each["body"]) for each in answers] == [
        (410, "gone: 7"),
        (404, "lookup"),
        (500, "anything"),
    ]


@pytest.mark.parametrize(
    ("returned", "status"),
    [
        ("'text'", 404),
        ("{'message': 'data'}", 404),
        ("{'body': 'b'}", 404),
        ("None", 404),
        ("[1, 2]", 404),
        ("(1, 2, 3, 4)", 404),
        ("{'statusCode': 'of the data', 'other': 1}", 404),
        ("{'statusCode': 410}", 410),
        ("(410, 'gone')", 410),
        ("Response(410)", 410),
    ],
)
def test_what_names_no_status_is_answered_with_that_of_the_error(send: Send, returned: str, status: int) -> None:
    source = f"""
        from tight import Response, error, get

        @error(404)
        def missing():
            return {returned}

        @get("/accounts")
        def read():
            return "read"
    """
    assert send(source, "GET", "/orders")["statusCode"] == status


def test_the_apps_handlers_are_for_all_functions_and_a_functions_own_comes_first(write_app: Write) -> None:
    source = """
        from tight import error, get

        @error(KeyError)
        def own():
            return 404, "the function's"

        @get("/{which}")
        def read(which):
            raise {"key": KeyError, "value": ValueError}[which]
    """
    write_app({"app/functions/accounts/handler.py": source})

    def key() -> tuple[int, str]:
        return 500, "the app's"

    def value(error: ValueError, status: int) -> tuple[int, str]:
        return 400, f"the app's for {type(error).__name__}"

    def missing(path: str = "?") -> str:
        return "the app has no such path"

    app = controllers("app.functions", errors={KeyError: key, ValueError: value, 404: missing})
    answers: list[Any] = [app("accounts")({**GET, "path": path}, None) for path in ("/key", "/value", "/a/b")]
    assert [(each["statusCode"], each["body"]) for each in answers] == [
        (404, "the function's"),
        (400, "the app's for ValueError"),
        (404, "the app has no such path"),
    ]


def test_two_handlers_of_one_error_are_refused_with_both_places(load: Load) -> None:
    source = """
        from tight import error, get

        @error(404)
        def one():
            return 1

        @error(404)
        def two():
            return 2

        @get
        def read():
            return "read"
    """
    with pytest.raises(
        DuplicateRoute, match=r"error\(404\) is marked twice, at .*handler.py:[45] and at .*handler.py:[89]"
    ):
        load(source)


@pytest.mark.parametrize("define", ["def", "async def"])
def test_a_handler_of_errors_that_fails_is_a_500_with_nothing_of_it(
    send: Send, caplog: pytest.LogCaptureFixture, define: str
) -> None:
    source = f"""
        from tight import error, get

        @error(LookupError)
        {define} broken():
            raise RuntimeError("secret of the handler of errors")

        @get
        def read():
            raise LookupError("secret of the handler")
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (500, '{"message":"Internal server error"}')
    assert "RuntimeError: secret of the handler of errors\n" in caplog.text
    assert "LookupError: secret of the handler\n" in caplog.text


@pytest.mark.parametrize("what", ["LookupError", "500"])
@pytest.mark.parametrize("define", ["def", "async def"])
def test_a_handler_of_errors_may_leave_by_exit_with_response(send: Send, what: str, define: str) -> None:
    source = f"""
        from tight import error, exit_with_response, get

        @error({what})
        {define} left():
            exit_with_response(503, "later")

        @get
        def read():
            raise LookupError
    """
    answer = send(source)
    assert (answer["statusCode"], answer["body"]) == (503, "later")


@pytest.mark.parametrize("define", ["def", "async def"])
def test_an_exception_surfaces_where_the_app_says_reraise(
    write_app: Write, caplog: pytest.LogCaptureFixture, define: str
) -> None:
    source = f"""
        from tight import error, get

        @error(500)
        def never():
            return "never"

        @error(LookupError)
        def missing():
            return 404, "missing"

        @get("/lookup")
        {define} lookup():
            raise LookupError

        @get("/value")
        {define} value():
            raise ValueError("for Lambda to count")
    """
    write_app({"app/functions/accounts/handler.py": source})
    handler: Any = controllers("app.functions", reraise=True)("accounts")

    with pytest.raises(ValueError, match="for Lambda to count"):
        handler({**GET, "path": "/value"}, None)
    assert handler({**GET, "path": "/lookup"}, None)["statusCode"] == 404
    assert handler({**GET, "path": "/nowhere"}, None)["statusCode"] == 404
    assert not [record for record in caplog.records if record.exc_info]  # Lambda logs what it is given


def test_an_answer_that_can_not_be_written_surfaces_where_the_app_says_reraise(write_app: Write) -> None:
    source = "from tight import get\n@get\ndef read():\n    return {'an': object()}\n"
    write_app({"app/functions/accounts/handler.py": source})

    with pytest.raises(TypeError):
        controllers("app.functions", reraise=True)("accounts")(GET, None)


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "SystemExit"])
def test_what_ends_a_process_ends_it(load: Load, kind: str) -> None:
    handler = load(f"""
        from tight import get

        @get
        def read():
            raise {kind}
    """)
    with pytest.raises(KeyboardInterrupt if kind == "KeyboardInterrupt" else SystemExit):
        handler(GET, None)


CANCELLED = """
    import asyncio
    from tight import {trigger}

    @{trigger}
    async def work():
        task = asyncio.get_running_loop().create_task(asyncio.sleep(3600))
        task.cancel()
        await task
"""


def test_a_cancelled_task_does_not_end_the_process(send: Send, load: Load, caplog: pytest.LogCaptureFixture) -> None:
    answer = send(CANCELLED.format(trigger="get"))

    assert (answer["statusCode"], json.loads(answer["body"])) == (500, {"message": "Internal server error"})
    assert "the handler was cancelled" in caplog.text


def test_a_cancelled_task_of_a_direct_function_is_an_error_that_lambda_counts(load: Load) -> None:
    with pytest.raises(Cancelled, match="the handler was cancelled"):
        load(CANCELLED.format(trigger="direct"))({}, None)


def test_the_current_invocation_ends_with_the_call_however_it_ends(load: Load) -> None:
    from tight.request import current

    handler = load("""
        from tight import get

        @get("/fails")
        def fails():
            raise ValueError

        @get("/ends")
        def ends():
            raise KeyboardInterrupt
    """)
    handler({**GET, "path": "/fails"}, None)
    assert current.get() is None
    with pytest.raises(KeyboardInterrupt):
        handler({**GET, "path": "/ends"}, None)
    assert current.get() is None


@pytest.mark.parametrize("what", ["403", "'404'", "KeyboardInterrupt", "print"])
def test_an_error_that_nothing_is_ever_answered_for_is_refused(load: Load, what: str) -> None:
    with pytest.raises(NoSuchError, match=r"nothing is ever answered for error\(.*400, 404, 405, 422, 500"):
        load(f"from tight import error\n@error({what})\ndef answer():\n    return 1\n")


def test_error_needs_to_be_told_of_which(load: Load) -> None:
    with pytest.raises(NoSuchError, match=r"error\(<function answer"):
        load("from tight import error\n@error\ndef answer():\n    return 1\n")


def test_a_callers_mistake_is_not_what_an_app_means_by_its_class(send: Send) -> None:
    source = """
        from dataclasses import dataclass
        from tight import error, post

        @dataclass
        class Order:
            count: int

        @error(ValueError)
        def conflict():
            return 409, "the app's own"

        @post
        def write(body: Order):
            raise ValueError
    """
    bodies = ["{", '{"count": "x"}', '{"count": 1}']
    assert [send(source, "POST", headers=JSON, body=body)["statusCode"] for body in bodies] == [400, 422, 409]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups came with Python 3.11")
@pytest.mark.parametrize(("raised", "status"), [("exit_with_response(409)", 409), ("raise KeyError", 404)])
def test_what_leaves_a_task_group_in_a_task_group_is_answered(send: Send, raised: str, status: int) -> None:
    source = f"""
        import asyncio
        from tight import error, exit_with_response, get

        @error(KeyError)
        def missing():
            return 404, "missing"

        async def leave():
            {raised}

        @get
        async def read():
            async with asyncio.TaskGroup() as outer:
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(leave())
    """
    assert send(source)["statusCode"] == status


def test_middleware_sees_the_response_with_which_a_handler_of_errors_exits(send: Send) -> None:
    source = """
        from tight import error, exit_with_response, get, wrap_all

        def stamped(request, proceed):
            response = proceed(request)
            response.headers["X-Seen"] = response.status
            return response

        wrap_all(stamped)

        @error(KeyError)
        def left():
            exit_with_response(503)

        @get
        def read():
            raise KeyError
    """
    assert send(source)["headers"]["X-Seen"] == "503"
