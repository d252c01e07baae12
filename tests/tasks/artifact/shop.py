"""An app on disk whose artifacts the tests build: its own files, and packages made up for the test."""

import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tight_tasks.artifact.build import Build, build_artifact
from tight_tasks.artifact.parts import Shape
from tight_tasks.project import Project


class Shop:
    """The least that is an app; `runtime` is that of tight.yml."""

    FILES = {  # noqa: RUF012  # never changed
        "tasks.py": "from tight_tasks import tasks\n\nnamespace = tasks()\n",
        "env.dist.yml": "STAGE: dev\n",
        "app/__init__.py": "",
        "app/functions/__init__.py": "",
        "app/functions/orders/handler.py": "def handler(event, context):\n    return 'orders'\n",
        "app_index.py": """
            from importlib import import_module

            def __getattr__(name):
                if name.startswith("_"):
                    raise AttributeError(name)
                return import_module(f"app.functions.{name}.handler").handler
        """,
    }

    def __init__(self, folder: Path, runtime: str = "python3.13") -> None:
        self.folder = folder
        self.write(self.FILES)
        self.settings(runtime=runtime)

    def settings(self, more: str = "", runtime: str = "python3.13") -> None:
        self.write({"tight.yml": f"name: shop\nruntime: {runtime}\narchitecture: arm64\n{more}"})

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    def vendor(self, name: str, files: Mapping[str, str], requires: Sequence[str] = (), version: str = "1.0") -> None:
        """A package among the vendored ones, as an installer leaves it."""
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        metadata = [
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}",
            *map("Requires-Dist: {}".format, requires),
        ]
        all_files = {**files, f"{info}/METADATA": "\n".join(metadata) + "\n", f"{info}/RECORD": ""}
        all_files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in all_files)
        self.write({f"app/vendored/{path}": text for path, text in all_files.items()})

    def link(self, path: str, target: str) -> None:
        (self.folder / path).symlink_to(target)

    @property
    def project(self) -> Project:
        return Project.load(self.folder)

    def build(self, shape: Shape = "whole", *, bytecode: bool = False) -> Build:
        """Without the doctor, which tests of what is packed can do without."""
        return build_artifact(self.project, shape, bytecode=bytecode, examine=None)

    def zipped(self, name: str = "shop-artifact") -> dict[str, zipfile.ZipInfo]:
        """What a zip in builds/ has, in its order."""
        with zipfile.ZipFile(self.folder / "builds" / f"{name}.zip") as archive:
            return {info.filename: info for info in archive.infolist()}

    def outputs(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "builds").iterdir())
