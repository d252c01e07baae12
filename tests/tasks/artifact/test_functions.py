"""A zip for each function: all that it imports, and nothing of others."""

import subprocess
import sys

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.errors import CanNotPack

HANDLER = "def handler(event, context):\n    return {!r}\n"
ALWAYS = {"app_index.py", "env.dist.yml", "tight.yml", "app/__init__.py", "app/functions/__init__.py"}


def runs(shop: Shop, function: str) -> str:
    """What its handler returns, where nothing but its own zip can be imported."""
    folder = shop.folder / "builds" / f"shop-artifact-{function}"
    code = f"import sys; sys.path.insert(0, '.'); import app_index; print(app_index.{function}({{}}, None))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def own(shop: Shop, function: str) -> set[str]:
    """What its zip has beside what every zip has."""
    return set(shop.zipped(f"shop-artifact-{function}")) - ALWAYS


def test_each_has_what_it_imports_and_nothing_of_the_other(shop: Shop) -> None:
    shop.write({
        "app/functions/orders/handler.py": """
            from app.lib.prices import price
            import parcels

            def handler(event, context):
                return f"{price()} {parcels.SIZE}"
        """,
        "app/functions/orders/texts.txt": "",
        "app/functions/users/handler.py": """
            from .names import name

            def handler(event, context):
                from app.lib import late
                return name() + late.NAME
        """,
        "app/functions/users/__init__.py": "",
        "app/functions/users/names.py": "def name():\n    import letters.long\n    return letters.long.NAME\n",
        "app/lib/__init__.py": "",
        "app/lib/late.py": "NAME = 'late'\n",
        "app/lib/prices.py": "def price(): return 7\n",
        "app/lib/unused.py": "import letters\n",
        "app/models/__init__.py": "",
        "app/models/Order.py": "",
    })  # fmt: skip
    shop.vendor(
        "parcels", {"parcels/__init__.py": "from boxes import SIZE\n", "parcels/rest.py": "", "parcels/a.so": ""}
    )
    shop.vendor("boxes", {"boxes.py": "SIZE = 3\n"})
    shop.vendor("letters", {"letters/__init__.py": "", "letters/long.py": "NAME = 'long'\n"}, requires=["Stamps-Of"])
    shop.vendor("stamps.of", {"stamps.py": ""})

    build = shop.build("functions")
    assert [part.functions for part in build.parts] == [("orders",), ("users",)]
    assert own(shop, "orders") == {
        "app/functions/orders/handler.py", "app/functions/orders/texts.txt", "app/lib/__init__.py", "app/lib/prices.py",
        "boxes.py", "boxes-1.0.dist-info/METADATA", "boxes-1.0.dist-info/RECORD",
        "parcels/__init__.py", "parcels/a.so", "parcels/rest.py",
        "parcels-1.0.dist-info/METADATA", "parcels-1.0.dist-info/RECORD",
    }  # fmt: skip
    assert own(shop, "users") == {
        "app/functions/users/__init__.py", "app/functions/users/handler.py", "app/functions/users/names.py",
        "app/lib/__init__.py", "app/lib/late.py",
        "letters/__init__.py", "letters/long.py", "letters-1.0.dist-info/METADATA", "letters-1.0.dist-info/RECORD",
        "stamps.py", "stamps.of-1.0.dist-info/METADATA", "stamps.of-1.0.dist-info/RECORD",
    }  # fmt: skip
    assert (runs(shop, "orders"), runs(shop, "users")) == ("7 3", "longlate")


def test_two_functions_with_one_leaf_folder_name_have_a_zip_each(shop: Shop) -> None:
    shop.write({
        "app/functions/users/handler.py": HANDLER.format("users"),
        "app/functions/users/texts.txt": "",
        "app/functions/admin/users/handler.py": HANDLER.format("admins"),
        "app/functions/users/nested/handler.py": HANDLER.format("nested"),
        "app_index.py": """
            from importlib import import_module

            def __getattr__(name):
                return import_module(f"app.functions.{name.replace('_', '.')}.handler").handler
        """,
    })  # fmt: skip

    shop.build("functions")
    assert own(shop, "users") == {"app/functions/users/handler.py", "app/functions/users/texts.txt"}
    assert own(shop, "admin_users") == {"app/functions/admin/users/handler.py"}
    assert own(shop, "users_nested") == {"app/functions/users/nested/handler.py"}
    assert (runs(shop, "users"), runs(shop, "admin_users"), runs(shop, "users_nested")) == ("users", "admins", "nested")


def test_a_function_may_be_named_as_a_module_of_python(shop: Shop) -> None:
    shop.write({f"app/functions/{name}/handler.py": HANDLER.format(name) for name in ("json", "sys", "types")})

    shop.build("functions")
    assert [runs(shop, name) for name in ("json", "sys", "types")] == ["json", "sys", "types"]


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("get-all", "'get-all' can't be a function's name: Lambda is told app_index.get-all"),
        ("_private", "'_private' can't be a function's name: Lambda is told app_index._private"),
        ("a/b", "app/functions/a/b is the function 'a_b', too: rename one of the folders"),
    ],
)
def test_a_name_that_lambda_could_not_find_is_refused(shop: Shop, folder: str, sentence: str) -> None:
    shop.write({f"app/functions/{folder}/handler.py": HANDLER.format(1)})
    if folder == "a/b":
        shop.write({"app/functions/a_b/handler.py": HANDLER.format(1)})

    with pytest.raises(CanNotPack) as refused:
        shop.build()
    assert str(refused.value).endswith(f"/handler.py can't go into the artifact: {sentence}")


