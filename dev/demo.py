"""`./inv demo`: from this work tree to an app that answers real events from a database, step by step."""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task
from rich.console import Console

from tight.testing import embedded
from tight_tasks.env import read_environment
from tight_tasks.project import Project
from tight_tasks.serve.worker import Worker

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "accounts"
APP = "my_app"
# The app's own example events, and what the answer to each has to be.
CONVERSATION = (
    ("http_api_post.json", 201, "POST /accounts, through an HTTP API"),
    ("http_api_get.json", 200, "GET /accounts/ada, through an HTTP API"),
    ("rest_api_get.json", 200, "GET /accounts/ada, through a REST API"),
)
ACCOUNT = {"id": "ada", "name": "Ada Lovelace"}


class DemoFailed(Exception):
    """A step did not do what it has to."""


class Story:
    """Tells the steps of the demo, each with its time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.perf_counter()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        started = time.perf_counter()
        with self._console.status(title):
            yield
        self._console.print(f"[green]✓[/] {time.perf_counter() - started:5.1f} s  {title}", highlight=False)

    def say(self, text: str) -> None:
        self._console.print(f"           {text}", style="dim", markup=False, highlight=False, soft_wrap=True)

    def end(self, text: str) -> None:
        seconds = time.perf_counter() - self._started
        self._console.print(f"\n[bold green]{text}[/] ({seconds:.1f} s)", highlight=False, soft_wrap=True)


def answer_events(story: Story, app: Path, *, after_creating: Callable[[int], None] = lambda _pid: None) -> None:
    """Send the example events to the app's function and check the answers. Raises `DemoFailed`.

    `after_creating` is called between POST and GET with the id of the database's process.
    """
    project = Project.load(app)
    with ExitStack() as stack:
        with story.step("start the embedded DynamoDB (moto's server, a process of its own)"):
            aws = stack.enter_context(embedded.running())
        story.say(f"process {aws.pid}: {aws.endpoint}")
        environment = {**read_environment(project), "AWS_ENDPOINT_URL": aws.endpoint}
        with story.step("make the table of the model"):
            tables = run_in(app, "-m", "tight.testing", "tables", environment=environment)
        story.say(", ".join(json.loads(tables)))
        asyncio.run(_converse(story, project, environment, lambda: after_creating(aws.pid)))


def make_app(story: Story, app: Path) -> None:
    """Generate the app with its function and model from this work tree, and run its own tests. Raises `DemoFailed`."""
    with story.step(f"copier copy {ROOT} {APP}"):
        run_in(ROOT, "-m", "copier", "copy", "--defaults", "--quiet", "--vcs-ref", "HEAD", str(ROOT), str(app))
    with story.step("invoke generate.function accounts"):
        run_in(app, "-m", "invoke", "generate.function", "accounts", "--no-test")
    with story.step("invoke generate.model account"):
        run_in(app, "-m", "invoke", "generate.model", "account", "--no-test")
    with story.step("write the handler, the model and their tests (examples/accounts)"):
        shutil.copytree(EXAMPLE, app, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    with story.step("invoke test"):
        report = run_in(app, "-m", "invoke", "test", "--options", "-q")
    story.say(report.strip().splitlines()[-1])


async def _converse(
    story: Story, project: Project, environment: Mapping[str, str], after_creating: Callable[[], None]
) -> None:
    async with Worker(project, "accounts", environment, log=story.say) as worker:
        story.say(f"process {worker.pid}: {shlex.join(worker.command)}")
        for file, status, title in CONVERSATION:
            event = json.loads((project.root / "tests" / "events" / file).read_text(encoding="utf-8"))
            with story.step(title):
                outcome = await worker.invoke(event)
            story.say(outcome.payload.decode())
            _check(title, outcome.payload, status)
            if status == 201:
                after_creating()


def _check(title: str, payload: bytes, status: int) -> None:
    answer = json.loads(payload)
    if answer.get("statusCode") != status or json.loads(answer["body"]) != ACCOUNT:
        raise DemoFailed(f"{title}: expected {status} with {ACCOUNT}, the answer was {payload.decode()}")


def run_in(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DemoFailed(f"{shlex.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@task
def demo(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """Make an app, store an account in it and read it back through AWS's own runtime client."""
    story = Story(Console())
    app = Path(mkdtemp(prefix="tight-demo-")) / APP
    try:
        make_app(story, app)
        answer_events(story, app)
    except DemoFailed as error:
        raise Exit(f"The demo failed: {error}", code=1) from error
    story.end(f"An account was stored and read back. Look into {app}")
