"""What must not be written down is taken out, wherever it stands."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tight.testing.scrub import ACCOUNT, Known, learn, scrub

KEY_ID = "ASIAQWERTYUIOPASDFGH"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYplanted1234"  # noqa: S105  # planted
OTHER = "999988887777"
ARN = f"arn:aws:sqs:eu-north-1:{OTHER}:orders"
URL = f"https://bucket.s3.amazonaws.com/key?X-Amz-Credential={KEY_ID}%2F20260101&X-Amz-Signature=0badcafe&x=1"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"SecretAccessKey": SECRET}, {"SecretAccessKey": "scrubbed"}),
        ({"AccessKeyId": KEY_ID}, {"AccessKeyId": "scrubbed"}),
        ({"SecretString": "hunter2"}, {"SecretString": "scrubbed"}),
        ({"SecretString": '{"user":"ada","port":5432}'}, {"SecretString": '{"user":"scrubbed","port":40404}'}),
        ({"SecretBinary": b"hunter2!!"}, {"SecretBinary": b"scrubbeds"}),
        ({"Type": "SecureString", "Value": "x"}, {"Type": "SecureString", "Value": "scrubbed"}),
        ({"Type": "String", "Value": "x"}, {"Type": "String", "Value": "x"}),
        ({"MasterUserPassword": "x", "PasswordLength": 8}, {"MasterUserPassword": "scrubbed", "PasswordLength": 8}),
        ({"Item": {"password": {"S": "x"}}}, {"Item": {"password": {"S": "scrubbed"}}}),
        ({"Item": {"password": {"N": "5"}}}, {"Item": {"password": {"N": "40404"}}}),
        ({"Item": {"password": {"NS": ["5"]}}}, {"Item": {"password": {"NS": ["40404"]}}}),
        ({"Variables": {"STRIPE_SECRET": "x"}}, {"Variables": {"STRIPE_SECRET": "scrubbed"}}),
        ({"Variables": {"SECRET_TOKEN": "x"}}, {"Variables": {"SECRET_TOKEN": "scrubbed"}}),
        ({"GITHUB_TOKEN": "x", "DB_PASS": "y"}, {"GITHUB_TOKEN": "scrubbed", "DB_PASS": "scrubbed"}),
        ({"apiToken": "x", "jwt": "y"}, {"apiToken": "scrubbed", "jwt": "scrubbed"}),
        ({"db_passwd": "x"}, {"db_passwd": "scrubbed"}),
        ([{"name": "SLACK_TOKEN", "value": "x"}], [{"name": "SLACK_TOKEN", "value": "scrubbed"}]),
        ({"LockToken": "x", "BYPASS": "y"}, {"LockToken": "x", "BYPASS": "y"}),
        ({"my password": "x"}, {"my password": "scrubbed"}),
        ({"Variables": {"STRIPE_API_KEY": "x"}}, {"Variables": {"STRIPE_API_KEY": "scrubbed"}}),
        ('{"stripe_api_key":"x"}', '{"stripe_api_key":"scrubbed"}'),
        ([{"name": "DB_PASSWORD", "value": "x"}], [{"name": "DB_PASSWORD", "value": "scrubbed"}]),
        ({"Name": "/shop/db-password", "Value": "x"}, {"Name": "/shop/db-password", "Value": "scrubbed"}),
        ({"name": "no password", "value": 7}, {"name": "no password", "value": 7}),
        (
            {"ParameterKey": "DbPassword", "ParameterValue": "x"},
            {"ParameterKey": "DbPassword", "ParameterValue": "scrubbed"},
        ),
        (
            {
                "UpdateExpression": "SET #0 = :0, #1.#2 = :1, secret = :2, pages = :3",
                "ConditionExpression": "begins_with (#0, :4) AND #1 <> :5",
                "ExpressionAttributeNames": {"#0": "password", "#1": "login", "#2": "api_key"},
                "ExpressionAttributeValues": {f":{n}": {"S": "x"} for n in range(6)},
            },
            {
                "UpdateExpression": "SET #0 = :0, #1.#2 = :1, secret = :2, pages = :3",
                "ConditionExpression": "begins_with (#0, :4) AND #1 <> :5",
                "ExpressionAttributeNames": {"#0": "password", "#1": "login", "#2": "api_key"},
                "ExpressionAttributeValues": {f":{n}": {"S": "x" if n in (3, 5) else "scrubbed"} for n in range(6)},
            },
        ),
        ({"AuthenticationMode": {"Passwords": ["x", "y"]}}, {"AuthenticationMode": {"Passwords": ["scrubbed"] * 2}}),
        ({"WebIdentityToken": "x"}, {"WebIdentityToken": "scrubbed"}),
        ({"SAMLAssertion": "x"}, {"SAMLAssertion": "scrubbed"}),
        ({"GenerateSecret": True, "SecretId": "id"}, {"GenerateSecret": True, "SecretId": "id"}),
        ({"NextToken": "t", "ClientToken": "u"}, {"NextToken": "t", "ClientToken": "u"}),
        ({"OwnerId": OTHER, "n": OTHER}, {"OwnerId": ACCOUNT, "n": OTHER}),
        ({"AccountIds": [OTHER]}, {"AccountIds": [ACCOUNT]}),
        ({"AWS": OTHER}, {"AWS": ACCOUNT}),
        (ARN, f"arn:aws:sqs:eu-north-1:{ACCOUNT}:orders"),
        (f"https://sqs.eu-north-1.amazonaws.com/{OTHER}/orders", f"https://sqs.eu-north-1.amazonaws.com/{ACCOUNT}/orders"),
        (f"{OTHER}.dkr.ecr.eu-north-1.amazonaws.com/image", f"{ACCOUNT}.dkr.ecr.eu-north-1.amazonaws.com/image"),
        (URL, "https://bucket.s3.amazonaws.com/key?X-Amz-Credential=scrubbed&X-Amz-Signature=scrubbed&x=1"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=y", "Authorization: scrubbed"),
        (f"key is {KEY_ID}.", "key is scrubbed."),
        (f"aws_secret_access_key = {SECRET}\n[b]", "aws_secret_access_key = scrubbed\n[b]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.abc-_", "scrubbed"),
        (json.dumps({"arn": ARN}), json.dumps({"arn": f"arn:aws:sqs:eu-north-1:{ACCOUNT}:orders"})),
        (b64(KEY_ID), b64("scrubbed")),
        (f"data:{b64(KEY_ID)}", f"data:{b64('scrubbed')}"),
        (f"some/path/{b64(KEY_ID)}/x", f"some/path/{b64('scrubbed')}/x"),
        (KEY_ID.encode(), b"scrubbed"),
        (("036000291452", "basic information", "a" * 40), ("036000291452", "basic information", "a" * 40)),
    ],
)  # fmt: skip
def test_secrets_go_and_their_shape_and_everything_else_stays(value: Any, expected: Any) -> None:
    assert scrub(value) == expected


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data)


WRAPPINGS: list[Callable[[Any], Any]] = [
    lambda text: text,
    lambda text: {"a": [{"b": text}]},
    lambda text: {text: 1},
    lambda text: json.dumps({"inner": json.dumps([text])}),
    b64,
    lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    lambda text: gzipped(text.encode()),
    lambda text: base64.b64encode(gzipped(json.dumps({"a": text}).encode())).decode(),
    lambda text: b"\xff" + text.encode(),
    lambda text: f"before {text} after",
]


@pytest.mark.parametrize("wrap", WRAPPINGS)
@pytest.mark.parametrize("secret", [SECRET, "pa$$w0rd with spaces", OTHER])
def test_a_secret_that_was_told_once_is_found_everywhere(wrap: Callable[[Any], Any], secret: str) -> None:
    told = {"OwnerId": secret} if secret == OTHER else {"SecretString": secret}
    wrapped = wrap(secret)

    scrubbed = scrub([told, wrapped], learn([told, wrapped]))
    assert secret not in unwrapped(scrubbed)
    assert secret in unwrapped([wrapped])


def test_binary_secrets_are_found_as_bytes_and_as_base64() -> None:
    binary = bytes(range(128, 160))
    value = [{"SecretBinary": binary}, b"x\xff" + binary, base64.b64encode(binary).decode()]

    scrubbed = scrub(value, learn(value))
    assert binary not in scrubbed[1]
    assert base64.b64encode(binary).decode() not in scrubbed[2]


def test_a_plain_or_short_word_is_not_looked_for_elsewhere() -> None:
    value = [{"SecretString": "password"}, {"SecretString": "a1"}, "forgot-password-a1"]

    assert scrub(value, learn(value))[2] == "forgot-password-a1"


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["Password", "OwnerId"]), inner),
    )
)
def test_scrubbing_again_changes_nothing(value: Any) -> None:
    once = scrub(value)

    assert scrub(once) == once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"card": 4111111111111111}', '{"card": 40404}'),
        ({"Item": {"card": {"N": "4111111111111111"}}}, {"Item": {"card": {"N": "40404"}}}),
        ({"Item": {"cards": {"NS": ["4111111111111111", "7"]}}}, {"Item": {"cards": {"NS": ["40404", "7"]}}}),
        ("paid by 4111111111111111", "paid by scrubbed"),
        ('{"pin": 1234}', '{"pin": 1234}'),
    ],
)
def test_a_long_number_of_a_secret_is_found_everywhere(value: Any, expected: Any) -> None:
    told = {"SecretString": '{"card": 4111111111111111, "pin": 1234}'}

    assert scrub(value, learn([told, value])) == expected


def test_what_is_scrubbed_is_not_changed_itself() -> None:
    value = {"Password": "x", "list": [ARN]}
    scrub(value, Known(frozenset([b"x"])))

    assert value == {"Password": "x", "list": [ARN]}


def unwrapped(value: Any) -> str:
    """All text in `value`, with every base64 and gzip within it opened as well."""
    match value:
        case dict():
            return "\n".join(unwrapped(part) for pair in value.items() for part in pair)
        case list():
            return "\n".join(map(unwrapped, value))
        case bytes():
            return unwrapped(gzip.decompress(value)) if value[:2] == b"\x1f\x8b" else value.decode("latin-1")
        case str():
            try:
                opened = base64.b64decode(value + "=" * (-len(value) % 4), altchars="-_" if "-" in value else None)
            except ValueError:
                opened = b""
            try:
                inside = unwrapped(json.loads(value))
            except ValueError:
                inside = ""
            return "\n".join(
                (value, inside, unwrapped(opened) if opened[:2] == b"\x1f\x8b" else opened.decode("latin-1"))
            )
        case _:
            return ""


@pytest.mark.parametrize(
    "text", ["https://x/?q=p%40ss%2Fword%211", "https://x/?q=p%40ss%2Fword%21+1", '{"a": "p@ss/word!1"} x']
)
def test_a_secret_is_found_in_urls_and_json_too(text: str) -> None:
    known = learn([{"Password": "p@ss/word!1"}, {"Password": "p@ss/word! 1"}])

    assert "word" not in scrub({"Text": text}, known)["Text"]


@pytest.mark.parametrize(
    "text",
    [
        "postgres://user:hunter22@db/shop",
        "Authorized by Bearer abcdef123456",
        "-----BEGIN RSA PRIVATE KEY-----\nhunter22\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: DES-CBC,1\n\nhunter22\n-----END RSA PRIVATE KEY-----",
        "client_secret=hunter22&a=1",
        '{"password": "hunter22", "password": "other"}',
    ],
)
def test_secrets_in_text_are_found_by_what_is_around_them(text: str) -> None:
    scrubbed = scrub({"Text": text})["Text"]

    assert "hunter22" not in scrubbed
    assert "abcdef123456" not in scrubbed
