"""What goes into an artifact, where, and with which mode."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.artifact.rules import matches
from tight_tasks.errors import BadSetting, CanNotPack

PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"


def test_the_unpacked_folder_and_the_zip_hold_the_same_four_things_at_their_root(shop: Shop) -> None:
    shop.build()

    folder = shop.folder / "builds" / "shop-artifact"
    assert {path.split("/")[0] for path in shop.zipped()} == {"app", "app_index.py", "env.dist.yml", "tight.yml"}
    assert sorted(shop.zipped()) == sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    )


def test_vendored_packages_stand_at_the_root_and_nowhere_else(shop: Shop) -> None:
    shop.vendor("parcels", {"parcels/__init__.py": "", "parcels/data.txt": "x", "parcel.py": ""})

    shop.build()
    assert [path for path in shop.zipped() if "parcel" in path] == [
        "parcel.py",
        "parcels-1.0.dist-info/METADATA",
        "parcels-1.0.dist-info/RECORD",
        "parcels/__init__.py",
        "parcels/data.txt",
    ]
    assert not [path for path in shop.zipped() if "vendored" in path]


def test_tests_environments_caches_and_tools_leavings_stay_out(shop: Shop) -> None:
    left_out = [
        "env.yml", ".env", ".env.local", "requirements-vendor.txt", "requirements.txt", "conftest.py",
        "tests/test_app.py",
        "schemas/dynamo/orders.yml", "README.md", "app/.env", "app/lib/.env.dev", "app/.git/config", "app/lib/.gitkeep",
        "app/lib/conftest.py", "app/lib/tests/test_it.py", "app/lib/test_it.py", "app/lib/it_test.py", "app/lib/it.py~",
        "app/lib/.it.py.swp", "app/lib/it.py.bak", "app/lib/it.py.orig", "app/lib/__pycache__/it.cpython-313.pyc",
        "app/lib/it.pyc", "app/functions/orders/placebos/get_1.json", "app/functions/orders/cassettes/a.yml",
        "app/.aws/credentials", "app/lib/.idea/workspace.xml", "app/env.yml", "app/.pytest_cache/x", "app/.DS_Store",
        "app/vendored/.lock", "app/vendored/.gitkeep", "app/vendored/six/__pycache__/a.cpython-311.pyc",
        "app/vendored/tight/testing/__init__.py", "app/vendored/bin/normalizer.py~",
    ]  # fmt: skip
    shop.write(dict.fromkeys(left_out, "a: 1\n"))
    shop.write({"requirements-vendor.txt": "", "app/lib/it.py": "", "app/vendored/tight/http.py": ""})
    before = list(Shop.FILES)

    shop.build()
    assert list(shop.zipped()) == sorted({*before, "app/lib/it.py", "tight/http.py", "tight.yml"} - {"tasks.py"})


def test_a_function_may_be_named_as_tests_are(shop: Shop) -> None:
    handler = "def handler(event, context): ...\n"
    shop.write({"app/functions/tests/handler.py": handler, "app/functions/cassettes/one/handler.py": handler})

    (part,) = shop.build().parts
    assert part.functions == ("cassettes_one", "orders", "tests")


def test_what_an_installer_wrote_about_this_machine_stays_out_and_dist_info_stays_in(shop: Shop) -> None:
    files = {
        "parcels/__init__.py": "",
        "bin/parcel": "#!/home/me/venv/bin/python\n",
        "bin/tool": "#!/bin/sh\n",
        "parcels-1.0.dist-info/direct_url.json": '{"url": "file:///home/me/parcels"}',
        "parcels-1.0.dist-info/INSTALLER": "uv",
        "parcels-1.0.dist-info/uv_cache.json": '{"timestamp": 1}',
        "parcels-1.0.dist-info/licenses/LICENSE": "MIT",
    }
    shop.vendor("parcels", files)

    shop.build()
    built = shop.folder / "builds" / "shop-artifact"
    names = sorted(str(path.relative_to(built)) for path in built.rglob("*") if "parcels-1.0" in str(path))
    assert names == [
        f"parcels-1.0.dist-info{name}" for name in ("", "/METADATA", "/RECORD", "/licenses", "/licenses/LICENSE")
    ]
    assert (built / "parcels-1.0.dist-info" / "RECORD").read_text(encoding="utf-8").splitlines() == [
        "bin/tool,,",
        "parcels-1.0.dist-info/METADATA,,",
        "parcels-1.0.dist-info/RECORD,,",
        "parcels-1.0.dist-info/licenses/LICENSE,,",
        "parcels/__init__.py,,",
    ]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o027, 0o000])
def test_modes_are_644_and_755_by_rule_whatever_the_umask(shop: Shop, umask: int) -> None:
    executable, library = b"\x7fELF" + bytes(12) + b"\x02\x00", b"\x7fELF" + bytes(12) + b"\x03\x00"
    before = os.umask(umask)
    try:
        shop.write({"app/lib/tool": "#!/bin/sh\n", "app/lib/data.json": "{}", "app/vendored/fast/fast.txt": ""})
        (shop.folder / "app/lib/data.json").chmod(0o777)
        (shop.folder / "app/lib/tool").chmod(0o600)
        (shop.folder / "app/vendored/fast/fast.so").write_bytes(library)
        (shop.folder / "app/vendored/fast/daemon").write_bytes(executable)
        shop.build()
    finally:
        os.umask(before)

    modes = {path: stat.filemode(info.external_attr >> 16) for path, info in shop.zipped().items()}
    programs = {"app/lib/tool", "fast/daemon"}
    assert modes == {path: "-rwxr-xr-x" if path in programs else "-rw-r--r--" for path in shop.zipped()}
    folder = shop.folder / "builds" / "shop-artifact"
    assert {path: stat.filemode((folder / path).stat().st_mode) for path in modes} == modes
    assert {stat.filemode(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()} == {"drwxr-xr-x"}


def test_shared_libraries_are_the_bytes_that_were_vendored(shop: Shop) -> None:
    content = b"\x7fELF" + bytes(12) + b"\x03\x00" + b".debug_info" * 10
    shop.write({"app/vendored/fast/fast.txt": ""})
    (shop.folder / "app/vendored/fast/fast.so").write_bytes(content)

    shop.build()
    assert (shop.folder / "builds/shop-artifact/fast/fast.so").read_bytes() == content


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"app/__init__.py": ""}, "app can't go into the artifact: parcels brings it, and it is the app's own name"),
        ({"app_index.py": ""}, "app_index.py can't go into the artifact: parcels brings it, and it is the app's own"),
        ({"tight.yml": ""}, "tight.yml can't go into the artifact: parcels brings it, and it is the app's own name"),
        ({"data/a.csv": ""}, "data can't go into the artifact: parcels brings it, and it is the app's own name"),
        ({"enum.py": ""}, "enum.py can't go .* parcels brings it, and in Lambda it would hide Python's own enum"),
        ({"json/__init__.py": ""}, "json can't go .* parcels brings it, and in Lambda it would hide Python's own json"),
    ],
)
def test_a_package_in_the_place_of_another_module_is_refused_by_name(
    shop: Shop, files: dict[str, str], sentence: str
) -> None:
    shop.settings("defaults: {include: [data]}\n")
    shop.write({"data/a.csv": ""})
    shop.vendor("parcels", files)

    with pytest.raises(CanNotPack, match=f"/app/vendored/{sentence}"):
        shop.build()


@pytest.mark.parametrize(("path", "text"), [("app/lib/key.pem", PRIVATE_KEY), ("app/lib/store.p12", "")])
def test_a_private_key_is_refused_by_name(shop: Shop, path: str, text: str) -> None:
    shop.write({path: text})

    with pytest.raises(CanNotPack, match=f"^{path} can't go into the artifact: it holds a private key") as refused:
        shop.build()
    assert "MIIE" not in str(refused.value)


def test_a_public_certificate_goes_in_and_so_does_code_that_knows_the_header_of_a_key(shop: Shop) -> None:
    shop.write({"app/lib/ca.pem": "-----BEGIN CERTIFICATE-----\n", "app/lib/keys.py": f'"""\n{PRIVATE_KEY}"""\n'})

    shop.build()
    assert {"app/lib/ca.pem", "app/lib/keys.py"} <= set(shop.zipped())


def test_include_adds_files_from_beside_the_app_but_nothing_that_stays_out(shop: Shop) -> None:
    shop.settings("functions:\n  orders: {include: [data, 'rates/*.csv']}\n")
    shop.write({"data/a/b.txt": "", "data/.env": "", "data/tests/x.txt": "", "rates/a.csv": "", "rates/a.txt": ""})

    shop.build()
    assert [path for path in shop.zipped() if path.startswith(("data", "rates"))] == ["data/a/b.txt", "rates/a.csv"]


def test_include_of_the_stage_stands_over_that_of_the_defaults_as_its_other_settings_do(shop: Shop) -> None:
    shop.settings(
        "defaults: {include: [data]}\n"
        "stages:\n"
        "  dev: {functions: {orders: {include: [rates]}}}\n"
        "  prod: {include: [prices]}\n"
    )
    shop.write({"data/a.csv": "", "rates/a.csv": "", "prices/a.csv": ""})

    shop.build()
    assert [path for path in shop.zipped() if path.endswith(".csv")] == ["data/a.csv", "rates/a.csv"]

    shop.write({"env.yml": "STAGE: prod\n"})
    shop.build()
    assert [path for path in shop.zipped() if path.endswith(".csv")] == ["prices/a.csv"]


def test_include_never_brings_what_is_built_or_vendored_a_second_time(shop: Shop) -> None:
    shop.settings("vendor_dir: ./packages\ndefaults: {include: ['**/*.txt']}\n")
    shop.write({"packages/parcels/a.txt": "", "builds/shop-artifact/b.txt": "", "c.txt": "", "app/d.txt": ""})

    shop.build()
    assert [path for path in shop.zipped() if path.endswith(".txt")] == ["app/d.txt", "c.txt", "parcels/a.txt"]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("../secrets/*", "defaults.include.0 is '../secrets/*', which leads out of the app: "),
        ("/etc/passwd", "defaults.include.0 is '/etc/passwd', which leads out of the app: "),
        ("data/*.csv", "include has 'data/*.csv', which names no file: correct or remove it"),
    ],
)
def test_an_include_that_can_not_be_meant_is_an_error(shop: Shop, pattern: str, problem: str) -> None:
    shop.settings(f"defaults: {{include: ['{pattern}']}}\n")

    with pytest.raises(BadSetting) as refused:
        shop.build()
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("app/lib/a.txt", "app/lib", True),
        ("app/lib/a.txt", "app/*/a.txt", True),
        ("app/lib/a.txt", "app/*.txt", False),
        ("app/lib/a.txt", "app/**/*.txt", True),
        ("app/a.txt", "app/**/*.txt", True),
        ("app/lib/a.txt", "app/**", True),
        ("app/lib/a.txt", "a.txt", False),
        ("app/library/a.txt", "app/lib", False),
        ("app/lib/atxt", "app/lib/a.txt", False),
    ],
)
def test_a_glob_means_paths_from_the_root(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) == expected


@pytest.mark.parametrize("vendor_dir", ["app", ".", "..", "/tmp"])  # noqa: S108  # refused
def test_a_vendor_dir_that_holds_the_app_or_lies_outside_is_refused(shop: Shop, vendor_dir: str) -> None:
    shop.settings(f"vendor_dir: '{vendor_dir}'\n")

    with pytest.raises(BadSetting, match=f"vendor_dir is '{vendor_dir}'[:,] "):
        shop.build()


def test_the_vendor_dir_may_stand_beside_the_app(shop: Shop) -> None:
    shop.settings("vendor_dir: packages\n")
    shop.write({"packages/parcels/__init__.py": ""})

    shop.build()
    assert "parcels/__init__.py" in shop.zipped()


@pytest.mark.parametrize("missing", ["app_index.py", "app"])
def test_an_app_without_its_parts_is_told_which(shop: Shop, missing: str) -> None:
    (shop.folder / missing).rename(shop.folder / "elsewhere")

    with pytest.raises(CanNotPack, match=f"/{missing} can't go into the artifact: it is not there"):
        shop.build()


def test_the_record_beside_the_zip_names_every_file_and_its_digest(shop: Shop) -> None:
    (part,) = shop.build().parts

    record = json.loads((shop.folder / "builds" / "shop-artifact.json").read_text(encoding="utf-8"))
    (archive,) = record["archives"]
    assert record["outputs"] == ["shop-artifact", "shop-artifact.zip"]
    assert (record["runtime"], record["python"]) == ("python3.13", None)
    assert archive["sha256"] == part.archive.sha256
    assert list(archive["files"]) == list(shop.zipped())
    assert str(Path.home()) not in json.dumps(record)
    assert str(shop.folder) not in json.dumps(record)
