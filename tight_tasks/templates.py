"""The templates for apps, functions and models, rendered by Copier."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.errors import BadName, FileInTheWay

_HERE = Path(__file__).parent


def collection() -> Path:
    """The folder with copier.yml: inside the installed package, or the checkout that this module runs from."""
    packaged = _HERE / "collection"
    return packaged if packaged.exists() else _HERE.parent


def add_to_app(answers: Mapping[str, str], root: Path) -> list[Path]:
    """Render a function or a model into the app at `root`; gives the new files, relative to it.

    Rendered aside first, so that nothing is written where an answer can't be used (`BadName`) or a file is in the way
    (`FileInTheWay`).
    """
    with TemporaryDirectory(prefix="tight-") as folder:
        rendered = Path(folder)
        _render(answers, rendered)
        files = sorted(path.relative_to(rendered) for path in rendered.rglob("*") if path.is_file())
        for file in files:
            if (root / file).exists():
                raise FileInTheWay(root / file)
        _move(files, rendered, root)
    return files


def _render(answers: Mapping[str, str], folder: Path) -> None:
    from copier import run_copy  # 0.8 s of import, which no other task should wait for
    from copier.errors import CopierError

    with TemporaryDirectory(prefix="tight-") as plain:
        # Of a folder with .git Copier would take the last tag, not what is there.
        shutil.copy2(collection() / "copier.yml", plain)
        shutil.copytree(collection() / "templates", Path(plain, "templates"))
        try:
            run_copy(plain, folder, data=dict(answers), defaults=True, overwrite=True, quiet=True)
        except (CopierError, ValueError) as error:
            # Copier puts "Validation error for question 'name': " before the template's own sentence.
            raise BadName(str(error).rpartition("': ")[2]) from error


def _move(files: list[Path], source: Path, root: Path) -> None:
    """All of the files, or none."""
    written: list[Path] = []
    try:
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            written.append(root / file)
            shutil.copy2(source / file, root / file)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
