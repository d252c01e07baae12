"""Copier asks nobody for trust, wherever the templates come from."""

import subprocess
import zipfile
from pathlib import Path

import pytest


@pytest.mark.parametrize("home", ["git", "folder", "wheel"])
def test_an_app_is_made_without_trust(
    home: str, published: Path, templates: Path, wheels: Path, tmp_path: Path
) -> None:
    if home == "wheel":
        (wheel,) = wheels.glob("tight_tasks-*.whl")
        with zipfile.ZipFile(wheel) as contents:
            contents.extractall(tmp_path / "site-packages")
    source = {
        "git": f"git+{published.as_uri()}",
        "folder": str(templates),
        "wheel": str(tmp_path / "site-packages" / "tight_tasks" / "collection"),
    }[home]
    for answers in ([], ["-d", "kind=function", "-d", "name=f"], ["-d", "kind=model", "-d", "name=m"]):
        command = ["copier", "copy", "--defaults", "--quiet", *answers, source, "app"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "app" / "app" / "functions" / "f" / "handler.py").exists()
    assert (tmp_path / "app" / "app" / "models" / "M.py").exists()
