"""What must not be uploaded, by its name and by its content."""

from pathlib import PurePosixPath

import pytest

from tight_tasks.unwanted import holds_key, reason_against

HEADER = b"-----BEGIN RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("name", "of_app", "of_package"),
    [
        (".git", True, True),
        (".env", True, True),
        (".env.production", True, True),
        (".env.example", False, False),
        ("a.py~", True, True),
        (".a.py.swp", True, True),
        ("tests", True, False),
        ("test_a.py", True, False),
        ("conftest.py", True, False),
        ("node_modules", True, False),
        ("env.yml", True, False),
        ("env.yml.py", False, False),
        ("contests", False, False),
        ("handler.py", False, False),
    ],
)
def test_a_package_may_have_what_an_app_may_not(name: str, of_app: bool, of_package: bool) -> None:
    assert (bool(reason_against(name)), bool(reason_against(name, of_package=True))) == (of_app, of_package)


@pytest.mark.parametrize(
    ("path", "content", "is_key"),
    [
        ("a/server.pem", HEADER, True),
        ("a/notes.txt", b"See below.\n" + HEADER, True),
        ("a/store.P12", b"", True),
        ("a/ca.pem", b"-----BEGIN CERTIFICATE-----\n", False),
        ("a/keys.py", HEADER, False),
    ],
)
def test_a_private_key_is_known_by_its_header_and_a_store_of_keys_by_its_name(
    path: str, content: bytes, is_key: bool
) -> None:
    assert holds_key(PurePosixPath(path), content) == is_key
