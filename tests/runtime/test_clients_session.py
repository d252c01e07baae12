"""The one place where sessions come from."""

import subprocess
import sys
from typing import Any

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from tight.clients.dynamo import Model, TableMeta, TableName
from tight.clients.session import botocore_session, is_local, require_region, watch
from tight.errors import MissingRegion


class Account(Model):
    class Meta(TableMeta):
        table_name = TableName("accounts")

    id = UnicodeAttribute(hash_key=True)


@pytest.fixture(autouse=True)
def environment(shell: pytest.MonkeyPatch, service: Any) -> None:
    shell.setenv("AWS_ENDPOINT_URL", service.endpoint)
    shell.setenv("NAME", "svc")
    shell.setenv("STAGE", "dev")


def read_account() -> None:
    with pytest.raises(DoesNotExist):
        Account.get("a1")


def test_a_watcher_sees_the_session_of_a_model_before_its_first_request() -> None:
    sent = []
    stop = watch(lambda session: session.register("before-send", lambda request, **_: sent.append(request.body)))

    read_account()
    stop()

    assert len(sent) == 1
    assert b'"svc-dev-accounts"' in sent[0]


def test_a_watcher_sees_models_that_were_used_before_and_none_after_it_has_stopped() -> None:
    sent = []
    read_account()

    stop = watch(lambda session: session.register("before-send", lambda request, **_: sent.append(request)))
    read_account()
    stop()
    read_account()

    assert len(sent) == 1


def test_a_watcher_may_answer_instead_of_the_service(service: Any) -> None:
    from botocore.awsrequest import AWSResponse

    def answer(request: Any, **_: object) -> AWSResponse:
        response = AWSResponse(request.url, 200, {}, None)
        response._content = b'{"Item": {"id": {"S": "a1"}}}'
        return response

    stop = watch(lambda session: session.register("before-send", answer))
    found = Account.get("a1")
    stop()

    assert found.id == "a1"
    assert service.headers == []


def test_every_session_is_a_new_one() -> None:
    assert botocore_session() is not botocore_session()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, False),
        ("https://dynamodb.eu-north-1.amazonaws.com", False),
        ("http://localhost:8000", True),
        ("http://aws.localhost:8000", True),
        ("http://127.0.0.2:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost.example.org", False),
        ("http://127.example.org", False),
    ],
)
def test_only_this_machine_is_local(url: str | None, expected: bool) -> None:
    assert is_local(url) is expected


def test_a_region_comes_from_the_profile_where_the_environment_has_none(
    shell: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "config").write_text("[profile work]\nregion = ap-south-1\n")
    shell.delenv("AWS_REGION")
    shell.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    shell.setenv("AWS_PROFILE", "work")

    assert require_region("DynamoDB") == "ap-south-1"


def test_a_region_that_nothing_names_is_an_error_that_says_what_to_set(shell: pytest.MonkeyPatch) -> None:
    shell.delenv("AWS_REGION")

    with pytest.raises(MissingRegion, match="no region for DynamoDB: set AWS_REGION") as missing:
        Account.get("a1")
    assert missing.value.service == "DynamoDB"


def test_importing_the_module_loads_no_library() -> None:
    code = (
        "import sys, tight.clients.session; print(*sorted(n for n in sys.modules if n.startswith(('boto', 'urllib'))))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)

    assert {name.partition(".")[0] for name in done.stdout.split()} & {
        "boto3",
        "botocore",
        "urllib",
        "urllib3",
    } == set()
