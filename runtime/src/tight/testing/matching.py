"""Which recording answers a call: the first not yet played whose request is equal. Pure functions.

Parameters are equal whatever the order of their names. An account id in the call is equal to the constant that stands
for it in the recording, and so is what stood where the recording has "scrubbed": that it is secret another call showed.
A plain word or a short number that a secret held was recorded as it is, but playback gave a stand-in for it.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from glob import escape
from typing import Any, NamedTuple

from tight.testing import wrappings
from tight.testing.cassette import Recording, Request
from tight.testing.encoding import bytes_in
from tight.testing.scrub import NUMBER, SCRUBBED, masked

_UNORDERED = ("SS", "NS", "BS", "Keys")  # DynamoDB's sets and what PynamoDB has in one: Python gives them in any order
_STAND_IN = re.compile(rf"{SCRUBBED}|(?<![0-9]){NUMBER}(?![0-9])")
_SHOWN = 10  # differences, and characters of a value are told up to a limit: the file has them all
_WIDTH = 100
_BEFORE = 20  # of what two values share, this much is shown before what they do not


class Difference(NamedTuple):
    """Where a call and a recording differ; a side that has nothing there is None, else its JSON."""

    path: str
    recorded: str | None
    asked: str | None

    def __str__(self) -> str:
        start = _unlike(self.recorded or "", self.asked or "")
        return (
            f"{self.path or 'parameters'}: recorded {_short(self.recorded, start)}, asked {_short(self.asked, start)}"
        )


def in_order(parameters: Any) -> Any:
    """`parameters`, encoded, with what has no order of its own in one order."""
    if isinstance(parameters, list):
        return [in_order(item) for item in parameters]
    if not isinstance(parameters, dict):
        return parameters
    ordered = {name: in_order(value) for name, value in parameters.items()}
    for name in _UNORDERED:
        if isinstance(ordered.get(name), list):
            ordered[name] = sorted(ordered[name], key=_json)
    return ordered


def find(recordings: Sequence[Recording], prefix: str, request: Request) -> Recording | None:
    """The first of `recordings` that answers `request`, before one that does so but for secrets and accounts; one of
    placebo's own answers any call of its operation.
    """
    candidates = _of_operation(recordings, prefix, request)
    asked = request.parameters
    equal = [each for each in candidates if each.request and not any(differences(_parameters(each), asked))]
    same = [each for each in equal if _parameters(each) == asked]
    return next(iter(same or equal or [each for each in candidates if not each.request]), None)


def explain(left: Sequence[Recording], played: Sequence[Recording], prefix: str, request: Request) -> list[str]:
    """Why nothing of `left` answers `request`: how the nearest recording differs, line by line."""
    if find(played, prefix, request):
        times = len([each for each in _of_operation(played, prefix, request) if find([each], prefix, request)])
        return [f"an equal call was recorded {times} time{'s' if times > 1 else ''}, and this is one more"]
    candidates = [each for each in _of_operation([*left, *played], prefix, request) if each.request]
    if not candidates:
        names = sorted({f"{each.prefix}.{each.operation}" for each in [*left, *played]})
        return [f"recorded are only calls of {', '.join(names)}" if names else "nothing is recorded there"]
    nearest = min(candidates, key=lambda each: len(list(differences(_parameters(each), request.parameters))))
    found = list(differences(_parameters(nearest), request.parameters))
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [f"the nearest is {nearest.name}, which differs in", *(f"  {each}" for each in found[:_SHOWN]), *more]


def differences(recorded: Any, asked: Any, path: str = "") -> Iterator[Difference]:
    """Each place where `asked` is not what was `recorded`, both encoded and in order."""
    recorded, asked = _opened(recorded, asked)
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in sorted({*recorded, *asked}):
            yield from _member(recorded, asked, name, f"{path}.{name}" if path else name)
    elif isinstance(recorded, list) and isinstance(asked, list):
        for index in range(max(len(recorded), len(asked))):
            yield from _member(dict(enumerate(recorded)), dict(enumerate(asked)), index, f"{path}[{index}]")
    elif not _equal(recorded, asked):
        yield Difference(path, _json(recorded), _json(asked))


def _opened(*values: Any) -> tuple[Any, ...]:
    """The text in `values`, if all are bytes: in base64 a secret looks like nothing that stands for it."""
    contents = _each(bytes_in, values)
    if contents is None:
        return values
    contents = _each(wrappings.gzip_in, contents) or contents
    try:
        return tuple(content.decode() for content in contents)
    except UnicodeDecodeError:  # both in the same way, or different bytes might read alike
        return tuple(content.decode("latin-1") for content in contents)


def _each(read: Callable[[Any], bytes | None], values: Sequence[Any]) -> tuple[bytes, ...] | None:
    """What `read` gives of each value, or None if it gives nothing of one."""
    found = tuple(content for value in values if (content := read(value)) is not None)
    return found if len(found) == len(values) else None


def _member(recorded: dict[Any, Any], asked: dict[Any, Any], name: object, path: str) -> Iterator[Difference]:
    if name in recorded and name in asked:
        yield from differences(recorded[name], asked[name], path)
    elif name in recorded:
        yield Difference(path, _json(recorded[name]), None)
    else:
        yield Difference(path, None, _json(asked[name]))


def _equal(recorded: object, asked: object) -> bool:
    if isinstance(recorded, str) and isinstance(asked, str):
        return recorded == asked or any(
            recorded == each or _hides(recorded, each) or _hides(each, recorded) for each in (asked, masked(asked))
        )
    if {type(recorded), type(asked)} <= {int, float} and NUMBER in (recorded, asked):
        return True
    return recorded == asked and isinstance(recorded, bool) == isinstance(asked, bool)


def _hides(scrubbed: str, text: str) -> bool:
    """Whether one is the other with something taken out of it."""
    parts = _STAND_IN.split(scrubbed)
    return len(parts) > 1 and fnmatchcase(text, "*".join(map(escape, parts)))


def _of_operation(recordings: Sequence[Recording], prefix: str, request: Request) -> list[Recording]:
    return [
        each
        for each in recordings
        if (each.prefix, each.operation) == (prefix, request.operation)
        and (each.request is None or each.request.service == request.service)
    ]


def _parameters(recording: Recording) -> Any:
    return recording.request.parameters if recording.request else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _unlike(recorded: str, asked: str) -> int:
    """Where to show two texts from, so that what they do not share is seen."""
    pairs = enumerate(zip(recorded, asked, strict=False))
    shared = next((index for index, (one, other) in pairs if one != other), min(len(recorded), len(asked)))
    return shared - _BEFORE if shared > _WIDTH - _BEFORE else 0


def _short(text: str | None, start: int) -> str:
    if text is None:
        return "nothing"
    shown = text[start : start + _WIDTH]
    return f"{'...' * (start > 0)}{shown}{'...' * (start + _WIDTH < len(text))}"
