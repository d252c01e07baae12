"""The task dynamo.install: AWS's archive from a server on this machine, and Maven."""

import hashlib
import http.server
import io
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.tasks.dynamo.conftest import Terminal
from tight_tasks.dynamo import archive, running
from tight_tasks.dynamo.archive import NAME
from tight_tasks.dynamo.install import install_archive, install_with_maven
from tight_tasks.dynamo.local import is_installed
from tight_tasks.dynamo.place import Place
from tight_tasks.errors import BadOption, CanNotFetch, DatabaseRuns
from tight_tasks.services.ports import free_port

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


def packed(*members: tarfile.TarInfo, text: bytes = b"jar") -> bytes:
    """An archive of these members; each file holds `text`."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for each in members:
            each.size = len(text) if each.isreg() else 0
            tar.addfile(each, io.BytesIO(text) if each.isreg() else None)
    return target.getvalue()


ENGINE = (member("DynamoDBLocal.jar"), member("DynamoDBLocal_lib/libsqlite4java.so"))


class Mirror:
    """A folder with AWS's two files, served on this machine; `cut` bytes of each file's end never come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut = 0
        self.address = ""

    def publish(self, contents: bytes, checksum: str | None = None) -> None:
        (self.folder / NAME).write_bytes(contents)
        # As `sha256sum` writes it, with the path of a machine of AWS's.
        line = f"{checksum or hashlib.sha256(contents).hexdigest()}  build/{NAME}\n"
        (self.folder / f"{NAME}.sha256").write_text(line, encoding="utf-8")


@pytest.fixture
def mirror(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    made = Mirror(tmp_path_factory.mktemp("mirror"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def copyfile(self, source: Any, outputfile: Any) -> None:
            whole = source.read()
            outputfile.write(whole[: len(whole) - made.cut if self.path.endswith(".gz") else None])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(made.folder))) as server:
        made.address = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """With an engine and data in it."""
    made = Place.of(tmp_path)
    made.make()
    made.engine.mkdir()
    (made.engine / "DynamoDBLocal.jar").write_text("old", encoding="utf-8")
    (made.engine / "gone.txt").touch()
    (made.data / "shared-local-instance.db").write_text("items", encoding="utf-8")
    return made


def fetch(place: Place, base: str) -> list[tuple[int, int]]:
    """Install from there; gives the progress that was told."""
    told: list[tuple[int, int]] = []
    install_archive(place, base, lambda done, total: told.append((done, total)))
    return told


def test_the_published_archive_is_unpacked_into_dynamo_db(app: Path, mirror: Mirror, invoke: Invoke) -> None:
    mirror.publish(packed(*ENGINE))
    engine = app / "dynamo_db" / "engine"
    done = invoke("dynamo.install", "--from", mirror.address)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"Getting DynamoDB Local from {mirror.address}",
        f"DynamoDB Local is installed in {engine}: invoke dynamo.run starts it.",
    ]
    assert (engine / "DynamoDBLocal.jar").read_bytes() == b"jar"
    assert (engine / "DynamoDBLocal_lib" / "libsqlite4java.so").is_file()
    assert not list((app / "dynamo_db").glob(".new-*"))

    again = invoke("dynamo.install", "--from", mirror.address)
    assert (again.returncode, again.stdout) == (
        0,
        f"DynamoDB Local is installed in {engine}: --force gets it anew.\n",
    )
    mirror.publish(packed(*ENGINE, text=b"newer"))
    assert invoke("dynamo.install", "--from", mirror.address, "--force").returncode == 0
    assert (engine / "DynamoDBLocal.jar").read_bytes() == b"newer"


def test_the_task_gets_it_from_aws_unless_told_otherwise() -> None:
    # As the DynamoDB developer guide links it.
    assert archive.BASE + NAME == "https://d1ni2b6xgvw0s0.cloudfront.net/v2.x/dynamodb_local_latest.tar.gz"


