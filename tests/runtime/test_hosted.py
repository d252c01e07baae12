"""Functions called in a process that lives on: what runs on its loop, what in a thread, and what an error becomes."""

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from tight.app import controllers
from tight.hosted import Hosted

Write = Callable[[dict[str, str]], None]
Visit = Callable[[Hosted], Coroutine[Any, Any, Any]]
Host = Callable[..., Any]


@pytest.fixture
def host(write_app: Write) -> Host:
    """Hosts a function `accounts` with this handler.py while `visit(hosted)` runs, and gives what that gives."""

    def run(source: str, visit: Visit, **settings: Any) -> Any:
        write_app({"app/functions/accounts/handler.py": source})

        async def visiting() -> Any:
            with ThreadPoolExecutor(2) as threads:
                hosted = controllers("app.functions", **settings).hosted(asyncio.get_running_loop(), threads)
                try:
                    return await asyncio.wait_for(visit(hosted), 30)
                finally:
                    hosted.close()

        return asyncio.run(visiting())

    return run


def request(path: str, method: str = "GET") -> dict[str, Any]:
    return {"httpMethod": method, "path": path}


async def call(hosted: Hosted, event: dict[str, Any], request_id: str = "r-1") -> Any:
    return await hosted.call("accounts", event, SimpleNamespace(aws_request_id=request_id))


BOTH = """
    import asyncio, threading
    from tight import get

    @get("/awaited")
    async def awaited():
        asyncio.get_running_loop()
        return str(threading.get_ident())

    @get("/threaded")
    def threaded():
        return str(threading.get_ident())
"""


def test_an_async_handler_runs_on_the_loop_and_a_sync_one_in_a_thread(host: Host) -> None:
    async def visit(hosted: Hosted) -> tuple[str, str]:
        answers = [await call(hosted, request(path)) for path in ("/awaited", "/threaded")]
        return answers[0]["body"], answers[1]["body"]

    awaited, threaded = host(BOTH, visit)
    assert awaited == str(threading.get_ident())
    assert threaded != awaited


def test_the_loop_turns_while_a_sync_handler_waits(host: Host) -> None:
    async def visit(hosted: Hosted) -> list[str]:
        answers = await asyncio.gather(call(hosted, request("/waits")), call(hosted, request("/frees")))
        return [answer["body"] for answer in answers]

    answers = host(
        """
        import threading
        from tight import get

        free = threading.Event()

        @get("/waits")
        def waits():
            return str(free.wait(20))

        @get("/frees")
        async def frees():
            free.set()
            return "freed"
        """,
        visit,
    )
    assert answers == ["True", "freed"]


def test_invocations_at_the_same_time_each_see_their_own(host: Host) -> None:
    async def visit(hosted: Hosted) -> list[Any]:
        calls = [call(hosted, request(path), path) for path in ("/a", "/b", "/threaded")]
        return [json.loads(answer["body"]) for answer in await asyncio.gather(*calls)]

    seen = host(
        """
        import asyncio
        from tight import get, log
        from tight.request import current

        async def seen():
            return [current.get().request_id, dict(current.get().fields)]

        @get("/threaded")
        def threaded():
            return [current.get().request_id, dict(current.get().fields)]

        @get("/{name}")
        async def named(name):
            log.bind(name=name)
            await asyncio.sleep(0.01)
            return await asyncio.create_task(seen())
        """,
        visit,
    )
    assert seen == [["/a", {"name": "a"}], ["/b", {"name": "b"}], ["/threaded", {}]]


def test_async_functions_of_other_triggers_are_awaited_on_the_same_loop(host: Host) -> None:
    async def visit(hosted: Hosted) -> tuple[int, int]:
        return (await call(hosted, {"job": 1}), id(asyncio.get_running_loop()))

    found, expected = host(
        """
        import asyncio
        from tight import direct, get

        @get
        def read():
            return {}

        @direct
        async def work():
            return id(asyncio.get_running_loop())
        """,
        visit,
    )
    assert found == expected


