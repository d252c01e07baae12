"""Writes `env.yml`."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkstemp

from tight_tasks.env.merge import Variable
from tight_tasks.env.show import as_yaml
from tight_tasks.env_files import OWN
from tight_tasks.errors import CanNotWrite

_HEAD = "# The variables of this machine, written by `invoke env`. What is changed here stands over env.dist.yml.\n"


def write_environment(root: Path, variables: Sequence[Variable]) -> Path:
    """Write env.yml whole or not at all, readable by its owner alone: it may hold secrets. Raises `CanNotWrite`."""
    file = (root / OWN).resolve()  # a link stays a link
    text = _HEAD + "".join(as_yaml(variable.name, variable.value) + "\n" for variable in variables)
    try:
        descriptor, name = mkstemp(dir=file.parent, prefix=f".{OWN}.")  # of mode 600
    except OSError as error:
        raise CanNotWrite(file, error.strerror or str(error)) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(name).replace(file)
    except BaseException as error:  # Ctrl-C too
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CanNotWrite(file, error.strerror or str(error)) from error
        raise
    return file
