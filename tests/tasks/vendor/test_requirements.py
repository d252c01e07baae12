"""Requirements files: what a line that is added does to the others, and what a file asks for."""

from pathlib import Path

import pytest

from tight_tasks.target import Target
from tight_tasks.vendor.requirements import add_requirements, parse_requirement, read_requirements


def added(text: str, *requirements: str) -> str:
    return add_requirements(text, [parse_requirement(requirement) for requirement in requirements])


@pytest.mark.parametrize(
    ("before", "requirement", "after"),
    [
        ("", "toml", "toml\n"),
        ("tea", "toml", "tea\ntoml\n"),
        ("tea\r\n", "toml", "tea\r\ntoml\r\n"),
        ("# mine\n\ntea  # hot\n-r more.txt\n", "Toml", "# mine\n\ntea  # hot\n-r more.txt\ntoml\n"),
        ("toml\ntea\n", "toml==0.10.2", "toml==0.10.2\ntea\n"),
        ("toml==0.10.2\n", "toml", "toml==0.10.2\n"),
        ("toml == 0.10.2 # why\r\n", "toml>=0.10", "toml>=0.10 # why\r\n"),
        ("TOML==0.9\n", "toml==0.10.2", "toml==0.10.2\n"),
        ("requests[socks]>=2\n", "requests[use-chardet]", "requests[socks,use-chardet]>=2\n"),
        ("toml==0.9 \\\n    --hash=sha256:aa\ntea\n", "toml==0.10.2", "toml==0.10.2\ntea\n"),
        ("toml==0.9 \\\n    --hash=sha256:aa\n", "toml", "toml==0.9 \\\n    --hash=sha256:aa\n"),
        ("toml; python_version < '3.11'\n", "toml", "toml; python_version < '3.11'\ntoml\n"),
        ("toml==1; python_version<'3.11'\n", "toml==2; python_version < '3.11'", 'toml==2; python_version < "3.11"\n'),
        ("tea @ https://example.org/tea-1.0-py3-none-any.whl\n", "tea==2", "tea==2\n"),
        ("toml\n", "tea @ https://example.org/t.whl#sha256=a", "toml\ntea@ https://example.org/t.whl#sha256=a\n"),
    ],
)
def test_one_line_for_a_name_and_marker_and_all_else_as_it_was(before: str, requirement: str, after: str) -> None:
    assert added(before, requirement).replace("tea @", "tea@") == after


def test_a_file_asks_for_what_it_and_its_files_name_where_their_markers_hold(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "again.txt").write_text("-r ../all.txt\nhoney[Comb]==1 --hash=sha256:aa\n", encoding="utf-8")
    (tmp_path / "all.txt").write_text(
        "--index-url https://example.org\n-c pins.txt\n# milk\nTea_Pot  # hot\n"
        '-r more/again.txt # and these\nsugar; platform_machine == "x86_64"\nhoney[jar]; python_version > "3.12"\n'
        "./wheels/lemon_tree-1.0-py3-none-any.whl\n./folder\n",
        encoding="utf-8",
    )

    asked = read_requirements(tmp_path / "all.txt", Target("python3.13", "arm64").markers)

    assert asked == {"tea-pot": set(), "honey": {"Comb", "jar"}, "lemon-tree": set()}
