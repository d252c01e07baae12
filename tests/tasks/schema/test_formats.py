"""What is in the files, as the programs that they are for read it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from hcl2.utils import SerializationOptions
from samtranslator.translator.transform import transform

from tests.tasks.schema.test_table import ID, index, model
from tight_tasks.errors import BadModel, BadOption
from tight_tasks.schema.formats import FORMATS, files_of
from tight_tasks.schema.table import Table, tables_of

# What Tight 0.1 wrote for a model with one key.
ACCOUNTS = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        "TableName": "shop-dev-accounts",
    },
}


class Template(yaml.SafeLoader):
    """YAML with CloudFormation's !Sub, as the function that it stands for."""


def sub(loader: Template, node: yaml.ScalarNode) -> dict[str, object]:
    return {"Fn::Sub": loader.construct_scalar(node)}


Template.add_constructor("!Sub", sub)


def load(text: str) -> Any:
    return yaml.load(text, Template)  # noqa: S506  # a SafeLoader


def hcl(text: str) -> Any:
    """A Terraform file without its comments; blocks of one kind are a list."""
    options = SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)
    return hcl2.loads(text, serialization_options=options)


def test_the_content_is_a_template_with_the_resource_that_tight_0_1_wrote(tables: list[Table]) -> None:
    template = load(files_of(tables, "cloudformation", "shop")["accounts.yml"])

    assert template == {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"AccountsTable": ACCOUNTS}}


def test_a_bare_resource_can_be_had_for_templates_that_include_it(tables: list[Table]) -> None:
    assert load(files_of(tables, "resource", "shop")["accounts.yml"]) == ACCOUNTS


def test_keys_indexes_billing_stream_and_time_to_live_are_all_in_it(tables: list[Table]) -> None:
    resources = load(files_of(tables, "cloudformation", "shop")["past-orders.yml"])["Resources"]

    assert resources["PastOrdersTable"]["Properties"] == {
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "placed", "AttributeType": "N"},
            {"AttributeName": "digest", "AttributeType": "B"},
            {"AttributeName": "owner", "AttributeType": "S"},
            {"AttributeName": "total", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "placed", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-digest",
                "KeySchema": [{"AttributeName": "digest", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            },
            {
                "IndexName": "by-owner",
                "KeySchema": [
                    {"AttributeName": "owner", "KeyType": "HASH"},
                    {"AttributeName": "placed", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total", "note"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2},
            },
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by-total",
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "total", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 4},
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TableName": "shop-dev-past-orders",
        "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
    }


def test_every_template_passes_cfn_lint(tables: list[Table], tmp_path: Path) -> None:
    files = []
    for name in ("cloudformation", "sam"):
        for sub in (False, True):
            for file, text in files_of(tables, name, "shop", sub=sub).items():
                files.append(tmp_path / f"{name}-{sub}-{file}")
                files[-1].write_text(text, encoding="utf-8")
    bad = tmp_path / "bad.yml"
    bad.write_text(files[0].read_text(encoding="utf-8").replace("KeyType: HASH", "KeyType: HASHED"), encoding="utf-8")

    program = str(Path(sys.executable).with_name("cfn-lint"))
    command = [program, "--regions", "us-west-2", "--format", "json", *map(str, files), str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    # The bad one shows that the others were read.
    assert {finding["Filename"] for finding in json.loads(done.stdout)} == {str(bad)}, done.stdout
    assert len(files) == 12


def test_sub_leaves_name_and_stage_to_parameters_so_that_one_file_serves_all_stages(tables: list[Table]) -> None:
    template = load(files_of(tables, "cloudformation", "shop", sub=True)["past-orders.yml"])

    assert template["Parameters"] == {"Name": {"Type": "String", "Default": "shop"}, "Stage": {"Type": "String"}}
    name = template["Resources"]["PastOrdersTable"]["Properties"]["TableName"]
    assert name == {"Fn::Sub": "${Name}-${Stage}-past-orders"}


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.variables])
def test_with_sub_the_files_are_the_same_in_every_stage(tables: list[Table], name: str) -> None:
    models = [table.model.model_copy(update={"table": f"shop-prod-{table.suffix}"}) for table in tables]
    in_prod = files_of(tables_of(models, "shop", "prod"), name, "shop", sub=True)

    assert in_prod == files_of(tables, name, "shop", sub=True)
    assert not [text for text in in_prod.values() if "prod" in text]


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.variables])
def test_a_table_that_is_named_otherwise_keeps_its_name_with_sub(name: str) -> None:
    files = files_of(tables_of([model("partners")], "shop", "dev"), name, "shop", sub=True)

    text = next(text for file, text in files.items() if file.startswith("partners."))
    assert "partners" in text
    assert "$" not in text
    assert "Parameters" not in text


def test_a_request_has_no_variables() -> None:
    with pytest.raises(BadOption, match="a request to DynamoDB has no variables, so --sub can't be used with it"):
        files_of([], "json", "shop", sub=True)


class NoPolicies:
    def load(self) -> Mapping[str, str]:
        return {}


