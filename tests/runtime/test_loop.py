"""The one loop of `async def` handlers: what lives on it from one invocation to the next, and from where it is used."""

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

Load = Callable[[str], Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]
Write = Callable[[dict[str, str]], None]

GET = {"httpMethod": "GET", "path": "/"}
TOKEN = {"type": "TOKEN", "authorizationToken": "Bearer secret", "methodArn": "arn:aws:execute-api:r:1:api/dev/GET/"}


def test_an_async_handler_of_every_trigger_is_awaited(load: Load) -> None:
    handler = load("""
        import asyncio
        from tight import authorizer, direct, get

        @get
        async def read(request):
            await asyncio.sleep(0)
            return request.method

        @direct
        async def work(event):
            await asyncio.sleep(0)
            return event["job"] + 1

        @authorizer
        async def check(token):
            await asyncio.sleep(0)
            return token == "secret"
    """)
    assert handler(GET, None)["body"] == "GET"
    assert handler({"job": 1}, None) == 2
    assert handler(TOKEN, None)["policyDocument"]["Statement"][0]["Effect"] == "Allow"


KEEPS_THE_LOOP = """
    import asyncio
    from tight import direct

    @direct
    async def loop():
        return asyncio.get_running_loop()
"""


def test_every_invocation_runs_on_the_same_loop(load: Load) -> None:
    handler = load(KEEPS_THE_LOOP)

    assert handler({}, None) is handler({}, None)


def test_a_thread_of_a_test_gets_the_same_loop(load: Load) -> None:
    handler = load(KEEPS_THE_LOOP)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(handler, {}, None).result(timeout=10) is handler({}, None)


def test_a_test_that_runs_in_a_loop_itself_gets_the_same_loop(load: Load) -> None:
    handler = load(KEEPS_THE_LOOP)

    async def test() -> object:
        return handler({}, None)

    assert asyncio.run(test()) is handler({}, None)


def test_the_invocation_is_seen_from_within_whichever_way_the_handler_is_called(load: Load) -> None:
    handler = load("""
        from tight import direct
        from tight.request import current

        @direct
        async def work():
            return current.get().event
    """)

    async def test() -> object:
        return handler({"from": "a loop"}, None)

    assert handler({"from": "here"}, None) == {"from": "here"}
    assert asyncio.run(test()) == {"from": "a loop"}


def test_threads_at_the_same_time_do_not_disturb_each_other(load: Load) -> None:
    handler = load("""
        import asyncio, threading
        from tight import direct

        both = threading.Barrier(2)

        @direct
        async def work(event):
            await asyncio.to_thread(both.wait, 10)
            return event
    """)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(handler, 1, None), pool.submit(handler, 2, None)
        assert (first.result(timeout=20), second.result(timeout=20)) == (1, 2)


@pytest.mark.parametrize("call", ["other(event, None)", "await asyncio.to_thread(other, event, None)"])
def test_an_async_handler_may_call_another(write_app: Write, load: Load, call: str) -> None:
    other = """
        from tight import direct

        @direct
        async def double(event):
            return event * 2
    """
    write_app({"app/functions/other/handler.py": other})
    handler = load(f"""
        import asyncio
        from tight import direct
        from tight.app import controllers

        other = controllers("app.functions")("other")

        @direct
        async def work(event):
            return {call}
    """)
    assert handler(21, None) == 42


def test_a_background_task_goes_on_with_the_next_invocation(load: Load) -> None:
    handler = load("""
        import asyncio
        from tight import direct

        done = []
        tasks = set()

        async def later():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            done.append("later")

        @direct
        async def work():
            before = list(done)
            tasks.add(asyncio.get_running_loop().create_task(later()))
            await asyncio.sleep(0)
            return before
    """)
    assert handler({}, None) == []
    handler({}, None)
    assert "later" in handler({}, None)


def test_a_lock_that_is_made_at_import_works_in_every_invocation(load: Load) -> None:
    handler = load("""
        import asyncio
        from tight import direct

        lock = asyncio.Lock()
        order = []

        async def take(name):
            async with lock:
                await asyncio.sleep(0)
                order.append(name)

        @direct
        async def work():
            await asyncio.gather(take("first"), take("second"))
            return order
    """)
    assert handler({}, None) == ["first", "second"]
    assert handler({}, None) == ["first", "second"] * 2


