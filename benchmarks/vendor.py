"""`invoke vendor` against pip, each from an empty cache: four packages with machine code among what they need."""

import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.errors import AnswersDiffer
from benchmarks.image import run
from benchmarks.report import Table
from tight_tasks.target import Target
from tight_tasks.vendor.packages import vendored_packages

TARGET = Target("python3.13", "arm64")
PACKAGES = ("requests", "pydantic", "orjson", "cryptography")
# Where uv takes every older one too, pip takes those it is told: what glibc 2.34 can load and the index has.
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
WITH_INVOKE = "invoke vendor"
AT_MOST = {WITH_INVOKE: 0.333}


@dataclass(frozen=True)
class Way:
    """A command that installs the packages into `installed`, run in its own folder."""

    folder: Path
    command: tuple[str, ...]
    installed: Path

    def seconds(self) -> float:
        """Of one run with nothing cached or installed. Raises `CommandFailed`."""
        cache = self.folder / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(self.installed, ignore_errors=True)
        variables = {"UV_CACHE_DIR": str(cache), "PIP_CACHE_DIR": str(cache), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        if "SSL_CERT_FILE" in os.environ:  # uv reads it by itself
            variables["PIP_CERT"] = os.environ["SSL_CERT_FILE"]
        began = time.perf_counter()
        run(*self.command, folder=self.folder, environment={**os.environ, **variables})
        return time.perf_counter() - began

    def packages(self) -> list[str]:
        return [str(package) for package in vendored_packages(self.installed)]


def vendoring(rounds: int) -> Table:
    """The best of each way; they take turns, since the index is faster at one time than at another."""
    with TemporaryDirectory(prefix="tight-") as folder:
        ways = lay_out(Path(folder))
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                seconds[name].append(way.seconds())
            check_same({name: way.packages() for name, way in ways.items()})
    best = {name: min(values) for name, values in seconds.items()}
    return Table(f"{', '.join(PACKAGES)} for {TARGET}, nothing cached", "s", best, AT_MOST, f"best of {rounds} runs")


def lay_out(folder: Path) -> Mapping[str, Way]:
    """An app, and a plain folder for each of pip's."""
    app = folder / "app"
    app.mkdir()
    settings = f"name: shop\nruntime: {TARGET.runtime}\narchitecture: {TARGET.architecture}\nvendor_dir: vendored\n"
    (app / "tight.yml").write_text(settings, encoding="utf-8")
    (app / "tasks.py").write_text("from tight_tasks import tasks\n\nnamespace = tasks()\n", encoding="utf-8")
    (app / "requirements-vendor.txt").write_text("\n".join(PACKAGES), encoding="utf-8")
    platforms = (part for platform in PLATFORMS for part in ("--platform", f"{platform}_{TARGET.machine}"))
    wheels = ("--python-version", TARGET.python, *platforms, "--only-binary=:all:")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", "vendored", *wheels)
    ways: dict[str, Way] = {}
    for name, options in (("pip install --target", ()), ("the same, --no-compile", ("--no-compile",))):
        place = folder / f"pip {len(ways)}"
        place.mkdir()
        ways[name] = Way(place, (*pip, *options, *PACKAGES), place / "vendored")
    ways[WITH_INVOKE] = Way(app, (sys.executable, "-m", "invoke", "vendor"), app / "vendored")
    return ways


def check_same(packages: Mapping[str, list[str]]) -> None:
    """Raises `AnswersDiffer` where not every way has installed the same versions."""
    first, *others = packages.items()
    for name, found in others:
        if found != first[1]:
            raise AnswersDiffer(name, "list of packages", first[1], found)
