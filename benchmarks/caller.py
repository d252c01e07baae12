"""Calls one handler again and again, in a process of its own: python caller.py HANDLER EVENT

Runs in a code folder. Prints the handler's first answer; then for each line, a number of calls, the nanoseconds that
these took.
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace


def main(handler: str, event_file: str) -> None:
    sys.path[0] = os.getcwd()  # noqa: PTH109  # where Lambda's client looks first; this file's folder is none of an app's
    text = Path(event_file).read_text(encoding="utf-8")
    event = json.loads(text)
    context = SimpleNamespace(aws_request_id="6f1c2b0a-93ce-4f0e-8b5c-6a1d1f0a7a11", function_name="orders")
    module, _, name = handler.rpartition(".")
    call = getattr(import_module(module), name)
    print(json.dumps(call(event, context)), flush=True)
    for line in sys.stdin:
        calls = range(int(line))
        began = time.perf_counter_ns()
        for _ in calls:
            call(event, context)
        took = time.perf_counter_ns() - began
        # Every call got the same event: one that a handler has changed would be another one.
        assert event == json.loads(text), "the handler changed its event"
        print(took, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
