"""`invoke vendor` where it can't do what it is asked for, or is ended: folder and file are as they were."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tasks.vendor.conftest import Snapshot, refuses
from tests.tasks.vendor.distributions import wheel

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[..., None]


def test_a_file_that_is_no_utf_8_is_refused_and_stays_as_it_is(app: Path, invoke: Invoke, snapshot: Snapshot) -> None:
    wheel(app / "wheels", "tea")
    (app / "requirements-vendor.txt").write_bytes(b"--no-index\n--find-links wheels\n# caf\xe9\n")
    before = snapshot()

    assert "valid UTF-8" in refuses(invoke("vendor", "-a", "tea"))
    assert snapshot() == before


@pytest.mark.parametrize("text", ["not a name!", "./wheels/tea.whl", "-r more.txt", ""])
def test_what_can_not_be_added_is_refused(app: Path, invoke: Invoke, snapshot: Snapshot, text: str) -> None:
    before = snapshot()

    assert refuses(invoke("vendor", f"--add={text}")).startswith(f"--add {text}".rstrip() + ": name a package")
    assert snapshot() == before


def test_an_app_without_a_tight_yml_is_refused(app: Path, invoke: Invoke) -> None:
    (app / "tight.yml").unlink()

    assert "there is no tight.yml" in refuses(invoke("vendor"))


def test_an_app_without_a_requirements_file_is_told_which(app: Path, invoke: Invoke) -> None:
    (app / "requirements-vendor.txt").unlink()

    assert f"there is no {app / 'requirements-vendor.txt'}: write the packages" in refuses(
        invoke("vendor", "-a", "tea")
    )


def test_a_line_that_can_not_be_read_is_named_with_its_file(app: Path, invoke: Invoke, require: Require) -> None:
    require("tea ===")

    assert "Couldn't parse requirement in `requirements-vendor.txt`" in refuses(invoke("vendor", "-a", "milk"))


def test_an_index_that_is_not_there_leaves_all_as_it_was_and_its_password_out(
    app: Path, invoke: Invoke, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (app / "requirements-vendor.txt").write_text(
        "--index-url http://me:secret@127.0.0.1:9/simple\ntea\n", encoding="utf-8"
    )
    before = snapshot()

    sentence = refuses(invoke("vendor"))

    assert "Failed to fetch" in sentence
    assert "secret" not in sentence
    assert snapshot() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_an_interrupt_leaves_all_as_it_was(app: Path, snapshot: Snapshot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        port = silent.getsockname()[1]
        text = f"--index-url http://127.0.0.1:{port}/simple\nmilk\n"
        (app / "requirements-vendor.txt").write_text(text, encoding="utf-8")
        before = snapshot()
        command = [sys.executable, "-m", "invoke", "vendor", "-a", "tea"]
        with subprocess.Popen(command, cwd=app, stderr=subprocess.PIPE) as running:
            connection, _ = silent.accept()  # uv waits for an answer
            assert snapshot() != before, "the new file is there, aside"
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) != 0
            connection.settimeout(10)
            while connection.recv(4096):  # until uv is gone too
                pass
            connection.close()

    assert snapshot() == before
    assert sorted(path.name for path in (app / "app").iterdir()) == ["vendored"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
def test_a_full_disk_leaves_all_as_it_was(app: Path, require: Require, snapshot: Snapshot) -> None:
    wheel(app / "wheels", "tea", files={"tea.py": b"#" * 3_000_000})
    require("tea")
    before = snapshot()
    # No file may be larger than 2000 blocks of 512 or 1024 bytes: writing the module fails half-way.
    command = ["sh", "-c", 'ulimit -f 2000 && exec "$0" -m invoke vendor', sys.executable]

    done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=60)

    assert "requirements-vendor.txt can't be installed: " in refuses(done)
    assert snapshot() == before
    assert sorted(path.name for path in (app / "app").iterdir()) == ["vendored"]
