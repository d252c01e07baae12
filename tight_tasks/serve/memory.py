"""How much memory a process holds, with all that it has started."""

from pathlib import Path

import psutil

_MB = 1024 * 1024


def used_mb(pid: int) -> int:
    """In MB, rounded up; 0 for a process that is gone."""
    try:
        used = sum(each.memory_info().rss for each in _family(pid))
    except psutil.Error:
        return 0
    return -int(-used // _MB)


def _family(pid: int) -> list[psutil.Process]:
    """The process and all below it. Linux tells a thread's children, and to look at every process on the machine would
    take a hundred times as long; elsewhere there is no other way.
    """
    try:
        pids = [pid]
        for each in pids:  # it grows
            for thread in Path(f"/proc/{each}/task").iterdir():
                pids += map(int, (thread / "children").read_text(encoding="ascii").split())
    except OSError:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return [psutil.Process(each) for each in pids]
