"""What tests of several folders share: the wheels of this work tree, the work tree as if published, and its parts."""

import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VERSION = "0.2.0"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With TIGHT_ALL_PARTS set, a test that is skipped for want of a part fails."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("TIGHT_ALL_PARTS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and TIGHT_ALL_PARTS is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both wheels, built from this work tree; its name has a space, as users' folders may."""
    folder = tmp_path_factory.mktemp("built wheels")
    for project in (ROOT, ROOT / "runtime"):
        command = ["uv", "build", "--quiet", "--system-certs", "--wheel", "--out-dir", str(folder), str(project)]
        subprocess.run(command, check=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This work tree as a git repository with a tag of its version, as the published templates are one."""
    folder = tmp_path_factory.mktemp("published")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        [*author, "commit", "--quiet", "--message", "As published"],
        ["tag", f"v{VERSION}"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)
    return folder
