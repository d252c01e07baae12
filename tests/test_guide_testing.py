"""docs/guides/testing.md: its example, run as it stands."""

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parent.parent / "docs" / "guides" / "testing.md"
MODEL = """\
from pynamodb.attributes import UnicodeAttribute

from tight.clients.dynamo import Model, TableMeta, TableName


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)
"""


def test_the_example_is_recorded_as_the_guide_shows_it(tested_app: Any) -> None:
    examples, (shown,) = (
        re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for language in ("python", "json")
    )
    (example,) = [text for text in examples if "(recording)" in text]
    tested_app.write({"app/models/__init__.py": "", "app/models/Account.py": MODEL, "tests/test_accounts.py": example})
    tested_app.passes("--record")

    recorded = tested_app.folder / "tests" / "placebos" / "test_account_is_kept" / "dynamodb.PutItem_1.json"
    assert recorded.read_text(encoding="utf-8") == shown
    tested_app.cut_off()
    tested_app.passes()
