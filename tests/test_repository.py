"""What holds for the repository as a whole."""

import re
import subprocess
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSION = "0.2.0"


def test_all_distributions_and_what_apps_ask_for_have_one_version() -> None:
    for project in ("pyproject.toml", "runtime/pyproject.toml", "runtime/events/pyproject.toml"):
        assert f'\nversion = "{VERSION}"\n' in (ROOT / project).read_text(encoding="utf-8")
    app = ROOT / "templates" / "app" / "{{cookiecutter.__to}}"
    asked = "".join(
        (app / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-vendor.txt")
    )
    assert set(re.findall(r"tight-\w+(?:\[\w+\])?~=(\S+)", asked)) == {VERSION}
    assert len(re.findall("~=", asked)) == 4


def test_the_runtimes_wheel_has_no_dependency_and_is_small(wheels: Path) -> None:
    (wheel,) = wheels.glob("tight_runtime-*.whl")
    with zipfile.ZipFile(wheel) as contents:
        metadata = contents.read(f"tight_runtime-{VERSION}.dist-info/METADATA").decode()
    required = re.findall(r"^Requires-Dist: (.*)$", metadata, re.MULTILINE)

    assert [line for line in required if "extra ==" not in line] == []
    assert {extra for line in required for extra in re.findall(r"extra == '(\w+)'", line)} == {
        "amqp",
        "dynamo",
        "opentelemetry",
        "protobuf",
        "testing",
    }
    assert wheel.stat().st_size < 100_000


def test_the_wheels_hold_what_git_tracks_and_nothing_else(wheels: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    tracked = [name.strip('"') for name in listed.stdout.splitlines() if (ROOT / name.strip('"')).exists()]
    collection = {f"tight_tasks/collection/{name}" for name in tracked if name.startswith(("templates/", "copier.yml"))}
    package = {name for name in tracked if name.startswith("tight_tasks/")}
    runtime = {name.removeprefix("runtime/src/") for name in tracked if name.startswith("runtime/src/")}
    ours = ("tight/core/test_helpers.py", "tight/manifest.schema.json", "tight/testing/")
    developers = {name for name in runtime if name.startswith(ours)}
    apart = set(re.findall(r'"\.\./src/(tight/[\w./]+)"', (ROOT / "runtime/events/pyproject.toml").read_text("utf-8")))
    events = {name for name in runtime if name in apart or any(name.startswith(f"{each}/") for each in apart)}

    assert files_of(wheels, "tight_tasks") == collection | package | developers
    assert files_of(wheels, "tight_events") == events
    assert files_of(wheels, "tight_runtime") == runtime - developers - events


def files_of(wheels: Path, distribution: str) -> set[str]:
    (wheel,) = wheels.glob(f"{distribution}-*.whl")
    with zipfile.ZipFile(wheel) as contents:
        return {name for name in contents.namelist() if ".dist-info/" not in name}


def test_both_packages_say_that_they_are_typed() -> None:
    assert (ROOT / "tight_tasks" / "py.typed").exists()
    assert (ROOT / "runtime" / "src" / "tight" / "py.typed").exists()


def test_the_constraints_name_no_address() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in constraints
    assert "--index" not in constraints
