"""The models of an app, and what their tables are: for the manifest and the test kit, never loaded in Lambda."""

import pkgutil
import sys
from importlib import import_module
from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pynamodb.models import Model

MODELS = "app.models"


def models_of(package: str = MODELS) -> "list[type[Model]]":
    """The models that `package` and the modules below it define, one for each table, by the table's name.

    Without the package there are none, nor where none of its modules imports PynamoDB.
    """
    try:
        home = import_module(package)
    except ModuleNotFoundError as error:
        if error.name not in (package, package.partition(".")[0]):
            raise
        return []
    inside = pkgutil.walk_packages(getattr(home, "__path__", ()), f"{package}.")
    modules = [home, *(import_module(info.name) for info in inside)]
    if "pynamodb.models" not in sys.modules:
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


def describe_model(model: "type[Model]") -> "dict[str, Any]":
    """The table of a model: keys, indexes, billing, the attribute of its time to live, its stream.

    Types are DynamoDB's: S, N or B. `read` and `write` are capacity units, null where the table is billed per request.
    """
    schema: Any = model._get_schema()  # noqa: SLF001  # what PynamoDB itself makes tables of; it has no other name
    ttl = model._ttl_attribute()  # noqa: SLF001  # as above
    meta: Any = model.Meta
    return {
        "name": model.__name__,
        "module": model.__module__,
        "table": meta.table_name,
        "keys": _keys(schema),
        "indexes": [
            {
                "name": index["index_name"],
                "kind": kind,
                "keys": _keys(index),
                "projection": index["projection"]["ProjectionType"],
                "included": list(index["projection"].get("NonKeyAttributes", ())),
                "read": index.get("provisioned_throughput", {}).get("ReadCapacityUnits"),
                "write": index.get("provisioned_throughput", {}).get("WriteCapacityUnits"),
            }
            for kind in ("global", "local")
            for index in schema[f"{kind}_secondary_indexes"]
        ],
        "billing": getattr(meta, "billing_mode", None) or "PROVISIONED",  # DynamoDB's default
        "read": getattr(meta, "read_capacity_units", None),
        "write": getattr(meta, "write_capacity_units", None),
        "ttl": ttl.attr_name if ttl else None,
        "stream": getattr(meta, "stream_view_type", None),
    }


def _keys(owner: "dict[str, Any]") -> "list[dict[str, str]]":
    # Whoever reads this sees where an index has an attribute with another type: the table's own definitions are first.
    types = {each["AttributeName"]: each["AttributeType"] for each in reversed(owner["attribute_definitions"])}
    # DynamoDB wants HASH first; PynamoDB has them by their names.
    return [
        {"name": key["AttributeName"], "type": types[key["AttributeName"]], "role": key["KeyType"]}
        for key in sorted(owner["key_schema"], key=itemgetter("KeyType"))
    ]
