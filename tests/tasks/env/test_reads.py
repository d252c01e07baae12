"""Which variables an app's code reads."""

import json
import textwrap
from importlib.resources import files
from pathlib import Path

import pytest

from tight_tasks.env.check import compare
from tight_tasks.env.reads import find_reads
from tight_tasks.errors import BadSource
from tight_tasks.project import Project
from tight_tasks.variables import RESERVED


def project(app: Path, texts: dict[str, str], settings: str = "") -> Project:
    for path, text in texts.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(textwrap.dedent(text), encoding="utf-8")
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return Project.load(app)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['THE_NAME']",
        "import os\nos.environ.get('THE_NAME')",
        "import os\nos.environ.get('THE_NAME', 'default')",
        "import os\nos.getenv('THE_NAME', '')",
        "import os\nos.getenv(key='THE_NAME')",
        "import os\n'THE_NAME' in os.environ",
        "import os\nos.environ.setdefault('THE_NAME', 'x')",
        "import os as system\nsystem.environ['THE_NAME']",
        "from os import environ\nenviron['THE_NAME']",
        "from os import environ as env\nenv.get('THE_NAME')",
        "from os import getenv\ngetenv('THE_NAME')",
        "import os; KEY = 'THE_NAME'\ndef f(): return os.environ[KEY]",
        "def f():\n    import os; return os.environ['THE_NAME']",
    ],
)
def test_a_read_is_found_with_its_place(app: Path, source: str) -> None:
    (read,) = find_reads(project(app, {"app/functions/orders/handler.py": source}))
    assert (read.file, read.line, read.name) == ("app/functions/orders/handler.py", 2, "THE_NAME")


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['THE_NAME'] = 'x'",
        "import os\ndel os.environ['THE_NAME']",
        "import os\ndef f(name): return os.environ[name]",
        "environ = {}\nenviron['THE_NAME']",
        "def f(os): return os.environ['THE_NAME']",
        "# os.environ['THE_NAME']",
    ],
)
def test_what_is_no_read_of_a_known_name_is_left_out(app: Path, source: str) -> None:
    assert find_reads(project(app, {"app/lib/x.py": source})) == []


def test_vendored_packages_are_left_out_and_app_index_is_not(app: Path) -> None:
    source = "import os\nos.environ['THE_NAME']\n"
    reads = find_reads(project(app, {"app/vendored/lib/x.py": source, "app_index.py": source, "tests/x.py": source}))
    assert [read.file for read in reads] == ["app_index.py"]


def test_the_lock_that_emacs_keeps_beside_an_edited_file_is_left_out(app: Path) -> None:
    it = project(app, {"app/lib/x.py": "import os\nos.environ['THE_NAME']\n"})
    (app / "app" / "lib" / ".#x.py").symlink_to("ada@host.4711:1700000000")

    assert [read.file for read in find_reads(it)] == ["app/lib/x.py"]


def test_a_file_that_is_not_python_is_named(app: Path) -> None:
    with pytest.raises(BadSource) as caught:
        find_reads(project(app, {"app/lib/x.py": "ok = 1\ndef\n"}))
    assert str(caught.value) == f"{app / 'app/lib/x.py'}:2: not Python: invalid syntax"


def test_a_name_that_is_read_and_not_declared_is_a_gap(app: Path) -> None:
    handler = """
        import os

        os.environ["IN_DIST"], os.environ["IN_SETTINGS"], os.environ["AWS_REGION"], os.environ["NAME"], os.environ["TZ"]
        os.environ["NOWHERE"]
    """
    texts = {"env.dist.yml": "IN_DIST: a\nUNREAD: b\nSTAGE: dev\nSECRET:\n", "app/functions/orders/handler.py": handler}
    comparison = compare(project(app, texts, "functions: {orders: {env: {IN_SETTINGS: x}}}\n"))

    assert [(read.line, read.name) for read in comparison.undeclared] == [(5, "NOWHERE")]
    assert comparison.unread == ["SECRET", "UNREAD"]


def test_the_reserved_names_are_those_that_cfn_lint_knows() -> None:
    schema = files("cfnlint").joinpath("data/schemas/extensions/aws_lambda_function/environment_variable_keys.json")
    reserved = json.loads(schema.read_text(encoding="utf-8"))["propertyNames"]["not"]["enum"]
    assert set(reserved) == RESERVED
