"""Installing for another machine from the package index, and for this one."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tasks.vendor.distributions import wheel
from tight_tasks.elf import Elf, read_elf
from tight_tasks.errors import NoWheel
from tight_tasks.generate import make_app
from tight_tasks.interpreter import own_interpreter
from tight_tasks.target import Target
from tight_tasks.vendor.install import install
from tight_tasks.vendor.packages import vendored_packages

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]
READELF = {"aarch64": "AArch64", "x86_64": "Advanced Micro Devices X86-64"}


def read(file: Path) -> Elf:
    with file.open("rb") as stream:
        return read_elf(stream)


@pytest.mark.parametrize(("architecture", "machine"), [("arm64", "aarch64"), ("x86_64", "x86_64")])
def test_the_indexs_packages_are_those_for_lambdas_machine_and_python(
    app: Path, invoke: Invoke, architecture: str, machine: str
) -> None:
    settings = f"name: my-app\nruntime: python3.13\narchitecture: {architecture}\n"
    (app / "tight.yml").write_text(settings, encoding="utf-8")
    (app / "requirements-vendor.txt").write_text("requests\npydantic\norjson\ncryptography\nboto3\n", encoding="utf-8")

    done = invoke("vendor")

    assert done.returncode == 0, done.stderr
    folder = app / "app" / "vendored"
    programs = [file for file in folder.rglob("*.so") if file.is_file()]
    assert {file.name.partition(".")[0] for file in programs} >= {"orjson", "_pydantic_core", "_rust"}
    said_of = [read(file) for file in programs]
    assert {elf.machine for elf in said_of} == {machine}
    assert max(elf.glibc for elf in said_of) <= (2, 34)
    assert {part for file in programs for part in file.name.split(".")[1:-1]} <= {
        "abi3",
        f"cpython-313-{machine}-linux-gnu",
    }
    if shutil.which("readelf"):
        headers = subprocess.run(["readelf", "-h", *programs], capture_output=True, text=True, check=True).stdout
        assert headers.count(f"Machine:                           {READELF[machine]}\n") == len(programs)
    names = {package.name for package in vendored_packages(folder)}
    assert {"requests", "pydantic", "pydantic-core", "orjson", "cryptography", "urllib3"} <= names
    assert names.isdisjoint({"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six"})
    assert not (folder / "boto3").exists()
    said = done.stdout.splitlines()
    assert "Left out, since Lambda brings boto3 and what it needs: boto3 " in done.stdout
    assert said[-1].startswith("  Other packages need urllib3 ")


def test_added_boto3_is_left_out_and_said_to_be(app: Path, invoke: Invoke) -> None:
    (app / "requirements-vendor.txt").write_text("", encoding="utf-8")

    done = invoke("vendor", "-a", "boto3")

    assert done.returncode == 0, done.stderr
    assert [path.name for path in (app / "app" / "vendored").iterdir()] == [".gitkeep"]
    assert "Left out, since Lambda brings boto3 and what it needs: boto3 " in done.stdout
    assert (app / "requirements-vendor.txt").read_text(encoding="utf-8") == "boto3\n"


def test_with_boto3_all_of_it_is_vendored_even_where_only_a_part_was_asked_for(app: Path, invoke: Invoke) -> None:
    (app / "requirements-vendor.txt").write_text("pynamodb\n", encoding="utf-8")

    done = invoke("vendor", "--with-boto3")

    assert done.returncode == 0, done.stderr
    names = {package.name for package in vendored_packages(app / "app" / "vendored")}
    assert {"pynamodb", "boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six"} <= names
    assert "boto3 and all that it needs is vendored" in done.stdout


def test_a_new_apps_packages_are_few_and_none_is_for_tests(tmp_path: Path, wheels: Path) -> None:
    app = tmp_path / "shop"
    make_app(app, {"wheels": str(wheels)})

    command = [sys.executable, "-m", "invoke", "vendor"]
    done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr
    folder = app / "app" / "vendored"
    packages = vendored_packages(folder)
    assert {package.name for package in packages} == {"tight-events", "tight-runtime", "pynamodb"}
    assert sum(package.size for package in packages) < 1_000_000
    assert not (folder / "tight" / "testing").exists()
    assert "It is there for pynamodb " in done.stdout


def test_the_packages_may_be_for_a_python_of_this_machine(tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "tea", tag=f"cp{sys.version_info[0]}{sys.version_info[1]}-none-any")
    wheel(tmp_path / "wheels", "milk", requires=[f'tea; sys_platform == "{sys.platform}"'])
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("--no-index\n--find-links wheels\nmilk\n", encoding="utf-8")
    said: list[str] = []

    install(requirements, own_interpreter(), tmp_path / "twin", report=said.append)

    assert [package.name for package in vendored_packages(tmp_path / "twin")] == ["milk", "tea"]
    assert "+ tea==1.0" in said
    assert sorted(path.name for path in (tmp_path / "twin").iterdir()) == [
        "milk-1.0.dist-info",
        "milk.py",
        "tea-1.0.dist-info",
        "tea.py",
    ]


def test_a_missing_wheel_is_an_error_with_its_facts(tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "tea", tag="cp39-cp39-win_amd64")
    wheel(tmp_path / "wheels", "milk", requires=["tea>=1"])
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("--no-index\nmilk\n", encoding="utf-8")

    with pytest.raises(NoWheel) as caught:
        install(requirements, Target("python3.12", "x86_64"), tmp_path / "new", find_links=[str(tmp_path / "wheels")])

    assert (caught.value.package, caught.value.needed_by) == ("tea", "milk")
    assert caught.value.requirements == requirements
    assert isinstance(caught.value, LookupError)


def test_listing_the_tasks_loads_nothing_of_vendoring() -> None:
    code = (
        "import sys, tight_tasks.catalog; print(*sorted({'uv', 'rich', 'elftools', 'packaging'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)

    assert importlib.util.find_spec("uv") is not None
    assert done.stdout.split() == []
