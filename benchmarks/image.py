"""What a function meets in Lambda, laid out in a folder: the runtime image, and the code folder of each zip.

FOLDER/image             an environment with AWS's runtime client and boto3, compiled, as Lambda's image has them
FOLDER/source/<slug>     a competitor's files and packages, as a plain zip arrives: what wheels bring is compiled
FOLDER/compiled/<slug>   the same with bytecode
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.competitors import TIGHT, Competitor
from benchmarks.errors import CommandFailed

ROOT = Path(__file__).parent.parent
HANDLERS = Path(__file__).parent / "handlers"
IN_THE_IMAGE = ("awslambdaric", "boto3")


class Image:
    """The layout in one folder; `python` is the interpreter of the image."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "image" / "bin" / "python"

    def code(self, competitor: Competitor, *, compiled: bool) -> Path:
        """The code folder of a competitor: LAMBDA_TASK_ROOT."""
        return self.folder / ("compiled" if compiled else "source") / competitor.slug

    def build(self, competitors: "tuple[Competitor, ...]") -> None:
        """Make everything anew; packages come from uv's cache after the first time."""
        shutil.rmtree(self.folder, ignore_errors=True)
        # `venv` and not `uv venv`, whose environments run a module of uv's own at each start.
        run(sys.executable, "-m", "venv", "--without-pip", str(self.folder / "image"))
        self._install("--compile-bytecode", *IN_THE_IMAGE)
        wheel = self._wheel()
        for competitor in competitors:
            source = self.code(competitor, compiled=False)
            shutil.copytree(HANDLERS / competitor.folder, source, ignore=shutil.ignore_patterns("__pycache__"))
            if competitor.packages:
                packages = [str(wheel) if package == TIGHT else package for package in competitor.packages]
                alone = [] if competitor.resolved else ["--no-deps"]
                self._install("--no-compile-bytecode", *alone, "--target", str(source), *packages)
            compiled = self.code(competitor, compiled=True)
            shutil.copytree(source, compiled)
            # As for a zip, whose times can't be trusted.
            unchecked = ("--invalidation-mode", "unchecked-hash")
            run(str(self.python), "-m", "compileall", "-q", *unchecked, str(compiled))

    def versions(self, competitors: "tuple[Competitor, ...]") -> list[str]:
        """The named packages with their versions, each once, as NAME VERSION."""
        site = next((self.folder / "image" / "lib").glob("python*/site-packages"))
        found = {_version(site, name) for name in IN_THE_IMAGE}
        for competitor in competitors:
            found |= {_version(self.code(competitor, compiled=False), name) for name in competitor.packages}
        return sorted(found)

    def _wheel(self) -> Path:
        out = self.folder / "wheels"
        # As published for this Python, with bytecode.
        build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out))
        run(*build, folder=ROOT / "runtime", environment={**os.environ, "TIGHT_BYTECODE": str(self.python)})
        return next(out.glob("*.whl"))

    def _install(self, *arguments: str) -> None:
        constraints = str(ROOT / "constraints.txt")
        uv = ("uv", "pip", "install", "--quiet", "--system-certs", "--python", str(self.python))
        run(*uv, "--constraint", constraints, *arguments)


def _version(site: Path, package: str) -> str:
    name = re.sub(r"[-_.]+", "_", package)
    folder = next(site.glob(f"{name}-*.dist-info"))
    return f"{package} {folder.name.removesuffix('.dist-info').rpartition('-')[2]}"


def run(*command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
    """Run a command that prints only where it fails. Raises `CommandFailed`."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandFailed(command, done.returncode, done.stdout)
