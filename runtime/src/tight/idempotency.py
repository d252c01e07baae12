"""`@idempotent`: what is asked for twice is done once, and the second time its result is given again.

    @queue("orders")
    @idempotent(key="message.id", expires=86_400)
    def charge(message): ...

A run first puts a record of its key, on the condition that there is none. The record of a run that ended without a word
(a timeout, a killed environment) holds until that run must be over, and no longer. What is raised is not kept: the next
one tries again. Whoever comes while another runs waits, or is an `InProgress` error, for which Lambda tries again.

Records stand in the table NAME-STAGE-idempotency, or where `store` says: `Table("other-suffix")` or `Memory()`.
"""

from functools import wraps
from hashlib import sha256
from json import dumps
from time import monotonic, sleep, time

from tight.clients.claims import DONE, Memory, Table, claim_of
from tight.encoding import jsonable
from tight.errors import BadKey, InProgress, KeyReused, MissingKey, UnstorableResult
from tight.handlers import Signature
from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])
    Store = Table | Memory

__all__ = ["Memory", "Table", "idempotent"]

_LONGEST_RUN = 900.0  # seconds that Lambda gives a function at most
_MARGIN = 2.0  # Lambda ends a function up to a second after its time
_LARGEST = 390_000  # bytes; an item of DynamoDB has 400 KB
_PAYLOADS = ("message", "body")
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


def idempotent(
    *,
    key: "str | Callable[..., object]",
    expires: float = 3600,
    payload: "Sequence[str] | None" = None,
    wait: float = 0,
    lease: float | None = None,
    store: "Store | None" = None,
) -> "Callable[[Function], Function]":
    """Run a function once for each `key`, and give its repeats the first one's result, for `expires` seconds.

    `key` is a path into what the function names, `message.id` or `headers.idempotency-key`, or a function of what it
    names; `MissingKey` where there is nothing. What stands at the paths of `payload`, `message` and `body` unless told
    otherwise, has to be the same each time, else `KeyReused`. Of HTTP both are answered with 422.

    Whoever comes while another runs waits for `wait` seconds, then it is `InProgress`. `lease` is for how many seconds
    a run that has ended without a word keeps others out: what was left of its invocation's time unless told otherwise,
    900 where there is none. `UnstorableResult` is raised after the first run, and for repeats, where its result is none
    for JSON or has more than 390,000 bytes.
    """

    def decorate(function: "Function") -> "Function":
        guard = _Guard(function, key, payload, expires=expires, wait=wait, lease=lease, store=store or Table())
        made: Any = guard.awaiting() if guard.signature.is_async else guard.calling()
        return made  # type: ignore[no-any-return]  # it takes and gives what the function does

    return decorate


