"""A table as the text of a file, in each format that there is."""

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import yaml

from tight_tasks.errors import BadModel, BadOption
from tight_tasks.schema import terraform
from tight_tasks.schema.ownership import header
from tight_tasks.schema.table import Table, create_request


class Format(NamedTuple):
    """`render` gives the text for a table, of an app with this name, with variables or not.

    `variables` gives the files that declare them, for an app with this name; None where a format has none.
    """

    suffix: str
    render: Callable[[Table, str, bool], str]
    variables: Callable[[str], dict[str, str]] | None = lambda _: {}


def files_of(tables: Iterable[Table], format_name: str, app: str, *, sub: bool = False) -> dict[str, str]:
    """The text of each file by its name. With `sub` the name of the app and the stage are variables in them.

    Raises `BadOption` for what is no format, or has no variables; `BadModel` for what DynamoDB would refuse.
    """
    chosen = format_of(format_name)
    if sub and chosen.variables is None:
        raise BadOption("format", format_name, "a request to DynamoDB has no variables, so --sub can't be used with it")
    declared = chosen.variables(app) if sub and chosen.variables else {}
    files = {}
    for table in tables:
        name = f"{table.stem}.{chosen.suffix}"
        if name in declared:
            raise BadModel(table.source, f"the file of its table would be {name}, where the variables are: rename it")
        files[name] = chosen.render(table, app, sub and table.suffix is not None)
    return {**declared, **files} if files else {}


def format_of(name: str) -> Format:
    if name not in FORMATS:
        raise BadOption("format", name, f"there are {', '.join(FORMATS)}")
    return FORMATS[name]


def _cloudformation(table: Table, app: str, sub: bool) -> str:
    return _template(table, app, sub, {"AWSTemplateFormatVersion": "2010-09-09"})


def _sam(table: Table, app: str, sub: bool) -> str:
    # SAM's own SimpleTable has neither a range key nor indexes.
    start = {"AWSTemplateFormatVersion": "2010-09-09", "Transform": "AWS::Serverless-2016-10-31"}
    return _template(table, app, sub, start)


def _template(table: Table, app: str, sub: bool, start: dict[str, Any]) -> str:
    # The stage has no default, so that nobody deploys to a wrong one by forgetting it.
    parameters = {"Parameters": {"Name": {"Type": "String", "Default": app}, "Stage": {"Type": "String"}}}
    resources = {"Resources": {table.logical_id: _resource_of(table, _sub_name(table, sub))}}
    return _yaml(table, {**start, **(parameters if sub else {}), **resources})


def _resource(table: Table, app: str, sub: bool) -> str:  # noqa: ARG001  # every format is called alike
    return _yaml(table, _resource_of(table, _sub_name(table, sub)))


def _serverless(table: Table, app: str, sub: bool) -> str:  # noqa: ARG001  # every format is called alike
    name = f"${{self:service}}-${{sls:stage}}-{table.suffix}" if sub else table.name
    return _yaml(table, {"Resources": {table.logical_id: _resource_of(table, name)}})


def _terraform(table: Table, app: str, sub: bool) -> str:  # noqa: ARG001  # every format is called alike
    return header(table.source) + terraform.resource(table, sub=sub)


def _terraform_variables(app: str) -> dict[str, str]:
    # All files of a folder are one module, in which a variable is declared once.
    return {"variables.tf": header("tight.yml") + terraform.variables(app)}


def _json(table: Table, app: str, sub: bool) -> str:  # noqa: ARG001  # every format is called alike
    return json.dumps(create_request(table.model), indent=2) + "\n"


def _resource_of(table: Table, name: str) -> dict[str, Any]:
    """The resource AWS::DynamoDB::Table, which says two things in other words than the API."""
    properties = {**create_request(table.model), "TableName": name}
    if table.model.stream:
        properties["StreamSpecification"] = {"StreamViewType": table.model.stream}
    if table.model.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": table.model.ttl, "Enabled": True}
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties}


def _sub_name(table: Table, sub: bool) -> str:
    return _Sub(f"${{Name}}-${{Stage}}-{table.suffix}") if sub else table.name


class _Sub(str):
    """Text in which CloudFormation puts the values of parameters."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # PyYAML's own
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # 1e3 is text in YAML 1.1, and a number for those who read YAML 1.2.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if text[:1].isdigit() else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Sub, lambda dumper, text: dumper.represent_scalar("!Sub", str(text)))


def _yaml(table: Table, content: dict[str, Any]) -> str:
    return header(table.source) + yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


FORMATS = {
    "cloudformation": Format("yml", _cloudformation),
    "resource": Format("yml", _resource),
    "sam": Format("yml", _sam),
    "serverless": Format("yml", _serverless),
    "terraform": Format("tf", _terraform, _terraform_variables),
    "json": Format("json", _json, variables=None),
}
