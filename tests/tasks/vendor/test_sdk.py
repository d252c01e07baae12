"""Which packages Lambda brings, so that they need not be vendored."""

from pathlib import Path

import pytest

from tight_tasks.target import Target
from tight_tasks.vendor.packages import Package
from tight_tasks.vendor.sdk import Brought, brought_by_lambda

ARM = Target("python3.13", "arm64")
# What boto3 comes with, by their metadata.
BOTO3 = {
    "boto3": ['botocore[crt]>=1.40; extra == "crt"', "botocore>=1.40", "jmespath<2", "s3transfer<1"],
    "botocore": ["jmespath", "python-dateutil", "urllib3", 'awscrt==0.3; extra == "crt"'],
    "jmespath": [],
    "python-dateutil": ["six>=1.5"],
    "s3transfer": ["botocore"],
    "six": [],
    "urllib3": ['brotli; extra == "brotli"'],
}


def brought(needs: dict[str, list[str]], **asked: set[str]) -> Brought:
    installed = [
        Package(name, "1.0", 1, (), "py3-none-any", tuple(needs[name]), Path(f"{name}.dist-info"))
        for name in sorted(needs)
    ]
    return brought_by_lambda(installed, asked, ARM)


def names(packages: tuple[Package, ...]) -> set[str]:
    return {package.name for package in packages}


def test_boto3_is_left_out_with_all_that_it_alone_needs() -> None:
    assert names(brought({**BOTO3, "tea": []}, boto3=set(), tea=set()).left_out) == BOTO3.keys()


def test_what_another_package_needs_too_stays() -> None:
    found = brought({**BOTO3, "requests": ["urllib3>=2"]}, boto3=set(), requests=set())

    assert names(found.left_out) == BOTO3.keys() - {"urllib3"}
    assert names(found.shared) == {"urllib3"}


def test_what_a_file_asks_for_stays_unless_it_is_the_sdk() -> None:
    asked: dict[str, set[str]] = {"boto3": set(), "s3transfer": set(), "six": set()}

    assert names(brought(BOTO3, **asked).left_out) == BOTO3.keys() - {"six"}


def test_pynamodb_stays_without_the_botocore_that_it_needs() -> None:
    needs = {"pynamodb": ["botocore>=1.12"], **{name: BOTO3[name] for name in BOTO3.keys() - {"boto3", "s3transfer"}}}
    found = brought(needs, pynamodb=set())

    assert names(found.left_out) == needs.keys() - {"pynamodb"}
    assert names(found.users) == {"pynamodb"}


def test_a_package_that_no_file_names_and_nothing_needs_stays_with_its_own() -> None:
    assert names(brought({**BOTO3, "from-a-path": ["six"]}, boto3=set()).left_out) == BOTO3.keys() - {"six"}


@pytest.mark.parametrize(
    ("requirement", "stays"),
    [
        ('six; platform_machine == "aarch64"', True),
        ('six; platform_machine == "x86_64"', False),
        ('six; python_version < "3.13"', False),
        ('six; extra == "old"', False),
        ('six; extra == "new"', True),
    ],
)
def test_markers_and_extras_are_those_that_hold_in_lambda(requirement: str, stays: bool) -> None:
    found = brought({**BOTO3, "tea": [requirement]}, boto3=set(), tea={"new"})

    assert ("six" not in names(found.left_out)) is stays


def test_what_only_an_extra_of_boto3_brings_stays_since_lambda_lacks_it() -> None:
    found = brought({**BOTO3, "awscrt": []}, boto3={"crt"})

    assert names(found.left_out) == BOTO3.keys()


def test_nothing_is_left_out_where_no_sdk_is() -> None:
    assert brought({"requests": ["urllib3"], "urllib3": []}, requests=set()) == Brought()
