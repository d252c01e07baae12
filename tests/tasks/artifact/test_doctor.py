"""What was packed is examined before it takes the place of the last artifact."""

import platform
import sys

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.artifact.build import Build, build_artifact
from tight_tasks.artifact.parts import Shape

HOST = "x86_64" if platform.machine().lower() in ("x86_64", "amd64") else "arm64"
PARCELS = "import parcels\ndef handler(event, context): return parcels.SIZE\n"


def build(shop: Shop, shape: Shape = "whole") -> Build:
    return build_artifact(shop.project, shape, bytecode=False)


def test_a_fault_fails_the_build_and_keeps_the_former_one(shop: Shop) -> None:
    good = build(shop)
    before = {name: (shop.folder / "builds" / name).stat().st_mtime_ns for name in shop.outputs()}
    shop.write({"app/functions/orders/handler.py": "def handler(event, context): return object()\n"})

    faulty = build(shop)
    assert (good.ok, faulty.ok) == (True, False)
    (finding,) = faulty.reports["shop-artifact.zip"].findings
    assert (finding.check, finding.file) == ("handlers", "app/functions/orders/handler.py")
    assert {name: (shop.folder / "builds" / name).stat().st_mtime_ns for name in shop.outputs()} == before


@pytest.mark.skipif(sys.platform != "linux" or sys.version_info < (3, 11), reason="Lambda has no such machine")
def test_one_for_this_machine_is_run_itself(shop: Shop) -> None:
    runtime = f"python3.{sys.version_info.minor}"
    shop.write({"tight.yml": f"name: shop\nruntime: {runtime}\narchitecture: {HOST}\n"})

    report = build(shop).reports["shop-artifact.zip"]
    assert report.total == "14 checks passed"
    assert report.checks[-1].notes[0].startswith(f"run from the zip itself, by Python 3.{sys.version_info.minor}")


def test_each_function_of_its_own_zip_is_run(shop: Shop) -> None:
    shop.write({"app/functions/users/handler.py": PARCELS})
    shop.vendor("parcels", {"parcels.py": "SIZE = 3\n"})

    reports = build(shop, "functions").reports
    assert [(name, report.checks[-1].notes[1:]) for name, report in reports.items()] == [
        ("shop-artifact-orders.zip", ("orders: its answer to GET /orders",)),
        ("shop-artifact-users.zip", ("users: its answer to GET /users",)),
    ]
    assert {report.total for report in reports.values()} == {"14 checks passed"}


def test_code_is_run_with_its_layer(shop: Shop) -> None:
    shop.write({"app/functions/orders/handler.py": PARCELS})
    shop.vendor("parcels", {"parcels.py": "SIZE = 3\n"})

    reports = build(shop, "layer").reports
    assert [(name, report.total) for name, report in reports.items()] == [("shop-artifact.zip", "14 checks passed")]


def test_an_image_may_be_larger_than_a_zip(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.vendor("large", {"large.bin": "\0" * 3_000_000})
    monkeypatch.setattr("tight_tasks.inspection.examination.UNZIPPED", 2_000_000)

    refused = build(shop)
    (finding,) = refused.reports["shop-artifact.zip"].findings
    assert finding.sentence.startswith("has 2.9 MB unzipped, layers included, and Lambda takes 1.9 MB: ")
    assert "The largest: large.bin 2.9 MB, " in finding.sentence
    assert build(shop, "image").reports["shop-artifact.zip"].total == "14 checks passed"


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import app.models.Order", "app.models.Order"),
        ("from app.models.Order import Order", "app.models.Order"),
        ("from app.models import Order", "app.models.Order"),
        ("from ..models import Order", "app.functions.models"),
        ("from app.models import test_data", "app.models.test_data"),
    ],
)
def test_a_module_of_the_app_that_is_not_packed_is_told_with_file_line_and_name(
    shop: Shop, source: str, module: str
) -> None:
    shop.write({
        "app/functions/orders/handler.py": f"import json\n\n{source}\n",
        "app/models/__init__.py": "",
        "app/models/test_data.py": "",
    })  # fmt: skip

    (finding,) = build(shop).reports["shop-artifact.zip"].findings
    sentence = f"imports {module}, which is not in the artifact"
    assert (finding.file, finding.sentence) == ("app/functions/orders/handler.py:3", sentence)


def test_a_variable_without_a_value_here_is_no_fault_and_is_told(shop: Shop) -> None:
    shop.write({"env.dist.yml": "STAGE: dev\nDEPLOYED_WITH:\n"})

    made = build(shop)
    assert made.ok
    assert made.reports["shop-artifact.zip"].total == "13 checks passed, 1 not done"
    assert "DEPLOYED_WITH has no value" in made.reports["shop-artifact.zip"].checks[-1].skipped
