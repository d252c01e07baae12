"""The console's pages as a program sees them: what they hold, what they escape, whom they refuse."""

import html
import json
import re
from html.parser import HTMLParser

import pytest

from tests.serve.served import Served
from tight_tasks.serve.console.examples import SHAPES

NASTY = "<script>alert(1)</script>\"'<img src=x onerror=alert(2)>"


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def token_of(served: Served) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', served.ask("GET", "/_tight/send").text)
    assert found
    return found[1]


def send(served: Served, function: str, event: object) -> str:
    """The address of the invocation's page."""
    form = {"form_token": token_of(served), "function": function, "event": json.dumps(event)}
    reply = served.ask("POST", "/_tight/send", form=form)
    assert reply.status == 303, reply.text
    return reply.headers["location"]


def event_in(page: str) -> object:
    found = re.search(r'<textarea name="event"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize(
    "path", ["", "live", "send", "request", "invocations/none", "static/console.js", "static/console.css"]
)
def test_no_page_loads_or_runs_anything_from_elsewhere(served: Served, path: str) -> None:
    reply = served.ask("GET", f"/_tight/{path}")

    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"(https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]", reply.text)
    for tag, attributes in Tags(reply.text).found:
        assert not any(name == "style" or name.startswith("on") for name in attributes), (tag, attributes)
        if tag == "script":
            assert attributes["src"] == "/_tight/static/console.js"


def test_variables_of_the_environment_are_on_no_page(served: Served) -> None:
    page = send(served, "resize", {"width": 1})

    for path in ("/_tight/", "/_tight/send", "/_tight/request", "/_tight/status", page):
        assert "open-sesame" not in served.ask("GET", path).text


def test_what_comes_from_elsewhere_is_text_on_every_page(served: Served) -> None:
    path = "/orders/%3Cscript%3Ealert(1)%3C/script%3E?%3Cu%3E=<i>"
    served.ask("GET", path.replace("<i>", "%3Ci%3E"), {"x-note": NASTY, "x-<u>": "<i>"})
    invocation = send(
        served,
        "orders",
        {
            "version": "2.0",
            "routeKey": NASTY,
            "rawPath": "/orders/1",
            "headers": {"x-note": NASTY, NASTY: NASTY},
            "requestContext": {"http": {"method": NASTY, "path": f"/{NASTY}"}},
        },
    )
    send(served, "resize", {NASTY: NASTY})
    token = token_of(served)
    forms = {
        "/_tight/request": {
            "method": "GET",
            "target": f"/{NASTY}",
            "headers": f"x-note: {NASTY}",
            "body": f"</textarea>{NASTY}",
        },
        "/_tight/send": {"function": NASTY, "event": f"</textarea>{NASTY}"},
    }
    pages = [served.ask("POST", path, form={"form_token": token, **form}).text for path, form in forms.items()]
    pages += [served.ask("GET", path).text for path in ("/_tight/", "/_tight/live", invocation)]
    pages += [served.ask("GET", f"/_tight/invocations/{entry.request_id}").text for entry in served.serve.journal]
    pages += [served.ask("GET", f"/_tight/send?from={entry.request_id}").text for entry in served.serve.journal]

    assert sum("alert(1)" in page for page in pages) > 8
    for page in pages:
        for tag, attributes in Tags(page).found:
            assert tag not in ("img", "u", "i")
            assert not any(name.startswith("on") for name in attributes)
            assert tag != "script" or attributes["src"] == "/_tight/static/console.js"


@pytest.mark.parametrize("token", ["", "other", "\u20ac"])
@pytest.mark.parametrize("path", ["send", "request", "invocations/ID/replay", "invocations/ID/test"])
def test_a_form_without_its_token_does_nothing(served: Served, path: str, token: str) -> None:
    invocation = send(served, "resize", {"width": 1}).rpartition("/")[2]
    form = {"function": "resize", "event": "{}", "method": "GET", "target": "/orders", "form_token": token}

    reply = served.ask("POST", f"/_tight/{path}".replace("ID", invocation), form=form)
    assert reply.status == 403
    assert len([*served.serve.journal]) == 1
    assert not (served.folder / "tests").exists()


def test_forms_come_from_the_console_s_own_origin_only(served: Served) -> None:
    form = {"form_token": token_of(served), "function": "resize", "event": "{}"}

    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "same-site"}, {"host": "evil.example"}):
        assert served.ask("POST", "/_tight/send", headers, form).status == 403
    assert [*served.serve.journal] == []
    assert served.ask("POST", "/_tight/send", {"origin": served.serve.url}, form).status == 303


