"""The tables of an app's models, made where the environment says DynamoDB is."""

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynamodb.models import Model

MODELS = "app.models"


def models_of(package: str = MODELS) -> "list[type[Model]]":
    """The models that the modules below `package` define, one for each table, by the table's name.

    PynamoDB is imported only where there are modules.
    """
    home = import_module(package)
    modules = [import_module(info.name) for info in pkgutil.walk_packages(home.__path__, f"{package}.")]
    if not modules:
        return []
    from pynamodb.models import Model

    found: dict[str, type[Model]] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__:
                table = getattr(getattr(value, "Meta", None), "table_name", None)
                # Of several models in one table, the base knows the table's indexes.
                if table and (table not in found or issubclass(found[table], value)):
                    found[table] = value
    return [found[table] for table in sorted(found)]


def create_tables(models: "list[type[Model]]") -> list[str]:
    """Make the table of each model with its keys and indexes; gives the tables' names."""
    for model in models:
        model.create_table(wait=True)
    return [model.Meta.table_name for model in models]


def delete_tables(models: "list[type[Model]]") -> None:
    for model in models:
        model.delete_table()
