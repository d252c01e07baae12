"""What is recorded of services and their clients, and how it is played back: each test is recorded, then cut off."""

import json
from typing import Any

import pytest

TESTS = {
    "a stream, its bytes, and pages": """
        import boto3

        def test_it(recording):
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="pages", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
            assert s3.get_bucket_location(Bucket="pages")["LocationConstraint"] == "eu-north-1"
            for n in range(3):
                s3.put_object(Bucket="pages", Key=f"k {n}%20", Body=bytes([255, n]), Metadata={"n": str(n)})
            body = s3.get_object(Bucket="pages", Key="k 2%20")["Body"]
            assert (body.read(1), body.read()) == (b"\\xff", b"\\x02")
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket="pages", PaginationConfig={"PageSize": 2})
            assert [[each["Key"] for each in page["Contents"]] for page in pages] == [["k 0%20", "k 1%20"], ["k 2%20"]]
            assert s3.head_object(Bucket="pages", Key="k 1%20")["LastModified"].tzinfo
    """,
    "files, up and down": """
        import io
        import boto3

        class Pipe:
            def __init__(self, data):
                self.read = io.BytesIO(data).read

        def test_it(recording, tmp_path):
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
            s3.upload_fileobj(io.BytesIO(b"hello"), "files", "k")
            s3.download_file("files", "k", str(tmp_path / "got"))
            assert (tmp_path / "got").read_bytes() == b"hello"
            file = io.BytesIO(b"12345")
            file.seek(2)
            s3.put_object(Bucket="files", Key="rest", Body=file)
            s3.put_object(Bucket="files", Key="pipe", Body=Pipe(b"piped"))
            assert s3.get_object(Bucket="files", Key="rest")["Body"].read() == b"345"
            assert list(s3.get_object(Bucket="files", Key="pipe")["Body"].iter_chunks(3)) == [b"pip", b"ed"]
    """,
    "errors": """
        import boto3
        import pytest
        from botocore.exceptions import ClientError

        def test_it(recording):
            sqs = boto3.client("sqs")
            with pytest.raises(sqs.exceptions.QueueDoesNotExist) as error:
                sqs.get_queue_url(QueueName="none")
            assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            with pytest.raises(ClientError, match="NoSuchBucket"):
                boto3.client("s3").get_object(Bucket="none", Key="k")
    """,
    "a resource's own types": """
        from decimal import Decimal
        import boto3
        from boto3.dynamodb.conditions import Key

        def test_it(recording):
            table = boto3.resource("dynamodb").create_table(
                TableName="types",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            table.put_item(Item={"id": "a", "n": Decimal("1.5"), "tags": {"x", "y", "z"}, "b": b"\\xff"})
            (item,) = table.query(KeyConditionExpression=Key("id").eq("a"))["Items"]
            assert (item["n"], item["tags"], bytes(item["b"])) == (Decimal("1.5"), {"x", "y", "z"}, b"\\xff")
    """,
    "a client of a module, made before": """
        import boto3

        sqs = boto3.client("sqs")

        def test_it(recording):
            assert sqs.create_queue(QueueName="q")["QueueUrl"].endswith("/q")
    """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        import boto3

        def send(n):
            sqs = boto3.session.Session().client("sqs")
            url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
            return sqs.send_message(QueueUrl=url, MessageBody=f"body {n}")["MD5OfMessageBody"]

        def test_it(recording):
            boto3.client("sqs").create_queue(QueueName="q")
            with ThreadPoolExecutor(8) as pool:
                assert len(set(pool.map(send, range(20)))) == 20
    """,
    "repeats": """
        import boto3

        def test_it(recording):
            sqs = boto3.client("sqs")
            url = sqs.create_queue(QueueName="repeats")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="first")
            got = [sqs.receive_message(QueueUrl=url).get("Messages", []) for _ in range(2)]
            assert [len(messages) for messages in got] == [1, 0]
    """,
    "tokens that botocore makes up": """
        import boto3

        def test_it(recording):
            dynamodb = boto3.client("dynamodb")
            dynamodb.create_table(
                TableName="tokens",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            put = {"Put": {"TableName": "tokens", "Item": {"id": {"S": "a"}}}}
            dynamodb.transact_write_items(TransactItems=[put])
    """,
    "a stubbed client next to others": """
        import boto3
        from botocore.stub import Stubber

        def test_it(recording):
            sqs, sns = boto3.client("sqs"), boto3.client("sns")
            with Stubber(sns) as stub:
                stub.add_response("publish", {"MessageId": "m"}, {"TopicArn": "arn", "Message": "x"})
                assert sns.publish(TopicArn="arn", Message="x")["MessageId"] == "m"
            sqs.create_queue(QueueName="q")
            assert [path.name for path in recording.folder.glob("sns*")] == []
    """,
    "a client of Tight's and the app's tables": """
        from app.models.Thing import Thing

        def test_it(recording, tables):
            assert tables == ["shop-dev-things"]
            assert list(Thing.scan()) == []
            with Thing.batch_write() as batch:
                for n in range(3):
                    batch.save(Thing(str(n)))
            assert {thing.id for thing in Thing.batch_get(["0", "1"])} == {"0", "1"}
    """,
}
MODEL = {
    "app/models/__init__.py": "",
    "app/models/Thing.py": """
        from pynamodb.attributes import UnicodeAttribute
        from tight.clients.dynamo import Model, TableMeta, TableName

        class Thing(Model):
            class Meta(TableMeta):
                table_name = TableName("things")

            id = UnicodeAttribute(hash_key=True)
    """,
}


def test_every_kind_of_call_is_recorded_and_played_back(tested_app: Any) -> None:
    tested_app.write(MODEL)
    tested_app.write({f"tests/{number}/test_it.py": text for number, text in enumerate(TESTS.values())})

    assert f"{len(TESTS)} passed" in tested_app.passes("--record")
    tested_app.cut_off()
    assert f"{len(TESTS)} passed" in tested_app.passes()


def test_an_event_stream_is_played_back(tested_app: Any) -> None:
    events = [{"chunk": {"bytes": {"__class__": "bytes", "body": "aGk="}}}]
    recorded = {
        "status_code": 200,
        "data": {"contentType": "application/json", "body": {"__class__": "EventStream", "events": events}},
        "request": {
            "service": "bedrock-runtime",
            "operation": "InvokeModelWithResponseStream",
            "parameters": {"modelId": "m", "body": "{}"},
        },
    }
    tested_app.write(
        {
            "tests/placebos/test_it/bedrock-runtime.InvokeModelWithResponseStream_1.json": json.dumps(recorded),
            "tests/test_it.py": """
                import boto3

                def test_it(recording):
                    bedrock = boto3.client("bedrock-runtime")
                    stream = bedrock.invoke_model_with_response_stream(modelId="m", body="{}")["body"]
                    assert [event["chunk"]["bytes"] for event in stream] == [b"hi"]
                    stream.close()
            """,
        }
    )

    tested_app.cut_off()
    tested_app.passes()


def test_placebos_own_files_are_played_in_order_and_may_be_left(tested_app: Any) -> None:
    names = ["one", "two", "three"]
    tested_app.write(
        {
            f"tests/placebos/test_it/sqs.ListQueues_{n}.json": json.dumps(
                {"status_code": 200, "data": {"ResponseMetadata": {"HTTPStatusCode": 200}, "QueueUrls": [name]}}
            )
            for n, name in enumerate(names, 1)
        }
    )
    tested_app.write(
        {
            "tests/test_it.py": """
                import boto3

                def test_it(recording):
                    sqs = boto3.client("sqs")
                    assert [sqs.list_queues()["QueueUrls"], sqs.list_queues()["QueueUrls"]] == [["one"], ["two"]]
            """
        }
    )

    tested_app.cut_off()
    tested_app.passes()


QUEUES = """
    import boto3

    def test_it(recording):
        sqs = boto3.client("sqs")
        sqs.create_queue(QueueName="q")
        sqs.list_queues()
"""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (QUEUES + "        sqs.list_queues()\n", "an equal call was recorded 1 time, and this is one more"),
        (QUEUES.replace('"q"', '"r"'), 'QueueName: recorded "q", asked "r"'),
        (QUEUES.replace("list_queues()", "purge_queue(QueueUrl='u')"), "recorded are only calls of sqs.CreateQueue"),
        (QUEUES.replace("        sqs.list_queues()\n", ""), "but not asked for: sqs.ListQueues_1.json"),
        (
            QUEUES.replace('sqs.create_queue(QueueName="q")', 'dict(a=1).get("a")'),
            "but not asked for: sqs.CreateQueue_1.json",
        ),
    ],
)
def test_a_call_too_many_too_few_or_another_fails_the_test(tested_app: Any, changed: str, said: str) -> None:
    tested_app.write({"tests/test_it.py": QUEUES})
    tested_app.passes("--record")

    tested_app.write({"tests/test_it.py": changed})
    tested_app.cut_off()
    output = tested_app.fails()
    assert said in output
    assert ("1 failed in" in output) == ("not asked for" not in said)  # what the test ended with is not told again


def test_a_miss_that_a_handler_swallows_still_fails_the_test(tested_app: Any) -> None:
    tested_app.write(
        {
            "app/functions/queues/__init__.py": "",
            "app/functions/queues/handler.py": """
                import boto3
                from tight import get

                @get
                def queues():
                    return {"urls": boto3.client("sqs").list_queues().get("QueueUrls", [])}
            """,
            "tests/test_it.py": """
                def test_it(app, context, event, recording):
                    assert app.queues(event, context)["statusCode"] == 500
            """,
        }
    )

    output = tested_app.fails()
    assert "no recording answers sqs.ListQueues" in output
    assert "nothing is recorded there" in output
    assert "1 passed, 1 error" in output


def test_a_recording_is_kept_only_if_its_test_passes(tested_app: Any) -> None:
    tested_app.write({"tests/test_it.py": QUEUES})
    tested_app.passes("--record")
    before = {path.name: path.read_bytes() for path in tested_app.folder.glob("tests/placebos/test_it/*")}

    tested_app.write({"tests/test_it.py": QUEUES.replace('"q"', '"r"') + "        assert False\n"})
    assert "not kept, since the test failed: 2 calls" in tested_app.fails("--record")
    assert {path.name: path.read_bytes() for path in tested_app.folder.glob("tests/placebos/test_it/*")} == before


def test_two_tests_never_share_a_folder(tested_app: Any) -> None:
    tested_app.write({"tests/test_a.py": QUEUES, "tests/test_b.py": QUEUES})

    assert "both keep their recordings in" in tested_app.fails("--record")


def test_the_cases_of_a_test_of_tight_0_1_play_one_folder_back(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/placebos/queues/sqs.ListQueues_1.json": '{"status_code": 200, "data": {"QueueUrls": ["http://a/b"]}}',
            "tests/test_it.py": """
                import boto3
                import pytest
                from tight.core.test_helpers import playback

                @pytest.mark.parametrize("prefix", ["a", "b"])
                def test_played(dynamo_db_session, prefix):
                    playback(__file__, dynamo_db_session, "queues")
                    assert boto3.client("sqs").list_queues(QueueNamePrefix=prefix)["QueueUrls"] == ["http://a/b"]
            """,
        }
    )
    tested_app.cut_off()

    assert "2 passed" in tested_app.passes()
    assert "both keep their recordings in" in tested_app.fails("--record")


def test_cases_and_classes_have_folders_of_their_own(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/test_it.py": """
                import boto3
                import pytest

                @pytest.mark.parametrize("name", ["a", "b"])
                def test_it(recording, name):
                    boto3.client("sqs").create_queue(QueueName=name)

                class TestIt:
                    def test_it(self, recording):
                        boto3.client("sqs").create_queue(QueueName="c")
            """
        }
    )
    tested_app.passes("--record")

    assert sorted(path.name for path in tested_app.folder.glob("tests/placebos/*")) == [
        "TestIt.test_it",
        "test_it[a]",
        "test_it[b]",
    ]
    tested_app.cut_off()
    assert "3 passed" in tested_app.passes()


def test_the_functions_of_tight_0_1_record_and_play_back_and_no_mode_sticks(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/test_it.py": """
                import boto3
                from tight.core.test_helpers import playback, record

                def queues():
                    return boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]

                def test_recorded(dynamo_db_session):
                    record(__file__, dynamo_db_session, "queues")
                    assert queues().endswith("/q")

                def test_played(dynamo_db_session, recording):
                    assert recording.mode == "playback"

                def test_both(dynamo_db_session):
                    record(__file__, dynamo_db_session, "both")
                    queues()
                    playback(__file__, dynamo_db_session, "both")
                    assert queues() == "http://127.0.0.1:9/123456789012/q"
            """
        }
    )
    assert "3 passed" in tested_app.passes()

    tested_app.write(
        {
            "tests/test_it.py": """
                import boto3
                from tight.core.test_helpers import playback

                def test_played(dynamo_db_session):
                    playback(__file__, dynamo_db_session, "queues")
                    assert boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"].endswith("/q")

                def test_session(recording):
                    try:
                        playback(__file__, object(), "queues")
                    except TypeError as error:
                        assert "dynamo_db_session" in str(error)
            """
        }
    )
    tested_app.cut_off()
    assert "2 passed" in tested_app.passes()
