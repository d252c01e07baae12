"""`def` and `async def` middleware around each other and around handlers of either kind."""

import textwrap
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tight.handlers import Response

Load = Callable[[str], Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]

GET = {"httpMethod": "GET", "path": "/"}

LAYER = """
    {define} {name}(request, proceed):
        before = current.get() is request
        response = {wait}proceed(request)
        response.body += ["{name}", before, current.get() is request]
        return response
"""


@pytest.mark.parametrize("kinds", [*product(["def", "async def"], repeat=3)], ids="-".join)
def test_def_and_async_def_may_stand_around_each_other_in_any_order(load: Load, kinds: tuple[str, str, str]) -> None:
    layers = "".join(
        LAYER.format(define=kind, name=name, wait="await " if kind == "async def" else "")
        for kind, name in zip(kinds[:2], ("outer", "inner"), strict=True)
    )
    handler = load(
        "from tight import get, wrap, wrap_all\nfrom tight.request import current\n"
        + textwrap.dedent(layers)
        + textwrap.dedent(f"""
            wrap_all(outer)

            @get
            @wrap(inner)
            {kinds[2]} read(request):
                return [current.get() is request]
        """)
    )
    assert handler(GET, None)["body"] == '[true,"inner",true,true,"outer",true,true]'


def test_many_layers_that_wait_for_each_other_do_not_take_all_threads(load: Load) -> None:
    handler = load("""
        import asyncio
        from tight import direct, wrap

        def waits(invocation, proceed):
            return proceed(invocation) + 1

        async def awaits(invocation, proceed):
            return await proceed(invocation) + await asyncio.to_thread(int, "1")

        @direct
        @wrap(*[waits, awaits, waits] * 20)
        async def work():
            return await asyncio.to_thread(int, "0")
    """)
    assert handler({}, None) == 60


def test_a_handler_that_is_given_up_ends_with_the_layers_that_wait_for_it(load: Load) -> None:
    handler = load("""
        import asyncio
        from tight import direct, wrap_all

        ended = []

        async def in_time(invocation, proceed):
            try:
                return await asyncio.wait_for(proceed(invocation), 0.05 if invocation.event == "too long" else 30)
            except asyncio.TimeoutError:
                return "too late"

        def waits(invocation, proceed):
            try:
                return proceed(invocation)
            finally:
                ended.append("layer")

        wrap_all(in_time, waits)

        @direct
        async def work(event):
            if event == "what has ended?":
                while len(ended) < 2:
                    await asyncio.sleep(0.01)
                return list(ended)
            try:
                await asyncio.sleep(3600)
            finally:
                ended.append("handler")
    """)
    assert handler("too long", None) == "too late"
    assert sorted(handler("what has ended?", None)) == ["handler", "layer"]


def test_what_middleware_binds_to_the_log_is_bound_for_the_invocation(load: Load) -> None:
    handler = load("""
        from tight import direct, log, wrap_all
        from tight.request import current

        def bound(invocation, proceed):
            log.bind(tenant="blue")
            return proceed(invocation)

        wrap_all(bound)

        @direct
        async def work():
            return current.get().fields
    """)
    assert handler({}, None) == {"tenant": "blue"}


def test_an_answer_of_an_async_layer_may_take_any_form(send: Send) -> None:
    source = """
        from tight import get, wrap_all

        async def early(request, proceed):
            return 403, "no"

        wrap_all(early)

        @get
        def read():
            return "read"
    """
    assert send(source)["statusCode"] == 403


def test_a_response_has_a_status_whatever_the_handler_returned(send: Send) -> None:
    source = """
        from tight import Response, get, wrap

        def typed(request, proceed):
            response = proceed(request)
            return {"is a Response": isinstance(response, Response), "status": response.status}

        @get
        @wrap(typed)
        def read():
            return None
    """
    assert send(source)["body"] == '{"is a Response":true,"status":204}'
    assert Response().status == 200