@pytest.mark.parametrize(
    "decorated",
    [
        pytest.param(
            """
            def decorate(function):
                @wraps(function)
                def run(*args, **kwargs):
                    return asyncio.run(function(*args, **kwargs))
                return run

            @{trigger}
            @decorate
            async def work(event):
                return event["path"]
            """,
            id="a wrapper that runs it itself",
        ),
        pytest.param(
            """
            def decorate(function):
                @wraps(function)
                async def run(*args, **kwargs):
                    return await asyncio.to_thread(function, *args, **kwargs)
                return run

            @{trigger}
            @decorate
            def work(event):
                return event["path"]
            """,
            id="an async wrapper around a function",
        ),
        pytest.param(
            """
            class Work:
                __module__ = "elsewhere"

                async def __call__(self, event):
                    return event["path"]

            {trigger}(Work())
            """,
            id="an object that is called",
        ),
        pytest.param(
            """
            async def work(of, event):
                return event[of]

            {trigger}(partial(work, "path"))
            """,
            id="a partial",
        ),
    ],
)
@pytest.mark.parametrize("trigger", ["direct", "get"])
@pytest.mark.parametrize("loaded", ["asyncio", "tight.middleware"])  # which another function may have brought along
def test_what_wraps_an_async_function_says_whether_to_await(
    load: Load, decorated: str, trigger: str, loaded: str
) -> None:
    source = f"import asyncio, {loaded}\nfrom functools import partial, wraps\nfrom tight import direct, get\n"
    answer = load(source + textwrap.dedent(decorated).format(trigger=trigger))(GET, None)

    assert (answer if trigger == "direct" else answer["body"]) == "/"


def test_an_exception_of_an_async_handler_is_a_500_once_logged(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    handler = load("""
        from tight import get

        @get
        async def read():
            raise LookupError("inside")
    """)
    assert handler(GET, None)["statusCode"] == 500
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [LookupError]


def test_an_exception_of_an_async_direct_function_surfaces(load: Load) -> None:
    handler = load("""
        from tight import direct

        @direct
        async def work():
            raise LookupError("inside")
    """)
    with pytest.raises(LookupError, match="inside") as caught:
        handler({}, None)
    assert caught.value.__context__ is None  # nothing of the loop stands in front of it in the log


def test_a_sync_function_never_loads_asyncio(write_app: Write, tmp_path: Path) -> None:
    write_app(
        {
            "app/functions/accounts/handler.py": """
                from tight import direct, get

                @get
                @direct
                def read():
                    return "read"
            """
        }
    )
    program = """
        import sys
        from tight.app import controllers
        handler = controllers("app.functions")("accounts")
        handler({"httpMethod": "GET", "path": "/"}, None), handler({}, None)
        print("asyncio" in sys.modules)
    """
    assert run(program, tmp_path) == ("False\n", "")


LEAVES_A_TASK = """
    import asyncio
    from tight import direct, get

    async def forever():
        try:
            await asyncio.sleep(3600)
        finally:
            print("ended", flush=True)

    async def stream():
        try:
            while True:
                yield 1
        finally:
            print("closed", flush=True)

    opened = stream()
    tasks = []

    @get
    @direct
    async def work():
        asyncio.get_running_loop().slow_callback_duration = 60  # a busy machine is nothing to complain of
        await opened.__anext__()
        await asyncio.to_thread(sum, (1, 2))
        tasks.append(asyncio.get_running_loop().create_task(forever()))
        await asyncio.sleep(0)
        return "worked"
"""
CALLS_IT = """
    from tight.app import controllers
    handler = controllers("app.functions")("accounts")
    assert handler({}, None) == "worked"
    assert handler({"httpMethod": "GET", "path": "/"}, None)["body"] == "worked"
"""


@pytest.mark.parametrize("elsewhere", [False, True], ids=["main thread", "another thread"])
def test_the_loop_is_closed_without_a_warning_when_the_process_ends(
    write_app: Write, tmp_path: Path, elsewhere: bool
) -> None:
    write_app({"app/functions/accounts/handler.py": LEAVES_A_TASK})
    program = textwrap.dedent(CALLS_IT)
    if elsewhere:
        body = textwrap.indent(program, "    ")
        program = f"import threading\ndef main():\n{body}\nthread = threading.Thread(target=main)\nthread.start()\n"
        program += "thread.join()\n"

    printed, complained = run(program, tmp_path)
    assert sorted(printed.split()) == ["closed", "ended", "ended"]
    assert complained == ""


def run(program: str, folder: Path) -> tuple[str, str]:
    """What a fresh process in `folder`, whose warnings are errors, prints and complains of."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr
