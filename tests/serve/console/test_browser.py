"""The console in a real browser, as it is used: with a mouse, with the keyboard alone, in the dark, on a phone."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serve.served import Served


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for one test: while Playwright runs, its event loop does, and tests of others must not."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        # Without its sandbox, which root can't have; it opens nothing but this machine's own pages.
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page on which no script fails, nothing is refused by its policy, and no dialog opens.

    It closes before `served` ends: a page that follows a server that is gone says so.
    """
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    yield page
    context.close()
    assert [text for text in said if "status of 422" not in text] == []


def send(page: Page, served: Served, function: str, event: str) -> None:
    page.goto(f"{served.console}send?target={function}")
    page.get_by_label("Event, in JSON").fill(event)
    page.get_by_role("button", name="Send", exact=True).click()


def test_the_overview_follows_what_happens(page: Page, served: Served) -> None:
    page.goto(served.console)
    orders = page.get_by_role("article", name="orders")
    expect(orders).to_contain_text("cold")
    expect(orders).to_contain_text("/orders/{order_id}")
    expect(page.get_by_text("Nothing was invoked yet.")).to_be_visible()

    served.ask("GET", "/orders?limit=3")
    expect(page.get_by_role("row").nth(1)).to_contain_text("GET /orders")
    expect(orders).to_contain_text("warm")
    expect(orders).to_contain_text("1\u00a0served")
    (environment,) = served.serve.functions.pools["orders"].environments
    expect(orders).to_contain_text(f"pid\u00a0{environment.pid}")

    served.ask("GET", "/orders/9")
    expect(page.get_by_role("row").nth(1)).to_contain_text("404")
    expect(page.get_by_role("status")).to_have_text("New: GET /orders/9, 404")


def test_an_environment_is_busy_while_it_works(page: Page, served: Served) -> None:
    handler = served.folder / "app" / "functions" / "resize" / "handler.py"
    wait = "    import time, pathlib\n    while not pathlib.Path('go').exists():\n        time.sleep(0.05)\n    return"
    handler.write_text(handler.read_text(encoding="utf-8").replace("    return", wait), encoding="utf-8")
    page.goto(served.console)

    form = page.context.new_page()
    form.goto(f"{served.console}send?target=resize")
    form.get_by_label("Event, in JSON").fill('{"width": 2}')
    form.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)
    page.bring_to_front()
    expect(page.get_by_role("article", name="resize")).to_contain_text("busy")
    expect(page.get_by_role("row").nth(1)).to_contain_text("running")

    (served.folder / "go").touch()
    expect(page.get_by_role("article", name="resize")).to_contain_text("warm")
    expect(form.get_by_role("region", name="Answer", exact=True).first).to_contain_text("4")


def test_an_example_is_sent_and_its_log_and_times_are_shown(page: Page, served: Served) -> None:
    page.goto(served.console)
    page.get_by_role("link", name="Send an event to orders").click()
    page.get_by_label("Example for").select_option("orders GET /orders/{order_id}")
    page.get_by_label("in the shape of").select_option("REST API, payload 1.0")
    page.get_by_role("button", name="Load example").click()
    event = page.get_by_label("Event, in JSON")
    expect(event).to_have_value(lambda_event := event.input_value())
    assert '"resource": "/orders/{order_id}"' in lambda_event
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("console GET /orders/1 200")
    expect(page.get_by_role("listitem")).to_contain_text("WARNING read 1 note=")
    (entry,) = served.serve.journal
    assert entry.usage is not None
    assert entry.usage.init_ms is not None
    expect(page.locator(".facts")).to_contain_text(f"{entry.usage.init_ms:,.1f} ms")
    expect(page.locator(".facts")).to_contain_text(f"{entry.usage.duration_ms:,.2f} ms")
    expect(page.locator(".facts")).to_contain_text(f"{entry.usage.billed_ms:,} ms")
    expect(page.get_by_role("region", name="Body of the answer")).to_contain_text('"product": "tea"')

    page.get_by_role("button", name="Replay").click()
    expect(page.locator(".facts")).to_contain_text("none, it was warm")
    page.get_by_role("link", name="Edit and send").click()
    edited = page.get_by_label("Event, in JSON").input_value().replace("/orders/1", "/orders/2")
    page.get_by_label("Event, in JSON").fill(edited)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("console GET /orders/2 404")


def test_an_error_is_shown_with_its_traceback(page: Page, served: Served) -> None:
    send(page, served, "resize", "{}")

    expect(page.get_by_role("heading", name="Error KeyError")).to_be_visible()
    expect(page.get_by_role("region", name="Traceback")).to_contain_text('return {"width": event["width"] * 2}')


def test_a_mistake_in_the_json_is_told_beside_it(page: Page, served: Served) -> None:
    send(page, served, "resize", '{"width": }')

    expect(page.get_by_role("alert")).to_contain_text("This is no JSON")
    expect(page.get_by_label("Event, in JSON")).to_have_value('{"width": }')


