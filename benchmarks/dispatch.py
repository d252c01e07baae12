"""Dispatch: warm calls of each competitor's handler, in turn, and the best round of each counts."""

import subprocess
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from benchmarks.answers import check_equal
from benchmarks.competitors import Competitor
from benchmarks.errors import CallFailed
from benchmarks.image import Image

_CALLER = Path(__file__).parent / "caller.py"
_ROUND_S = 0.02


class Caller:
    """A process that calls one competitor's handler; `answer` is its first answer, as JSON."""

    def __init__(self, image: Image, competitor: Competitor, event: Path) -> None:
        self.name = competitor.name
        self._process = subprocess.Popen(
            [image.python, _CALLER, competitor.handler, event],
            cwd=image.code(competitor, compiled=True),
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer = self._read().encode()

    def __enter__(self) -> "Caller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # it ends with its standard input

    def microseconds(self, calls: int) -> float:
        """The mean time of a call, over so many."""
        assert self._process.stdin is not None  # it is a pipe
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        return int(self._read()) / calls / 1000

    def _read(self) -> str:
        assert self._process.stdout is not None  # it is a pipe
        line = self._process.stdout.readline()
        if not line:
            self._process.communicate()
            raise CallFailed(self.name)
        return line


def dispatch(image: Image, competitors: "tuple[Competitor, ...]", event: Path, *, rounds: int) -> dict[str, float]:
    """The microseconds of one call of each competitor, by its name: the best of `rounds` means over 20 ms."""
    with ExitStack() as stack:
        callers = [stack.enter_context(Caller(image, competitor, event)) for competitor in competitors]
        check_equal({caller.name: caller.answer for caller in callers})
        best = {caller: caller.microseconds(200) for caller in callers}  # warms up, too
        calls = {caller: max(10, int(_ROUND_S * 1e6 / best[caller])) for caller in callers}
        for number in range(rounds):
            for caller in callers[:: -1 if number % 2 else 1]:
                best[caller] = min(best[caller], caller.microseconds(calls[caller]))
        return {caller.name: value for caller, value in best.items()}
