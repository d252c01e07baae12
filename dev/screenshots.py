"""`./inv screenshots`: pictures of the console for the guide, of an example app with some traffic."""

import asyncio
import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task
from rich.console import Console

from dev.demo import APP, ROOT, Story, make_app, run_in
from tight.testing import embedded
from tight_tasks.serve.server import Serve

if TYPE_CHECKING:
    from playwright.async_api import Browser

IMAGES = ROOT / "docs" / "images"
TRAFFIC = (
    ("POST", "/accounts", {"id": "ada", "name": "Ada Lovelace"}),
    ("POST", "/accounts", {"id": "alan", "name": "Alan Turing"}),
    ("GET", "/accounts", None),
    ("GET", "/accounts/ada", None),
    ("GET", "/accounts/grace", None),
    ("GET", "/orders", None),
    ("POST", "/orders", {"account": "ada"}),
    ("POST", "/accounts", {"name": "without an id"}),
    ("GET", "/accounts/alan", None),
)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@task
def screenshots(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """Make the pictures of docs/images anew, with Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        raise Exit("there is no chromium: apt-get install chromium", code=2)
    story = Story(Console())
    with TemporaryDirectory(prefix="tight-screenshots-") as folder:
        app = Path(folder) / APP
        make_app(story, app)
        run_in(app, "-m", "invoke", "generate.function", "orders", "--no-test")
        with embedded.running() as aws, story.step("take the pictures"):
            asyncio.run(_serve_and_take(app, aws.endpoint, program))
    story.end(f"They are in {IMAGES}")


async def _serve_and_take(app: Path, endpoint: str, program: str) -> None:
    from playwright.async_api import async_playwright  # for this task only

    serve = Serve(app, variables={"AWS_ENDPOINT_URL": endpoint})
    run_in(app, "-m", "tight.testing", "tables", environment=serve.variables)
    async with serve, async_playwright() as playwright:
        for method, path, body in TRAFFIC:
            await asyncio.to_thread(_ask, serve.url + path, method, body)
        await asyncio.sleep(1.5)  # memory is looked at once a second
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        read = f"{serve.url}/_tight/invocations/{[*serve.journal][3].request_id}"
        page = await browser.new_page()
        await page.goto(read)
        await page.get_by_role("button", name="Turn into a test").click()
        await page.get_by_text("passes").wait_for()
        for scheme in SCHEMES:
            await _take(browser, scheme, f"{serve.url}/_tight/", "console")
            await _take(browser, scheme, read, "invocation")
        await browser.close()


def _ask(url: str, method: str, body: object) -> None:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, {"content-type": "application/json"}, method=method)  # noqa: S310  # its own
    try:
        urllib.request.urlopen(request).close()  # noqa: S310  # the local Lambda
    except urllib.error.HTTPError as error:
        error.close()


async def _take(browser: "Browser", scheme: Scheme, url: str, name: str) -> None:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(url)
    await page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    await context.close()
