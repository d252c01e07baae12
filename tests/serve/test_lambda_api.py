"""AWS's Lambda API, called by boto3."""

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.serve.calls import request
from tight_tasks.serve.server import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

ECHO = """
def handler(event, context):
    print("seen", event)
    if event == "fail":
        raise ValueError("no")
    return {"event": event, "custom": context.client_context and context.client_context.custom}
"""
# Fails until it was asked as often as the file says, which all environments share.
FLAKY = """
from pathlib import Path


def handler(event, context):
    seen = Path(event["seen"])
    seen.write_text(seen.read_text() + context.aws_request_id + "\\n")
    if len(seen.read_text().split()) <= event["failures"]:
        raise RuntimeError("not yet")
    return "done"
"""
KEEP = """
import json
from pathlib import Path


def handler(event, context):
    Path({!r}).write_text(json.dumps(event))
"""


def client(url: str) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="us-west-2",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # no secret: nothing checks it
        config=Config(retries={"total_max_attempts": 1}),
    )


def call(served: Served, app: Path, use: Callable[[Any], Any], **options: Any) -> Any:
    """What `use` gives, with a client of the served app, in a thread."""

    def use_one(url: str) -> Any:
        with closing(client(url)) as aws:
            return use(aws)

    async def visit(serve: Serve) -> Any:
        return await asyncio.to_thread(use_one, serve.url)

    return served(app, visit, **options)


def test_an_answer_is_the_payload(make_app: MakeApp, served: Served) -> None:
    answer = call(served, make_app(echo=ECHO), lambda aws: aws.invoke(FunctionName="echo", Payload=b'{"a": 1}'))

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert "LogResult" not in answer


@pytest.mark.parametrize(
    "name",
    ["echo", "echo:$LATEST", "123456789012:function:echo", "arn:aws:lambda:us-west-2:123456789012:function:echo:live"],
)
def test_a_function_is_found_by_its_name_and_its_arns(make_app: MakeApp, served: Served, name: str) -> None:
    def use(aws: Any) -> Any:
        return json.loads(aws.invoke(FunctionName=name, Payload=b"1")["Payload"].read())

    assert call(served, make_app(echo=ECHO), use) == {"event": 1, "custom": None}


def test_an_error_is_a_payload_too_with_the_end_of_its_log(make_app: MakeApp, served: Served) -> None:
    def use(aws: Any) -> Any:
        answer = aws.invoke(FunctionName="echo", Payload=b'"fail"', LogType="Tail")
        return answer, json.loads(answer["Payload"].read()), base64.b64decode(answer["LogResult"]).decode()

    answer, error, log = call(served, make_app(echo=ECHO), use)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no")
    assert log.startswith("START RequestId: ")
    assert "seen fail" in log
    assert log.splitlines()[-2].startswith("END RequestId: ")
    assert "\tMemory Size: 256 MB\t" in log.splitlines()[-1]


def test_the_client_context_reaches_the_handler(make_app: MakeApp, served: Served) -> None:
    context = base64.b64encode(json.dumps({"custom": {"tenant": "å"}}).encode()).decode()

    def use(aws: Any) -> Any:
        return json.loads(aws.invoke(FunctionName="echo", Payload=b"1", ClientContext=context)["Payload"].read())

    assert call(served, make_app(echo=ECHO), use)["custom"] == {"tenant": "å"}


def test_a_dry_run_runs_nothing(make_app: MakeApp, served: Served) -> None:
    lines: list[str] = []
    answer = call(
        served,
        make_app(echo=ECHO),
        lambda aws: aws.invoke(FunctionName="echo", InvocationType="DryRun", Payload=b"1"),
        log=lambda environment, line: lines.append(line),
    )
    assert (answer["StatusCode"], answer["Payload"].read(), lines) == (204, b"", [])


