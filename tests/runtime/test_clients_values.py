"""Parameters and secrets, in the embedded AWS, by the number of calls that reach it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tight import client
from tight.clients import cache
from tight.clients.session import watch
from tight.clients.values import parameter, secret
from tight.errors import NotJson, ValueUnavailable


@pytest.fixture(autouse=True)
def environment(shell: pytest.MonkeyPatch, aws: str) -> None:
    shell.setenv("AWS_ENDPOINT_URL", aws)
    client("ssm").put_parameter(Name="/shop/key", Value="k-1", Type="SecureString", Overwrite=True)
    with suppress(client("secretsmanager").exceptions.ResourceExistsException):
        client("secretsmanager").create_secret(Name="shop/db", SecretString="of the first test")
    client("secretsmanager").put_secret_value(SecretId="shop/db", SecretString='{"user": "shop", "port": 5432}')


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The operations that were called."""
    operations: list[str] = []
    stop = watch(lambda session: session.register("before-call", lambda model, **_: operations.append(model.name)))
    yield operations
    stop()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("tight.clients.values.monotonic", clock)
    return clock


def test_a_parameter_is_decrypted_and_fetched_once(calls: list[str]) -> None:
    assert [parameter("/shop/key"), parameter("/shop/key")] == ["k-1", "k-1"]
    assert calls == ["GetParameter"]


def test_a_secret_is_fetched_once_whether_read_as_text_or_as_json(calls: list[str]) -> None:
    assert secret("shop/db") == '{"user": "shop", "port": 5432}'
    assert secret("shop/db", json=True)["port"] == 5432
    assert calls == ["GetSecretValue"]


def test_a_binary_secret_is_bytes() -> None:
    client("secretsmanager").put_secret_value(SecretId="shop/db", SecretBinary=b"\x00\xff")

    assert secret("shop/db") == b"\x00\xff"


def test_a_value_is_fetched_anew_when_it_is_as_old_as_it_may_be(calls: list[str], clock: Clock) -> None:
    parameter("/shop/key", max_age=60)
    client("ssm").put_parameter(Name="/shop/key", Value="k-2", Type="SecureString", Overwrite=True)
    clock.now += 59.9
    assert parameter("/shop/key", max_age=60) == "k-1"
    clock.now += 0.1
    assert parameter("/shop/key", max_age=60) == "k-2"
    assert calls.count("GetParameter") == 2


def test_an_age_of_nothing_fetches_anew_for_everyone(calls: list[str]) -> None:
    parameter("/shop/key")
    client("ssm").put_parameter(Name="/shop/key", Value="k-2", Type="SecureString", Overwrite=True)

    assert parameter("/shop/key", max_age=0) == "k-2"
    assert parameter("/shop/key") == "k-2"
    assert calls.count("GetParameter") == 2


def test_values_that_were_dropped_are_fetched_anew(calls: list[str]) -> None:
    parameter("/shop/key")
    cache.forget()
    parameter("/shop/key")

    assert calls == ["GetParameter", "GetParameter"]


def test_a_value_ends_with_its_endpoint(shell: pytest.MonkeyPatch) -> None:
    parameter("/shop/key")
    shell.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    shell.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(ValueUnavailable, match="the parameter /shop/key can't be read: EndpointConnectionError"):
        parameter("/shop/key")


@pytest.mark.parametrize(
    ("read", "kind", "name", "reason", "action"),
    [
        (parameter, "parameter", "/shop/none", "ParameterNotFound", "ssm:GetParameter"),
        (secret, "secret", "shop/none", "ResourceNotFoundException", "secretsmanager:GetSecretValue"),
    ],
)
def test_a_value_that_is_not_there_is_named_with_what_to_do(
    read: object, kind: str, name: str, reason: str, action: str
) -> None:
    assert callable(read)
    with pytest.raises(ValueUnavailable) as unavailable:
        read(name)

    assert (unavailable.value.kind, unavailable.value.name, unavailable.value.reason) == (kind, name, reason)
    assert f"the {kind} {name} can't be read: {reason}; " in str(unavailable.value)
    assert action in str(unavailable.value)


def test_an_old_value_is_not_given_when_a_new_one_cant_be_fetched(clock: Clock) -> None:
    client("ssm").put_parameter(Name="/shop/gone", Value="revoked", Type="String", Overwrite=True)
    assert parameter("/shop/gone") == "revoked"
    client("ssm").delete_parameter(Name="/shop/gone")
    clock.now += 300

    with pytest.raises(ValueUnavailable, match="ParameterNotFound") as unavailable:
        parameter("/shop/gone")
    assert "revoked" not in "".join(traceback.format_exception(unavailable.value))


def test_a_secret_that_is_not_json_is_named_and_its_value_is_nowhere_in_the_error() -> None:
    client("secretsmanager").put_secret_value(SecretId="shop/db", SecretString="hunter2")

    with pytest.raises(NotJson, match=r"the secret shop/db is not JSON: .* read it without json=True") as refused:
        secret("shop/db", json=True)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    assert "hunter2" not in str(vars(refused.value))


def test_no_value_shows_in_what_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        parameter("/shop/key")

    assert "k-1" not in repr(cache._kept)
    assert "k-1" not in caplog.text


def test_no_value_of_one_test_of_an_app_is_one_of_the_next(tested_app: Any) -> None:
    source = """
        from tight import client, parameter

        def put_and_read(value):
            client("ssm").put_parameter(Name="/shop/key", Value=value, Type="String", Overwrite=True)
            return parameter("/shop/key")

        def test_one(embedded_aws):
            assert put_and_read("one") == "one"

        def test_other(embedded_aws):
            assert put_and_read("other") == "other"
    """
    tested_app.write({"tests/test_values.py": source})

    assert "2 passed" in tested_app.passes("tests/test_values.py")
