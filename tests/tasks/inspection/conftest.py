"""What the tests of the examination share: a good artifact, of which each test spoils one thing."""

import os
import platform
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tight_tasks.project import Project

HOSTS = "x86_64" if platform.machine().lower() in ("x86_64", "amd64") else "arm64"
ELSEWHERE = "arm64" if HOSTS == "x86_64" else "x86_64"
_PLATFORMS = {"arm64": "aarch64-manylinux_2_17", "x86_64": "x86_64-manylinux_2_17"}

INDEX = """
from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
"""
HELLO = """
try:
    import nowhere_to_be_found
except ImportError:
    pass

import orjson

from app.names import GREETING
from tight import get, post


@get("/hello/{name}")
def hello(name):
    return orjson.loads(orjson.dumps({GREETING: name}))


@post("/hello")
def store():
    import boto3

    boto3.client("sqs").list_queues()
"""
JOB = """
def handler(event, context):
    return [event, context.function_name]
"""
APP = {
    "app_index.py": INDEX,
    "env.dist.yml": "STAGE: dev\n",
    "app/__init__.py": "",
    "app/names.py": "GREETING = 'hello'\n",
    "app/functions/__init__.py": "",
    "app/functions/hello/__init__.py": "",
    "app/functions/hello/handler.py": HELLO,
    "app/functions/admin/job/handler.py": JOB,
}

Files = dict[str, bytes]


class Artifact:
    """A zip in the making. `files` are by name; `modes` those other than 644; `links` have their targets."""

    def __init__(self, folder: Path, files: Files, runtime: str, architecture: str) -> None:
        self.files = dict(files)
        self.modes: dict[str, int] = {}
        self.links: dict[str, str] = {}
        settings = f"name: my-app\nruntime: {runtime}\narchitecture: {architecture}\n"
        (folder / "tight.yml").write_text(settings, encoding="utf-8")
        self.folder = folder
        self.add("tight.yml", settings)

    @property
    def project(self) -> Project:
        return Project.load(self.folder)

    def add(self, name: str, content: str | bytes) -> None:
        self.files[name] = content.encode() if isinstance(content, str) else content

    def extension(self) -> str:
        """The name of orjson's machine code."""
        (name,) = [name for name in self.files if name.startswith("orjson/orjson.") and name.endswith(".so")]
        return name

    def write(self, name: str = "my-app-artifact.zip") -> Path:
        """The zip as a file."""
        path = self.folder / name
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for file, content in sorted(self.files.items()):
                archive.writestr(_info(file, stat.S_IFREG | self.modes.get(file, 0o644)), content)
            for file, target in self.links.items():
                archive.writestr(_info(file, stat.S_IFLNK | 0o777), target)
        return path


def _info(name: str, mode: int) -> ZipInfo:
    info = ZipInfo(name)
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, ZIP_DEFLATED
    return info


@pytest.fixture(scope="session")
def installed(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Files]:
    """The files of tight-runtime, tight-events and orjson, installed for a Python and an architecture."""
    kept: dict[tuple[str, str], Files] = {}

    def install(python: str, architecture: str) -> Files:
        if (python, architecture) not in kept:
            folder = tmp_path_factory.mktemp("vendored")
            command = ["uv", "pip", "install", "--quiet", "--system-certs", "--target", str(folder)]
            command += ["--python-platform", _PLATFORMS[architecture], "--python-version", python]
            command += ["--only-binary", ":all:", "--find-links", str(wheels)]
            command += ["tight-runtime", "tight-events", "orjson"]
            subprocess.run(command, check=True, timeout=300)
            kept[python, architecture] = {
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in folder.rglob("*")
                if file.is_file() and file.name != ".lock"
            }
        return kept[python, architecture]

    return install


@pytest.fixture
def artifact(tmp_path: Path, installed: Callable[[str, str], Files]) -> Callable[..., Artifact]:
    """A good artifact for a runtime and an architecture: by default this machine's, with a Python that Lambda has."""

    def make(runtime: str = "python3.11", architecture: str = HOSTS) -> Artifact:
        files = {name: text.encode() for name, text in APP.items()}
        vendored = installed(runtime.removeprefix("python"), architecture)
        return Artifact(tmp_path, {**vendored, **files}, runtime, architecture)

    return make


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