class _Guard:
    """One function with what tells its runs apart."""

    def __init__(
        self,
        function: "Callable[..., Any]",
        key: "str | Callable[..., object]",
        payload: "Sequence[str] | None",
        *,
        expires: float,
        wait: float,
        lease: float | None,
        store: "Store",
    ) -> None:
        self.function, self.key, self.store = function, key, store
        self.expires, self.wait, self.lease = expires, wait, lease
        self.signature = Signature(function)
        self.name = f"{function.__module__}.{function.__qualname__}"
        names = self.signature.names
        self.payload = tuple(name for name in _PAYLOADS if name in names) if payload is None else tuple(payload)
        for path in (*self.payload, *((key,) if isinstance(key, str) else Signature(key).names)):
            if path.partition(".")[0] not in names:
                raise BadKey(self.name, path, names)

    def calling(self) -> "Callable[..., Any]":
        @wraps(self.function)
        def run_once(*args: "Any", **kwargs: "Any") -> "Any":
            attempts = _Attempts(self, args, kwargs)
            while (begun := attempts.next()) is None:
                sleep(attempts.pause)
            run, repeated = begun
            if run is None:
                return repeated
            try:
                value = self.function(*args, **kwargs)
            except BaseException:
                run.fail()
                raise
            run.succeed(value)
            return value

        return run_once

    def awaiting(self) -> "Callable[..., Any]":
        @wraps(self.function)
        async def run_once(*args: "Any", **kwargs: "Any") -> "Any":
            import asyncio  # a function that is `async def` has loaded it
            from asyncio import to_thread

            attempts = _Attempts(self, args, kwargs)
            # Who waits takes no thread: the loop has few, and the one that is waited for needs one to end.
            while (begun := await to_thread(attempts.next)) is None:  # noqa: ASYNC110  # no event tells of another process
                await asyncio.sleep(attempts.pause)
            run, repeated = begun
            if run is None:
                return repeated
            try:
                value = await self.function(*args, **kwargs)
            except BaseException:
                await to_thread(run.fail)
                raise
            await to_thread(run.succeed, value)
            return value

        return run_once

    def given(self, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> "dict[str, Any]":
        """The arguments of a call by their names."""
        return {**self.signature.defaults, **dict(zip(self.signature.names, args, strict=False)), **kwargs}

    @property
    def path(self) -> str:
        return self.key if isinstance(self.key, str) else "key"

    def key_of(self, given: "dict[str, Any]") -> "Any":
        """What tells this call from others. Raises `MissingKey`."""
        if isinstance(self.key, str):
            found = _at(self.key, given)
        else:
            found = self.key(**{name: given[name] for name in Signature(self.key).names})
        if found is None or found in ("", b"", [], {}, ()):
            raise MissingKey(self.name, self.path)
        return found


class _Attempts:
    """The tries of one call to begin. `pause` is for how many seconds to wait before the next."""

    def __init__(self, guard: _Guard, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> None:
        given = guard.given(args, kwargs)
        self.guard = guard
        self.key = guard.name + "#" + _hash(guard.key_of(given))
        self.payload = _hash([_at(path, given) for path in guard.payload]) if guard.payload else ""
        self.patience = monotonic() + guard.wait
        self.pause = _SHORTEST_PAUSE / 2

    def next(self) -> "tuple[_Run | None, Any] | None":
        """A run that may go on, or None and the result of the one that there was; None where that is going on."""
        run = _Run(self.guard, self.key, self.payload)
        found = self.guard.store.claim(run.record)
        if found is None:
            return run, None
        if self.payload and found.get("validation") not in (self.payload, None, ""):
            raise KeyReused(self.guard.name, self.guard.path)
        if found["status"] == DONE:
            return None, self._result(found.get("data"))
        self.pause = min(2 * self.pause, _LONGEST_PAUSE)
        if monotonic() + self.pause > self.patience:
            raise InProgress(self.guard.name, max(0.0, found["in_progress_expiration"] / 1000 - time()))
        return None

    def _result(self, data: "str | None") -> "Any":
        if not data:
            raise UnstorableResult(self.guard.name, "the first run said so")
        from tight.results import unpack

        return unpack(data)


class _Run:
    """One run of a function, and its record."""

    def __init__(self, guard: _Guard, key: str, payload: str) -> None:
        from uuid import uuid4

        self.guard = guard
        lease = _time_left() if guard.lease is None else guard.lease
        self.record = claim_of(key, str(uuid4()), lease=lease, expires=guard.expires, payload=payload)

    def succeed(self, value: object) -> None:
        """Keep the result. The effect is there, so what fails here is logged, and no reason to do it again."""
        from tight.results import pack

        fault = ""
        try:
            data = pack(value)
            if len(data.encode()) > _LARGEST:
                data, fault = "", f"it has {len(data):,} characters"
        except (TypeError, ValueError, RecursionError) as error:
            data, fault = "", str(error)
        try:
            if not self.guard.store.complete(self.record, data, self.guard.expires):
                self._log("ran for longer than its lease, and another run has taken over")
        except Exception as error:  # noqa: BLE001  # any that botocore has
            self._log("has run, but that could not be noted", error)
        if fault:
            raise UnstorableResult(self.guard.name, fault)

    def fail(self) -> None:
        """Let the next one try; what fails here must not hide the function's own error."""
        try:
            self.guard.store.release(self.record)
        except Exception as error:  # noqa: BLE001  # any that botocore has
            self._log("has failed, but that could not be noted", error)

    def _log(self, message: str, error: "Exception | None" = None) -> None:
        from tight import log

        log.warning(f"{self.guard.name} {message}", cause=None if error is None else repr(error))


def _time_left() -> float:
    left = getattr(getattr(current.get(), "context", None), "get_remaining_time_in_millis", None)
    return _LONGEST_RUN if left is None else max(0, left()) / 1000 + _MARGIN


def _at(path: str, given: "dict[str, Any]") -> "Any":
    """What stands at a path such as `message.lines.0.id`: items by name or index, else attributes; None for nothing."""
    found: Any = given
    try:
        for name in path.split("."):
            found = _part(found, name)
    except (LookupError, AttributeError, ValueError):
        return None
    return found


def _part(value: "Any", name: str) -> "Any":
    if hasattr(value, "keys"):
        return value[name]
    return value[int(name)] if isinstance(value, (list, tuple)) else getattr(value, name)


def _hash(value: object) -> str:
    return sha256(dumps(value, sort_keys=True, default=_canonical).encode()).hexdigest()


def _canonical(value: "Any") -> "Any":
    if hasattr(value, "SerializeToString"):  # Protocol Buffers
        return value.SerializeToString(deterministic=True).hex()
    return jsonable(value)
