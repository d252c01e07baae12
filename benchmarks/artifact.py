"""The same app twice: as `invoke artifact` packs it, and as a plain zip of the same files; both unpacked side by side.

FOLDER/app               the app with a model, as `generate.app` lays it out, with its packages vendored
FOLDER/compiled/<slug>   each zip, unpacked
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from benchmarks.competitors import Competitor
from benchmarks.errors import CommandFailed
from benchmarks.image import HANDLERS, Image
from tight_tasks.artifact.build import build_artifact
from tight_tasks.project import Project

_SETTINGS = f"name: shop\nruntime: python3.{sys.version_info.minor}\narchitecture: x86_64\n"


def unpack_both(image: Image, app_of: Competitor, plain: Competitor, packed: Competitor) -> None:
    """Make both zips of the app and packages of `app_of`, and unpack each to where its competitor's code is."""
    app = image.folder / "app"
    shutil.rmtree(app, ignore_errors=True)
    own = [path.name for path in (HANDLERS / app_of.folder).iterdir()]
    shutil.copytree(HANDLERS / app_of.folder, app, ignore=shutil.ignore_patterns("__pycache__"))
    (app / "tight.yml").write_text(_SETTINGS, encoding="utf-8")
    (app / "requirements-vendor.txt").write_text("\n".join(app_of.packages), encoding="utf-8")
    packages = image.code(app_of, compiled=False)
    shutil.copytree(packages, app / "app" / "vendored", ignore=lambda at, _: own if Path(at) == packages else [])
    project = Project.load(app)
    source = build_artifact(project, bytecode=False, examine=None).parts[0].archive.file
    _unpack(_zipped_plainly(source.with_suffix("")), image, plain)
    build = build_artifact(project, examine=None)
    # Without this Python's bytecode the table would compare nothing.
    assert build.python is not None
    _unpack(build.parts[0].archive.file, image, packed)


def _zipped_plainly(folder: Path) -> Path:
    """By `zip -r`, as one would by hand."""
    zipped = folder.with_name("plain.zip")
    zipped.unlink(missing_ok=True)
    command = ("zip", "--quiet", "-r", str(zipped), ".")
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise CommandFailed(command, done.returncode, done.stdout)
    return zipped


def _unpack(zipped: Path, image: Image, competitor: Competitor) -> None:
    folder = image.code(competitor, compiled=True)
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
