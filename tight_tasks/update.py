"""Brings an app up to a newer version of the templates."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import CanNotUpdate
from tight_tasks.project import Project
from tight_tasks.task import task

ANSWERS = ".copier-answers.yml"


@dataclass
class Update:
    """What an update does to the files of an app, by their paths in it."""

    old: str
    new: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For a person: each file, then the figures; one sentence where there is nothing to say."""
        kinds = (
            ("changed", self.changed),
            ("added", self.added),
            ("deleted", self.deleted),
            ("conflicts", self.conflicts),
        )
        if self.old == self.new:
            yield f"Nothing changed: {self.new} is the newest version."
            return
        if not any(files for _, files in kinds):
            yield f"Nothing changed but the recorded version, from {self.old} to {self.new}."
            return
        for kind, files in kinds:
            yield from (f"  {kind.removesuffix('s'):9} {file}" for file in files)
        figures = " · ".join(f"{kind} {len(files)}" for kind, files in kinds)
        yield f"{figures}      from {self.old} to {self.new}"


def update_app(root: Path) -> Update:
    """Update the app in `root` to the newest tag; conflicts are left in its files between markers.

    Raises `CanNotUpdate` where git is missing or has uncommitted changes, or the template can't be had.
    """
    _check_ready(root)
    return _update(root)


def plan_update(root: Path) -> Update:
    """What `update_app` would do; it is done in a clone."""
    _check_ready(root)
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    with TemporaryDirectory(prefix="tight-") as folder:
        _git(top, "clone", "--quiet", str(top), f"{folder}/clone")
        return _update(Path(folder, "clone", root.resolve().relative_to(top.resolve())))


def _check_ready(root: Path) -> None:
    if shutil.which("git") is None:
        raise CanNotUpdate("git is not on PATH: install it, since an update compares versions with it")
    if not recorded_version(root):
        raise CanNotUpdate(f"{root / ANSWERS} records no version of the template: was the app made from it?")
    try:
        status = _git(root, "status", "--porcelain")
    except subprocess.CalledProcessError as error:
        raise CanNotUpdate(f"{root} is not in a git repository: run git init there and commit the app") from error
    if status:
        raise CanNotUpdate(
            f"{root} has uncommitted changes: commit or stash them, so that you can see the update's own"
        )


def _update(root: Path) -> Update:
    from copier import run_update  # 0.8 s of import, which no other task should wait for
    from copier.errors import CopierError
    from plumbum import ProcessExecutionError

    old = recorded_version(root)
    try:
        run_update(root, defaults=True, skip_answered=True, overwrite=True, quiet=True, conflict="inline")
    except (CopierError, ValueError, ProcessExecutionError) as error:
        raise CanNotUpdate(_reason(error)) from error
    update = Update(old, recorded_version(root))
    app = _git(root, "rev-parse", "--show-prefix").strip()  # where the app is in its repository
    for entry in _git(root, "status", "--porcelain", "--untracked-files=all", "-z", "--", ".").split("\0"):
        code, file = entry[:2], entry[3:].removeprefix(app)
        if not file or file == ANSWERS:
            continue
        if file.endswith(".rej"):
            # What could not be applied to a file that the user deleted: the file stays deleted.
            (root / file).unlink()
        elif "U" in code or code == "AA":
            update.conflicts.append(file)
        elif "D" in code:
            update.deleted.append(file)
        elif "?" in code or "A" in code:
            update.added.append(file)
        else:
            update.changed.append(file)
    return update


def recorded_version(root: Path) -> str:
    """The tag of the templates that the app in `root` is at; empty where none is recorded."""
    try:
        answers = yaml.safe_load((root / ANSWERS).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return ""
    return str(answers.get("_commit") or "") if isinstance(answers, dict) else ""


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _reason(error: Exception) -> str:
    """Git's own reason where git failed, which its advice may follow; else the last line that says something."""
    text = str(getattr(error, "stderr", "") or error)
    lines = [line.strip(" |") for line in text.splitlines() if line.strip(" |")]
    return next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")), lines[-1])


@task(help={"plan": "Only show what would change."})
def update(c: Context, plan: bool = False) -> None:  # noqa: ARG001  # Invoke's signature
    """Update the app to the newest version of the templates; the exit code is 1 where there are conflicts."""
    root = Project.load(Path.cwd()).root
    result = plan_update(root) if plan else update_app(root)
    for line in result.lines():
        print(line)
    if result.conflicts:
        raise Exit("Solve the conflicts between the markers in these files, then commit." if not plan else None, code=1)
