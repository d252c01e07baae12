"""Compiles what every function loads, with the Python that runs this: `python bytecode.py SOURCES FOLDER`.

Prints the names of the files that it made in FOLDER. Nothing of the machine is in them, and equal sources give equal
bytes. Each holds a hash of its source (PEP 552), so Python compiles again what somebody has changed; the path in a
traceback is the one that a module is imported from, whatever stands here.
"""

import importlib.util
import marshal
import sys
from pathlib import Path

HOT = ("__init__", "app", "dispatch", "handlers", "request")
_CHECKED = 0b11  # of the flags: made from a hash, and compared with it when it is imported


def bytecode(source: bytes, name: str) -> bytes:
    """A module as it stands in `__pycache__`, without docstrings."""
    code = compile(source, name, "exec", optimize=2, dont_inherit=True)
    header = importlib.util.MAGIC_NUMBER + _CHECKED.to_bytes(4, "little") + importlib.util.source_hash(source)
    # Twice, since what is written of an object depends on who else holds it.
    return header + marshal.dumps(marshal.loads(marshal.dumps(code)))  # noqa: S302  # our own


def compile_all(sources: Path, folder: Path) -> "list[str]":
    """The names of the files made in `folder`."""
    names = []
    for module in HOT:
        file = Path(importlib.util.cache_from_source(f"{module}.py", optimization="")).name
        (folder / file).write_bytes(bytecode((sources / f"{module}.py").read_bytes(), f"tight/{module}.py"))
        names.append(file)
    return names


if __name__ == "__main__":
    print(*compile_all(Path(sys.argv[1]), Path(sys.argv[2])), sep="\n")
