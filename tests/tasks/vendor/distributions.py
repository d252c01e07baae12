"""Wheels, source distributions and machine code, made as small as they can be."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SHARED_OBJECT, AARCH64, X86_64 = 3, 183, 62


def wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    requires: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """A wheel with one module unless it is given other files."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-{version}-{tag}.whl"
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
    contents = {
        **({f"{name}.py": b"VALUE = 1\n"} if files is None else files),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(f"{path},,\n" for path in (*contents, f"{info}/RECORD"))
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in {**contents, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(path, content)
    return file


def sdist(folder: Path, name: str, version: str = "1.0") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-{version}.tar.gz"
    contents = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "{version}"\n',
    }
    with tarfile.open(file, "w:gz") as archive:
        for path, content in contents.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return file


def shared_object(machine: int, glibc: str = "2.17") -> bytes:
    """An ELF file of 64 bits that asks for one version of glibc's symbols, and has nothing else."""
    strings = f"\0libc.so.6\0GLIBC_{glibc}\0".encode()
    names = b"\0.dynstr\0.gnu.version_r\0.shstrtab\0"
    # Elf64_Verneed: version, count, file, aux, next; then Elf64_Vernaux: hash, flags, other, name, next
    needed = struct.pack("<HHIII", 1, 1, 1, 16, 0) + struct.pack("<IHHII", 0, 0, 2, 11, 0)
    at = 64
    sections = [struct.pack("<IIQQQQIIQQ", *[0] * 10)]
    for name, kind, content, link, info in ((1, 3, strings, 0, 0), (9, 0x6FFFFFFE, needed, 1, 1), (24, 3, names, 0, 0)):
        sections.append(struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, at, len(content), link, info, 1, 0))
        at += len(content)
    identification = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", SHARED_OBJECT, machine, 1, 0, 0, at, 0, 64, 0, 0, 64, 4, 3)
    return identification + header + strings + needed + names + b"".join(sections)
