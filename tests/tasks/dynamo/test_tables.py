"""The task dynamo.tables."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from tight.testing import embedded
from tight_tasks.dynamo.tables import find_endpoint, list_tables, local_environment, make_tables
from tight_tasks.errors import NotLocal
from tight_tasks.project import Project
from tight_tasks.services.ports import free_port

Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with embedded.running() as aws:
        yield aws.endpoint


@pytest.fixture
def own_stage(app: Path) -> str:
    """A stage of this test's own, so that the database is as good as empty."""
    name = f"s{uuid4().hex[:8]}"
    (app / "env.yml").write_text(f"STAGE: {name}\n", encoding="utf-8")
    return name


@pytest.fixture
def stage(own_stage: str, endpoint: str, shell: pytest.MonkeyPatch) -> str:
    """The same, in the embedded database."""
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    return own_stage


def test_tables_that_are_missing_are_shown_and_made_when_asked(
    stage: str, endpoint: str, invoke: Invoke, shell: pytest.MonkeyPatch
) -> None:
    assert invoke("dynamo.tables").stdout.splitlines() == [
        f"{endpoint} has 0 of 1 tables",
        f"  shop-{stage}-orders   missing   Order   id (S); by-owner: owner (S), placed (N)",
    ]
    shell.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # a company's proxy is not asked
    shell.setenv("NO_PROXY", "")
    made = invoke("dynamo.tables", "--create")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [
        f"{endpoint} has 1 of 1 tables",
        f"  shop-{stage}-orders   0 items   Order   id (S); by-owner: owner (S), placed (N)",
    ]


def test_a_table_of_the_app_without_a_model_is_shown_and_anothers_is_not(
    stage: str, endpoint: str, invoke: Invoke
) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-north-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # what is no secret
    )
    for name in (f"shop-{stage}-old", f"other-{stage}-old"):
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        )
    client.put_item(TableName=f"shop-{stage}-old", Item={"id": {"N": "1"}})
    client.close()

    port = endpoint.rpartition(":")[2]
    assert invoke("dynamo.tables", "--port", port).stdout.splitlines() == [
        f"{endpoint} has 1 of 2 tables",
        f"  shop-{stage}-old      1 item    no model   id (N)",
        f"  shop-{stage}-orders   missing   Order      id (S); by-owner: owner (S), placed (N)",
    ]


def test_a_table_that_is_there_stays_as_it_is_when_tables_are_made(
    app: Path, own_stage: str, local_dynamodb: str
) -> None:
    project = Project.load(app)

    for _ in range(2):  # its time to live can be switched on only once
        assert make_tables(project, local_dynamodb) == [f"shop-{own_stage}-orders"]
    (table,) = list_tables(project, local_dynamodb)
    assert (table.name, table.items, table.model) == (f"shop-{own_stage}-orders", 0, "Order")


@pytest.mark.parametrize(
    "address",
    [
        "https://dynamodb.eu-north-1.amazonaws.com",
        "http://localhost.example.org:8000",
        "http://10.0.0.1",
    ],
)
def test_an_endpoint_that_is_not_on_this_machine_is_refused(app: Path, shell: pytest.MonkeyPatch, address: str) -> None:
    shell.setenv("AWS_ENDPOINT_URL", address)

    with pytest.raises(
        NotLocal, match=f"^{re.escape(address)} is not on this machine: these tasks only ever work with a local"
    ):
        find_endpoint(Project.load(app), 0)


def test_without_a_database_it_is_said_how_to_start_one(app: Path, invoke: Invoke, shell: pytest.MonkeyPatch) -> None:
    done = invoke("dynamo.tables")
    assert (done.returncode, done.stdout) == (2, "")
    how = "start one with invoke dynamo.run in another terminal\n"
    assert done.stderr == f"no database of this app is running, and its environment names none: {how}"

    port = free_port()
    done = invoke("dynamo.tables", "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"no DynamoDB answers at http://127.0.0.1:{port} (")
    assert done.stderr.endswith(how)

    (app / "env.yml").write_text("USE_LOCAL_DB: true\nAWS_ENDPOINT_URL_DYNAMODB: https://example.org\n", "utf-8")
    with pytest.raises(NotLocal, match=r"^https://example\.org is"):
        find_endpoint(Project.load(app), 0)


def test_a_port_that_there_is_not_is_refused(app: Path, invoke: Invoke) -> None:
    done = invoke("dynamo.tables", "--port", "65536")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--port 65536: write a number from 1 to 65535\n"


@pytest.mark.parametrize(
    ("endpoint", "reason"), [("http://localhost:65536", "Port out of range"), ("http://[::1", "Invalid IPv6 URL")]
)
def test_an_endpoint_that_is_no_address_is_refused(
    app: Path, invoke: Invoke, shell: pytest.MonkeyPatch, endpoint: str, reason: str
) -> None:
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    done = invoke("dynamo.tables")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{endpoint} is no address ({reason}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("word", ["true", "Yes", "on", "1"])
def test_use_local_db_names_port_8000(app: Path, shell: pytest.MonkeyPatch, word: str) -> None:
    shell.setenv("USE_LOCAL_DB", word)

    assert find_endpoint(Project.load(app), 0) == "http://127.0.0.1:8000"


def test_a_database_that_tight_yml_names_is_the_apps(app: Path, shell: pytest.MonkeyPatch) -> None:
    address = "http://127.0.0.1:8123"
    with (app / "tight.yml").open("a", encoding="utf-8") as file:
        file.write(f"stages: {{dev: {{env: {{AWS_ENDPOINT_URL_DYNAMODB: '{address}', SIZE: large}}}}}}\n")
    shell.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    project = Project.load(app)

    assert find_endpoint(project, 0) == address
    assert local_environment(project, address)["SIZE"] == "large"


def test_nothing_of_the_shells_account_reaches_the_models(app: Path, shell: pytest.MonkeyPatch) -> None:
    shell.setenv("AWS_PROFILE", "production")
    shell.setenv("AWS_SESSION_TOKEN", "real")
    environment = local_environment(Project.load(app), "http://127.0.0.1:1")

    assert {name: value for name, value in environment.items() if name.startswith("AWS_")} == {
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
    assert (environment["NAME"], environment["STAGE"]) == ("shop", "dev")
