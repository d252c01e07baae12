"""Machine code in packages, checked against what it has to run on. A wheel's name may promise what it doesn't keep."""

from collections.abc import Iterable
from pathlib import Path

from tight_tasks.elf import MAGIC, BadElf, Elf, read_elf
from tight_tasks.errors import WrongBinary
from tight_tasks.target import Target
from tight_tasks.vendor.packages import Package


def check_binaries(folder: Path, packages: Iterable[Package], target: Target) -> None:
    """Raises `WrongBinary` for a package that has machine code, but none for the target or for a newer C library.

    Of a package that brings several machines' only the target's counts.
    """
    for package in packages:
        programs = {file: _read(package, folder, file) for file in package.files if _is_elf(folder / file)}
        fitting = {file: elf for file, elf in programs.items() if elf.machine == target.machine}
        if programs and not fitting:
            file, elf = next(iter(programs.items()))
            raise WrongBinary(str(package), file, f"is for {elf.machine}, and {target} needs {target.machine}")
        for file, elf in fitting.items():
            if elf.glibc > target.glibc:
                has, needs = (".".join(map(str, version)) for version in (target.glibc, elf.glibc))
                raise WrongBinary(str(package), file, f"needs glibc {needs}, and {target} has {has}")


def _read(package: Package, folder: Path, file: Path) -> Elf:
    try:
        with (folder / file).open("rb") as stream:
            return read_elf(stream)
    except BadElf as error:
        raise WrongBinary(str(package), file, f"can't be read as machine code ({error})") from error


def _is_elf(file: Path) -> bool:
    if file.suffix == ".py":
        return False
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC
