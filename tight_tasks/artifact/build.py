"""Builds the artifacts of an app, and puts them in the place of the last ones when all of them are whole and sound."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.artifact.archive import Archive, write_folder, write_zip
from tight_tasks.artifact.bytecode import CODE_ROOT, LAYER_ROOT, Uncompiled, compile_files
from tight_tasks.artifact.contents import OUTPUTS, Contents, read_contents
from tight_tasks.artifact.doctor import examine_parts
from tight_tasks.artifact.entries import Files
from tight_tasks.artifact.image import dockerfile, dockerignore
from tight_tasks.artifact.packages import sized
from tight_tasks.artifact.parts import Part, Shape, parts_of
from tight_tasks.artifact.record import recorded
from tight_tasks.artifact.requirements import check_vendored
from tight_tasks.errors import CanNotPack, CanNotWrite, NoArchive, TaskError
from tight_tasks.inspection.report import Report
from tight_tasks.interpreter import Interpreter, find_interpreter
from tight_tasks.project import Project
from tight_tasks.vendor.folder import find_folder

Examine = Callable[[Project, Shape, Sequence[tuple[Path, Sequence[str]]], Sequence[Path]], list[Report]]


@dataclass(frozen=True)
class Built:
    """A part as it was written; `packages` has name, version and unpacked bytes, the largest first."""

    archive: Archive
    packages: tuple[tuple[str, str, int], ...]
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Build:
    """What was built. `python` compiled it, if anything did; `reports` are the doctor's, by the names of zips."""

    parts: tuple[Built, ...]
    python: Interpreter | None
    reports: dict[str, Report]

    @property
    def ok(self) -> bool:
        """Nothing was found; else builds/ is as it was before."""
        return all(report.ok for report in self.reports.values())


def build_artifact(
    project: Project,
    shape: Shape = "whole",
    *,
    bytecode: bool = True,
    beside: Sequence[Path] = (),
    examine: Examine | None = examine_parts,
) -> Build:
    """Build what `shape` says into builds/ of the app, unless the doctor finds something wrong with it.

    `beside` are zips of layers that the functions have, too; with `examine` None nothing is examined.

    Raises `CanNotPack`, `NotVendored`, `BadSetting`, `NoArchive` or `CanNotWrite`; builds/ is then as it was before.
    """
    for layer in beside:
        if not layer.is_file():
            raise NoArchive(layer)
    contents = read_contents(project)
    check_vendored(project, find_folder(project), contents.packages)
    python = find_interpreter(project.target) if bytecode else None
    if python:
        contents = _compiled(contents, python, LAYER_ROOT if shape == "layer" else CODE_ROOT)
    else:
        _check_syntax(contents.own, project)
    parts = list(parts_of(project, contents, shape))
    builds = project.root / OUTPUTS
    try:
        builds.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix=f".{project.name}-", dir=builds) as name:
            folder = Path(name)
            built = [_write(part, contents, folder) for part in parts]
            zips = [(one.archive.file, one.functions) for one in built]
            reports = examine(project, shape, zips, beside) if examine else []
            build = Build(tuple(built), python, {report.archive.name: report for report in reports})
            if build.ok:
                if shape == "image":
                    _write_image(project, folder, built[0].functions)
                record = recorded(project, build, sorted(path.name for path in folder.iterdir()))
                (folder / f"{project.name}-artifact.json").write_text(record, encoding="utf-8")
                _swap(folder, builds, project.name)
    except OSError as error:
        if isinstance(error, TaskError):
            raise
        raise CanNotWrite(builds, str(error)) from error
    moved = (replace(one, archive=replace(one.archive, file=builds / one.archive.file.name)) for one in built)
    return replace(build, parts=tuple(moved))


def _compiled(contents: Contents, python: Interpreter, root_of_packages: str) -> Contents:
    own, problems = compile_files(contents.own, CODE_ROOT, python)
    _refuse(problems)
    vendored, _ = compile_files(contents.vendored, root_of_packages, python)  # packages ship all kinds of files
    return replace(contents, own=contents.own + own, vendored=contents.vendored + vendored)


def _refuse(problems: list[Uncompiled]) -> None:
    for problem in problems:
        raise CanNotPack(problem.path, f"line {problem.line}: {problem.reason}")


def _check_syntax(own: Files, project: Project) -> None:
    """The app's own syntax, as far as this Python knows the target's."""
    if sys.version_info[:2] < tuple(map(int, project.target.python.split("."))):
        return
    for entry in own:
        if entry.path.endswith(".py"):
            try:
                compile(entry.read(), entry.path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                reason = error.msg if isinstance(error, SyntaxError) else str(error)
                _refuse([Uncompiled(entry.path, getattr(error, "lineno", None) or 1, reason)])


def _write(part: Part, contents: Contents, folder: Path) -> Built:
    write_folder(part.files, folder / part.name)
    archive = write_zip(part.files, folder / f"{part.name}.zip")
    return Built(archive, tuple(sized(contents.packages, part.vendored)), part.functions)


def _write_image(project: Project, folder: Path, functions: tuple[str, ...]) -> None:
    name = f"{project.name}-artifact"
    text = dockerfile(name, list(functions), project.target)
    (folder / f"{name}.Dockerfile").write_text(text, encoding="utf-8")
    (folder / f"{name}.Dockerfile.dockerignore").write_text(dockerignore(name), encoding="utf-8")


def _swap(new: Path, builds: Path, app: str) -> None:
    """Put the new outputs into builds/ and take the last ones of this app out; all of it or nothing."""
    names = sorted(path.name for path in new.iterdir())
    old = new / ".old"
    old.mkdir()
    present = {path.name for path in builds.iterdir()}
    leaving = sorted(present & {*names, *_last_outputs(builds, app)})
    moves = [(builds / name, old / name) for name in leaving] + [(new / name, builds / name) for name in names]
    try:
        for before, after in moves:
            before.rename(after)
    except BaseException:  # Ctrl-C too, which may come between a move and the next line
        for before, after in reversed(moves):
            if not os.path.lexists(before):
                with suppress(OSError):
                    after.rename(before)
        raise


def _last_outputs(builds: Path, app: str) -> list[str]:
    """What the last build of this app has written, as it recorded it itself."""
    try:
        outputs = json.loads((builds / f"{app}-artifact.json").read_text(encoding="utf-8"))["outputs"]
        return [name for name in outputs if isinstance(name, str) and name.startswith(f"{app}-")]
    except (OSError, ValueError, KeyError, TypeError):
        return []
