"""The runtime's wheel: source alone, for every Python; where TIGHT_BYTECODE names a Python, one for that, with the
bytecode of what every function loads.

In a zip that nobody has compiled, that saves each cold start the compilation. Installers choose a wheel by its tag.
Docstrings, and the columns of tracebacks, are left out of the bytecode.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Bytecode(BuildHookInterface):  # type: ignore[type-arg]  # of whatever configuration
    def initialize(self, version: str, build_data: "dict[str, Any]") -> None:
        python = os.environ.get("TIGHT_BYTECODE")
        if not python or version == "editable":
            return
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.root)
        # No module of the site; the order in sets depends on the seed of hashes.
        command = [python, "-S", "-s", "-B", "-X", "no_debug_ranges", str(root / "bytecode.py")]
        made = subprocess.run(
            [*command, str(root / "src" / "tight"), self.folder.name],
            env={"PYTHONHASHSEED": "0"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.split()
        for name in made:
            build_data["force_include"][str(Path(self.folder.name, name))] = f"tight/__pycache__/{name}"
        (tag,) = {tag for name in made for tag in re.findall(r"\.cpython-(\d+)\.pyc$", name)}
        build_data["tag"] = f"cp{tag}-none-any"

    def finalize(self, version: str, build_data: "dict[str, Any]", artifact_path: str) -> None:  # noqa: ARG002  # hatchling's signature
        if hasattr(self, "folder"):
            self.folder.cleanup()
