"""What Lambda's image has to import."""

import sys

import pytest

from tight_tasks.runtime_image import PACKAGES, SDK, standard_library

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize(
    ("python", "module", "is_there"),
    [
        ("3.11", "tomllib", True),
        ("3.11", "distutils", True),
        ("3.12", "distutils", False),
        ("3.12", "telnetlib", True),
        ("3.13", "telnetlib", False),
        ("3.13", "annotationlib", False),
        ("3.14", "annotationlib", True),
        ("3.14", "requests", False),
    ],
)
def test_the_standard_library_is_that_of_the_version_asked_for(python: str, module: str, is_there: bool) -> None:
    assert (module in standard_library(python)) == is_there


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
def test_the_standard_library_of_this_python_is_what_it_says_itself() -> None:
    assert standard_library(HERE) == sys.stdlib_module_names


def test_packages_are_named_as_they_are_installed_and_as_they_are_imported() -> None:
    assert PACKAGES["python-dateutil"] == "dateutil"
    assert PACKAGES["snapshot-restore-py"] == "snapshot_restore_py"
    assert set(PACKAGES) > SDK
