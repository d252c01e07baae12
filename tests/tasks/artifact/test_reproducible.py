"""The same app gives the same bytes, whoever builds it, where and when."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tasks.artifact.shop import Shop

needs_runtime = pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
RUNTIME = f"python3.{sys.version_info.minor}"


def build(folder: Path, umask: int, **variables: str) -> str:
    """The digest of the zip, built by the task in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "artifact"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return next(line.split()[1] for line in done.stdout.splitlines() if "SHA-256" in line)


def fill(folder: Path, *, backwards: bool) -> None:
    """The same app; its files are made in this or in the other order."""
    folder.mkdir(parents=True)
    shop = Shop(folder, RUNTIME)
    sets = "KINDS = {'a', 'b', 'c', 'd'}\ndef is_kind(x): return x in {'e', 'f', 'g', None, 1, 2.5}\n"
    files = {f"app/lib/{name}.py": f"NAME = {name!r}\n{sets}" for name in ("ä", "a", "b", "Z")}
    for path in reversed(list(files)) if backwards else files:
        shop.write({path: files[path]})
    shop.vendor("parcels", {"parcels/__init__.py": sets, "parcels/__pycache__/x.cpython-39.pyc": folder.name})


@needs_runtime
def test_the_same_bytes_from_another_folder_umask_zone_home_locale_clock_and_order_of_files(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "a far" / "place"
    fill(here, backwards=False)
    fill(there, backwards=True)
    for number, file in enumerate(there.rglob("*")):
        os.utime(file, (number * 1_000_000, number * 1_000_000))
        file.chmod(0o700)

    first = build(here, 0o022, TZ="UTC", HOME="/root", LANG="C", PYTHONHASHSEED="1")
    home = {"HOME": str(tmp_path), "USER": "ada", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    second = build(there, 0o077, TZ="Asia/Tokyo", SOURCE_DATE_EPOCH="1700000000", **home)

    assert first == second
    records = [(folder / "builds/shop-artifact.json").read_bytes() for folder in (here, there)]
    assert records[0] == records[1]
    with zipfile.ZipFile(here / "builds/shop-artifact.zip") as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        assert len(compiled) == 9
        assert not any(
            b"/here" in archive.read(name) or str(tmp_path).encode() in archive.read(name) for name in compiled
        )


def test_the_same_bytes_when_it_is_built_again(shop: Shop) -> None:
    first, again = shop.build(), shop.build()

    assert first.parts[0].archive.sha256 == again.parts[0].archive.sha256


def test_entries_are_sorted_and_have_the_date_of_no_clock(shop: Shop) -> None:
    shop.build()

    infos = list(shop.zipped().values())
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    assert {(info.date_time, info.create_system, info.compress_type) for info in infos} == {
        ((1980, 1, 1, 0, 0, 0), 3, zipfile.ZIP_DEFLATED)
    }


def test_another_byte_of_an_app_is_another_digest(shop: Shop) -> None:
    first = shop.build()
    shop.write({"app/lib/more.py": ""})

    assert shop.build().parts[0].archive.sha256 != first.parts[0].archive.sha256
