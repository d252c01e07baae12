"""Counts messages, and tells the benchmark when all of them have come."""

import json
import os
import time
from pathlib import Path


class Tally:
    """Writes, once MESSAGES different numbers have come, how long that took since the first one, and how many came in
    all, into the file KIND.json of the folder TALLIES.
    """

    def __init__(self, kind: str) -> None:
        self._wanted = int(os.environ["MESSAGES"])
        self._file = Path(os.environ["TALLIES"], f"{kind}.json")
        self._numbers: set[int] = set()
        self._came = 0
        self._first = 0.0

    def count(self, number: int) -> None:
        self._first = self._first or time.perf_counter()
        self._came += 1
        self._numbers.add(number)
        if len(self._numbers) == self._wanted:
            seconds = time.perf_counter() - self._first
            # Whole or not at all.
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps({"seconds": seconds, "came": self._came}), encoding="utf-8")
            written.rename(self._file)
