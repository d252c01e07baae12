"""Compiles source for Lambda; run by the Python of the target, so it needs nothing but that.

    python compiler.py < jobs

A line of `jobs` is JSON: [source, name in tracebacks, where to write]. Printed is a line of JSON for each that can't
be compiled: [name, line, reason].
"""

import json
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER, source_hash

_UNCHECKED_HASH = 1  # PEP 552: Python takes the bytecode without a look at the source's time or content


def main() -> None:
    jobs = [json.loads(line) for line in sys.stdin]
    for job in jobs:
        # What else a process has compiled shows in the references that marshal writes. Each file gets a process in
        # the same state, so that its bytecode depends on nothing but itself.
        child = os.fork() if hasattr(os, "fork") else 0
        if child:
            os.waitpid(child, 0)
            continue
        try:
            _compile(*job)
        finally:
            if hasattr(os, "fork"):
                os._exit(0)


def _compile(source: str, name: str, compiled: str) -> None:
    with open(source, "rb") as file:  # noqa: PTH123  # pathlib would be most of what this process loads
        content = file.read()
    try:
        code = compile(content, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        os.write(1, f"{json.dumps([name, getattr(error, 'lineno', None) or 1, reason])}\n".encode())
        return
    header = MAGIC_NUMBER + _UNCHECKED_HASH.to_bytes(4, "little") + source_hash(content)
    with open(compiled, "wb") as file:  # noqa: PTH123  # no pathlib: it runs in a bare Python
        file.write(header + marshal.dumps(code))


if __name__ == "__main__":
    main()
