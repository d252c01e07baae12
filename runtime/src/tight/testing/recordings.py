"""Fixtures that play AWS calls back, or record them, for one test; and the functions of Tight 0.1 that ask for it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest

from tight.models import MODELS
from tight.testing.cassette import folder_of, namespace_of
from tight.testing.errors import EarlyClient, ForeignSession, RecordingError, SharedFolder
from tight.testing.isolation import NOWHERE
from tight.testing.options import ACCOUNT, FAILURE, PASSED, is_recording, note
from tight.testing.scrub import NOTHING, Known

if TYPE_CHECKING:
    from tight.testing.calls import Call
    from tight.testing.player import Player
    from tight.testing.take import Take

Mode = Literal["playback", "record"]

_RECORDER = pytest.StashKey["Recorder"]()
_OWNERS = pytest.StashKey[dict[Path, str]]()


class Recorder:
    """One test's recorder. It plays back unless it is told to record, by pytest's options or by `start`."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._stack = ExitStack()
        self._tape: Player | Take | None = None
        self.mode: Mode = "playback"
        self.folder: Path | None = None

    @property
    def known(self) -> Known:
        """What has come up so far that must not be written down."""
        return self._tape.known if self._tape else NOTHING

    @property
    def _item(self) -> pytest.Item:
        item: pytest.Item = self._request.node
        return item

    def start(self, folder: Path, mode: Mode = "playback") -> None:
        """From now on calls are recorded in `folder`, or answered from there; what was started before ends."""
        self.stop()
        self.folder = folder
        self.mode = "record" if is_recording(self._request.config) else mode
        if self.mode == "record":  # several may play one back, as in Tight 0.1
            self._claim(folder)
        self._item.stash[_RECORDER] = self
        # botocore is a library of those who call AWS; nobody else waits for it.
        from tight.testing.calls import intercepted

        with ExitStack() as stack:
            tape = self._take(folder, stack) if self.mode == "record" else self._player(folder)
            stack.enter_context(intercepted(tape.answer))
            self._stack, self._tape = stack.pop_all(), tape

    def stop(self, *, passed: bool = True) -> None:
        """Write down what was recorded, or fail the test with what the playback missed."""
        tape, self._tape = self._tape, None
        self._stack.close()
        try:
            said = tape.finish(passed=passed) if tape else None
            missed = None
        except RecordingError as error:
            said, missed = None, error
        if missed and not _shows(self._item.stash.get(FAILURE, None), missed):
            pytest.fail(str(missed), pytrace=False)
        if said:
            note(self._item, f"{said} in {os.path.relpath(str(self.folder), self._request.config.rootpath)}")

    def _claim(self, folder: Path) -> None:
        owners = self._request.config.stash.setdefault(_OWNERS, {})
        owner = owners.setdefault(folder, self._item.nodeid)
        if owner != self._item.nodeid:
            raise SharedFolder(folder, owner, self._item.nodeid)

    def _player(self, folder: Path) -> "Player":
        from tight.testing.player import Player  # needs botocore

        return Player(folder, _endpoint())

    def _take(self, folder: Path, stack: ExitStack) -> "Take":
        from tight.testing.take import Take  # needs botocore

        account = self._request.config.stash.get(ACCOUNT, None)
        if account:
            secrets = stack.enter_context(account.opened())
            return Take(folder, _refuse_early_clients, Known(secrets, endpoint=_endpoint()))
        endpoint = self._request.getfixturevalue("embedded_aws")
        if find_spec(MODELS.partition(".")[0]) and find_spec(MODELS):
            self._request.getfixturevalue("tables")
        return Take(folder, lambda call: _send_to(endpoint, call), Known(endpoint=endpoint))


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    """Plays the test's AWS calls back from `placebos/<name of the test>`, beside it; `pytest --record` records them."""
    recorder = Recorder(request)
    name = request.node.name if request.cls is None else f"{request.cls.__name__}.{request.node.name}"
    recorder.start(folder_of(request.path, namespace_of(name)))
    yield recorder
    recorder.stop(passed=request.node.stash.get(PASSED, False))


@pytest.fixture
def dynamo_db_session(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A botocore session as `record` and `playback` take it; the tests of Tight 0.1 ask for it."""
    from botocore.session import get_session  # 100 ms, for the tests that ask

    session = get_session()
    session.recorder = Recorder(request)
    yield session
    session.recorder.stop(passed=request.node.stash.get(PASSED, False))


def playback(file: str, session: object, namespace: str) -> None:
    """Answer AWS calls from `placebos/<namespace>`, beside `file`, until the test ends. `pytest --record` records them.

    Without that folder nothing is recorded, so a test that makes no call passes.
    """
    _recorder(session).start(folder_of(file, namespace))


def record(file: str, session: object, namespace: str) -> None:
    """Record AWS calls in `placebos/<namespace>`, beside `file`, until the test ends."""
    _recorder(session).start(folder_of(file, namespace), "record")


def recorded(item: pytest.Item) -> Known | None:
    """What must not be written down of a test that records, None of one that plays back."""
    recorder = item.stash.get(_RECORDER, None)
    if recorder:
        return recorder.known if recorder.mode == "record" else None
    return NOTHING if is_recording(item.config) else None


def _recorder(session: object) -> Recorder:
    recorder = getattr(session, "recorder", None)
    if not isinstance(recorder, Recorder):
        raise ForeignSession(session)
    return recorder


def _shows(failure: BaseException | None, missed: RecordingError) -> bool:
    """Whether `failure`, with which the test ended, tells what was missed already."""
    while failure and failure is not missed:
        failure = failure.__cause__ or failure.__context__
    return failure is not None


def _endpoint() -> str:
    return os.environ.get("AWS_ENDPOINT_URL", NOWHERE).rstrip("/")


def _send_to(endpoint: str, call: "Call") -> None:
    # A client that was made before the embedded AWS started, at the import of a module perhaps, leads nowhere.
    there = urlsplit(endpoint)
    call.http["url"] = urlsplit(call.http["url"])._replace(scheme=there.scheme, netloc=there.netloc).geturl()


def _refuse_early_clients(call: "Call") -> None:
    if call.http["url"].startswith(NOWHERE):
        raise EarlyClient(str(call))
