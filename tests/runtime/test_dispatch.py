"""Which function answers which request, and what is answered when none does or one fails."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tight.errors import BadRoute, DuplicateRoute, UnknownParameter

Send = Callable[..., dict[str, Any]]
Load = Callable[[str], Callable[[dict[str, Any], object], Any]]


def test_the_more_specific_path_wins(send: Send) -> None:
    source = """
        from tight import get

        @get
        def anywhere():
            return "anywhere"

        @get("/accounts/{rest+}")
        def rest(rest):
            return f"rest {rest}"

        @get("/accounts/{account_id}")
        def one(account_id):
            return f"one {account_id}"

        @get("/accounts/recent")
        def recent():
            return "recent"
    """
    paths = ["/accounts/recent", "/accounts/7", "/accounts/7/orders", "/accounts", "/other"]

    assert [send(source, "GET", path)["body"] for path in paths] == [
        "recent",
        "one 7",
        "rest 7/orders",
        "anywhere",
        "anywhere",
    ]


ROUTED = """
    from tight import delete, get

    @get("/accounts/{account_id}")
    def read(account_id):
        return account_id

    @delete("/accounts/{key}")
    def drop(key):
        return None
"""


def test_an_unknown_path_is_answered_with_404(send: Send) -> None:
    answer = send(ROUTED, "GET", "/orders/1")

    assert (answer["statusCode"], answer["body"]) == (404, '{"message":"Not Found"}')


def test_an_unknown_verb_is_answered_with_405_and_the_allowed_ones(send: Send) -> None:
    answer = send("from tight import get, put\n@get\n@put\ndef either():\n    return 1\n", "TRACE")

    assert (answer["statusCode"], answer["body"]) == (405, '{"message":"Method Not Allowed"}')
    assert answer["headers"]["Allow"] == "GET, HEAD, OPTIONS, PUT"


def test_a_known_path_with_another_verb_is_answered_with_405(send: Send) -> None:
    answer = send(ROUTED, "PUT", "/accounts/1")

    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")


def test_two_verbs_may_call_one_parameter_differently(send: Send) -> None:
    assert send(ROUTED, "GET", "/accounts/1")["body"] == "1"
    assert send(ROUTED, "DELETE", "/accounts/1")["statusCode"] == 204


def test_two_functions_for_one_verb_and_path_are_refused_with_both_places(load: Load) -> None:
    source = """
        from tight import get

        @get("/accounts/{a}")
        def read(a):
            return a

        @get("/accounts/{b}")
        def read(b):
            return b
    """
    with pytest.raises(
        DuplicateRoute, match=r"GET /accounts/\{b\} is marked twice, at .*:[45] and at .*:[89]"
    ) as caught:
        load(source)
    assert len(caught.value.places) == 2


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("accounts", "it has to start with /"),
        ("/accounts/{a}/{a}", "two of its parameters have one name"),
        ("/{rest+}/accounts", "only its last parameter may take the rest"),
        ("/accounts/{1}", "has to be a parameter as in"),
        ("/accounts/x{a}", "has to be a parameter as in"),
        ("/accounts/{a", "has to be a parameter as in"),
    ],
)
def test_a_path_that_can_not_be_read_is_refused(load: Load, path: str, reason: str) -> None:
    with pytest.raises(BadRoute, match=reason):
        load(f"from tight import get\n@get({path!r})\ndef read():\n    return 1\n")


def test_an_exception_is_a_500_in_the_gateways_words_with_nothing_of_it(load: Load) -> None:
    handler = load("from tight import get\n@get\ndef read():\n    raise ValueError('the secret')\n")
    rest = handler({"httpMethod": "GET"}, None)
    http = handler({"version": "2.0", "requestContext": {"http": {"method": "GET"}}}, None)

    assert (rest["statusCode"], rest["body"]) == (500, '{"message":"Internal server error"}')
    assert (http["statusCode"], http["body"]) == (500, '{"message":"Internal Server Error"}')
    assert "secret" not in json.dumps([rest, http])


def test_an_exception_is_logged_once_with_its_traceback(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    load("from tight import get\n@get\ndef read():\n    raise ValueError('two\\nlines')\n")({"httpMethod": "GET"}, None)

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "accounts failed")
    assert record.exc_info is not None
    assert repr(record.exc_info[1]) == "ValueError('two\\nlines')"


def test_an_answer_that_is_no_json_is_a_500(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    assert send("from tight import get\n@get\ndef read():\n    return object()\n")["statusCode"] == 500
    assert "not JSON serializable" in caplog.text


def test_a_broken_json_body_is_a_400(send: Send) -> None:
    source = "from tight import post\n@post\ndef write(body):\n    return body\n"
    answer = send(source, "POST", headers={"Content-Type": "application/json"}, body="{broken")

    assert (answer["statusCode"], answer["body"]) == (400, '{"message":"Bad Request: the body is not JSON"}')


def test_a_parameter_that_nothing_provides_is_refused_at_import_when_the_verb_names_a_path(load: Load) -> None:
    with pytest.raises(UnknownParameter, match="read asks for 'colour', which nothing provides") as caught:
        load("from tight import get\n@get('/accounts')\ndef read(colour):\n    return colour\n")
    assert caught.value.parameter == "colour"


def test_a_parameter_that_nothing_provides_is_told_with_its_module_since_generated_functions_have_equal_names(
    load: Load,
) -> None:
    with pytest.raises(UnknownParameter, match=r"^app\.functions\.accounts\.handler: get_handler asks for 'colour'"):
        load("from tight import get\n@get('/accounts')\ndef get_handler(colour):\n    return colour\n")


def test_a_parameter_that_nothing_provides_is_a_500_that_names_it_in_the_log(
    send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send("from tight import get\n@get\ndef read(colour):\n    return colour\n")

    assert answer["statusCode"] == 500
    assert "read asks for 'colour'" in caplog.text
    assert "colour" not in answer["body"]
