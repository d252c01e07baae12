"""Cold starts and memory: each competitor is started in turn, round after round, and its best start counts."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.answers import check_equal
from benchmarks.competitors import Competitor
from benchmarks.image import Image
from benchmarks.start import Start, start

NOTHING: Mapping[str, str] = {}


def cold_starts(
    image: Image,
    turns: "tuple[Competitor, ...]",
    event: bytes,
    *,
    compiled: bool,
    rounds: int,
    environment: Mapping[str, str] = NOTHING,
) -> dict[str, list[Start]]:
    """The starts of each competitor, by its name: `rounds` times all `turns`, where one may have several.

    A start of each before them fills the disk's cache and compares the answers.
    """

    def run(competitor: Competitor) -> Start:
        folder: Path = image.code(competitor, compiled=compiled)
        return start(image.python, folder, competitor.handler, event, environment)

    competitors = dict.fromkeys(turns)
    check_equal({competitor.name: run(competitor).answer for competitor in competitors})
    starts: dict[str, list[Start]] = {competitor.name: [] for competitor in competitors}
    for number in range(rounds):
        # Back and forth, so that nobody always comes after the heaviest.
        for competitor in turns[:: -1 if number % 2 else 1]:
            starts[competitor.name].append(run(competitor))
    return starts


def fastest_ms(starts: Mapping[str, list[Start]]) -> dict[str, float]:
    """The shortest start of each: what was added to it was this machine's other work."""
    return {name: min(one.seconds for one in some) * 1000 for name, some in starts.items()}


def unrest(starts: Mapping[str, list[Start]]) -> str:
    """How far the first competitor's starts are apart, which tells how busy this machine was."""
    name, some = next(iter(starts.items()))
    seconds = [one.seconds for one in some]
    return f"{name}: {len(seconds)} starts, the median {median(seconds) / min(seconds):.2f} times the best"


def smallest_mib(starts: Mapping[str, list[Start]]) -> dict[str, float]:
    """The smallest peak of each."""
    return {name: min(one.peak_mib for one in some) for name, some in starts.items()}
