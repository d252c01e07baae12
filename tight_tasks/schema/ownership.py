"""Which files `invoke dynamo.schema` has written: it replaces and removes no others."""

import json

import yaml

_MARK = "# Made by invoke dynamo.schema"
# What a request to create a table is made of here, in this order; JSON has no place for a mark.
_REQUEST = (
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "StreamSpecification",
    "TableName",
)


def header(source: str) -> str:
    """The first line of a file made of `source`, such as a model."""
    return f"{_MARK} from {source}: change that and run it again.\n"


def is_ours(stem: str, text: str) -> bool:
    """Whether this text of a file of this name was written by the task, or by `tight dynamo generateschema` of 0.1."""
    return text.startswith(_MARK) or _is_request(stem, text) or _is_of_tight_0_1(text)


def _is_request(stem: str, text: str) -> bool:
    try:
        request = json.loads(text)
    except ValueError:
        return False
    if not isinstance(request, dict) or text != json.dumps(request, indent=2) + "\n":
        return False
    table = str(request.get("TableName"))
    return list(request) == [key for key in _REQUEST if key in request] and (
        table == stem or table.endswith(f"-{stem}")
    )


def _is_of_tight_0_1(text: str) -> bool:
    if not text.startswith("Properties:\n"):
        return False
    try:
        resource = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    is_table = isinstance(resource, dict) and resource.get("Type") == "AWS::DynamoDB::Table" and len(resource) == 2
    # As PyYAML writes it, in the ways of its versions before and since 5.1.
    return is_table and any(text == yaml.safe_dump(resource, default_flow_style=style) for style in (None, False))
