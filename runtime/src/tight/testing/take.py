"""Records calls while they are made, and writes them down scrubbed."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.eventstream import EventStream
from botocore.handlers import parse_get_bucket_location
from botocore.response import StreamingBody

from tight.testing import cassette
from tight.testing.calls import Answer, Ask, Call
from tight.testing.cassette import Recording
from tight.testing.encoding import Events, Stream, encode
from tight.testing.player import request_of
from tight.testing.scrub import SCRUBBED, Known, learn, scrub

# What code may go by. Dates, ids of requests and servers, and cookies differ each time or are nobody's business.
_HEADERS = ("content-encoding", "content-length", "content-type", "etag", "last-modified", "retry-after")


class Take:
    """The calls of one test, in the order of their answers; they may come from several threads.

    `reroute` is given each call before it is made. `known` is written nowhere, wherever it stands.
    """

    def __init__(self, folder: Path, reroute: Callable[[Call], None], known: Known) -> None:
        self._folder = folder
        self._reroute = reroute
        self._known = known
        self._calls: list[tuple[Call, int, dict[str, Any]]] = []
        self._lock = Lock()

    def answer(self, call: Call, ask: Ask) -> Answer:
        self._reroute(call)
        http, parsed = ask()
        if call.operation == "GetBucketLocation" and http.status_code < 300:
            parse_get_bucket_location(parsed, http)  # botocore reads this one from the HTTP body, after us
        kept = _by_name({name: _read(parsed, name) for name in parsed})
        with self._lock:
            self._calls.append((call, http.status_code, kept))
        # Files are sorted: now, too, names come in the order in which they will be played back.
        return http, _by_name(parsed)

    def finish(self, *, passed: bool) -> str:
        """Replace the recordings in the folder by these, if the test `passed`; says what was done."""
        calls = f"{len(self._calls)} call{'' if len(self._calls) == 1 else 's'}"
        if not passed:
            return f"not kept, since the test failed: {calls}"
        cassette.write(self._folder, self._scrubbed())
        return f"recorded {calls}"

    @property
    def known(self) -> Known:
        """What any of the calls so far showed to be secret."""
        found = learn(part for call, _, data in self._calls for part in (call.parameters, data))
        return Known(found.secrets | self._known.secrets, found.accounts, self._known.endpoint)

    def _scrubbed(self) -> list[Recording]:
        known = self.known
        numbers: Counter[tuple[str, str]] = Counter()
        recordings = []
        for call, status, data in self._calls:
            numbers[call.prefix, call.operation] += 1
            recordings.append(
                Recording(
                    call.prefix,
                    call.operation,
                    numbers[call.prefix, call.operation],
                    status,
                    encode(scrub({**data, **_metadata(data)}, known)),
                    request_of(call, scrub(call.parameters, known)),
                )
            )
        return recordings


def _read(parsed: dict[str, Any], name: str) -> Any:
    """A copy of a member; a stream is read and a new one put in its place."""
    value = parsed[name]
    if isinstance(value, StreamingBody):
        content = Stream(value.read())
        parsed[name] = StreamingBody(BytesIO(content), len(content))
        return content
    if isinstance(value, EventStream):
        parsed[name] = Events(value)
        return deepcopy(parsed[name])
    return deepcopy(value)


def _by_name(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _by_name(value[name]) for name in sorted(value)}
    return [_by_name(item) for item in value] if type(value) is list else value


def _metadata(data: dict[str, Any]) -> dict[str, Any]:
    metadata = data.get("ResponseMetadata")
    if not metadata:
        return {}
    headers = {name: value for name, value in metadata.get("HTTPHeaders", {}).items() if name.lower() in _HEADERS}
    ids = {name: SCRUBBED for name in ("RequestId", "HostId") if name in metadata}
    return {"ResponseMetadata": {**metadata, **ids, "HTTPHeaders": headers, "RetryAttempts": 0}}
