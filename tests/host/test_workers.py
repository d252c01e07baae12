"""The processes of a host, and those that are none of them."""

import subprocess
import sys

import pytest

# Orphans become this process's own, as they become those of process 1 in a container.
ADOPTS = """
import asyncio, ctypes, os, signal, subprocess, sys
from tight_tasks.host.workers import work_together

async def work(number, end):
    subprocess.run(["sh", "-c", "sleep 0.1 &"])
    await asyncio.sleep(0.5)
    os.kill(os.getppid(), signal.SIGTERM)
    await end.wait()
    return True

PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
sys.exit(work_together(work, 1))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_process_that_is_no_worker_may_end_without_any_of_them() -> None:
    done = subprocess.run([sys.executable, "-c", ADOPTS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