def test_what_a_package_loads_on_demand_comes_along_for_the_names_that_are_used(shop: Shop) -> None:
    lazy = """
        from importlib import import_module
        HOMES = {"SMALL": "lazy.small", "LARGE": "lazy.large"}
        def __getattr__(name):
            return getattr(import_module(HOMES[name]), name)
    """
    files = {
        "lazy/__init__.py": lazy,
        "lazy/small.py": "SMALL = 1\n",
        "lazy/large.py": "import heavy\nLARGE = heavy.N\n",
    }
    shop.vendor("lazy", files)
    shop.vendor("heavy", {"heavy.py": "N = 9\n"})
    shop.write({
        "app/functions/orders/handler.py": "from lazy import SMALL\ndef handler(e, c): return SMALL\n",
        "app/functions/users/handler.py": "from lazy import LARGE\ndef handler(e, c): return LARGE\n",
        "app/functions/third/handler.py": "import lazy\ndef handler(e, c): return lazy.LARGE\n",
    })  # fmt: skip

    shop.build("functions")
    assert ["heavy.py" in own(shop, name) for name in ("orders", "users", "third")] == [False, True, True]
    assert [runs(shop, name) for name in ("orders", "users", "third")] == ["1", "9", "9"]


def test_a_library_that_a_package_can_do_without_stays_out_until_the_function_imports_it(shop: Shop) -> None:
    plain = "def check(x):\n    if x:\n        from checks.fancy import check\n        return check(x)\n"
    shop.vendor("checks", {"checks/__init__.py": plain, "checks/fancy.py": "import fancy\n"}, ["fancy; extra == 'all'"])
    shop.vendor("fancy", {"fancy.py": ""})
    shop.write({
        "app/functions/orders/handler.py": "import checks\ndef handler(e, c): return 1\n",
        "app/functions/users/handler.py": "import checks, fancy\ndef handler(e, c): return 2\n",
    })  # fmt: skip

    shop.build("functions")
    assert ["fancy.py" in own(shop, name) for name in ("orders", "users")] == [False, True]


def test_include_names_what_the_source_does_not_tell_for_one_function(shop: Shop) -> None:
    shop.settings("functions:\n  orders: {include: [plugins, app/lib/hidden.py, data/*.csv]}\n")
    shop.vendor("plugins", {"plugins/__init__.py": "", "plugins/one.py": ""})
    shop.write({
        "app/lib/__init__.py": "",
        "app/lib/hidden.py": "",
        "data/a.csv": "",
        "app/functions/users/handler.py": HANDLER.format("users"),
    })  # fmt: skip

    shop.build("functions")
    assert {"plugins/one.py", "plugins-1.0.dist-info/METADATA", "app/lib/hidden.py", "data/a.csv"} <= own(
        shop, "orders"
    )
    assert own(shop, "users") == {"app/functions/users/handler.py"}


def test_data_beside_a_shared_module_comes_along_with_it(shop: Shop) -> None:
    shop.write({
        "app/functions/orders/handler.py": "from app.mail import send\ndef handler(e, c): return 1\n",
        "app/functions/users/handler.py": HANDLER.format("users"),
        "app/mail/__init__.py": "",
        "app/mail/send.py": "",
        "app/mail/texts/hello.html": "",
    })  # fmt: skip

    shop.build("functions")
    assert "app/mail/texts/hello.html" in own(shop, "orders")
    assert own(shop, "users") == {"app/functions/users/handler.py"}


def test_modules_behind_a_link_come_along_with_the_link(shop: Shop) -> None:
    shop.write({
        "app/functions/orders/handler.py": "from app.common.a import A\ndef handler(e, c): return A\n",
        "app/lib/a.py": "A = 5\n",
    })  # fmt: skip
    shop.link("app/common", "lib")

    shop.build("functions")
    assert own(shop, "orders") == {"app/functions/orders/handler.py", "app/common", "app/lib/a.py"}
    assert runs(shop, "orders") == "5"


@pytest.mark.parametrize("bytecode", [True, False])
def test_a_syntax_error_of_the_app_is_refused_with_file_line_and_reason(shop: Shop, bytecode: bool) -> None:
    shop.settings(runtime="python3.11")
    shop.write({"app/lib/broken.py": "a = 1\nprint 'a'\n"})
    if sys.version_info < (3, 11) and not bytecode:
        pytest.skip("an older Python than the target's does not know its syntax")  # pragma: no cover

    with pytest.raises(CanNotPack, match=r"^app/lib/broken.py can't go into the artifact: line 2: Missing parenth"):
        shop.build(bytecode=bytecode)


def test_an_app_without_functions_has_no_zips_of_them(shop: Shop) -> None:
    (shop.folder / "app/functions/orders/handler.py").unlink()

    with pytest.raises(CanNotPack, match=r"no folder in it holds handler.py: run invoke generate.function first"):
        shop.build("functions")
