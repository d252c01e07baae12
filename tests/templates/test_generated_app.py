"""An app made from the template, with nothing but the wheels: green before anything is edited."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent

INDEXED_MODEL = '''"""Order: items of the table NAME-STAGE-orders."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from tight.clients.dynamo import Model, TableMeta, TableName


class ByOwner(GlobalSecondaryIndex["Order"]):
    class Meta:
        index_name = "by-owner"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    placed = NumberAttribute(range_key=True)


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("orders")

    id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    placed = NumberAttribute()
    by_owner = ByOwner()
'''
INDEXED_TEST = '''"""Order in the embedded DynamoDB."""

from app.models.Order import Order


def test_orders_are_found_by_their_owner_in_order(tables: list[str]) -> None:
    for number in (2, 1):
        Order(f"order-{number}", owner="ada", placed=number).save()

    assert [order.id for order in Order.by_owner.query("ada")] == ["order-1", "order-2"]
'''


class App:
    """A generated app with a virtual environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / ".venv" / "bin"

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        environment = {name: os.environ[name] for name in ("HOME", "SSL_CERT_FILE") if name in os.environ}
        environment["PATH"] = f"{self.bin}:/usr/bin:/bin"
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def files(self) -> dict[str, bytes]:
        listed = self.run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.split()
        return {name: (self.folder / name).read_bytes() for name in listed}


@pytest.fixture(scope="module")
def app(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    folder = tmp_path_factory.mktemp("apps") / "shop"
    copy = ["copier", "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD", "--data", f"wheels={wheels}"]
    subprocess.run([*copy, str(ROOT), str(folder)], check=True, timeout=120, capture_output=True)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for command in (
        ["uv", "venv", "--quiet", "--python", sys.executable, ".venv"],
        ["uv", "pip", "install", "--quiet", "--system-certs", "--python", ".venv", "--requirements", "requirements.txt"],
    ):
        subprocess.run(command, cwd=folder, check=True, timeout=300)
    return App(folder)


@pytest.fixture
def succeed(app: App) -> Callable[..., str]:
    """Runs a command in the app that has to end well; gives what it prints."""

    def run(*command: str) -> str:
        done = app.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_whole_way_from_an_empty_app_to_one_with_functions_and_models(
    app: App, succeed: Callable[..., str]
) -> None:
    assert "2 passed" in succeed("invoke", "test")
    succeed("ruff", "check")

    assert "6 passed" in succeed("invoke", "generate.function", "ping")
    assert "1 passed" in succeed("invoke", "generate.model", "account")
    assert "6 passed" in succeed("invoke", "generate.function", "accounts", "--model", "account")
    assert "15 passed" in succeed("invoke", "test")
    succeed("ruff", "check")
    succeed("ruff", "format", "--check")
    succeed("mypy", "--strict", "app")

    (app.folder / "app" / "models" / "Order.py").write_text(INDEXED_MODEL, encoding="utf-8")
    (app.folder / "tests" / "models" / "test_Order.py").write_text(INDEXED_TEST, encoding="utf-8")
    assert "16 passed" in succeed("invoke", "test")
    succeed("ruff", "check")
    succeed("mypy", "--strict", "app")

    before = app.files()
    again = app.run("invoke", "generate.function", "ping")
    assert (again.returncode, again.stderr) == (2, "Function already exists!\n")
    assert app.files() == before


def test_tests_of_an_app_reach_no_account_whatever_the_shell_says(app: App) -> None:
    (app.folder / "tests" / "test_isolation.py").write_text(
        "import os\n\n\ndef test_it() -> None:\n"
        "    assert os.environ['AWS_ACCESS_KEY_ID'] == 'testing'\n"
        "    assert os.environ['AWS_ENDPOINT_URL'].startswith('http://127.0.0.1:')\n"
        "    assert {'AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_DYNAMODB'}.isdisjoint(os.environ)\n"
        "    assert (os.environ['NAME'], os.environ['STAGE'], os.environ['AWS_REGION']) == ('shop', 'dev', 'us-west-2')\n",
        encoding="utf-8",
    )
    account = ["AWS_ACCESS_KEY_ID=AKIA", "AWS_SECRET_ACCESS_KEY=real", "AWS_PROFILE=prod", "AWS_SESSION_TOKEN=real"]
    done = app.run(
        "env",
        *account,
        "AWS_ENDPOINT_URL_DYNAMODB=https://dynamodb.example.org",
        "CI=True",
        "python",
        "-m",
        "pytest",
        "-q",
        "tests/test_isolation.py",
    )
    assert done.returncode == 0, done.stdout
    (app.folder / "tests" / "test_isolation.py").unlink()


def test_the_requirements_begin_with_where_the_wheels_are(app: App, wheels: Path) -> None:
    for name in ("requirements.txt", "requirements-vendor.txt"):
        first = (app.folder / name).read_text(encoding="utf-8").splitlines()[0]
        assert first == f"--find-links {wheels.as_uri()}"


def test_pip_honours_the_requirements_too(app: App) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(app.bin / "python"), "install", "--dry-run", "--no-index"]
    installed = subprocess.run(
        [*pip, "--no-deps", "--ignore-installed", "-r", "requirements-vendor.txt"],
        cwd=app.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Would install tight-events-0.2.0 tight-runtime-0.2.0" in installed.stdout, installed.stderr


def test_copier_alone_adds_a_function_and_leaves_the_apps_answers(app: App) -> None:
    answers = (app.folder / ".copier-answers.yml").read_bytes()
    copy = ["copier", "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD", "-d", "kind=function", "-d", "name=hello"]
    subprocess.run([*copy, str(ROOT), "."], cwd=app.folder, check=True, capture_output=True)
    again = subprocess.run([*copy, str(ROOT), "."], cwd=app.folder, check=False, capture_output=True, text=True)

    assert (app.folder / "app" / "functions" / "hello" / "handler.py").exists()
    assert (app.folder / ".copier-answers.yml").read_bytes() == answers
    assert again.returncode == 1
    assert "Function already exists!" in again.stderr


def test_apps_of_every_runtime_and_architecture_are_clean(
    app: App, questions: dict[str, Any], templates: Path, tmp_path: Path
) -> None:
    made = 0
    for runtime in questions["runtime"]["choices"]:
        for architecture in questions["architecture"]["choices"]:
            folder = tmp_path / f"{runtime}-{architecture}".replace(".", "")
            for answers in (
                ["-d", f"runtime={runtime}", "-d", f"architecture={architecture}"],
                ["-d", "kind=model", "-d", "name=order", "-d", "range_key=placed", "-d", "range_type=date"],
                ["-d", "kind=function", "-d", "name=orders", "-d", "model=order", "-d", "path=/orders/{order_id}"],
            ):
                copy = ["copier", "copy", "--quiet", "--defaults", *answers, str(templates), str(folder)]
                subprocess.run(copy, check=True, timeout=120, capture_output=True)
            for command in (
                ["python", "-m", "pytest", "-q"],
                ["ruff", "check"],
                ["ruff", "format", "--check"],
                ["mypy", "--strict", "app"],
            ):
                done = subprocess.run(
                    [app.bin / command[0], *command[1:]], cwd=folder, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{folder.name}: {done.stdout}{done.stderr}"
            made += 1
    assert made == 8
