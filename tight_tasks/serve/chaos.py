"""Faults on purpose, by rate and seed: what a function's environment may meet in Lambda, made to happen.

kill       the process ends in the middle of an invocation
freeze     it stands still for a while, as a frozen environment does
delay      the event arrives late
duplicate  the event arrives twice, as every source that delivers at least once may do
"""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tight_tasks.errors import BadOption

KINDS = ("kill", "freeze", "delay", "duplicate")
_LONGEST_S = 0.1


@dataclass(frozen=True)
class Fault:
    """One of `KINDS`, `after_s` seconds into the invocation."""

    kind: str
    after_s: float


class Chaos:
    """Rates from 0 to 1 by kind of fault, which begins at most `longest_s` seconds into an invocation.

    The same seed gives the same faults to the same number of invocations.
    """

    def __init__(
        self,
        rates: Mapping[str, float],
        seed: int = 0,
        log: Callable[[str], None] = print,
        *,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self._rates = {kind: rates.get(kind, 0.0) for kind in KINDS}
        self._random = random.Random(seed)  # noqa: S311  # it has to be repeatable
        self._log = log
        self._longest_s = longest_s
        self._count = 0

    @classmethod
    def parse(cls, text: str, log: Callable[[str], None] = print) -> "Chaos":
        """From `kill=0.05,delay=0.1,seed=7`. Raises `BadOption`."""
        rates: dict[str, float] = {}
        seed = 0
        for part in filter(None, text.replace(" ", "").split(",")):
            name, _, value = part.partition("=")
            try:
                if name == "seed":
                    seed = int(value)
                    continue
                rate = float(value)
            except ValueError:
                raise BadOption("chaos", text, f"{part} has no number: write as in kill=0.05,seed=7") from None
            if name not in KINDS or not 0 <= rate <= 1:
                raise BadOption("chaos", text, f"{part} is none of {', '.join(KINDS)}, each with a rate from 0 to 1")
            rates[name] = rate
        return cls(rates, seed, log)

    def next(self, function: str) -> Fault | None:
        """What the next invocation meets."""
        self._count += 1
        # As many numbers for each invocation, whatever the rates are.
        drawn, after = self._random.random(), self._random.random() * self._longest_s
        for kind in KINDS:
            drawn -= self._rates[kind]
            if drawn < 0:
                self._log(f"chaos {self._count}: {kind} {function} after {after * 1000:.0f} ms")
                return Fault(kind, after)
        return None

    @staticmethod
    async def strike(fault: Fault, pid: Callable[[], int | None]) -> None:
        """Let a kill or a freeze happen to the process, once its time has come."""
        await asyncio.sleep(fault.after_s)
        found = pid()
        if not found:  # 0 would mean this process itself
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if fault.kind == "kill":
                os.killpg(found, signal.SIGKILL)
                return
            os.killpg(found, signal.SIGSTOP)
            try:
                await asyncio.sleep(fault.after_s * 10)
            finally:
                os.killpg(found, signal.SIGCONT)