def test_a_plain_request_goes_through_the_front(page: Page, served: Served) -> None:
    page.goto(f"{served.console}request")
    page.get_by_label("Method").select_option("POST")
    page.get_by_label("Path and query").fill("/orders")
    page.get_by_label("Headers").fill("content-type: application/json")
    page.get_by_label("Body").fill('{"product":\n"tea"}')
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", name="Answer 201")).to_be_visible()
    page.get_by_role("link", name="The invocation of orders").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("POST /orders 201")


def test_what_a_stranger_sends_is_text_in_the_browser_too(page: Page, served: Served) -> None:
    script = "%3Cscript%3Ealert(1)"
    page.goto(served.console)
    served.ask("GET", f"/orders/{script}", {"x-note": "<img src=x onerror=alert(2)>"})

    expect(page.get_by_role("row").nth(1)).to_contain_text(script)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("listitem")).to_contain_text("read <script>alert(1)")
    expect(page.get_by_role("listitem")).to_contain_text("note=<img src=x onerror=alert(2)>")


def test_a_request_becomes_a_test_with_one_click(page: Page, served: Served) -> None:
    def run() -> int:
        command = [sys.executable, "-m", "pytest", path, "-q", "-p", "no:cacheprovider"]
        return subprocess.run(command, cwd=served.folder, capture_output=True, check=False, timeout=120).returncode

    served.ask("GET", "/orders/1")
    page.goto(served.console)
    page.get_by_role("link", name="GET /orders/1").click()
    page.get_by_role("button", name="Turn into a test").click()

    made = page.get_by_role("region", name="Tests made of it")
    expect(made).to_contain_text("passes")
    expect(made).to_be_focused()
    path = made.locator(".path").inner_text()
    assert path == "tests/functions/integration/orders/test_orders_1.py"
    expect(made).to_contain_text(f"pytest {path}")
    assert run() == 0
    handler = served.folder / "app" / "functions" / "orders" / "handler.py"
    handler.write_text(handler.read_text(encoding="utf-8").replace("tea", "coffee"), encoding="utf-8")
    assert run() == 1


def test_the_keyboard_reaches_everything(page: Page, served: Served) -> None:
    def focused() -> str:
        text: str = page.evaluate("document.activeElement.innerText || document.activeElement.name")
        return text

    served.ask("GET", "/orders")
    page.goto(served.console)
    page.keyboard.press("Tab")
    assert focused() == "Skip to the content"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    seen = []
    while "GET /orders" not in seen:
        page.keyboard.press("Tab")
        seen.append(focused())
        assert len(seen) < 20
    assert seen[:-1] == ["Send", "Send", "Send"]
    served.ask("GET", "/orders/1")  # the row moves, and keeps the focus
    expect(page.get_by_role("row").nth(1)).to_contain_text("/orders/1")
    assert focused() == "GET /orders"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("GET /orders 200")

    page.goto(f"{served.console}send?target=resize")
    page.get_by_label("Event, in JSON").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type('{"width": 5}')
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("console ok")


CONTRAST = """() => {
    const light = (text) => {
        const parts = text.match(/[\\d.]+/g).map(Number).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const back = (node) => {
        const color = getComputedStyle(node).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" ? back(node.parentElement) : color;
    };
    const low = [];
    for (const node of document.querySelectorAll("main *, header *")) {
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
        if (!own || node.tagName === "OPTION") continue;
        const [a, b] = [light(getComputedStyle(node).color), light(back(node))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${node.className}: ${node.textContent}`);
    }
    return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_by_day_and_by_night(browser: Browser, served: Served, scheme: str) -> None:
    for path in ("/orders", "/orders/9", "/orders/broken"):
        served.ask("GET", path)
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    paths = ["", "send", "request", *(f"invocations/{entry.request_id}" for entry in served.serve.journal)]

    for path in paths:
        page.goto(served.console + path)
        assert page.evaluate(CONTRAST) == []
    # A page that knows no dark colours would pass too: it is the page that is dark.
    red = page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
    assert (red < 64) == (scheme == "dark")
    context.close()


def test_a_narrow_screen_scrolls_in_one_direction_only(browser: Browser, served: Served) -> None:
    served.ask("GET", f"/orders/{'long' * 60}")
    served.ask("GET", "/orders/broken")
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    paths = ["", "send", "request", *(f"invocations/{entry.request_id}" for entry in served.serve.journal)]

    for path in paths:
        page.goto(served.console + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()


def test_the_pages_work_without_javascript(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    send(page, served, "resize", '{"width": 8}')
    expect(page.get_by_role("heading", level=1)).to_have_text("console ok")
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("resize")
    context.close()


def test_the_page_goes_on_when_the_local_lambda_is_back(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.console)
    page.route("**/_tight/live", lambda route: route.abort())
    expect(page.get_by_text("The local Lambda does not answer.")).to_be_visible()
    page.unroute("**/_tight/live")
    expect(page.get_by_text("The local Lambda does not answer.")).to_be_hidden()
    context.close()
