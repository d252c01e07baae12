"""How much memory a process holds, with all that it has started."""

from collections.abc import Iterator
from pathlib import Path

import psutil

_MB = 1024 * 1024


def used_mb(pid: int) -> int:
    """In MB, rounded up; 0 for a process that is gone."""
    try:
        used = psutil.Process(pid).memory_info().rss + sum(_rss(child) for child in _started_by(pid))
    except psutil.Error:
        return 0
    return -int(-used // _MB)


def _rss(pid: int) -> int:
    try:
        rss: int = psutil.Process(pid).memory_info().rss
    except psutil.Error:  # it has ended meanwhile
        return 0
    return rss


def _started_by(pid: int) -> Iterator[int]:
    """The process's children, theirs, and so on."""
    # psutil looks at every process of the machine for that, which takes 10 ms and more; Linux keeps a list.
    try:
        lists = [*Path(f"/proc/{pid}/task").glob("*/children")]
        others = [] if lists else psutil.Process(pid).children(recursive=True)
    except (OSError, psutil.Error):  # the process has ended meanwhile
        return
    yield from (child.pid for child in others)
    for file in lists:
        try:
            children = [int(child) for child in file.read_text(encoding="ascii").split()]
        except OSError:  # the thread has ended meanwhile
            continue
        for child in children:
            yield child
            yield from _started_by(child)