FAILING = """
    import asyncio
    from tight import error, exit_with_response, get, post, wrap_all

    def passing(request, proceed):
        return proceed(request)

    wrap_all(passing)

    class Closed(Exception): ...

    @error(Closed)
    async def closed():
        await asyncio.sleep(0)
        return 409, {"message": "closed"}

    @get("/exit")
    async def exits():
        exit_with_response(418, {"message": "tea"})

    @get("/closed")
    async def closes():
        raise Closed

    @get("/fails")
    async def fails():
        raise RuntimeError("no")

    @get("/cancels")
    async def cancels():
        task = asyncio.create_task(asyncio.sleep(9))
        task.cancel()
        await task

    @get("/unwritable")
    async def unwritable():
        return {"value": object()}
"""


@pytest.mark.parametrize(
    ("path", "status"),
    [("/exit", 418), ("/closed", 409), ("/fails", 500), ("/unwritable", 500), ("/unknown", 404)],
)
def test_failures_have_the_answers_that_they_have_in_lambda(host: Host, path: str, status: int) -> None:
    answer = host(FAILING, lambda hosted: call(hosted, request(path)))

    assert answer["statusCode"] == status
    assert answer == host(FAILING, lambda hosted: asyncio.to_thread(hosted._lookup("accounts"), request(path), None))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 does not say whose cancellation it is")
def test_a_task_that_a_handler_cancelled_is_a_failure_of_the_handler(host: Host) -> None:
    answer = host(FAILING, lambda hosted: call(hosted, request("/cancels")))

    assert answer["statusCode"] == 500


def test_who_gives_up_a_call_ends_its_handler(host: Host) -> None:
    async def visit(hosted: Hosted) -> Any:
        calling = asyncio.create_task(call(hosted, request("/waits")))
        await asyncio.sleep(0.05)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        return (await call(hosted, request("/ended")))["body"]

    ended = host(
        """
        import asyncio
        from tight import get

        ended = []

        @get("/waits")
        async def waits():
            try:
                await asyncio.sleep(20)
            finally:
                ended.append("it ended")

        @get("/ended")
        async def read():
            return ended[0]
        """,
        visit,
    )
    assert ended == "it ended"


def test_what_a_handler_of_another_trigger_raises_surfaces(host: Host) -> None:
    source = """
        from tight import direct

        @direct
        async def work():
            raise ValueError("no")
    """
    with pytest.raises(ValueError, match=r"^no$"):
        host(source, lambda hosted: call(hosted, {}))


def test_a_plain_handler_is_called_as_lambda_calls_it(host: Host) -> None:
    source = """
        def handler(event, context):
            return {**event, "id": context.aws_request_id}
    """
    assert host(source, lambda hosted: call(hosted, {"a": 1})) == {"a": 1, "id": "r-1"}


def test_a_function_that_can_not_be_imported_is_told_when_it_is_loaded(host: Host) -> None:
    async def visit(hosted: Hosted) -> None:
        hosted.load("accounts")

    with pytest.raises(ZeroDivisionError):
        host("1 / 0", visit)


def messages(*bodies: str) -> dict[str, Any]:
    records = [
        {"messageId": body, "body": body, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:r:1:orders"}
        for body in bodies
    ]
    return {"Records": records}


TAKING = """
    import asyncio, threading
    from tight import queue

    threads, ended = [], []

    @queue("orders")
    async def take(message):
        threads.append(threading.active_count())
        if message == "slow":
            try:
                await asyncio.sleep(20)
            finally:
                ended.append(message)
        if message == "bad":
            raise ValueError(message)
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 does not say whose cancellation it is")
def test_an_async_handler_of_records_is_awaited_without_a_thread(host: Host) -> None:
    async def visit(hosted: Hosted) -> tuple[Any, list[int]]:
        before = threading.active_count()
        answer = await call(hosted, messages("good", "bad"))
        return answer, [count - before for count in vars(sys.modules["app.functions.accounts.handler"])["threads"]]

    answer, more_threads = host(TAKING, visit)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert more_threads == [0, 0]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 does not say whose cancellation it is")
def test_who_gives_up_a_batch_ends_the_record_that_runs(host: Host) -> None:
    async def visit(hosted: Hosted) -> list[str]:
        calling = asyncio.create_task(call(hosted, messages("slow", "good")))
        await asyncio.sleep(0.2)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        ended: list[str] = vars(sys.modules["app.functions.accounts.handler"])["ended"]
        return list(ended)

    assert host(TAKING, visit) == ["slow"]
