"""The event loop: uvloop's where it is installed."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[object, object, Result]) -> Result:
    """What `main` gives, as `asyncio.run`."""
    try:
        import uvloop
    except ImportError:  # it has no wheel for Windows
        return asyncio.run(main)
    if sys.version_info < (3, 11):
        uvloop.install()
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
