"""The benchmarks measure what they say; how long anything takes is no matter of a test."""

import importlib.util
import json
import re
import runpy
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest

from benchmarks.alone import cold_starts_ms, idle_percent
from benchmarks.answers import check_equal
from benchmarks.artifact import unpack_both
from benchmarks.competitors import ALL, ARTIFACT, BARE, MODEL, PLAIN_ZIP, TIGHT, WITH_TIGHT, Competitor
from benchmarks.dispatch import dispatch
from benchmarks.errors import AnswersDiffer, PeerMissing, ServerFailed, StartFailed
from benchmarks.image import HANDLERS, ROOT, Image
from benchmarks.load import load
from benchmarks.peers import ASK, HELLO, Peer, ours, serverless_offline
from benchmarks.report import Figure, Figures, Rates, Table
from benchmarks.running import running
from benchmarks.start import start
from benchmarks.suite import EVENT
from benchmarks.vendor import AT_MOST, WITH_INVOKE, Way, check_same, lay_out

needs_client = pytest.mark.skipif(
    importlib.util.find_spec("awslambdaric") is None, reason="AWS's runtime client has wheels for Linux only"
)
HEADERS = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
ANSWER = {"statusCode": 200, "headers": HEADERS, "body": '{"a":1}'}


def image_of_this_environment(folder: Path, *competitors: Competitor) -> Image:
    """A layout without an installation: this test's own Python, and the competitors' files as they are."""
    image = Image(folder)
    image.python.parent.mkdir(parents=True)
    image.python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
    image.python.chmod(0o755)
    for competitor in competitors:
        shutil.copytree(HANDLERS / competitor.folder, image.code(competitor, compiled=True))
    return image


def test_ratios_are_to_the_first_competitor() -> None:
    table = Table("Dispatch", "µs", {"bare": 8.0, "Tight": 10.0, "Chalice": 28.0}, {"Tight": 1.5}, "a quiet machine")

    assert table.ratios == {"bare": 1.0, "Tight": 1.25, "Chalice": 3.5}
    assert str(table).splitlines() == [
        "Dispatch",
        "  bare          8.0 µs    1.00x",
        "  Tight        10.0 µs    1.25x   at most 1.5x",
        "  Chalice      28.0 µs    3.50x",
        "  a quiet machine",
    ]


def test_a_ratio_above_its_target_is_missed_and_one_at_its_target_is_not() -> None:
    values = {"bare": 8.0, "Tight": 12.5, "Tight with orjson": 6.0, "Chalice": 28.0}
    table = Table("Dispatch", "µs", values, {"Tight": 1.5, "Tight with orjson": 0.75})

    assert table.missed() == ["Dispatch: Tight is at 1.562x, its target is 1.5x"]
    assert [line for line in str(table).splitlines() if line.endswith("missed")] == [
        "  Tight                  12.5 µs    1.56x   at most 1.5x, missed"
    ]


def test_answers_with_more_headers_and_another_spelling_of_them_are_equal() -> None:
    many = {"access-control-allow-origin": ["*"], "content-type": ["application/json"], "vary": ["Origin"]}

    check_equal(
        {"bare": json.dumps(ANSWER).encode(), "peer": json.dumps({**ANSWER, "multiValueHeaders": many}).encode()}
    )


@pytest.mark.parametrize(
    ("planted", "part"),
    [
        ({"body": '{"a": 1}'}, "body"),
        ({"statusCode": 201}, "status"),
        ({"headers": {**HEADERS, "Access-Control-Allow-Origin": "https://example.org"}}, "CORS header"),
        ({"headers": {"Content-Type": "application/json"}}, "CORS header"),
        ({"headers": {**HEADERS, "Content-Type": "text/html"}}, "content type"),
    ],
)
def test_a_different_answer_is_refused(planted: dict[str, object], part: str) -> None:
    with pytest.raises(AnswersDiffer, match=f"peer: the {part} is "):
        check_equal({"bare": json.dumps(ANSWER).encode(), "peer": json.dumps({**ANSWER, **planted}).encode()})


