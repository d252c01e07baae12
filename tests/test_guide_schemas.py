"""docs/guides/schemas.md names what there is."""

import re
from inspect import signature
from pathlib import Path

from tight_tasks.schema.formats import FORMATS
from tight_tasks.schema.task import schema

GUIDE = (Path(__file__).parent.parent / "docs" / "guides" / "schemas.md").read_text(encoding="utf-8")


def test_every_format_and_its_file_is_in_the_guide() -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]*\| `orders\.(\w+)` \|", GUIDE, re.MULTILINE)

    assert dict(rows) == {name: each.suffix for name, each in FORMATS.items()}


def test_every_option_is_in_the_guide_and_no_other() -> None:
    options = {f"--{name}" for name in signature(schema.body).parameters if name != "c"}
    of_others = {"--stack-name", "--template-file", "--cli-input-json", "--parameter-overrides"}

    assert set(re.findall(r"--[a-z][a-z-]*", GUIDE)) == options | of_others
