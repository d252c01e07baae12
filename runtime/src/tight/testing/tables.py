"""The tables of an app's models, made where the environment says DynamoDB is."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynamodb.models import Model


def create_tables(models: "list[type[Model]]") -> list[str]:
    """Make the table of each model where there is none, with its keys, indexes, stream and time to live.

    Gives the names of all.
    """
    for model in models:
        # For a table that is there, PynamoDB would switch its time to live on again, which DynamoDB refuses.
        if not model.exists():
            model.create_table(wait=True)
    return [model.Meta.table_name for model in models]


def delete_tables(models: "list[type[Model]]") -> None:
    for model in models:
        model.delete_table()
