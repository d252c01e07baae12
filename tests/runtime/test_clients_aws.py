"""Clients of any service: kept, bound by the environment, and never with a real key to this machine."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from tight import client, resource, session
from tight.clients import cache
from tight.clients.session import watch
from tight.errors import MissingLibrary, MissingRegion

Shell = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def environment(shell: Shell) -> None:
    """Every test stands in the same shell."""


@pytest.fixture
def sent() -> Any:
    """What the clients sent to any service, which answers {}."""
    requests = []

    def answer(request: Any, **_: object) -> AWSResponse:
        requests.append(request)
        response = AWSResponse(request.url, 200, {}, None)
        response._content = b"{}"
        return response

    stop = watch(lambda made: made.register("before-send", answer))
    yield requests
    stop()


def test_importing_the_clients_loads_no_library_and_does_nothing() -> None:
    code = "import sys; from tight import client, resource, session; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True, env={})

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"boto3", "botocore", "pynamodb", "urllib", "urllib3"} == set()


@pytest.mark.parametrize("make", [session, lambda: client("sns"), lambda: resource("dynamodb")])
def test_the_same_is_given_until_it_is_dropped(make: Callable[[], object]) -> None:
    first = make()

    assert make() is first
    cache.forget()
    assert make() is not first


def test_a_client_is_of_its_region_and_of_lambdas_where_none_is_named(shell: Shell) -> None:
    assert client("sns").meta.region_name == "eu-north-1"
    assert client("sns", "us-west-2").meta.region_name == "us-west-2"
    assert client("sns", region="eu-north-1") is client("sns")
    shell.setenv("AWS_REGION", "ap-south-1")
    assert client("sns").meta.region_name == "ap-south-1"
    assert session().region_name == "ap-south-1"


@pytest.mark.parametrize("make", [lambda: client("dynamodb"), lambda: resource("dynamodb").meta.client])
def test_a_client_ends_with_its_endpoint(shell: Shell, make: Callable[[], Any]) -> None:
    assert make().meta.endpoint_url == "https://dynamodb.eu-north-1.amazonaws.com"
    shell.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert make().meta.endpoint_url == "http://127.0.0.1:1"
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2")
    assert make().meta.endpoint_url == "http://127.0.0.1:2"


@pytest.mark.parametrize(
    "make",
    [
        lambda: client("dynamodb"),
        lambda: resource("dynamodb").meta.client,
        lambda: session().client("dynamodb"),
    ],
)
def test_no_real_key_travels_to_this_machine(shell: Shell, service: Any, make: Callable[[], Any]) -> None:
    shell.setenv("AWS_ENDPOINT_URL", service.endpoint)

    make().list_tables()

    (headers,) = service.headers
    assert "Credential=local/" in headers["Authorization"]
    assert "AKIDEXAMPLE" not in str(headers)
    assert "nor-this" not in str(headers)


def test_no_key_is_needed_for_this_machine(shell: Shell, service: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        shell.delenv(name)
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", service.endpoint)

    client("dynamodb").list_tables()

    assert len(service.headers) == 1


def test_no_real_key_travels_to_this_machine_when_a_profile_names_it(
    shell: Shell, service: Any, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(f"[default]\nendpoint_url = {service.endpoint}\n")
    shell.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    client("dynamodb").list_tables()

    assert "Credential=local/" in service.headers[0]["Authorization"]


def test_a_service_elsewhere_is_sent_the_real_key_though_another_is_here(shell: Shell, sent: list[Any]) -> None:
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")

    client("secretsmanager").get_secret_value(SecretId="shop/db")
    client("dynamodb").list_tables()

    assert [request.url for request in sent] == [
        "https://secretsmanager.eu-north-1.amazonaws.com/",
        "http://127.0.0.1:1/",
    ]
    assert b"Credential=AKIDEXAMPLE/" in sent[0].headers["Authorization"]
    assert b"Credential=local/" in sent[1].headers["Authorization"]


def test_threads_that_ask_at_once_are_given_one_client() -> None:
    services = ["sns", "sqs", "ssm", "sts"] * 8
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(client, services))

    assert len({id(made) for made in clients}) == 4


def test_without_boto3_the_error_says_what_to_install(shell: Shell) -> None:
    shell.setitem(sys.modules, "boto3", None)

    with pytest.raises(MissingLibrary, match=r"boto3 is not installed: .*pip install boto3"):
        client("sns")


def test_a_region_that_nothing_names_is_an_error_that_names_the_service(shell: Shell) -> None:
    shell.delenv("AWS_REGION")

    with pytest.raises(MissingRegion, match="no region for sns: set AWS_REGION"):
        client("sns")


def test_a_service_without_regions_needs_none(shell: Shell) -> None:
    shell.delenv("AWS_REGION")

    assert client("iam").meta.region_name == "aws-global"
