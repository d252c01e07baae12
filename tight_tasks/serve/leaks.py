"""State that leaks from one request into the next: the same event, answered cold and answered warm.

Each event is answered twice in an environment of its own. What differs there varies by itself, such as the time of day,
and is left out; whatever else differs in a warm environment came from an earlier event.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tight_tasks.errors import BadEvent
from tight_tasks.project import Project
from tight_tasks.serve.functions import Functions
from tight_tasks.serve.gateways.http_api import HttpApi
from tight_tasks.serve.gateways.wire import Sent
from tight_tasks.serve.routes import Routes

ROUNDS = 2  # in the warm environment: an event may also meet its own leftovers
_SAMPLE = "1"


@dataclass(frozen=True)
class Example:
    """An event for a function; `name` tells where it comes from."""

    function: str
    name: str
    event: Any


@dataclass(frozen=True)
class Leak:
    """An answer, at `place` in it, that was `cold` in a new environment and `warm` in a used one."""

    example: Example
    place: str
    cold: Any
    warm: Any

    def __str__(self) -> str:
        return (
            f"{self.example.function}, {self.example.name}: {self.place or 'the answer'} is "
            f"{json.dumps(self.cold)} cold and {json.dumps(self.warm)} warm"
        )


def examples(project: Project, routes: Routes) -> list[Example]:
    """The app's own events, `tests/events/*.json`, by the route that they meet, and a GET for each route without one.

    Raises `BadEvent`.
    """
    found: list[Example] = []
    for file in sorted((project.root / "tests" / "events").rglob("*.json")):
        event = _read(file)
        match = routes.find(*_request_of(event))
        if match is not None:
            found.append(Example(match.function, file.relative_to(project.root).as_posix(), event))
    requests = [_request_of(example.event) for example in found]
    covered = {match.template for method, path in requests if method == "GET" and (match := routes.find(method, path))}
    for route in routes:
        if route.method == "GET" and route.template not in covered:
            path = "/".join(_SAMPLE if part.startswith("{") else part for part in route.template.split("/"))
            match = routes.find("GET", path)
            if match is not None and match.template == route.template:
                sent = Sent("GET", path, "", (("host", "localhost"),), b"", "127.0.0.1", "localhost")
                found.append(Example(match.function, f"GET {path}", HttpApi().event(sent, match)))
    return found


async def find_leaks(functions: Functions, wanted: Iterable[Example]) -> list[Leak]:
    """Every place of an answer that depends on what ran before."""
    by_function: dict[str, list[Example]] = {}
    for example in wanted:
        by_function.setdefault(example.function, []).append(example)
    found: list[Leak] = []
    for name, some in by_function.items():
        cold = [await _cold(functions, example) for example in some]
        await functions.pools[name].cool_down()
        for _ in range(ROUNDS):
            for example, (first, second) in zip(some, cold, strict=True):
                found += _compare(example, first, second, await _answer(functions, example))
    return list({(leak.example.name, leak.place): leak for leak in found}.values())


async def _cold(functions: Functions, example: Example) -> tuple[Any, Any]:
    answers = []
    for _ in range(2):
        await functions.pools[example.function].cool_down()
        answers.append(await _answer(functions, example))
    return answers[0], answers[1]


async def _answer(functions: Functions, example: Example) -> Any:
    entry = await functions.invoke(example.function, json.dumps(example.event).encode(), cause=example.name)
    assert entry.outcome is not None  # it has ended
    functions.journal.conclude(entry, entry.outcome.error_type or "ok")
    return _opened(json.loads(entry.outcome.payload))


def _opened(answer: Any) -> Any:
    """With its body as data, where that is JSON, so that places within it can be named."""
    if isinstance(answer, dict) and isinstance(answer.get("body"), str):
        try:
            return {**answer, "body": json.loads(answer["body"])}
        except ValueError:
            return answer
    return answer


def _compare(example: Example, first: Any, second: Any, warm: Any) -> Iterator[Leak]:
    one, other, now = dict(_places(first)), dict(_places(second)), dict(_places(warm))
    varying = {place for place in one.keys() | other.keys() if one.get(place, _NONE) != other.get(place, _NONE)}
    for place in sorted(one.keys() | now.keys()):
        if place not in varying and one.get(place, _NONE) != now.get(place, _NONE):
            yield Leak(example, place, one.get(place), now.get(place))


_NONE = object()


def _places(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each single value in `value`, by the way to it: body.items[0].name."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _places(each, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _places(each, f"{place}[{number}]")
    else:
        yield place, value


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadEvent(file, str(error)) from error


def _request_of(event: Any) -> tuple[str, str]:
    """Verb and path of an HTTP event of any shape; empty for another event."""
    if not isinstance(event, dict):
        return "", ""
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    method = event.get("httpMethod") or (http.get("method") if isinstance(http, dict) else None)
    return str(method or ""), str(event.get("path") or event.get("rawPath") or "")
