"""The benchmarks measure what they say; how long anything takes is no matter of a test."""

import importlib.util
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.answers import check_equal
from benchmarks.competitors import ALL, BARE, TIGHT, WITH_TIGHT, Competitor
from benchmarks.dispatch import dispatch
from benchmarks.errors import AnswersDiffer, StartFailed
from benchmarks.image import HANDLERS, ROOT, Image
from benchmarks.report import Table
from benchmarks.start import start
from benchmarks.suite import EVENT

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
