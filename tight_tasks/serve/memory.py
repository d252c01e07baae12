"""How much memory a process holds, with all that it has started."""

import psutil

_MB = 1024 * 1024


def used_mb(pid: int) -> int:
    """In MB, rounded up; 0 for a process that is gone."""
    try:
        process = psutil.Process(pid)
        used = sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return 0
    return -int(-used // _MB)