@pytest.mark.parametrize(("failures", "tries"), [(0, 1), (2, 3), (9, 3)])
def test_an_event_is_accepted_at_once_and_tried_three_times_with_one_request_id(
    make_app: MakeApp, served: Served, tmp_path: Path, failures: int, tries: int
) -> None:
    seen, kept = tmp_path / "seen", tmp_path / "kept"
    seen.write_text("")
    settings = "functions: {flaky: {on_success: keep, on_failure: keep}}\n"
    app = make_app(settings, flaky=FLAKY, keep=KEEP.format(str(kept)))
    event = {"seen": str(seen), "failures": failures}

    async def visit(serve: Serve) -> Any:
        payload = json.dumps(event).encode()
        with closing(client(serve.url)) as aws:
            answer = await asyncio.to_thread(
                lambda: aws.invoke(FunctionName="flaky", InvocationType="Event", Payload=payload)
            )
        for _ in range(100):
            if kept.exists() and kept.read_text():
                break
            await asyncio.sleep(0.05)
        return answer["StatusCode"]

    assert served(app, visit, retry_s=(0.05, 0.05)) == 202
    asked = seen.read_text().split()
    assert (len(asked), len(set(asked))) == (tries, 1)
    # docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    record = json.loads(kept.read_text())
    assert record["requestContext"]["approximateInvokeCount"] == tries
    assert record["requestContext"]["requestId"] == asked[0]
    if failures < 3:
        assert (record["requestContext"]["condition"], record["responsePayload"]) == ("Success", "done")
    else:
        assert record["requestContext"]["condition"] == "RetriesExhausted"
        assert record["responseContext"]["functionError"] == "Unhandled"
        assert record["responsePayload"]["errorMessage"] == "not yet"
    assert record["requestPayload"] == event


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"FunctionName": "nobody", "Payload": b"1"}, "ResourceNotFoundException"),
        ({"FunctionName": "echo", "Payload": b"no json"}, "InvalidRequestContentException"),
        ({"FunctionName": "echo", "Payload": b"[" * 100_000}, "InvalidRequestContentException"),
        (
            {"FunctionName": "echo", "ClientContext": base64.b64encode(b"[" * 2_000).decode()},
            "InvalidRequestContentException",
        ),
        ({"FunctionName": "echo", "Payload": b'"' + b"x" * 6_291_556 + b'"'}, "RequestTooLargeException"),
        (
            {"FunctionName": "echo", "InvocationType": "Event", "Payload": b'"' + b"x" * 1_048_576 + b'"'},
            "RequestTooLargeException",
        ),
    ],
)
def test_what_aws_refuses_is_refused_with_its_error(
    make_app: MakeApp, served: Served, arguments: dict[str, Any], code: str
) -> None:
    def use(aws: Any) -> str:
        with pytest.raises(ClientError) as caught:
            aws.invoke(**arguments)
        return str(caught.value.response["Error"]["Code"])

    assert call(served, make_app(echo=ECHO), use) == code


def test_all_busy_is_too_many_requests(make_app: MakeApp, served: Served) -> None:
    app = make_app(slow="import time\n\n\ndef handler(event, context):\n    time.sleep(1)\n")

    async def visit(serve: Serve) -> str:
        running = asyncio.create_task(serve.invoke("slow", 1))
        await asyncio.sleep(0.3)
        with closing(client(serve.url)) as aws, pytest.raises(ClientError) as caught:
            await asyncio.to_thread(lambda: aws.invoke(FunctionName="slow", Payload=b"2"))
        await running
        return str(caught.value.response["Error"]["Code"])

    assert served(app, visit, queue=0) == "TooManyRequestsException"


def test_functions_are_listed_and_described(make_app: MakeApp, served: Served) -> None:
    app = make_app("functions: {echo: {memory: 512, timeout: 3}}\n", echo=ECHO, other=ECHO)

    def use(aws: Any) -> Any:
        return aws.list_functions()["Functions"], aws.get_function(FunctionName="echo")["Configuration"]

    functions, echo = call(served, app, use)
    assert [function["FunctionName"] for function in functions] == ["echo", "other"]
    assert (echo["Handler"], echo["MemorySize"], echo["Timeout"]) == ("app_index.echo", 512, 3)
    assert echo["FunctionArn"] == "arn:aws:lambda:us-west-2:123456789012:function:echo"


def test_an_invocation_never_changes_what_http_does(make_app: MakeApp, served: Served) -> None:
    app = make_app(hello='from tight import get\n\n\n@get("/hello")\ndef hello():\n    return {"hello": "world"}\n')

    async def visit(serve: Serve) -> list[Any]:
        before = await request(serve.url, "GET", "/hello")
        with closing(client(serve.url)) as aws:
            await asyncio.to_thread(lambda: aws.invoke(FunctionName="hello", Payload=b'{"any": 1}'))
        after = await request(serve.url, "GET", "/hello")
        return [(reply.status, reply.json) for reply in (before, after)]

    assert served(app, visit) == [(200, {"hello": "world"})] * 2


def test_a_function_invokes_another_through_boto3_without_being_told_where(make_app: MakeApp, served: Served) -> None:
    caller = """
        import json

        import boto3


        def handler(event, context):
            answer = boto3.client("lambda").invoke(FunctionName="echo", Payload=json.dumps(event))
            return json.loads(answer["Payload"].read())
    """

    async def visit(serve: Serve) -> Any:
        return json.loads((await serve.invoke("caller", {"a": 1})).payload)

    assert served(make_app(caller=caller, echo=ECHO), visit) == {"event": {"a": 1}, "custom": None}