@pytest.mark.parametrize("competitor", ALL, ids=lambda competitor: competitor.name)
def test_every_competitor_has_its_module_and_only_packages_that_are_pinned(competitor: Competitor) -> None:
    pinned = re.findall(r"^([\w-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)

    assert (HANDLERS / competitor.folder / f"{competitor.handler.split('.')[0]}.py").is_file()
    assert set(competitor.packages) <= {TIGHT, *pinned}


@needs_client
def test_a_start_ends_with_the_functions_answer_and_writes_no_bytecode(tmp_path: Path) -> None:
    image = image_of_this_environment(tmp_path, BARE)
    folder = image.code(BARE, compiled=True)
    event = EVENT.read_bytes()

    once = start(image.python, folder, BARE.handler, event, {})

    answer = json.loads(once.answer)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"id": "1042", **json.loads(json.loads(event)["body"]), "total_cents": 12540}
    assert once.seconds > 0
    assert once.peak_mib > 1
    assert [path.name for path in folder.iterdir()] == ["app.py"]


@needs_client
def test_a_start_without_an_answer_is_an_error_that_says_why(tmp_path: Path) -> None:
    image = image_of_this_environment(tmp_path, BARE)

    with pytest.raises(StartFailed, match="Handler 'missing' missing on module 'app'"):
        start(image.python, image.code(BARE, compiled=True), "app.missing", EVENT.read_bytes(), {})


def test_warm_calls_are_timed_where_all_answers_are_equal(tmp_path: Path) -> None:
    image = image_of_this_environment(tmp_path, BARE, WITH_TIGHT)

    assert list(dispatch(image, (BARE, WITH_TIGHT), EVENT, rounds=1)) == ["bare", "Tight"]


def test_warm_calls_are_not_timed_where_an_answer_differs(tmp_path: Path) -> None:
    image = image_of_this_environment(tmp_path, BARE, WITH_TIGHT)
    handler = image.code(WITH_TIGHT, compiled=True) / "app" / "functions" / "orders" / "handler.py"
    handler.write_text(handler.read_text(encoding="utf-8").replace("total_cents", "total"), encoding="utf-8")

    with pytest.raises(AnswersDiffer, match="Tight: the body is "):
        dispatch(image, (BARE, WITH_TIGHT), EVENT, rounds=1)


def test_every_run_of_an_installation_finds_nothing_cached_or_installed(tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; assert os.environ['UV_CACHE_DIR'] == os.environ['PIP_CACHE_DIR'];"
        "Path('installed').mkdir(); Path(os.environ['UV_CACHE_DIR']).mkdir()"
    )
    way = Way(tmp_path, (sys.executable, "-c", code), tmp_path / "installed")

    assert way.seconds() > 0
    assert way.seconds() > 0


def test_installations_of_other_packages_are_not_compared() -> None:
    check_same({"pip": ["tea 1.0"], WITH_INVOKE: ["tea 1.0"]})
    with pytest.raises(AnswersDiffer, match="invoke vendor: the list of packages is "):
        check_same({"pip": ["tea 1.0"], WITH_INVOKE: ["tea 1.1"]})


def test_pip_and_invoke_vendor_install_the_same_for_the_same_target(tmp_path: Path) -> None:
    ways = lay_out(tmp_path)

    assert set(AT_MOST) < set(ways)
    asked = (tmp_path / "app" / "requirements-vendor.txt").read_text(encoding="utf-8").split()
    for name, way in ways.items():
        if name != WITH_INVOKE:
            assert way.command[-len(asked) :] == tuple(asked)
            assert {"--python-version", "3.13", "manylinux_2_34_aarch64", "--only-binary=:all:"} <= set(way.command)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Lambda has no Python 3.10 that is tested")