def test_a_new_engine_takes_the_place_of_the_old_one_and_data_stays(place: Place, mirror: Mirror) -> None:
    contents = packed(*ENGINE)
    mirror.publish(contents)

    assert fetch(place, mirror.address)[-1] == (len(contents), len(contents))
    assert sorted(path.name for path in place.engine.iterdir()) == ["DynamoDBLocal.jar", "DynamoDBLocal_lib"]
    assert (place.data / "shared-local-instance.db").read_text(encoding="utf-8") == "items"


def unchanged(place: Place) -> bool:
    names = sorted(path.name for path in place.engine.iterdir())
    kept = (place.engine / "DynamoDBLocal.jar").read_text(encoding="utf-8") == "old"
    return kept and names == ["DynamoDBLocal.jar", "gone.txt"] and not list(place.folder.glob(".new-*"))


def test_an_interrupt_before_the_new_engine_is_in_place_leaves_the_old_one(
    place: Place, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.publish(packed(*ENGINE))
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> None:
        rename(path, target)
        if target.name == "old":
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(place, mirror.address)
    assert unchanged(place)


def test_a_checksum_other_than_the_published_one_is_refused_before_anything_is_unpacked(
    place: Place, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tarfile, "open", None)  # whoever unpacks fails
    contents = b"anything"
    mirror.publish(contents, "0" * 64)
    with pytest.raises(CanNotFetch, match=f"checksum {hashlib.sha256(contents).hexdigest()}, but {'0' * 64} is"):
        fetch(place, mirror.address)
    assert unchanged(place)


def test_no_checksum_no_archive_and_no_server_are_each_told(place: Place, mirror: Mirror) -> None:
    with pytest.raises(CanNotFetch, match=rf"{NAME} can't be fetched: File not found$"):
        fetch(place, mirror.address)
    mirror.publish(b"", "none")
    with pytest.raises(CanNotFetch, match=r"\.sha256 holds no SHA-256 checksum$"):
        fetch(place, mirror.address)
    with pytest.raises(CanNotFetch, match=r"can't be fetched: .*refused"):
        fetch(place, f"http://127.0.0.1:{free_port()}")
    assert unchanged(place)


def test_an_archive_that_is_cut_off_is_refused(place: Place, mirror: Mirror) -> None:
    contents = packed(*ENGINE)
    mirror.publish(contents)
    mirror.cut = 10
    with pytest.raises(CanNotFetch, match=f"is cut off: {len(contents) - 10} of {len(contents)} bytes came$"):
        fetch(place, mirror.address)
    assert unchanged(place)


LEAVES = "which leads out of its folder$"
STRANGE = "which is no file, folder or link$"
UNFIT = {
    "no archive": (b"no archive", "can't be unpacked: "),
    "half an archive": (packed(*ENGINE)[:60], "can't be unpacked: "),
    "another archive": (packed(member("README.txt")), "has no DynamoDBLocal.jar in it$"),
    "a relative path": (packed(member("../outside")), f"holds ../outside, {LEAVES}"),
    "an absolute path": (packed(member("/etc/outside")), f"holds /etc/outside, {LEAVES}"),
    "a relative link": (packed(member("a", tarfile.SYMTYPE, "../../outside")), f"holds a, {LEAVES}"),
    "an absolute link": (packed(member("a", tarfile.SYMTYPE, "/etc")), f"holds a, {LEAVES}"),
    "a hard link": (packed(member("a", tarfile.LNKTYPE, "../outside")), f"holds a, {LEAVES}"),
    "a pipe": (packed(member("a", tarfile.FIFOTYPE)), f"holds a, {STRANGE}"),
    "a device": (packed(member("a", tarfile.CHRTYPE)), f"holds a, {STRANGE}"),
}


@pytest.mark.filterwarnings("ignore:Python 3.14 will, by default, filter:DeprecationWarning")  # of "no filter"
@pytest.mark.parametrize("case", UNFIT)
@pytest.mark.parametrize("filtered", [True, False], ids=["filter", "no filter"])
def test_what_is_no_engine_or_would_leave_its_folder_is_refused(
    place: Place, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, case: str, filtered: bool
) -> None:
    contents, reason = UNFIT[case]
    if not filtered:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)  # as on early releases of 3.10 and 3.11
    (place.folder.parent / "outside").write_text("mine", encoding="utf-8")
    mirror.publish(contents)
    with pytest.raises(CanNotFetch, match=reason):
        fetch(place, mirror.address)
    assert unchanged(place)
    assert (place.folder.parent / "outside").read_text(encoding="utf-8") == "mine"


