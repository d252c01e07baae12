"""What a function's process notes of its calls to AWS, against moto's server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serve.served import Served, serving
from tight.testing import embedded

HANDLER = """
import sys
import boto3
from tight import direct

@direct
def handle(event):
    (kind, name), = event.items()
    if kind == "keep":
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
        s3.put_object(Bucket=name, Key="a b", Body=b"hello")
    elif kind == "read":
        return boto3.client("s3").get_object(Bucket=name, Key="a b")["Body"].read().decode()
    elif kind == "large":
        boto3.client("secretsmanager").create_secret(Name="s", SecretString="x" * 40_000)
        return [boto3.client("secretsmanager").get_secret_value(SecretId="s")["Name"] for _ in range(120)][0]
    else:
        return "botocore.httpsession" in sys.modules
"""
IDLE = """
import sys
from tight import direct

@direct
def handle(event):
    return sorted(name for name in sys.modules if name.startswith(("botocore", "tight_tasks.serve.tap", "pytest")))
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with embedded.running() as aws:
        variables = {"AWS_ENDPOINT_URL": aws.endpoint}
        with serving(tmp_path_factory.mktemp("tap"), {"files": HANDLER, "idle": IDLE}, variables=variables) as found:
            yield found


def calls_of(served: Served, event: object) -> list[dict[str, Any]]:
    outcome = served.run(served.serve.invoke("files", event))
    assert not outcome.is_error, outcome.payload
    return [json.loads(line) for line in [*served.serve.journal][-1].calls]


def test_each_call_is_noted_without_its_signature(served: Served) -> None:
    bucket, item = calls_of(served, {"keep": "notes"})

    assert (bucket["method"], bucket["status"]) == ("PUT", 200)
    assert (item["method"], item["url"].rpartition(":")[2].partition("/")[2], item["status"]) == (
        "PUT",
        "notes/a%20b",
        200,
    )
    assert "local" not in json.dumps([bucket["headers"], item["headers"]])
    assert "Signature" not in json.dumps([bucket, item])


def test_an_answer_that_streams_reaches_the_function_and_is_not_kept(served: Served) -> None:
    calls_of(served, {"keep": "stream"})
    (call,) = calls_of(served, {"read": "stream"})

    assert (call["method"], call["status"], call["content"]) == ("GET", 200, None)


def test_what_is_kept_of_one_invocation_has_a_limit(served: Served) -> None:
    created, *read = calls_of(served, {"large": 1})

    assert created["content"] is not None
    assert len(read) == 120
    assert [call["content"] is None for call in read] == sorted(call["content"] is None for call in read)
    assert read[-1]["content"] is None


def test_each_invocation_has_its_own_calls(served: Served) -> None:
    assert len(calls_of(served, {"keep": "own"})) == 2
    assert calls_of(served, {"nothing": 1}) == []


def test_a_function_that_does_not_use_aws_loads_nothing_for_it(served: Served) -> None:
    outcome = served.run(served.serve.invoke("idle", {}))

    assert json.loads(outcome.payload) == []


def test_its_calls_are_in_no_file_once_they_are_taken(served: Served) -> None:
    calls_of(served, {"keep": "file"})
    (environment,) = served.serve.functions.pools["files"].environments

    assert environment.worker is not None
    assert [*Path(str(environment.worker._folder)).iterdir()] == []