@pytest.mark.skipif(shutil.which("zip") is None, reason="zip is not installed")
def test_an_artifact_and_a_plain_zip_of_the_same_app_differ_by_bytecode_alone(tmp_path: Path) -> None:
    image = Image(tmp_path)
    source = image.code(MODEL, compiled=False)
    shutil.copytree(HANDLERS / MODEL.folder, source, ignore=shutil.ignore_patterns("__pycache__"))
    for name, module in (("tight_runtime", "tight"), ("pynamodb", "pynamodb")):
        (source / f"{name}-1.dist-info").mkdir()
        (source / f"{name}-1.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: 1\n", encoding="utf-8")
        (source / module).mkdir()
        (source / module / "__init__.py").write_text("", encoding="utf-8")

    unpack_both(image, MODEL, PLAIN_ZIP, ARTIFACT)
    plain, packed = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (image.code(PLAIN_ZIP, compiled=True), image.code(ARTIFACT, compiled=True))
    )
    assert {path: content for path, content in packed.items() if path.suffix != ".pyc"} == plain
    assert len([path for path in packed if path.suffix == ".pyc"]) == len(
        [path for path in plain if path.suffix == ".py"]
    )


@contextmanager
def answering(status: int, protocol: str) -> Iterator[int]:
    """A server that answers each GET with that status, in HTTP of that version; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("protocol", ["HTTP/1.1", "HTTP/1.0"])
def test_the_load_keeps_a_connection_or_makes_a_new_one_as_the_server_wants(protocol: str) -> None:
    with answering(200, protocol) as port:
        found = load(ASK, "127.0.0.1", port, 2, 0.2)

    assert found.failed == 0
    assert found.per_second > 0
    assert 0 < found.p50_us <= found.p99_us


def test_an_answer_that_is_no_200_counts_as_failed_and_not_as_work() -> None:
    with answering(500, "HTTP/1.1") as port:
        found = load(ASK, "127.0.0.1", port, 1, 0.1)

    assert found.failed > 0
    assert found.per_second == 0


def test_rates_compare_the_first_with_each_other() -> None:
    rates = Rates(
        "Requests per second", {"Tight": 3000.0, "Smyth": 20.0, "chalice local": 2500.0}, {"chalice local": 1.5}
    )

    assert rates.missed() == ["Requests per second: Tight is at 1.20 times chalice local, its target is 1.5"]
    assert str(rates).splitlines() == [
        "Requests per second",
        "  Tight              3000 /s",
        "  Smyth                20 /s  Tight is at 150.00x",
        "  chalice local      2500 /s  Tight is at   1.20x   at least 1.5x, missed",
    ]


def test_a_figure_above_what_it_may_be_is_missed() -> None:
    figures = Figures(
        "Alone", (Figure("added", 5.5, "ms", 5.0), Figure("idle", 1.0, "%", 1.0), Figure("RSS", 20, "MiB"))
    )

    assert figures.missed() == ["Alone: added is 5.50 ms, its target is at most 5"]
    assert str(figures).splitlines() == [
        "Alone",
        "  added      5.50 ms    at most 5, missed",
        "  idle       1.00 %     at most 1",
        "  RSS       20.00 MiB",
    ]


def test_a_server_that_this_machine_can_not_have_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PeerMissing, match="serverless-offline can't be had: there is no node on PATH"):
        serverless_offline(tmp_path)


def test_a_server_that_ends_at_once_is_an_error_that_says_why(tmp_path: Path) -> None:
    peer = Peer("nobody", "1", tmp_path, (sys.executable, "-c", "raise SystemExit('no such port: {port}')"))

    with pytest.raises(ServerFailed, match=r"nobody: .*\nno such port: \d+"), running(peer):
        pass


@needs_client
def test_serve_answers_as_the_plain_function_does_and_is_measured_by_itself(tmp_path: Path) -> None:
    event = json.loads((HELLO / "event.json").read_bytes())
    plain = runpy.run_path(str(HELLO / "plain" / "app.py"))["hello"](event, None)

    with running(ours(tmp_path)) as server:
        check_equal({"plain": json.dumps(plain).encode(), "Tight": server.answer})
        assert server.load(1, 0.2).failed == 0
        bare, served = cold_starts_ms(server, 2)
        assert [len(bare), len(served)] == [2, 2]
        assert idle_percent(server.pid, 0.1) >= 0
    assert not psutil.pid_exists(server.pid)
