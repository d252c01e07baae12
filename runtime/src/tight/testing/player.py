"""Answers calls from recordings, and never by a network."""

from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody

from tight.testing import cassette, matching
from tight.testing.calls import Answer, Ask, Call
from tight.testing.cassette import Recording, Request
from tight.testing.encoding import Stream, decode, encode
from tight.testing.errors import NoRecording, UnusedRecordings
from tight.testing.scrub import Known, scrub


def request_of(call: Call, scrubbed: Any) -> Request:
    """What a recording keeps of `call` and its `scrubbed` parameters, and what is compared."""
    return Request(call.service, call.operation, matching.in_order(encode(scrubbed)))


class Player:
    """The recordings of one folder, each played once; calls may come from several threads.

    `endpoint` is the one that the environment names.
    """

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder = folder
        self.known = Known(endpoint=endpoint)
        self._misses: list[NoRecording] = []
        self._left = cassette.read(folder)
        self._played: list[Recording] = []
        self._lock = Lock()

    def answer(self, call: Call, ask: Ask) -> Answer:  # noqa: ARG002  # nothing is ever asked for
        request = request_of(call, scrub(call.parameters, self.known))
        with self._lock:
            recording = self._take(call, request)
        parsed = decode(recording.data)
        for name, value in parsed.items() if isinstance(parsed, dict) else ():
            if isinstance(value, Stream):
                parsed[name] = StreamingBody(BytesIO(value), len(value))
        headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return AWSResponse(call.http["url"], recording.status, headers, None), parsed

    def finish(self, *, passed: bool) -> None:
        """Raise the first call that no recording answered, whoever caught its error; or, if the test `passed`,
        UnusedRecordings. Placebo's own recordings may be left: placebo never minded.
        """
        if self._misses:
            raise self._misses[0]
        unused = [recording.name for recording in self._left if recording.request]
        if passed and unused:
            raise UnusedRecordings(self._folder, unused)

    def _take(self, call: Call, request: Request) -> Recording:
        recording = matching.find(self._left, call.prefix, request)
        if recording is None:
            reasons = matching.explain(self._left, self._played, call.prefix, request)
            self._misses.append(NoRecording(str(call), self._folder, reasons))
            raise self._misses[-1]
        self._left.remove(recording)
        self._played.append(recording)
        return recording
