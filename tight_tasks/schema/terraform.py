"""A table in Terraform's language, laid out as `terraform fmt` would."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tight_tasks.schema.table import Table, create_request


def resource(table: Table, *, sub: bool) -> str:
    """The resource `aws_dynamodb_table`. With `sub` the app's name and the stage are variables of the module.

    The keys of an index are named by hash_key and range_key, which every version of the provider takes.
    """
    request = create_request(table.model)
    name = f'"${{var.name}}-${{var.stage}}-{table.suffix}"' if sub else _text(table.name)
    stream = table.model.stream
    arguments = {
        "name": name,
        "billing_mode": _text(table.model.billing),
        **_capacity(request),
        **_keys(request["KeySchema"]),
        **({"stream_enabled": "true", "stream_view_type": _text(stream)} if stream else {}),
    }
    blocks = [
        *(
            ("attribute", {"name": _text(each["AttributeName"]), "type": _text(each["AttributeType"])})
            for each in request["AttributeDefinitions"]
        ),
        *(("global_secondary_index", _index(each)) for each in request.get("GlobalSecondaryIndexes", ())),
        *(("local_secondary_index", _local_index(each)) for each in request.get("LocalSecondaryIndexes", ())),
    ]
    if table.model.ttl:
        blocks.append(("ttl", {"attribute_name": _text(table.model.ttl), "enabled": "true"}))
    return _block(f'resource "aws_dynamodb_table" "{_label(table)}"', arguments, blocks)


def variables(app: str) -> str:
    """The variables that the tables of an app share; the stage has no default."""
    return "\n".join(
        (
            _block('variable "name"', {"type": "string", "default": _text(app)}),
            _block('variable "stage"', {"type": "string"}),
        )
    )


def _label(table: Table) -> str:
    label = re.sub(r"[^A-Za-z0-9]", "_", table.stem)
    return label if label[0].isalpha() else f"_{label}"


def _index(index: Mapping[str, Any]) -> dict[str, str]:
    projection = index["Projection"]
    included = projection.get("NonKeyAttributes")
    return {
        "name": _text(index["IndexName"]),
        **_keys(index["KeySchema"]),
        "projection_type": _text(projection["ProjectionType"]),
        **({"non_key_attributes": f"[{', '.join(map(_text, included))}]"} if included else {}),
        **_capacity(index),
    }


def _local_index(index: Mapping[str, Any]) -> dict[str, str]:
    arguments = _index(index)
    del arguments["hash_key"]  # which is the table's
    return arguments


def _keys(schema: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {f"{key['KeyType'].lower()}_key": _text(key["AttributeName"]) for key in schema}


def _capacity(owner: Mapping[str, Any]) -> dict[str, str]:
    units = owner.get("ProvisionedThroughput")
    if not units:
        return {}
    return {"read_capacity": str(units["ReadCapacityUnits"]), "write_capacity": str(units["WriteCapacityUnits"])}


def _text(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)  # JSON's escapes are HCL's, but for \b and \f
    return re.sub(r"([$%])\{", r"\1\1{", quoted)  # which would start a template


def _block(head: str, arguments: Mapping[str, str], blocks: Sequence[tuple[str, Mapping[str, str]]] = ()) -> str:
    lines = [f"{head} {{", *_aligned(arguments, "  ")]
    for kind, inner in blocks:
        lines += ["", f"  {kind} {{", *_aligned(inner, "    "), "  }"]
    return "\n".join([*lines, "}", ""])


def _aligned(arguments: Mapping[str, str], indent: str) -> Iterator[str]:
    width = max(map(len, arguments))
    for name, value in arguments.items():
        yield f"{indent}{name:{width}} = {value}"