def test_links_within_the_archive_are_followed_when_they_are_judged(place: Place, mirror: Mirror) -> None:
    inside = (member("lib", tarfile.DIRTYPE), member("lib/a"), member("alias", tarfile.SYMTYPE, "lib"))
    mirror.publish(packed(*ENGINE, *inside))
    fetch(place, mirror.address)
    assert (place.engine / "alias" / "a").read_bytes() == b"jar"

    mirror.publish(packed(*ENGINE, *inside, member("alias/b", tarfile.SYMTYPE, "../../outside")))
    with pytest.raises(CanNotFetch, match=r"holds alias/b, which leads out of its folder$"):
        fetch(place, mirror.address)


@pytest.mark.parametrize("address", ["file:///etc/", "ftp://127.0.0.1/", "example.org", "http:///a"])
def test_an_address_that_is_not_of_the_web_is_refused(place: Place, address: str) -> None:
    with pytest.raises(BadOption, match="write the address of a folder"):
        fetch(place, address)
    assert unchanged(place)


def test_what_a_running_database_reads_from_is_not_replaced(place: Place, mirror: Mirror) -> None:
    mirror.publish(packed(*ENGINE))
    with running.held(place), pytest.raises(DatabaseRuns):
        fetch(place, mirror.address)
    assert unchanged(place)


def test_maven_installs_the_pinned_version(dynamodb_local: Path) -> None:
    assert is_installed(dynamodb_local)
    assert (dynamodb_local / "libs" / "DynamoDBLocal-3.3.1.jar").is_file()


def test_without_maven_it_is_said_what_else_there_is(
    app: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(app))
    done = invoke("dynamo.install", "--maven")

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "mvn is not on PATH: install Maven, or leave --maven out" in done.stderr
    assert not (app / "dynamo_db").exists()


def test_what_maven_says_is_told(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("dynamodb_local")  # or Maven is missing
    nothing = f"-Dmaven.repo.local={tmp_path / 'empty'} -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={free_port()}"
    monkeypatch.setenv("MAVEN_OPTS", nothing)

    with pytest.raises(
        CanNotFetch, match=r"mvn says .*Could not transfer artifact software\.amazon\.awssdk:bom"
    ) as caught:
        install_with_maven(place)
    assert len(str(caught.value).splitlines()) == 1
    assert unchanged(place)


def in_awss_shape(libs: Path) -> bytes:
    """DynamoDB Local as AWS packs it: a jar that names its main class and the files of DynamoDBLocal_lib."""
    class_path = f"Class-Path: {' '.join(f'DynamoDBLocal_lib/{path.name}' for path in sorted(libs.glob('*.jar')))}"
    # A line that goes on starts with a space.
    lines = "\n ".join(class_path[start : start + 70] for start in range(0, len(class_path), 70))
    manifest = f"Main-Class: software.amazon.dynamodb.services.local.main.ServerRunner\n{lines}"
    jar, target = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(jar, "w") as made:
        made.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\n{manifest}\n")
    first = member("DynamoDBLocal.jar")
    first.size = len(jar.getvalue())
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as tar:
        tar.addfile(first, io.BytesIO(jar.getvalue()))
        tar.add(libs, "DynamoDBLocal_lib")
    return target.getvalue()


def test_an_engine_in_the_shape_of_awss_archive_runs(
    app: Path, dynamodb_local: Path, mirror: Mirror, run: Callable[[], Terminal]
) -> None:
    mirror.publish(in_awss_shape(dynamodb_local / "libs"))
    fetch(Place.of(app), mirror.address)
    terminal = run().wait_until_ready()

    assert "DynamoDB Local listens" in terminal.printed()
    assert "['shop-dev-orders']" in terminal.printed()
    assert terminal.press_ctrl_c() == 0
