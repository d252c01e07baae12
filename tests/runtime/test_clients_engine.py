"""What handlers of Tight 0.1 did at import."""

import subprocess
import sys

import pytest

from tight.errors import NoEngine

OLD_HANDLER = """
from tight.providers.aws.clients import dynamo_db
db = dynamo_db.connect(region="us-west-2")
"""


def test_an_old_handler_connects_at_import_without_keys_or_libraries() -> None:
    code = f"import sys\n{OLD_HANDLER}\nassert dynamo_db.connect() is db\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True, env={})

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"boto3", "botocore", "pynamodb", "urllib", "urllib3"} == set()


def test_the_engine_says_on_its_first_use_what_to_write_instead() -> None:
    from tight.providers.aws.clients import dynamo_db

    db = dynamo_db.connect()
    with pytest.raises(NoEngine, match=r"no engine with 'query' any more: .* Account\.query"):
        db.query("Account")


def test_the_session_of_tight_0_1_is_todays() -> None:
    from tight import session
    from tight.providers.aws.clients import boto3_client

    assert boto3_client.session is session
