"""What the tasks know of an app's code."""

from pathlib import Path

import pytest

from tight_tasks.errors import NoManifest
from tight_tasks.manifest import Key, read_manifest
from tight_tasks.project import Project

INDEX = 'from tight.app import controllers\n\n__getattr__ = controllers("app.functions")\n'
ORDER = """\
from pynamodb.attributes import UnicodeAttribute

from tight.clients.dynamo import Model, TableMeta, TableName


class Order(Model):
    class Meta(TableMeta):
        table_name = TableName("orders")

    id = UnicodeAttribute(hash_key=True)
"""


def write(app: Path, **files: str) -> None:
    (app / "app_index.py").write_text(INDEX, encoding="utf-8")
    for place in ("app/functions/orders/handler.py", "app/models/Order.py"):
        (app / place).parent.mkdir(parents=True)
        (app / place).write_text(files[Path(place).stem], encoding="utf-8")


def test_functions_routes_and_tables_are_those_of_the_code(app: Path) -> None:
    write(app, handler="from tight import get\n\n\n@get('/orders')\ndef read():\n    return {}\n", Order=ORDER)

    manifest = read_manifest(Project.load(app), {"NAME": "shop", "STAGE": "dev"})

    assert [(function.name, function.handler) for function in manifest.functions] == [("orders", "app_index.orders")]
    assert [(route.method, route.path) for route in manifest.functions[0].routes] == [("GET", "/orders")]
    assert [(model.table, model.keys) for model in manifest.models] == [
        ("shop-dev-orders", (Key(name="id", type="S", role="HASH"),))
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("def broken(:", "SyntaxError: invalid syntax"),
        ("import json; json.loads('no')", "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_code_that_can_not_be_imported_is_refused_with_its_own_error_and_place(
    app: Path, monkeypatch: pytest.MonkeyPatch, line: str, error: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    write(app, handler=f"\n{line}\n", Order=ORDER)

    with pytest.raises(NoManifest) as caught:
        read_manifest(Project.load(app), {"NAME": "shop", "STAGE": "dev"})
    assert str(caught.value) == f"the app in {app} can't be read: app/functions/orders/handler.py:2: {error}"


def test_what_the_code_says_is_read_whatever_the_shells_encoding_is(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    write(app, handler="raise LookupError('no café')\n", Order=ORDER)

    with pytest.raises(NoManifest, match=r"LookupError: no café$"):
        read_manifest(Project.load(app), {"NAME": "shop", "STAGE": "dev"})


def test_a_model_that_no_table_can_have_is_refused_in_a_sentence(app: Path) -> None:
    broken = ORDER.replace("UnicodeAttribute", "BooleanAttribute")
    write(app, handler="def handler(event, context):\n    return {}\n", Order=broken)

    with pytest.raises(NoManifest, match=r"models\.0\.keys\.0\.type is 'BOOL': Input should be 'S', 'N' or 'B'$"):
        read_manifest(Project.load(app), {"NAME": "shop", "STAGE": "dev"})
