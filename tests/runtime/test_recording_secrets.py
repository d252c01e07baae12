"""No secret is written down, and no account is reached but by a recording that names it."""

import base64
import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

KEY_ID = "AKIAQPLANTEDKEYID123"
SECRET = "planted/secret+access0key/of1forty2chars"  # noqa: S105  # planted
TOKEN = "planted.session.token//FwoGZXIvYXdzEBYa"  # noqa: S105  # planted
ACCOUNT = "999988887777"
PASSWORD = "planted-pa$$w0rd"  # noqa: S105  # planted
PLANTED = (KEY_ID, SECRET, TOKEN, ACCOUNT, PASSWORD, "planted-signature", "planted-cookie", "planted-request-id")


def everything(folder: Path) -> str:
    """Every byte of the recordings below `folder`, and whatever is base64 or gzip in them, opened again and again."""
    found = [path.read_bytes().decode() for path in sorted(folder.rglob("*")) if path.is_file()]
    for text in found:  # which grows
        unescaped = text.replace('\\"', '"').replace("\\\\", "\\")
        for run in re.findall(r"[A-Za-z0-9+/_-]{12,}={0,2}", unescaped):
            try:
                opened = base64.b64decode(run.replace("-", "+").replace("_", "/") + "=" * (-len(run) % 4))
                opened = gzip.decompress(opened) if opened.startswith(b"\x1f\x8b") else opened
            except (ValueError, OSError, EOFError):
                continue
            found.append(opened.decode("latin-1"))
    return "\n".join(found)


PLANTING = f"""
    import base64, gzip, json
    import boto3

    PASSWORD = "{PASSWORD}"

    def test_it(recording):
        secrets, ssm, sqs = (boto3.client(name) for name in ("secretsmanager", "ssm", "sqs"))
        secrets.create_secret(Name="db", SecretString=json.dumps({{"user": "ada", "password": PASSWORD, "port": 5432}}))
        secrets.create_secret(Name="key", SecretBinary=PASSWORD.encode())
        value = json.loads(secrets.get_secret_value(SecretId="db")["SecretString"])
        assert secrets.get_secret_value(SecretId="key")["SecretBinary"]
        ssm.put_parameter(Name="/p", Value=PASSWORD, Type="SecureString")
        assert ssm.get_parameter(Name="/p", WithDecryption=True)["Parameter"]["Value"]
        ssm.get_parameters_by_path(Path="/", WithDecryption=True)
        assumed = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::{ACCOUNT}:role/r", RoleSessionName="session")
        keys = assumed["Credentials"]
        boto3.client("sts").get_caller_identity()
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        presigned = boto3.client("s3").generate_presigned_url("get_object", Params={{"Bucket": "bbb", "Key": "k"}})
        for body in (
            value["password"],
            presigned,
            json.dumps(keys, default=str),
            "Authorization: AWS4-HMAC-SHA256 Credential={KEY_ID}/x, Signature=planted-signature",
            json.dumps({{"inner": json.dumps({{"authorization": "Bearer {TOKEN}"}})}}),
            base64.b64encode(gzip.compress(json.dumps({{"p": value["password"], "k": "{KEY_ID}"}}).encode())).decode(),
            base64.b64encode(b"arn:aws:iam::{ACCOUNT}:role/r").decode(),
        ):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="logs-{ACCOUNT}", CreateBucketConfiguration={{"LocationConstraint": "eu-north-1"}})
        s3.put_object(Bucket="logs-{ACCOUNT}", Key="k", Body=gzip.compress(value["password"].encode(), mtime=0))
        assert gzip.decompress(s3.get_object(Bucket="logs-{ACCOUNT}", Key="k")["Body"].read())
        s3.put_object(
            Bucket="logs-{ACCOUNT}", Key="c", Body=b"1", SSECustomerKey="{SECRET[:32]}", SSECustomerAlgorithm="AES256"
        )
"""


