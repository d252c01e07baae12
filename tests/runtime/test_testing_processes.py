"""`python -m tight.testing`, and the tables that it makes."""

import socket
import subprocess
import sys

import pytest
from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from tight import client
from tight.clients.dynamo import Model, TableMeta
from tight.testing.__main__ import main
from tight.testing.tables import create_tables, delete_tables


class Visit(Model):
    class Meta(TableMeta):
        table_name = "visits"
        stream_view_type = "KEYS_ONLY"

    id = UnicodeAttribute(hash_key=True)
    gone_at = TTLAttribute()


def test_a_table_has_its_time_to_live_and_stream_and_is_left_alone_once_it_is_there(
    shell: pytest.MonkeyPatch, aws: str
) -> None:
    shell.setenv("AWS_ENDPOINT_URL", aws)

    for _ in range(2):  # DynamoDB refuses to switch a time to live on again
        assert create_tables([Visit]) == ["visits"]

    database = client("dynamodb")
    time_to_live = database.describe_time_to_live(TableName="visits")["TimeToLiveDescription"]
    assert time_to_live == {"TimeToLiveStatus": "ENABLED", "AttributeName": "gone_at"}
    stream = database.describe_table(TableName="visits")["Table"]["StreamSpecification"]
    assert stream == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    delete_tables([Visit])


def test_the_embedded_aws_does_not_wait_for_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "tight.testing", "serve", str(port)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"port {port} can't be had: ")


@pytest.mark.parametrize("package", ["moto", "flask"])
def test_where_a_package_of_the_embedded_aws_is_not_installed_it_is_said_what_brings_it(package: str) -> None:
    call = "from tight.testing.__main__ import main; sys.exit(main(['serve']))"
    code = f"import sys; sys.modules[{package!r}] = None; {call}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"{package} is not installed: pip install 'tight-runtime[testing]'\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["serve", "http"], ["serve", "1", "2"], ["tables", "1"], ["other"]])
def test_what_it_does_not_know_is_answered_with_its_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "python -m tight.testing serve [PORT]" in printed.err
