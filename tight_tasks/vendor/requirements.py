"""Requirements files: what they ask for, and lines added to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

# A requirement may be followed by options of its own, such as --hash, and by a comment.
_OPTIONS = re.compile(r"[\s\\]+--")
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_NESTED = re.compile(r"\s*(?:-r|--requirement)[\s=]*(.+)")


def parse_requirement(text: str) -> Requirement:
    """A requirement by name, which is normalised as PEP 503 says. Raises `InvalidRequirement`."""
    requirement = Requirement(text)
    requirement.name = canonicalize_name(requirement.name)
    return requirement


def read_requirements(file: Path, markers: Mapping[str, str]) -> dict[str, set[str]]:
    """The packages that a file and those it names ask for where the markers have these values, each with its extras."""
    asked: dict[str, set[str]] = {}
    for requirement in asked_for(file, markers):
        asked.setdefault(requirement.name, set()).update(requirement.extras)
    return asked


def asked_for(file: Path, markers: Mapping[str, str]) -> Iterator[Requirement]:
    """Each requirement of a file and those it names that has a name and holds where the markers have these values."""
    for requirement in _requirements(file, set()):
        if requirement.marker is None or requirement.marker.evaluate(dict(markers)):
            yield requirement


def add_requirements(text: str, added: Sequence[Requirement]) -> str:
    """The text of a requirements file with these requirements in it; all else in it stays as it is.

    There is one line for a name and marker. Where there is one already it stays in its place and keeps its version and
    address, unless the new one has its own; extras come together. Others follow at the end.
    """
    lines = list(_logical_lines(text))
    newline = "\r\n" if "\r\n" in text else "\n"
    for requirement in added:
        for index, line in enumerate(lines):
            there = _read(line)
            if there is not None and _about_the_same(there, requirement):
                lines[index] = _replaced(line, there, requirement)
                break
        else:
            if lines and not lines[-1].endswith("\n"):
                lines[-1] += newline
            lines.append(f"{requirement}{newline}")
    return "".join(lines)


def _about_the_same(one: Requirement, other: Requirement) -> bool:
    return (one.name, str(one.marker)) == (other.name, str(other.marker))


def _replaced(line: str, there: Requirement, new: Requirement) -> str:
    wanted = Requirement(str(there))
    wanted.extras = there.extras | new.extras
    if new.specifier or new.url:
        wanted.specifier, wanted.url = new.specifier, new.url
    if wanted == there:
        return line
    comment = _COMMENT.search(line)
    end = line[len(line.rstrip()) :]
    # Options are left behind: a hash is that of the old version.
    return f"{wanted}{comment[0].rstrip() if comment else ''}{end}"


def _requirements(file: Path, seen: set[Path]) -> Iterator[Requirement]:
    if file in seen or not file.is_file():  # an address: uv has read it, this doesn't
        return
    seen.add(file)
    for line in _logical_lines(file.read_text(encoding="utf-8", errors="surrogateescape")):
        nested = _NESTED.match(_COMMENT.sub("", line))
        if nested:
            yield from _requirements((file.parent / nested[1].strip(" '\"\r")).resolve(), seen)
            continue
        requirement = _read(line)
        if requirement is not None:
            yield requirement


def _logical_lines(text: str) -> Iterator[str]:
    """The lines with their ends; one that ends in a backslash goes on in the next."""
    whole = ""
    for line in text.splitlines(keepends=True):
        whole += line
        if not line.rstrip("\r\n").endswith("\\"):
            yield whole
            whole = ""
    if whole:
        yield whole


def _read(line: str) -> Requirement | None:
    """The requirement of a line, None where it has none or none with a name."""
    text = _OPTIONS.split(_COMMENT.sub("", line))[0].strip()
    if not text or text.startswith("-"):
        return None
    try:
        return parse_requirement(text)
    except InvalidRequirement:
        pass
    try:
        return Requirement(parse_wheel_filename(text.rpartition("/")[2])[0])
    except (InvalidWheelFilename, InvalidRequirement):
        return None