def test_nothing_secret_is_in_any_byte_of_a_recording_which_still_plays(tested_app: Any) -> None:
    tested_app.write({"tests/test_it.py": PLANTING})
    tested_app.passes("--record", MOTO_ACCOUNT_ID=ACCOUNT)

    text = everything(tested_app.folder / "tests" / "placebos")
    assert "logs-123456789012" in text
    assert [planted for planted in (*PLANTED, SECRET[:32]) if planted in text] == []
    assert re.findall(r"A[SK]IA[A-Z0-9]{12,}|(?i:Signature|Credential)=(?!scrubbed)[^ ,\"]+", text) == []

    tested_app.cut_off()
    tested_app.passes()


TOLD_LATER = f"""
    import boto3

    def test_it(recording):
        url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody="before {PASSWORD}")
        boto3.client("s3").create_bucket(Bucket="bbb", CreateBucketConfiguration={{"LocationConstraint": "eu-north-1"}})
        boto3.client("s3").put_object(Bucket="bbb", Key="k", Body=b"before {PASSWORD}")
        boto3.client("secretsmanager").create_secret(Name="s", SecretString="{PASSWORD}")
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody="after {PASSWORD}")
"""


def test_a_secret_of_the_test_itself_plays_before_and_after_the_call_that_shows_it(tested_app: Any) -> None:
    tested_app.write({"tests/test_it.py": TOLD_LATER})
    tested_app.passes("--record")
    assert PASSWORD not in everything(tested_app.folder / "tests" / "placebos")

    tested_app.cut_off()
    tested_app.passes()


def test_a_number_of_a_secret_plays_where_it_is_sent(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/test_it.py": """
                import json
                import boto3
                from tight import secret

                def test_it(recording):
                    told = '{"pin": 1234, "card": 41111111}'
                    boto3.client("secretsmanager").create_secret(Name="s", SecretString=told)
                    url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]
                    value = secret("s", json=True)
                    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(value))
                    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=f"pin {value['pin']}")
            """
        }
    )
    tested_app.passes("--record")
    assert "41111111" not in everything(tested_app.folder / "tests" / "placebos")

    tested_app.cut_off()
    tested_app.passes()


def test_what_a_secret_says_in_a_plain_word_plays_where_it_is_asked_for(tested_app: Any) -> None:
    tested_app.write(
        {
            "tests/test_it.py": """
                import boto3
                from tight import secret

                def test_it(recording):
                    boto3.client("secretsmanager").create_secret(Name="s", SecretString='{"queue": "orders"}')
                    boto3.client("sqs").create_queue(QueueName=secret("s", json=True)["queue"])
            """
        }
    )
    tested_app.passes("--record")

    tested_app.cut_off()
    tested_app.passes()


class Planting(BaseHTTPRequestHandler):
    """Answers like a service whose answers, and their headers, hold secrets; keeps what it was sent."""

    requests: list[dict[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.requests.append({name.lower(): value for name, value in self.headers.items()})
        body = json.dumps(
            {
                "QueueUrls": [f"https://sqs.eu-north-1.amazonaws.com/{ACCOUNT}/{SECRET[:7]}"],
                "NextToken": base64.b64encode(f"{TOKEN} {SECRET}".encode()).decode(),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Amzn-RequestId", "planted-request-id")
        self.send_header("Set-Cookie", "session=planted-cookie")
        self.send_header("X-Other", f"Signature=planted-signature {TOKEN}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    Planting.requests = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Planting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def profile(tmp_path: Path, service: ThreadingHTTPServer) -> dict[str, str]:
    """The variables of a shell whose profile `dev` has planted keys, for an account that is a server of this test."""
    (tmp_path / "credentials").write_text(
        f"[dev]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n"
    )
    (tmp_path / "config").write_text(f"[profile dev]\nendpoint_url=http://127.0.0.1:{service.server_port}\n")
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
    }


LISTING = """
    import boto3

    def test_it(recording):
        assert boto3.client("sqs").list_queues()["QueueUrls"]
