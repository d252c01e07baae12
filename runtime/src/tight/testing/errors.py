"""What can go wrong in the test kit, as branches of Tight's tree of errors.

TightError
├── NotSendable              (TypeError)       a payload or a result that AWS's client can't write
├── UnknownGateway           (ValueError)      a gateway that there is none of
├── UnfitEvent               (ValueError)      an event that no service sends
├── UnfitAnswer              (AssertionError)  an answer that no gateway sends on
├── BadExpectation           (AssertionError)  a file that says nothing of what the answer has to be
└── RecordingError           recording and playback
    ├── NoRecording          (AssertionError)  a call that no recording answers
    ├── UnusedRecordings     (AssertionError)  recordings that no call asked for
    ├── BadRecording         (ValueError)      a file that is no recording
    ├── BadNamespace         (ValueError)      a name that is not that of one folder
    ├── SharedFolder         (ValueError)      two tests with one folder
    ├── Unrecordable         (TypeError)       a parameter that has no form in JSON
    ├── ForeignSession       (TypeError)       a session that `dynamo_db_session` did not give
    ├── EarlyClient          (RuntimeError)    a client that was made before the account was opened
    ├── AccountRefused       (RuntimeError)    a call to an account outside a recording
    └── NoCredentials        (LookupError)     a profile without credentials
"""

from collections.abc import Iterable
from pathlib import Path

from tight.errors import TightError

_REMEDY = "run `pytest --record` for this test to record it anew"


class NotSendable(TightError, TypeError):
    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} can't be sent as JSON, which Lambda does: {reason}")
        self.what = what
        self.reason = reason


class UnknownGateway(TightError, ValueError):
    def __init__(self, name: str, known: "Iterable[str]") -> None:
        super().__init__(f"there is no gateway {name!r}: name one of {', '.join(known)}")
        self.name = name
        self.known = tuple(known)


class UnfitEvent(TightError, ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"no service sends such an event: {reason}")
        self.reason = reason


class UnfitAnswer(TightError, AssertionError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the gateway would answer with an error of its own, since it can't send on what the function returned: "
            f"{reason}"
        )
        self.reason = reason


class BadExpectation(TightError, AssertionError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}: write down there what the answer has to be, as statusCode, headers, body")
        self.path = path
        self.reason = reason


class RecordingError(TightError):
    """Base of the errors of recording and playback."""


class NoRecording(RecordingError, AssertionError):
    """`reasons` says, line by line, how the call differs from the nearest recording; nothing of it is secret."""

    def __init__(self, call: str, folder: Path, reasons: Iterable[str]) -> None:
        self.call, self.folder, self.reasons = call, folder, tuple(reasons)
        details = "".join(f"\n  {reason}" for reason in self.reasons)
        super().__init__(f"no recording answers {call} in {folder}{details}\n{_REMEDY}")


class UnusedRecordings(RecordingError, AssertionError):
    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.folder, self.names = folder, tuple(names)
        super().__init__(f"recorded in {folder}, but not asked for: {', '.join(self.names)}\n{_REMEDY}")


class BadRecording(RecordingError, ValueError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is no recording: {reason}; {_REMEDY}")
        self.path = path


class BadNamespace(RecordingError, ValueError):
    def __init__(self, namespace: str) -> None:
        super().__init__(f"{namespace!r} can't name a folder of recordings: use the name of the test")
        self.namespace = namespace


class SharedFolder(RecordingError, ValueError):
    def __init__(self, folder: Path, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} both keep their recordings in {folder}: rename one of the tests")
        self.folder, self.tests = folder, (first, second)


class Unrecordable(RecordingError, TypeError):
    def __init__(self, value: object) -> None:
        super().__init__(f"a {type(value).__qualname__} can't be recorded: give botocore plain values")
        self.type = type(value)


class ForeignSession(RecordingError, TypeError):
    def __init__(self, session: object) -> None:
        super().__init__(f"{type(session).__qualname__} is not from the fixture `dynamo_db_session`: ask for that one")


class EarlyClient(RecordingError, RuntimeError):
    def __init__(self, call: str) -> None:
        super().__init__(
            f"the client of {call} was made before the account was opened: make it in a function, "
            "when it is first used, for instance by tight.clients.aws"
        )
        self.call = call


class AccountRefused(RecordingError, RuntimeError):
    def __init__(self, host: str) -> None:
        super().__init__(f"a call to {host} outside a recording: only a test with the fixture `recording` may make one")
        self.host = host


class NoCredentials(RecordingError, LookupError):
    def __init__(self, profile: str) -> None:
        super().__init__(f"the profile {profile!r} gives no credentials: log in first, or name another profile")
        self.profile = profile
