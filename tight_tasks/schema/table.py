"""What a model is to DynamoDB: a table's name, and the request that creates it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tight_tasks.errors import BadModel
from tight_tasks.manifest import Index, Key, Model

# "Naming rules and data types" in the DynamoDB developer guide.
_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


@dataclass(frozen=True)
class Table:
    """A model's table. `suffix` is what its name has behind NAME-STAGE-, None where it is named in another way."""

    model: Model
    suffix: str | None

    @property
    def name(self) -> str:
        return self.model.table

    @property
    def stem(self) -> str:
        """The name of its file, without what follows the dot."""
        return self.suffix or self.name

    @property
    def source(self) -> str:
        return f"{self.model.module}.{self.model.name}"

    @property
    def logical_id(self) -> str:
        """Its name in a template, where only letters and digits may stand: MyModelsTable."""
        parts = re.split(r"[^A-Za-z0-9]+", self.stem)
        return "".join(part[:1].upper() + part[1:] for part in parts) + "Table"


def tables_of(models: Iterable[Model], name: str, stage: str) -> list[Table]:
    """The tables of an app of this name in this stage.

    Raises `BadModel` where DynamoDB would refuse a name, or two tables would have one name in their files.
    """
    prefix = f"{name}-{stage}-"
    tables: list[Table] = []
    taken: dict[str, Table] = {}
    for model in models:
        table = Table(model, (model.table.startswith(prefix) and model.table.removeprefix(prefix)) or None)
        if not _NAME.fullmatch(table.name):
            raise BadModel(table.source, f"its table is named {table.name!r}: write 3 to 255 of A-Z a-z 0-9 _ . -")
        # Some systems tell files apart by their letters only, not by their case.
        for key in (table.stem.casefold(), table.logical_id):
            if key in taken:
                problem = f"its table {table.name} is too much like {taken[key].name}: rename one of them"
                raise BadModel(table.source, problem)
        taken |= dict.fromkeys((table.stem.casefold(), table.logical_id), table)
        tables.append(table)
    return tables


def create_request(model: Model) -> dict[str, Any]:
    """The request CreateTable of DynamoDB's API. What is not set is not in it; nor is the time to live, ever.

    Raises `BadModel` where DynamoDB would refuse it.
    """
    indexes = {
        f"{kind.capitalize()}SecondaryIndexes": [_index(model, each) for each in model.indexes if each.kind == kind]
        for kind in ("global", "local")
    }
    return {
        "AttributeDefinitions": _definitions(model),
        "KeySchema": _keys(model.keys),
        **{kind: listed for kind, listed in indexes.items() if listed},
        **({} if _is_provisioned(model) else {"BillingMode": "PAY_PER_REQUEST"}),
        **_throughput(model, "", model.read, model.write),
        **({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": model.stream}} if model.stream else {}),
        "TableName": model.table,
    }


def _definitions(model: Model) -> list[dict[str, str]]:
    types: dict[str, str] = {}
    for key in (*model.keys, *(key for index in model.indexes for key in index.keys)):
        if types.setdefault(key.name, key.type) != key.type:
            problem = f"its key {key.name} is of type {types[key.name]} in one place and {key.type} in another"
            raise BadModel(f"{model.module}.{model.name}", f"{problem}: an attribute has one type")
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


def _keys(keys: Iterable[Key]) -> list[dict[str, str]]:
    return [{"AttributeName": key.name, "KeyType": key.role} for key in keys]


def _index(model: Model, index: Index) -> dict[str, Any]:
    included = {"NonKeyAttributes": list(index.included)} if index.included else {}
    return {
        "IndexName": index.name,
        "KeySchema": _keys(index.keys),
        "Projection": {"ProjectionType": index.projection, **included},
        # A local index lives on the capacity of its table.
        **(_throughput(model, f"index {index.name}", index.read, index.write) if index.kind == "global" else {}),
    }


def _throughput(model: Model, owner: str, read: int | None, write: int | None) -> dict[str, dict[str, int]]:
    if not _is_provisioned(model):
        return {}
    if read is None or write is None:
        raise BadModel(
            f"{model.module}.{model.name}",
            f"its {owner or 'table'} has no read_capacity_units or no write_capacity_units:"
            ' write them into its Meta, or billing_mode = "PAY_PER_REQUEST" into that of the model',
        )
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


def _is_provisioned(model: Model) -> bool:
    return model.billing == "PROVISIONED"
