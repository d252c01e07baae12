"""The templates for apps, functions and models, rendered by Copier."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.errors import AlreadyExists, BadAnswer, CanNotWrite, FileInTheWay
from tight_tasks.release import PUBLISHED, tag

_HERE = Path(__file__).parent


def collection() -> Path:
    """The folder with copier.yml: inside the installed package, or the checkout that this module runs from."""
    packaged = _HERE / "collection"
    return packaged if packaged.exists() else _HERE.parent


def add_files(kind: str, answers: Mapping[str, str], root: Path, home: Path, *, plan: bool = False) -> list[Path]:
    """Render an app, a function or a model into `root`; gives the new files, relative to it. With `plan` none is made.

    Rendered aside first, so that nothing is written where an answer can't be used (`BadAnswer`), `home` is there
    (`AlreadyExists`) or another file is in the way (`FileInTheWay`).
    """
    with TemporaryDirectory(prefix="tight-") as folder:
        rendered = Path(folder)
        _render({"kind": kind, **answers}, rendered)
        if home.exists():
            raise AlreadyExists(kind)
        files = sorted(path.relative_to(rendered) for path in rendered.rglob("*") if path.is_file())
        for file in files:
            if (root / file).exists():
                raise FileInTheWay(root / file)
        if not plan:
            _move(files, rendered, root)
    return files


def _render(answers: Mapping[str, str], folder: Path) -> None:
    from copier import run_copy  # 0.8 s of import, which no other task should wait for
    from copier.errors import CopierError

    # What is recorded is the published template, so that `copier update` finds it years later.
    answers = {**answers, "release": tag(), "published": PUBLISHED}
    with TemporaryDirectory(prefix="tight-") as plain:
        # Of a folder with .git Copier would take the last tag, not what is there.
        shutil.copy2(collection() / "copier.yml", plain)
        shutil.copytree(collection() / "templates", Path(plain, "templates"))
        try:
            run_copy(plain, folder, data=answers, defaults=True, overwrite=True, quiet=True)
        except (CopierError, ValueError) as error:
            # Copier puts "Validation error for question 'name': " before the template's own sentence.
            raise BadAnswer(str(error).rpartition("': ")[2]) from error


def _move(files: list[Path], source: Path, root: Path) -> None:
    """All of the files, or none."""
    folders: list[Path] = []
    written: list[Path] = []
    try:
        for file in files:
            target = root / file
            for folder in reversed(target.parents):
                if not folder.is_dir():
                    folder.mkdir()
                    folders.append(folder)
            written.append(target)  # before it is whole: half a file has to go as well
            shutil.copy2(source / file, target)
    except BaseException as error:  # Ctrl-C too
        for path in reversed(written):
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            folder.rmdir()
        if isinstance(error, OSError):
            raise CanNotWrite(target, error.strerror or str(error)) from error
        raise
