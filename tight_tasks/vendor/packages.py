"""The packages that are installed in a folder, by their metadata."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PathDistribution
from pathlib import Path, PurePath, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

PURE = "any"


@dataclass(frozen=True)
class Package:
    """`size` is in bytes, `files` are relative to the folder and there; `tag` is its wheel's: py3-none-any.

    `requires` are its requirements as they stand in its metadata. `info` is the folder of that, relative too.
    """

    name: str
    version: str
    size: int
    files: tuple[Path, ...]
    tag: str
    requires: tuple[str, ...]
    info: Path

    @property
    def platform(self) -> str:
        """Machine or system that it is made for, such as aarch64; nothing for a package of Python alone."""
        platform = self.tag.rpartition("-")[2].split(".")[0]
        if platform == PURE:
            return ""
        return next((machine for machine in ("aarch64", "x86_64") if platform.endswith(machine)), platform)

    @cached_property
    def paths(self) -> frozenset[str]:
        """`files` as they stand in a zip."""
        return frozenset(file.as_posix() for file in self.files)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names of the packages that it can't do without, on some platform at least."""
        return frozenset(_names(self.requires))

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def vendored_packages(folder: Path) -> tuple[Package, ...]:
    """Every package with metadata in `folder`, by name; names are normalised as PEP 503 says."""
    found = (_read(folder, info) for info in folder.glob("*.dist-info") if (info / "METADATA").is_file())
    return tuple(sorted(found, key=lambda package: (package.name, package.version)))


def _read(folder: Path, info: Path) -> Package:
    distribution = PathDistribution(info)
    files = tuple(sorted(file for file in _listed(distribution) if (folder / file).is_file()))
    return Package(
        name=canonicalize_name(distribution.metadata["Name"]),
        version=distribution.version,
        size=sum((folder / file).lstat().st_size for file in files),
        files=files,
        tag=_tag(distribution.read_text("WHEEL") or ""),
        requires=tuple(distribution.requires or ()),
        info=info.relative_to(folder),
    )


def _names(requires: Iterable[str]) -> Iterator[str]:
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # of old packages; their imports tell too
        if not (requirement.marker and "extra" in str(requirement.marker)):
            yield canonicalize_name(requirement.name)


def _listed(distribution: PathDistribution) -> Iterator[Path]:
    """The files of RECORD, each once, and none outside of the folder."""
    seen: set[PurePath] = set()
    # Not `distribution.files`, which since Python 3.12 leaves out what is not where RECORD says.
    rows = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    for listed in (PurePosixPath(row[0]) for row in rows if row):
        if listed.is_absolute():
            continue
        parts = listed.parts
        # With --target, pip lists its scripts as ../../bin/NAME and puts them into bin.
        while ".." in parts:
            parts = parts[parts.index("..") + 1 :]
        file = Path(*parts)
        if file not in seen:
            seen.add(file)
            yield file


def _tag(wheel: str) -> str:
    """The tags of a WHEEL file in the form of a wheel's name: each part once, parted by dots."""
    tags = [line.partition(":")[2].strip().split("-") for line in wheel.splitlines() if line.startswith("Tag:")]
    complete = [tag for tag in tags if len(tag) == 3]
    return "-".join(".".join(sorted(set(parts))) for parts in zip(*complete, strict=True)) or f"py3-none-{PURE}"
