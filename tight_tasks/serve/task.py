"""The task `serve`."""

import asyncio
import signal
from contextlib import AsyncExitStack, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import BadOption, TaskError
from tight_tasks.project import Project
from tight_tasks.serve.loop import run
from tight_tasks.task import task

if TYPE_CHECKING:
    from tight_tasks.serve.leaks import Leak
    from tight_tasks.serve.server import Serve
    from tight_tasks.serve.terminal import Terminal


@task(
    help={
        "host": "Where to listen (127.0.0.1).",
        "port": "Port (8080).",
        "payload": "Event shape: 1.0, 2.0, url, alb, 'alb multi-value' (2.0).",
        "json": "One JSON object for each line of output.",
        "quiet": "Show only what functions print.",
        "chaos": "Faults on purpose, such as kill=0.05,freeze=0.01,delay=0.1,duplicate=0.02,seed=7.",
        "pdb": "breakpoint() in a handler opens pdb in this terminal; no deadline.",
        "debugpy": "Port where an editor may attach to the first function; the next has the next port.",
        "snapstart": "Run the hooks of a SnapStart snapshot and its restore at each cold start.",
        "profile": "AWS profile whose credentials functions get (dummies).",
        "at": "A virtual clock for schedules, which serve.tick moves, such as 2026-03-29T00:55 in UTC.",
        "no-reload": "Don't watch the app's files.",
        "target": "The app's folder (here).",
    }
)
def serve(
    c: Context,  # noqa: ARG001  # Invoke's signature
    host: str = "",
    port: int = -1,
    payload: str = "",
    json: bool = False,
    quiet: bool = False,
    chaos: str = "",
    pdb: bool = False,
    debugpy: int = 0,
    snapstart: bool = False,
    profile: str = "",
    no_reload: bool = False,
    target: str = "",
    at: str = "",
) -> None:
    """Run the app's functions in a local Lambda until Ctrl-C."""
    from tight_tasks.serve.chaos import Chaos  # these import uvicorn and more, which no other task should wait for
    from tight_tasks.serve.debug import Debug, check_debugpy, terminal_kept
    from tight_tasks.serve.server import Serve
    from tight_tasks.serve.shapes import GATEWAYS
    from tight_tasks.serve.surroundings import credentials_of
    from tight_tasks.serve.terminal import Terminal

    folder = Path(target).absolute()
    settings = Project.load(folder).serve
    if payload and payload not in GATEWAYS:
        raise BadOption("payload", payload, f"there are {', '.join(GATEWAYS)}")
    if debugpy:
        check_debugpy(debugpy)
    terminal = Terminal("json" if json else "quiet" if quiet else "text")
    serving = Serve(
        folder,
        host=host or settings.host,
        port=settings.port if port < 0 else port,
        payload=payload or None,
        strategy=settings.dispatch,
        queue=settings.queue,
        chaos=Chaos.parse(chaos, terminal.say) if chaos else None,
        debug=Debug(terminal=pdb, port=debugpy) if pdb or debugpy else None,
        snapstart=snapstart,
        variables=credentials_of(profile) if profile else None,
        at=_moment(at) if at else None,
        log=terminal.printed,
    )
    with terminal_kept() if pdb else nullcontext():
        run(_until_stopped(serving, terminal, reload=not no_reload, debugpy=debugpy))


def _moment(at: str) -> datetime:
    from tight_tasks.serve.sources.clock import moment

    try:
        return moment(at)
    except ValueError as error:
        raise BadOption("at", at, f"{error}; write a time such as 2026-03-29T00:55") from error


async def _until_stopped(serving: "Serve", terminal: "Terminal", *, reload: bool, debugpy: int) -> None:
    from tight_tasks.serve.feeds import captions
    from tight_tasks.serve.reload import fingerprint

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    before = fingerprint(serving.project)
    async with AsyncExitStack() as stack:
        if not await _has_started(serving, stack, stopped):
            return
        names = [function.name for function in serving.manifest.functions]
        address = serving.url if serving.token is None else f"{serving.url}/_tight/?token={serving.token}"
        terminal.started(serving.project, names, serving.routes, serving.url, captions(serving.manifest))
        for stranger in serving.project.strangers(names):
            terminal.say(f"tight.yml sets functions.{stranger}, but there is no such function: is it misspelt?")
        if serving.misses_tables:
            terminal.say("no database runs for the models: invoke dynamo.run in another terminal, then serve anew")
        if serving.embedded_aws:
            kept = "invoke services.run keeps one while serve comes and goes"
            terminal.say(f"embedded AWS at {serving.embedded_aws}, in memory: {kept}")
        if serving.token is not None:
            terminal.say(f"others reach this address, so the console and the Lambda API ask for a token: {address}")
        if debugpy:
            places = ", ".join(f"{name} 127.0.0.1:{debugpy + place}" for place, name in enumerate(names))
            terminal.say(f"an editor may attach to {places}")
        serving.journal.listen(terminal.ended)
        watching = asyncio.create_task(_reload(serving, terminal, before)) if reload else None
        await stopped.wait()
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _has_started(serving: "Serve", stack: AsyncExitStack, stopped: asyncio.Event) -> bool:
    """False where it was stopped before that, and nothing of it is left."""
    starting = asyncio.create_task(stack.enter_async_context(serving))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    if stopped.is_set():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return False
    stopping.cancel()
    await starting
    return True


async def _reload(serving: "Serve", terminal: "Terminal", before: dict[Path, str]) -> None:
    from tight_tasks.serve.reload import changes

    try:
        async for files in changes(serving.project, before):
            names = ", ".join(file.as_posix() for file in files)
            try:
                error = await serving.reload()
            except TaskError as refusal:
                error = str(refusal)
            terminal.say(
                f"{names} changed: {error}; what ran before goes on" if error else f"{names} changed: reloaded"
            )
    except Exception as error:  # noqa: BLE001  # nobody awaits this: without a word old code would be served for ever
        terminal.say(f"changes are not served any more: {type(error).__name__}: {error}; start invoke serve anew")


@task(help={"target": "The app's folder (here)."})
def leaks(c: Context, target: str = "") -> None:  # noqa: ARG001  # Invoke's signature
    """Find state that leaks between requests: each example event, answered cold and warm; exit code 1 for any."""
    found, count = asyncio.run(_leaks(Path(target).absolute()))
    for leak in found:
        print(leak)
    if found:
        raise Exit(code=1)
    print(f"No answer of {count} example events depends on what ran before.")


async def _leaks(folder: Path) -> "tuple[list[Leak], int]":
    from tight_tasks.serve.leaks import examples, find_leaks
    from tight_tasks.serve.server import Serve

    async with Serve(folder, sources=False) as serving:
        some = examples(serving.project, serving.routes)
        return await find_leaks(serving.functions, some), len(some)
