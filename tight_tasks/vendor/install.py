"""Installs packages for a platform into a folder, with uv and from wheels alone."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tight_tasks.errors import CanNotInstall, NoWheel
from tight_tasks.interpreter import Interpreter, own_interpreter
from tight_tasks.target import Target
from tight_tasks.vendor.portable import make_portable

# How uv names a package that has none; the words after the name part it from other findings.
_WITHOUT_WHEEL = re.compile(
    r"(?P<name>[\w.-]*\w)(?:\[[^]\s]*\])?(?:[=<>~!]+\S+)? ha(?:s|ve) no (?:usable )?wheels"
    r"|source distributions for `(?P<source>[^`]+)` is disabled|attempted to build `(?P<built>[^`]+)`"
)
# What says nothing more, around uv's reasons.
_NO_SOLUTION = (
    "No solution found when resolving dependencies: ",
    ", we can conclude that your requirements are unsatisfiable",
)
_NAME_AND_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")


def without_password(text: str) -> str:
    """The text with addresses that tell no name and password."""
    return _NAME_AND_PASSWORD.sub("", text)


def ignore(_line: str) -> None:
    """Tells nobody."""


def install(
    requirements: Path,
    target: Target | Interpreter,
    folder: Path,
    *,
    packages: Sequence[str] = (),
    find_links: Sequence[str] = (),
    known_as: Path | None = None,
    alone: bool = False,
    report: Callable[[str], None] = ignore,
) -> None:
    """Install what a requirements file asks for, and `packages` with it, into `folder`, which is new or empty.

    For a Lambda runtime, or for a Python of this machine; with `alone` nothing that these packages need. Nothing in the
    folder tells of this machine. Each line that uv says goes to `report`; `known_as` is the file's name for a person.

    Raises `NoWheel` where only source or wheels for others are to be had, else `CanNotInstall`; part of it may be
    in the folder then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = known_as or requirements
    if isinstance(target, Target):
        python = own_interpreter()
        platform = ["--python-version", target.python, "--python-platform", target.uv_platform]
    else:
        python, platform = target, []
    command = [
        *(_find_uv(shown), "pip", "install", "--color=never", "--system-certs", "--python", str(python.path)),
        *("--target", str(folder), *platform, *(["--no-deps"] if alone else []), "--only-binary", ":all:"),
        # Copies, so that a change of a vendored file never is one in uv's cache; bytecode is the artifact's matter.
        *("--link-mode", "copy", "--no-compile-bytecode"),
        *(part for place in find_links for part in ("--find-links", place)),
        *("--requirements", str(requirements), "--", *packages),
    ]
    code, said = _run(command, report)
    if code:
        raise _refusal(shown, target, said.replace(requirements.name, shown.name) or f"uv ended with {code}")
    for info in folder.glob("*.dist-info/direct_url.json"):
        if json.loads(info.read_text(encoding="utf-8")).get("dir_info", {}).get("editable"):
            package = info.parent.name.partition("-")[0]
            raise CanNotInstall(shown, f"{package} is asked for with -e and would stay where it is: ask for its wheel")
    make_portable(folder)


def _find_uv(requirements: Path) -> str:
    from uv import find_uv_bin  # no other task needs it

    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise CanNotInstall(requirements, "uv is not there, so pip install --force-reinstall uv") from error


def _run(command: Sequence[str], report: Callable[[str], None]) -> tuple[int, str]:
    """The exit code, and what was said to explain it."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as uv:
        assert uv.stderr is not None
        try:
            for line in map(without_password, uv.stderr):
                report(line.strip())
                said.append(line)
        except BaseException:  # Ctrl-C may have reached this process alone
            uv.kill()
            raise
    return uv.returncode, "".join(said).partition("error: ")[2]


def _refusal(requirements: Path, target: Target | Interpreter, said: str) -> CanNotInstall:
    reason, *hints = (" ".join(part.split()).replace(" cause: ", ": ").rstrip(".") for part in said.split("\nhint: "))
    reason = reason.rstrip(" ^").removeprefix(_NO_SOLUTION[0]).removesuffix(_NO_SOLUTION[1])
    found = _WITHOUT_WHEEL.search(reason)
    if found is None:
        return CanNotInstall(requirements, reason)
    package = found["name"] or found["source"] or found["built"]
    needed_by = re.search(rf"([\w.-]*\w)(?:\[\S*\])?(?:[=<>~!]+\S+)? depends? on {re.escape(package)}\b", reason)
    platform = str(target) if isinstance(target, Target) else f"Python {target.python} of this machine"
    source = f"Wheels are required for `{package}`"
    why = hints[0] if hints and not hints[0].startswith(source) else "only its source, or none at all, is to be had"
    return NoWheel(requirements, package, needed_by[1] if needed_by else "", platform, why.replace("`", ""))