def test_a_sam_template_is_translated_to_the_same_table(tables: list[Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    template = load(files_of(tables, "sam", "shop")["past-orders.yml"])
    plain = load(files_of(tables, "cloudformation", "shop")["past-orders.yml"])
    assert template["Transform"] == "AWS::Serverless-2016-10-31"

    translated = transform(template, {}, NoPolicies())

    assert translated == plain


@pytest.mark.parametrize(
    ("sub", "table_name"), [(False, "shop-dev-accounts"), (True, "${self:service}-${sls:stage}-accounts")]
)
def test_a_serverless_fragment_is_one_of_the_list_resources(tables: list[Table], sub: bool, table_name: str) -> None:
    fragment = load(files_of(tables, "serverless", "shop", sub=sub)["accounts.yml"])

    named = {**ACCOUNTS["Properties"], "TableName": table_name}  # type: ignore[dict-item]  # a dict, as above
    assert fragment == {"Resources": {"AccountsTable": {**ACCOUNTS, "Properties": named}}}


def test_terraform_reads_the_table_by_its_own_names(tables: list[Table]) -> None:
    assert hcl(files_of(tables, "terraform", "shop")["past-orders.tf"])["resource"] == [
        {
            "aws_dynamodb_table": {
                "past_orders": {
                    "name": "shop-dev-past-orders",
                    "billing_mode": "PROVISIONED",
                    "read_capacity": 5,
                    "write_capacity": 4,
                    "hash_key": "id",
                    "range_key": "placed",
                    "stream_enabled": True,
                    "stream_view_type": "NEW_AND_OLD_IMAGES",
                    "attribute": [
                        {"name": "id", "type": "S"},
                        {"name": "placed", "type": "N"},
                        {"name": "digest", "type": "B"},
                        {"name": "owner", "type": "S"},
                        {"name": "total", "type": "N"},
                    ],
                    "global_secondary_index": [
                        {
                            "name": "by-digest",
                            "hash_key": "digest",
                            "projection_type": "ALL",
                            "read_capacity": 1,
                            "write_capacity": 1,
                        },
                        {
                            "name": "by-owner",
                            "hash_key": "owner",
                            "range_key": "placed",
                            "projection_type": "INCLUDE",
                            "non_key_attributes": ["total", "note"],
                            "read_capacity": 3,
                            "write_capacity": 2,
                        },
                    ],
                    "local_secondary_index": [
                        {"name": "by-total", "range_key": "total", "projection_type": "KEYS_ONLY"}
                    ],
                    "ttl": [{"attribute_name": "expires", "enabled": True}],
                }
            }
        }
    ]


def test_a_terraform_table_that_is_billed_per_request_has_no_capacity(tables: list[Table]) -> None:
    (resource,) = hcl(files_of(tables, "terraform", "shop")["visits.tf"])["resource"]

    table = resource["aws_dynamodb_table"]["visits"]
    assert table["billing_mode"] == "PAY_PER_REQUEST"
    index = {"name": "by-day", "hash_key": "day", "range_key": "page", "projection_type": "ALL"}
    assert table["global_secondary_index"] == [index]
    assert not [key for key in table if "capacity" in key]


def test_terraform_finds_its_variables_declared_once(tables: list[Table]) -> None:
    files = files_of(tables, "terraform", "shop", sub=True)

    declared = [{"name": {"type": "string", "default": "shop"}}, {"stage": {"type": "string"}}]
    assert hcl(files["variables.tf"]) == {"variable": declared}
    (resource,) = hcl(files["accounts.tf"])["resource"]
    assert resource["aws_dynamodb_table"]["accounts"]["name"] == "${var.name}-${var.stage}-accounts"
    assert not [name for name, text in files.items() if name != "variables.tf" and "variable " in text]


def test_a_table_that_would_hide_terraforms_variables_is_refused() -> None:
    tables = tables_of([model("shop-dev-variables")], "shop", "dev")

    assert list(files_of(tables, "terraform", "shop")) == ["variables.tf"]
    with pytest.raises(BadModel, match=r"the file of its table would be variables\.tf, where the variables are"):
        files_of(tables, "terraform", "shop", sub=True)


def test_the_request_is_what_the_api_takes(tables: list[Table]) -> None:
    request = json.loads(files_of(tables, "json", "shop")["visits.json"])

    assert request == {
        "AttributeDefinitions": [
            {"AttributeName": "page", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "page", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-day",
                "KeySchema": [
                    {"AttributeName": "day", "KeyType": "HASH"},
                    {"AttributeName": "page", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        "TableName": "shop-dev-visits",
    }


@pytest.mark.parametrize("attribute", ["1e3", "0o7", "yes", "null", "a: b", "~", 'say "hi"', "${x}", "é", "{a}", "#a"])
def test_an_attribute_of_any_name_stays_text_in_every_format(attribute: str) -> None:
    key = ID.model_copy(update={"name": attribute})
    tables = tables_of([model("shop-dev-accounts", keys=(key,), indexes=(index(key),))], "shop", "dev")

    in_yaml = files_of(tables, "resource", "shop")["accounts.yml"]
    assert load(in_yaml)["Properties"]["KeySchema"] == [{"AttributeName": attribute, "KeyType": "HASH"}]
    in_json = files_of(tables, "json", "shop")["accounts.json"]
    assert json.loads(in_json)["KeySchema"] == [{"AttributeName": attribute, "KeyType": "HASH"}]
    assert hcl(files_of(tables, "terraform", "shop")["accounts.tf"])


def test_numbers_of_newer_yaml_are_quoted() -> None:
    key = ID.model_copy(update={"name": "1e3"})
    tables = tables_of([model("accounts", keys=(key,))], "shop", "dev")

    assert "AttributeName: '1e3'" in files_of(tables, "resource", "shop")["accounts.yml"]


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadOption) as caught:
        files_of([], "pulumi", "shop")
    listed = "cloudformation, resource, sam, serverless, terraform, json"
    assert str(caught.value) == f"--format pulumi: there are {listed}"
