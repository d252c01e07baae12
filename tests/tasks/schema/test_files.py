"""The folder of the schemas: which files are the task's, and how they are compared, written and removed."""

import json
from pathlib import Path

import pytest
import yaml

from tight_tasks.errors import CanNotWrite, FileInTheWay
from tight_tasks.schema.files import File, compare, write
from tight_tasks.schema.ownership import header, is_ours

OURS = f"{header('app.models.Account.Account')}Resources: {{}}\n"
RESOURCE = {"Properties": {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}, "Type": "AWS::DynamoDB::Table"}
REQUEST = {"AttributeDefinitions": [], "KeySchema": [], "TableName": "shop-dev-accounts"}


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        yaml.safe_dump(RESOURCE, default_flow_style=None),
        yaml.safe_dump(RESOURCE, default_flow_style=False),
        json.dumps(REQUEST, indent=2) + "\n",
        json.dumps({**REQUEST, "TableName": "accounts"}, indent=2) + "\n",
    ],
    ids=["marked", "Tight 0.1", "Tight 0.1, newer PyYAML", "request", "request of a table named otherwise"],
)
def test_what_the_task_or_tight_0_1_wrote_is_known(text: str) -> None:
    assert is_ours("accounts", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Resources: {}\n",
        f"\n{OURS}",
        f"# By me.\n{yaml.safe_dump(RESOURCE)}",
        yaml.safe_dump({**RESOURCE, "DeletionPolicy": "Retain"}),
        yaml.safe_dump({**RESOURCE, "Type": "AWS::S3::Bucket"}),
        "Properties:\n  a: [\n",
        "Properties:\n",
        json.dumps(REQUEST),
        json.dumps({**REQUEST, "Tags": []}, indent=2) + "\n",
        json.dumps(dict(reversed(REQUEST.items())), indent=2) + "\n",
        json.dumps({**REQUEST, "TableName": "shop-dev-orders"}, indent=2) + "\n",
        "[]\n",
        "{}\n",
    ],
)
def test_what_somebody_else_wrote_is_not_the_tasks(text: str) -> None:
    assert not is_ours("accounts", text)


def test_each_file_is_missing_stale_current_or_orphaned(tmp_path: Path) -> None:
    for name, text in {"a.yml": OURS, "b.yml": OURS, "gone.yml": OURS, "mine.yml": "Resources: {}\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "gone.tf").write_text(OURS, encoding="utf-8")  # of another format

    files = compare(tmp_path, {"c.yml": OURS, "b.yml": f"{OURS}# new\n", "a.yml": OURS}, "yml")

    states = {file.path.name: file.state for file in files}
    assert states == {"a.yml": "current", "b.yml": "stale", "c.yml": "missing", "gone.yml": "orphaned"}


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert [file.state for file in compare(tmp_path / "schemas", {"a.yml": OURS}, "yml")] == ["missing"]


@pytest.mark.parametrize("content", [b"Resources: {}\n", b"", b"\xff\xfe"])
def test_a_file_of_somebody_else_is_never_written_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.yml").write_bytes(content)

    with pytest.raises(FileInTheWay, match=r"a\.yml is there already"):
        compare(tmp_path, {"a.yml": OURS}, "yml")


def test_a_folder_in_the_place_of_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.yml").mkdir()

    with pytest.raises(FileInTheWay):
        compare(tmp_path, {"a.yml": OURS}, "yml")


def test_line_ends_of_windows_are_no_change(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(OURS.replace("\n", "\r\n").encode())

    assert [file.state for file in compare(tmp_path, {"a.yml": OURS}, "yml")] == ["current"]


def test_what_is_current_is_not_touched_and_what_is_orphaned_stays_until_it_is_pruned(tmp_path: Path) -> None:
    for name in ("a.yml", "gone.yml"):
        (tmp_path / name).write_text(OURS, encoding="utf-8")
    before = (tmp_path / "a.yml").stat()

    write(compare(tmp_path, {"a.yml": OURS, "b.yml": OURS}, "yml"))
    after = (tmp_path / "a.yml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "b.yml", "gone.yml"]

    write(compare(tmp_path, {"a.yml": OURS, "b.yml": OURS}, "yml"), prune=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "b.yml"]


def test_lines_end_as_on_unix_and_the_file_is_readable_for_all(tmp_path: Path) -> None:
    write([File(tmp_path / "new" / "a.yml", None, OURS)])

    assert (tmp_path / "new" / "a.yml").read_bytes() == OURS.encode()
    (tmp_path / "other").touch()
    assert (tmp_path / "new" / "a.yml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_no_file_is_replaced_when_one_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(OURS, encoding="utf-8")
    (tmp_path / ".b.yml.new").mkdir()  # nothing can be written there
    files = compare(tmp_path, {"a.yml": f"{OURS}# new\n", "b.yml": OURS}, "yml")

    with pytest.raises(CanNotWrite, match=r"b\.yml can't be written: .*; nothing was changed"):
        write(files)

    assert (tmp_path / "a.yml").read_text(encoding="utf-8") == OURS
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.yml.new", "a.yml"]


def test_a_file_where_the_folder_should_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "schemas").write_text("", encoding="utf-8")

    with pytest.raises(CanNotWrite, match="can't be written"):
        write(compare(tmp_path / "schemas" / "dynamo", {"a.yml": OURS}, "yml"))


def test_a_diff_has_what_changes_with_a_line_around_it() -> None:
    file = File(Path("a.yml"), "a\nb\nc\nd\n", "a\nb\nC\nd\n")

    assert list(file.diff()) == ["@@ -2,3 +2,3 @@", " b", "-c", "+C", " d"]


def test_a_long_diff_is_cut() -> None:
    file = File(Path("a.yml"), "", "".join(f"{number}\n" for number in range(100)))

    lines = list(file.diff())
    assert (len(lines), lines[-1]) == (41, "... and 61 lines more")
