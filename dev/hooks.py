"""The hooks of the templates: hooks/ is the source, each template has an equal copy.

Copies, since Cookiecutter runs a nested template's own hooks only, and skips a link in a zip without a word.
"""

import shutil
from pathlib import Path

from invoke.context import Context
from invoke.tasks import task

ROOT = Path(__file__).parent.parent
NAMES = ("pre_gen_project.py", "post_gen_project.py")


def copies(root: Path = ROOT) -> list[tuple[Path, Path]]:
    """Each source with each place that it belongs to."""
    kinds = sorted(path.parent for path in root.glob("templates/*/cookiecutter.json"))
    return [(root / "hooks" / name, kind / "hooks" / name) for kind in kinds for name in NAMES]


@task
def hooks(c: Context) -> None:  # noqa: ARG001  # Invoke's signature
    """Copy hooks/ into every template."""
    for source, copy in copies():
        copy.parent.mkdir(exist_ok=True)
        shutil.copy2(source, copy)