@pytest.mark.parametrize(
    ("shape", "path"), [(name, "/orders/{order_id}") for name in SHAPES if name not in ("direct", "authorizer")]
)
def test_an_example_of_each_gateway_is_one_that_the_function_answers(served: Served, shape: str, path: str) -> None:
    page = served.ask("GET", f"/_tight/send?target=orders+GET+{path}&shape={shape.replace(' ', '+')}").text

    invocation = served.ask("GET", send(served, "orders", event_in(page))).text
    assert [entry.result for entry in served.serve.journal] == ["200"]
    assert [entry.cause for entry in served.serve.journal] == ["console GET /orders/1"]
    assert "tea" in invocation


@pytest.mark.parametrize(
    ("target", "result"), [("resize", "KeyError"), ("check", "ok"), ("orders POST /orders", "201")]
)
def test_an_example_has_the_shape_that_suits_the_function(served: Served, target: str, result: str) -> None:
    page = served.ask("GET", f"/_tight/send?target={target.replace(' ', '+')}").text

    send(served, target.partition(" ")[0], event_in(page))
    assert [entry.result for entry in served.serve.journal] == [result]


def test_what_can_not_be_sent_says_why_and_stays_in_the_form(served: Served) -> None:
    token = token_of(served)
    for function, event, why in (
        ("resize", '{"width": ', "This is no JSON"),
        ("nobody", "{}", "there is no function nobody"),
    ):
        reply = served.ask("POST", "/_tight/send", form={"form_token": token, "function": function, "event": event})
        assert reply.status == 422
        assert why in html.unescape(reply.text)
        assert f"\n{event}</textarea>" in html.unescape(reply.text)


def test_an_invocation_is_sent_again(served: Served) -> None:
    first = send(served, "resize", {"width": 4})

    again = served.ask("POST", f"{first}/replay", form={"form_token": token_of(served)})
    assert again.status == 303
    assert again.headers["location"] != first
    assert [(entry.payload, entry.result) for entry in served.serve.journal] == [(b'{"width": 4}', "ok")] * 2


def test_a_plain_request_shows_its_answer_and_leads_to_its_invocation(served: Served) -> None:
    form = {
        "form_token": token_of(served),
        "method": "GET",
        "target": "/orders/é?a=b c",
        "headers": "X-Note: hi\nnone",
        "body": "",
    }

    page = served.ask("POST", "/_tight/request", form=form).text
    (entry,) = served.serve.journal
    event = json.loads(entry.payload)
    assert (event["rawPath"], event["rawQueryString"], event["headers"]["x-note"]) == ("/orders/é", "a=b%20c", "hi")
    assert 'odd">404</span>' in page
    assert f"/_tight/invocations/{entry.request_id}" in page


def test_a_request_that_no_function_has_says_so(served: Served) -> None:
    form = {"form_token": token_of(served), "method": "POST", "target": "nowhere", "headers": "", "body": "a\r\nb"}

    page = served.ask("POST", "/_tight/request", form=form).text
    assert "No function was invoked." in page
    assert "Not Found" in page


def test_what_is_not_kept_is_not_found(served: Served) -> None:
    token = token_of(served)

    assert served.ask("GET", "/_tight/invocations/none").status == 404
    assert served.ask("POST", "/_tight/invocations/none/test", form={"form_token": token}).status == 404
    assert served.ask("POST", "/_tight/invocations/none/replay", form={"form_token": token}).status == 404
    assert served.ask("GET", "/_tight/static/../page.py").status == 404
    assert served.ask("GET", "/_tight/static/%2e%2e/page.py").status == 404


def test_what_has_not_changed_is_not_sent_again(served: Served) -> None:
    tag = served.ask("GET", "/_tight/live").headers["etag"]

    assert served.ask("GET", "/_tight/live", {"if-none-match": tag}).status == 304
    send(served, "resize", {"width": 4})
    assert served.ask("GET", "/_tight/live", {"if-none-match": tag}).status == 200


def test_a_form_that_is_larger_than_any_event_is_refused(served: Served) -> None:
    reply = served.ask("POST", "/_tight/send", form={"event": "x" * (19 * 1024 * 1024)})

    assert reply.status == 413
