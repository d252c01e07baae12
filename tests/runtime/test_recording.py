"""Recording and playback, in apps whose tests a pytest of their own runs."""

import json
from pathlib import Path
from typing import Any

import pytest

MODEL = """
    from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
    from tight.clients.dynamo import Model, TableMeta, TableName

    class Account(Model):
        class Meta(TableMeta):
            table_name = TableName("accounts")

        id = UnicodeAttribute(hash_key=True)
        total = NumberAttribute(default=0)
        tags = UnicodeSetAttribute(null=True)
"""
MODEL_TEST = """
    from app.models.Account import Account

    def test_account(recording):
        Account("a", total=1, tags={"x", "y", "z"}).save()
        account = Account.get("a")
        assert account.tags == {"x", "y", "z"}
        assert [found.id for found in Account.query("a")] == ["a"]
        assert [found.id for found in Account.scan()] == ["a"]
        account.update(actions=[Account.total.add(2)])
        assert Account.get("a").total == 3
        account.delete()
        try:
            Account.get("a")
        except Account.DoesNotExist:
            return
        raise AssertionError("it was deleted")
"""


def test_a_model_is_recorded_and_played_back_without_network_or_credentials(tested_app: Any) -> None:
    tested_app.write(
        {"app/models/__init__.py": "", "app/models/Account.py": MODEL, "tests/test_account.py": MODEL_TEST}
    )

    recorded = tested_app.passes("--record")
    assert f"recorded 8 calls in {Path('tests/placebos/test_account')}" in recorded
    assert sorted(path.name for path in (tested_app.folder / "tests/placebos/test_account").iterdir()) == [
        "dynamodb.DeleteItem_1.json",
        "dynamodb.GetItem_1.json",
        "dynamodb.GetItem_2.json",
        "dynamodb.GetItem_3.json",
        "dynamodb.PutItem_1.json",
        "dynamodb.Query_1.json",
        "dynamodb.Scan_1.json",
        "dynamodb.UpdateItem_1.json",
    ]

    tested_app.cut_off()
    tested_app.passes()


def test_one_changed_parameter_fails_the_test_and_is_named(tested_app: Any) -> None:
    tested_app.write(
        {"app/models/__init__.py": "", "app/models/Account.py": MODEL, "tests/test_account.py": MODEL_TEST}
    )
    tested_app.passes("--record")

    tested_app.write({"tests/test_account.py": MODEL_TEST.replace("total=1", "total=7")})
    output = tested_app.fails()
    assert "no recording answers dynamodb.PutItem" in output
    assert 'Item.total.N: recorded "1", asked "7"' in output


def test_a_recording_is_a_file_that_a_person_can_read(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/test_queue.py": """
                import boto3

                def test_queue(recording):
                    boto3.client("sqs").create_queue(QueueName="orders", Attributes={"DelaySeconds": "1"})
            """
        }
    )
    tested_app.passes("--record")

    text = (tested_app.folder / "tests/placebos/test_queue/sqs.CreateQueue_1.json").read_text(encoding="utf-8")
    content = json.loads(text)
    assert content["data"].pop("QueueUrl") == "http://127.0.0.1:9/123456789012/orders"
    assert content.pop("data")["ResponseMetadata"].pop("HTTPHeaders").keys() <= {"content-length", "content-type"}
    assert content == {
        "request": {
            "operation": "CreateQueue",
            "parameters": {"Attributes": {"DelaySeconds": "1"}, "QueueName": "orders"},
            "service": "sqs",
        },
        "status_code": 200,
    }
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


SEED_TEST = """
    import os, json
    here = os.path.dirname(os.path.realpath(__file__))
    from tight.core.test_helpers import playback, record, expected_response_body

    def test_get_method(app, dynamo_db_session):
        playback(__file__, dynamo_db_session, test_get_method.__name__)
        context = {}
        event = {
            'httpMethod': 'GET'
        }
        actual_response = app.my_controller(event, context)
        actual_response_body = json.loads(actual_response['body'])
        expected_response = expected_response_body(here, 'expectations/test_get_method.yml', actual_response)
        assert actual_response['statusCode'] == 200, 'The response statusCode is 200'
        assert actual_response_body == expected_response, 'Expected response body matches the actual response body.'
"""
SEED_APP = {
    "app/functions/my_controller/__init__.py": "",
    "app/functions/my_controller/handler.py": """
        from tight import get

        @get
        def get_handler(*args, **kwargs):
            return {'statusCode': 200, 'headers': {'Access-Control-Allow-Origin': '*'}, 'body': {'hello': 'world'}}
    """,
    "tests/functions/integration/my_controller/test_integration_my_controller.py": SEED_TEST,
}
EXPECTED = "tests/functions/integration/my_controller/expectations/test_get_method.yml"


@pytest.mark.parametrize("conftest", ['pytest_plugins = ["tight.testing"]', "from tight.core.test_helpers import *"])
def test_the_generated_test_of_tight_0_1_passes_as_it_was(tested_app: Any, conftest: str) -> None:
    tested_app.write(SEED_APP)
    tested_app.write({"conftest.py": conftest})
    tested_app.write(
        {EXPECTED: "body: '{\"hello\":\"world\"}'\nheaders: {Access-Control-Allow-Origin: '*'}\nstatusCode: 200\n"}
    )

    tested_app.passes()


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ('body: \'{"hello":"moon"}\'\nstatusCode: 200\n', "not what"),
        ("statusCode: 201\n", "not what"),
        ("headers: {Access-Control-Allow-Origin: 'https://example.org'}\nstatusCode: 200\n", "not what"),
        (None, "write down there what the answer has to be"),
    ],
)
def test_an_old_expectation_that_is_not_met_or_not_there_fails(
    tested_app: Any, expected: str | None, said: str
) -> None:
    tested_app.write(SEED_APP if expected is None else {**SEED_APP, EXPECTED: expected})

    output = tested_app.fails()
    assert said in output
    assert "test_get_method.yml" in output


def test_recording_writes_the_whole_answer_and_says_so(tested_app: Any) -> None:
    tested_app.write(SEED_APP)

    recorded = tested_app.passes("--record")
    assert f"wrote the answer to {Path(EXPECTED)}" in recorded
    assert "Access-Control-Allow-Origin: '*'" in (tested_app.folder / EXPECTED).read_text(encoding="utf-8")
    tested_app.passes()
