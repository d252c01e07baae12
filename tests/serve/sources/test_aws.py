"""Whose keys the clients of sources have."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tight_tasks.errors import BadEnvironment
from tight_tasks.project import Project
from tight_tasks.serve import Serve
from tight_tasks.serve.sources.aws import Aws

MakeApp = Callable[..., Path]

HOURLY = 'from tight import schedule\n\n\n@schedule("rate(1 hour)")\ndef tidy():\n    pass\n'
OWN = {"AWS_ACCESS_KEY_ID": "own", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 finds by itself."""
    for name in OWN:
        monkeypatch.setenv(name, "found")


def keys(aws: Aws) -> tuple[str, str, str | None]:
    found = aws._client("sqs", "sqs")._request_signer._credentials
    return found.access_key, found.secret_key, found.token


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (OWN, ("own", "secret", "token")),
        ({}, ("found", "found", "found")),
        ({**OWN, "AWS_ENDPOINT_URL": "http://localhost:4566"}, ("local", "local", None)),
    ],
    ids=["the app's own", "a role's", "no one's on this machine"],
)
def test_a_client_has_the_keys_that_its_service_may_see(
    make_app: MakeApp, variables: Mapping[str, str], expected: Any
) -> None:
    assert keys(Aws(Project.load(make_app()), variables)) == expected


@pytest.mark.parametrize("endpoint", ["localhost:4566", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_told_in_a_sentence(make_app: MakeApp, endpoint: str) -> None:
    aws = Aws(Project.load(make_app()), {"AWS_ENDPOINT_URL_SQS": endpoint})

    assert not aws.is_local("sqs")
    with pytest.raises(BadEnvironment) as caught:
        asyncio.run(aws.call("sqs", "list_queues"))
    assert str(caught.value) == (
        f"the app's environment: the endpoint of sqs is '{endpoint}': write an address, such as http://127.0.0.1:4566"
    )


def test_serve_uses_no_key_of_the_shell(make_app: MakeApp, served: Callable[..., Any]) -> None:
    async def visit(serve: Serve) -> Any:
        assert serve._feeds._aws is not None
        return keys(serve._feeds._aws)

    assert served(make_app(tidy=HOURLY), visit) == ("local", "local", None)
