"""What stands for Lambda's own image where an artifact is run: its packages, its runtime, and nothing else."""

import os
import shutil
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from tight_tasks.errors import CanNotInstall
from tight_tasks.interpreter import Interpreter
from tight_tasks.runtime_image import PACKAGES
from tight_tasks.serve.worker import AWS_CLIENT, runtime_client
from tight_tasks.vendor.install import install

_STAND_IN = "lambda_client"  # the name of its copy, so that the rest of tight_tasks stays out


def make_image(interpreter: Interpreter, folder: Path) -> str:
    """What Lambda's image has beside the standard library, in `folder`; the module that plays the runtime.

    The packages are this environment's own. AWS's client is machine code, so another Python needs its own of it; where
    that can't be had, Tight's stand-in plays the runtime.
    """
    folder.mkdir()
    for package in PACKAGES.values():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            _show(origin.parent if origin.name == "__init__.py" else origin, folder)
    if runtime_client() != AWS_CLIENT:
        return _stand_in(folder)
    if interpreter.is_own:
        extension = find_spec("runtime_client")
        if extension is not None and extension.origin is not None:
            _show(Path(extension.origin), folder)
        return AWS_CLIENT
    try:
        (folder / AWS_CLIENT).unlink()
        own = folder / "runtime"
        install_exactly([f"{AWS_CLIENT}=={version(AWS_CLIENT)}"], interpreter, own)
    except (CanNotInstall, PackageNotFoundError):
        return _stand_in(folder)
    for part in own.iterdir():
        part.rename(folder / part.name)
    return AWS_CLIENT


def install_exactly(requirements: Sequence[str], interpreter: Interpreter, folder: Path) -> None:
    """Wheels of exactly these packages for this machine, into `folder`. Raises `CanNotInstall`."""
    file = folder.with_suffix(".txt")
    file.write_text("\n".join(requirements), encoding="utf-8")
    install(file, interpreter, folder, alone=True)


def command(interpreter: Interpreter, path: Sequence[Path], module: str) -> list[str]:
    """How to run `module` with `path` alone; arguments follow."""
    starter = Path(__file__).with_name("clean.py")
    return [str(interpreter.path), "-I", "-S", "-B", str(starter), os.pathsep.join(map(str, path)), module]


def _stand_in(folder: Path) -> str:
    from tight_tasks.serve import client

    shutil.copy2(client.__file__, folder / f"{_STAND_IN}.py")
    return _STAND_IN


def _show(package: Path, folder: Path) -> None:
    try:
        (folder / package.name).symlink_to(package)
    except OSError:  # Windows asks for a privilege
        copy = shutil.copytree if package.is_dir() else shutil.copy2
        copy(package, folder / package.name)
