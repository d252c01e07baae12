"""The arrows of docs/architecture.md: who may import whom."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def check(folder: Path) -> "subprocess.CompletedProcess[str]":
    # PYTHONPATH comes before the editable installation, so the folder's own packages are read.
    return subprocess.run(
        ["lint-imports", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}:{folder / 'runtime' / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_along_an_arrow() -> None:
    done = check(ROOT)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("runtime/src/tight/http.py", "import tight_tasks.errors"),
        ("tight_tasks/env/merge.py", "import tight.errors"),
        ("runtime/src/tight/rules.py", "import tight.app"),
        ("runtime/src/tight/controller.py", "import boto3"),
        ("runtime/src/tight/events/queue.py", "import tight.events.topic"),
        ("runtime/src/tight/events/stream.py", "import pynamodb"),
        ("runtime/src/tight/app.py", "import tight.testing"),
        ("runtime/src/tight/core/__init__.py", "import tight.testing"),
        ("runtime/src/tight/testing/scrub.py", "import tight.testing.recordings"),
        ("tight_tasks/project.py", "import tight_tasks.generate"),
        ("tight_tasks/schema/table.py", "import tight_tasks.schema.formats"),
        ("tight_tasks/artifact/contents.py", "import tight_tasks.artifact.build"),
        ("tight_tasks/inspection/contents.py", "import tight_tasks.inspection.twin"),
        ("tight_tasks/unwanted.py", "import tight_tasks.inspection.subject"),
        ("tight_tasks/serve/runtime_api.py", "import tight_tasks.serve.worker"),
        ("tight_tasks/dynamo/running.py", "import tight_tasks.dynamo.run"),
    ],
)
def test_a_planted_import_against_an_arrow_is_found(tmp_path: Path, file: str, statement: str) -> None:
    for name in ("tight_tasks", "runtime"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{statement}\n")

    done = check(tmp_path)
    assert done.returncode == 1, done.stdout
    assert re.search(r"[1-9] broken", done.stdout)
