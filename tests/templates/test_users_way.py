"""From a new app to an artifact, with nothing but the wheels: each task as a user runs it, and what it says."""

import platform
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.templates.test_generated_app import App
from tight_tasks.generate import make_app

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only"),
    pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested"),
]
HOST = "x86_64" if platform.machine().lower() in ("x86_64", "amd64") else "arm64"
ELSEWHERE = "arm64" if HOST == "x86_64" else "x86_64"
HERE = f"python3.{sys.version_info.minor}"
# Machine code in a function makes a difference between an artifact for this machine and one for another.
PRICES = """import orjson

from tight import get


@get
def prices():
    return orjson.loads("[1, 2]")
"""

Run = Callable[..., str]


def install_requirements(folder: Path) -> None:
    command = ["uv", "pip", "install", "--quiet", "--system-certs", "--python", ".venv", "-r", "requirements.txt"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)


@pytest.fixture(scope="module")
def app(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """A new app whose virtual environment has what its requirements.txt asks for, from the wheels."""
    folder = tmp_path_factory.mktemp("apps") / "shop"
    make_app(folder, {"wheels": str(wheels)})
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, ".venv"], cwd=folder, check=True, timeout=60)
    install_requirements(folder)
    return App(folder)


@pytest.fixture
def invoke(app: App) -> Run:
    """A task that has to end well; gives what it prints."""

    def run(*arguments: str) -> str:
        done = app.run("invoke", *arguments)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    return run


def aim(app: App, runtime: str, architecture: str) -> None:
    file = app.folder / "tight.yml"
    text = re.sub("(?m)^runtime: .*$", f"runtime: {runtime}", file.read_text(encoding="utf-8"))
    file.write_text(re.sub("(?m)^architecture: .*$", f"architecture: {architecture}", text), encoding="utf-8")


def add_functions(app: App, invoke: Run) -> None:
    invoke("generate.model", "order", "--no-test")
    invoke("generate.function", "orders", "--model", "order", "--no-test")
    (app.folder / "app/functions/prices").mkdir()
    (app.folder / "app/functions/prices/handler.py").write_text(PRICES, encoding="utf-8")


def pack_for_this_machine(app: App, invoke: Run) -> None:
    aim(app, HERE, HOST)
    assert invoke("env").splitlines()[:3] == ["CI: false  # default", "NAME: shop  # tight.yml", "STAGE: dev  # default"]
    assert (app.folder / "env.yml").exists()

    vendored = invoke("vendor", "--add", "orjson").splitlines()
    names = [line.split()[0] for line in vendored if line.startswith("  ") and not line.startswith("  It is")]
    assert names == ["orjson", "pynamodb", "tight-events", "tight-runtime"]
    assert vendored[-1] == "requirements-vendor.txt now has orjson"

    install_requirements(app.folder)  # what was added is for tests and tasks, too
    invoke("dynamo.schema")
    assert [file.name for file in (app.folder / "schemas/dynamo").iterdir() if file.name != ".gitkeep"]
    assert app.run("invoke", "dynamo.schema", "--check").returncode == 0

    packed = invoke("artifact")
    lines = packed.splitlines()
    assert re.fullmatch(r"builds/shop-artifact\.zip  .* MB unpacked\)  14 checks passed", lines[0])
    run = f"    run from the zip itself, by Python {HERE.removeprefix('python')}, with AWS's runtime client"
    assert lines[lines.index("  handlers: ok") + 1] == run
    assert "    prices: 200 to GET /prices" in lines
    with zipfile.ZipFile(app.folder / "builds/shop-artifact.zip") as archive:
        roots = {name.partition("/")[0] for name in archive.namelist()}
    assert {"app", "app_index.py", "tight", "pynamodb", "orjson", "env.dist.yml", "tight.yml"} <= roots
    assert roots.isdisjoint({"boto3", "tests", "env.yml", "requirements.txt"})

    assert invoke("inspect", "builds/shop-artifact.zip").endswith("14 checks passed\n")


def pack_for_another_machine(app: App, invoke: Run) -> None:
    aim(app, "python3.13", ELSEWHERE)

    assert f"for python3.13 on {ELSEWHERE} in app/vendored" in invoke("vendor")
    packed = invoke("artifact", "--layer")
    assert "14 checks passed\n" in packed
    assert re.search(r"run from a twin for this machine, by Python 3\.\d+: orjson 3\.\S+ installed for it, ", packed)
    assert "    prices: 200 to GET /prices\n" in packed


def fail_for_what_is_missing(app: App) -> None:
    before = (app.folder / "builds/shop-artifact.json").read_bytes()
    handler = app.folder / "app/functions/prices/handler.py"
    handler.write_text(f"import requests\n{PRICES}", encoding="utf-8")

    done = app.run("invoke", "artifact", "--layer")
    assert (done.returncode, done.stderr) == (1, "The artifact is faulty: builds/ is as it was.\n")
    assert "    app/functions/prices/handler.py:1 imports requests, which is not in the artifact\n" in done.stdout
    assert (app.folder / "builds/shop-artifact.json").read_bytes() == before


def test_from_a_new_app_to_artifacts_that_were_tried_out(app: App, invoke: Run) -> None:
    add_functions(app, invoke)
    pack_for_this_machine(app, invoke)
    pack_for_another_machine(app, invoke)
    fail_for_what_is_missing(app)
