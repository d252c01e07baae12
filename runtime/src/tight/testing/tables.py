"""The tables of an app's models, made where the environment says DynamoDB is."""

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynamodb.models import Model

MODELS = "app.models"


def models_of(package: str = MODELS) -> "list[type[Model]]":
    """The models that the modules of `package` define, by name; PynamoDB is imported only where there are modules."""
    modules = [
        import_module(info.name) for info in pkgutil.iter_modules(import_module(package).__path__, f"{package}.")
    ]
    if not modules:
        return []
    from pynamodb.models import Model

    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__
    }
    return sorted((model for model in found if hasattr(model, "Meta")), key=lambda model: model.__name__)


def create_tables(models: "list[type[Model]]") -> list[str]:
    """Make the table of each model with its keys and indexes; gives the tables' names."""
    for model in models:
        model.create_table(wait=True)
    return [model.Meta.table_name for model in models]


def delete_tables(models: "list[type[Model]]") -> None:
    for model in models:
        model.delete_table()