"""


def test_a_named_profile_records_its_account_and_none_of_its_keys(tested_app: Any, profile: dict[str, str]) -> None:
    tested_app.write({"tests/test_it.py": LISTING})

    assert "recorded 1 call in" in tested_app.passes("--record-profile=dev", **profile)
    (sent,) = Planting.requests
    assert f"Credential={KEY_ID}/" in sent["authorization"]
    assert sent["x-amz-security-token"] == TOKEN
    text = everything(tested_app.folder / "tests" / "placebos")
    assert "https://sqs.eu-north-1.amazonaws.com/123456789012/" in text
    assert [planted for planted in PLANTED if planted in text] == []

    tested_app.cut_off()
    tested_app.passes()


def test_a_test_without_recording_never_reaches_the_account(tested_app: Any, profile: dict[str, str]) -> None:
    tested_app.write(
        {
            "tests/test_it.py": """
                import os
                import boto3
                import pytest
                from botocore.exceptions import EndpointConnectionError

                kept = []

                def test_recorded(recording):
                    kept.append(boto3.client("sqs"))
                    kept.append(boto3.client("sqs", endpoint_url="https://sqs.eu-north-1.amazonaws.com"))
                    kept[0].list_queues()

                def test_not_recorded():
                    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
                    assert "AWS_SESSION_TOKEN" not in os.environ
                    with pytest.raises(EndpointConnectionError):
                        boto3.client("sqs").list_queues()
                    with pytest.raises(RuntimeError, match="a call to sqs.eu-north-1.amazonaws.com outside"):
                        kept[1].list_queues()
            """
        }
    )

    assert "2 passed" in tested_app.passes("--record-profile=dev", **profile)
    assert len(Planting.requests) == 1


def test_recording_reaches_no_account_that_is_not_named(tested_app: Any, profile: dict[str, str]) -> None:
    tested_app.write({"tests/test_it.py": LISTING.replace('["QueueUrls"]', "")})

    tested_app.passes("--record", AWS_PROFILE="dev", **profile)
    assert Planting.requests == []


def test_a_client_from_before_the_account_was_opened_is_refused(tested_app: Any, profile: dict[str, str]) -> None:
    early = 'import boto3\nsqs = boto3.client("sqs")\ndef test_it(recording):\n    sqs.list_queues()\n'
    tested_app.write({"tests/test_it.py": early})

    assert "the client of sqs.ListQueues was made before" in tested_app.fails("--record-profile=dev", **profile)
    assert Planting.requests == []


def test_a_profile_without_credentials_is_named(tested_app: Any, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile dev]\nregion=eu-north-1\n")
    tested_app.write({"tests/test_it.py": LISTING})

    output = tested_app.fails(
        "--record-profile=dev", AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_SHARED_CREDENTIALS_FILE="/dev/null",
        AWS_EC2_METADATA_DISABLED="true",
    )  # fmt: skip
    assert "the profile 'dev' gives no credentials" in output


def test_a_recorded_answer_holds_no_secret_and_is_met_in_playback(tested_app: Any) -> None:
    tested_app.write(
        {
            "app/functions/queues/__init__.py": "",
            "app/functions/queues/handler.py": """
                import boto3
                from tight import post

                @post
                def queues(body):
                    secrets, sqs = boto3.client("secretsmanager"), boto3.client("sqs")
                    secrets.create_secret(Name="s", SecretString=body)
                    told = secrets.get_secret_value(SecretId="s")["SecretString"]
                    return {"url": sqs.create_queue(QueueName="q")["QueueUrl"], "told": told, "password": body}
            """,
            "tests/test_it.py": f"""
                import json, os
                from tight.core.test_helpers import expected_response_body, playback
                here = os.path.dirname(__file__)

                def test_it(app, dynamo_db_session):
                    playback(__file__, dynamo_db_session, "test_it")
                    answer = app.queues({{"httpMethod": "POST", "body": "{PASSWORD}"}}, None)
                    assert json.loads(answer["body"]) == expected_response_body(here, "test_it.yml", answer)
            """,
        }
    )
    tested_app.passes("--record", MOTO_ACCOUNT_ID=ACCOUNT)
    written = (tested_app.folder / "tests" / "test_it.yml").read_text(encoding="utf-8")
    assert "http://127.0.0.1:9/123456789012/q" in written
    assert [planted for planted in PLANTED if planted in written] == []

    tested_app.cut_off()
    tested_app.passes()
