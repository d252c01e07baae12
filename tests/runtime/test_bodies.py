"""Bodies other than JSON: forms, files, text, bytes."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import orjson
import pytest

from tests.runtime.shapes import Shape
from tight.bodies import Upload, decode, read_form
from tight.errors import BadBody

Load = Callable[..., Callable[[Any, object], Any]]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xYz"


def multipart(*parts: tuple[str, bytes], boundary: str = "xYz") -> bytes:
    """A form whose parts have these headers, as browsers write it."""
    whole = b"".join(b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), value) for head, value in parts)
    return whole + f"--{boundary}--\r\n".encode()


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        (b"a=1&b=2", {"a": ["1"], "b": ["2"]}),
        (b"a=1&a=2", {"a": ["1", "2"]}),
        (b"a=&b", {"a": [""], "b": [""]}),
        (b"a=x+y%2Bz%26%3D", {"a": ["x y+z&="]}),
        (b"caf%C3%A9=%F0%9F%99%82", {"café": ["🙂"]}),
        ("a=é".encode(), {"a": ["é"]}),
        (b"a=1;b=2", {"a": ["1;b=2"]}),
        (b"", {}),
    ],
)
def test_a_form_keeps_all_its_fields(sent: bytes, fields: dict[str, list[str]]) -> None:
    form = read_form(sent, FORM)

    assert {name: form.all(name) for name in form} == fields


def test_a_form_comes_through_every_gateway(load: Load, shape: Shape) -> None:
    handler = load("from tight import post\n@post\ndef f(form, body):\n    return [form.all('a'), body['b']]\n")
    answer = shape.ask(handler, "POST", "/", headers={"Content-Type": FORM}, body=b"a=1&a=%C3%A9+x&b=2")

    assert json.loads(answer.body) == [["1", "é x"], "2"]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n--x\r\n\n", bytes(range(256)), b"From: a\r\n\r\nb", b"\r\n"])
def test_a_file_of_any_bytes_survives(load: Load, shape: Shape, content: bytes) -> None:
    handler = load(
        """
        from tight import post

        @post
        def f(form):
            file = form["file"]
            return 200, file.content, {"X-Name": file.filename, "X-Type": file.content_type, "X-Note": form["note"]}
        """
    )
    head = 'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: image/x-a'
    sent = multipart((head, content), ('Content-Disposition: form-data; name="note"', "é".encode()))
    answer = shape.ask(handler, "POST", "/", headers={"Content-Type": MULTIPART}, body=sent)

    assert (answer.status, answer.body) == (200, content)
    assert (answer.headers["x-name"], answer.headers["x-type"], answer.headers["x-note"]) == ("a.bin", "image/x-a", "é")


@pytest.mark.parametrize(
    ("sent", "filename"),
    [
        ('filename="a b;c.txt"', "a b;c.txt"),
        (r'filename="a\"b\".txt"', 'a"b".txt'),
        ('filename="%22a%22.txt"', "%22a%22.txt"),  # browsers write a quote so
        ('filename="résumé 日本.txt"', "résumé 日本.txt"),
        ("filename*=utf-8''r%C3%A9sum%C3%A9.txt", "résumé.txt"),
        ("filename=plain.txt", "plain.txt"),
        ('filename=""', ""),
        ('filename="../../etc/passwd"', "../../etc/passwd"),  # what the client calls it, never a path to trust
    ],
)
def test_a_file_has_the_name_that_the_client_gave(sent: str, filename: str) -> None:
    form = read_form(multipart((f'Content-Disposition: form-data; name="f"; {sent}', b"x")), MULTIPART)

    assert isinstance(form["f"], Upload)
    assert (form["f"].filename, form["f"].content) == (filename, b"x")


def test_several_files_and_fields_of_one_name_are_kept() -> None:
    head = 'Content-Disposition: form-data; name="f"'
    form = read_form(
        multipart((f'{head}; filename="1"', b"a"), (f'{head}; filename="2"', b"b"), (head, b"c")), MULTIPART
    )
    first, second, text = form.all("f")

    assert (first.content, second.content, text) == (b"a", b"b", "c")


@pytest.mark.parametrize(
    "kind", ['multipart/form-data; boundary="x y"', "Multipart/Form-Data; charset=utf-8; boundary='x y'"]
)
def test_a_boundary_may_be_quoted(kind: str) -> None:
    boundary = "x y" if '"' in kind else "'x y'"

    assert read_form(multipart(('Content-Disposition: form-data; name="a"', b"1"), boundary=boundary), kind) == {
        "a": "1"
    }


def test_what_stands_around_the_parts_is_left_out() -> None:
    whole = b"preamble\r\n" + multipart(('Content-Disposition: form-data; name="a"', b"1")) + b"epilogue"

    assert read_form(whole, MULTIPART) == {"a": "1"}


BROKEN = [
    (FORM, b"\xff=1"),
    ("multipart/form-data", multipart(("x: y", b""))),
    ("multipart/form-data; boundary=", multipart(("x: y", b""))),
    ("multipart/form-data; boundary*=idna''%ff", b""),
    (MULTIPART, b""),
    (MULTIPART, b"--xYz"),
    (MULTIPART, b"--xYz\r\n\r\n"),
    (MULTIPART, b'--xYz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),  # cut off
    (MULTIPART, b'--xYz\r\nContent-Disposition: form-data; name="a"\r\n--xYz--'),  # no empty line
    (MULTIPART, multipart(("Content-Disposition: form-data", b"1"))),
    (MULTIPART, multipart(("", b"1"))),
    (MULTIPART, multipart(("Content-Disposition: form-data; name*=idna''%ff", b"1"))),
    (MULTIPART, multipart(('Content-Disposition: form-data; name="' + ";" * 5000, b"1"))),
    (MULTIPART, multipart(*[('Content-Disposition: form-data; name="a"', b"1")] * 1001)),
    ("text/plain; charset=punycode", b"a" * 100 + b"-b"),
    ("text/plain; charset=unicode_escape", b"\\N"),
    ("application/json", b"\xff"),
    ("application/json", b'{"a": NaN}'),
    ("application/json", b"Infinity"),
    ("text/plain; charset=no-such", b"\xff"),
    ("text/plain; charset=idna", b"\xff"),
    ("text/plain; charset=undefined", b"\xff"),
    ("text/plain; charset=\0", b"\xff"),
]


@pytest.mark.parametrize(("kind", "sent"), BROKEN)
def test_a_body_that_is_not_what_it_claims_is_a_400(load: Load, kind: str, sent: bytes) -> None:
    from base64 import b64encode

    handler = load("from tight import post\n@post\ndef f(request):\n    return len(request.body or request.form)\n")
    event = {"httpMethod": "POST", "headers": {"Content-Type": kind}, "body": b64encode(sent).decode()}
    answer = handler({**event, "isBase64Encoded": True}, None)

    assert answer["statusCode"] == 400, answer
    assert json.loads(answer["body"])["message"].startswith("Bad Request: ")


@pytest.mark.parametrize("codec", [json, orjson])
@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])  # as text, as base64
def test_json_may_begin_with_a_byte_order_mark_in_every_shape(
    load: Load, shape: Shape, codec: ModuleType, kind: str
) -> None:
    handler = load("from tight import post\n@post\ndef read(body):\n    return body\n", json=codec)

    for content in (b'\xef\xbb\xbf{"a": 1}', b'{"a": 1}'):
        answer = shape.ask(handler, "POST", headers={"Content-Type": kind}, body=content)
        assert (answer.status, json.loads(answer.body)) == (200, {"a": 1})


def test_broken_json_is_a_400_in_every_shape(load: Load, shape: Shape) -> None:
    handler = load("from tight import post\n@post\ndef f(body):\n    return body\n")
    answer = shape.ask(handler, "POST", "/", headers={"Content-Type": "application/json"}, body=b"{broken")

    assert (answer.status, json.loads(answer.body)) == (400, {"message": "Bad Request: the body is not JSON"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_form_of_another_kind_of_body_is_a_bad_body() -> None:
    with pytest.raises(BadBody, match="the body is not a form"):
        read_form(b"{}", "application/json")


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", "é"),
        ("é".encode("utf-16"), 'text/plain; Charset="UTF-16"', "é"),
        ("é".encode(), "text/plain", "é"),
        (b"\xff", "text/plain; charset=utf-8; format=flowed", "�"),
    ],
)
def test_text_is_decoded_by_its_charset(content: bytes, kind: str, text: str) -> None:
    assert decode(content, kind) == text


@pytest.mark.parametrize("body", [None, ""])
def test_an_empty_body_is_none_whatever_its_type(load: Load, shape: Shape, body: str | None) -> None:
    handler = load("from tight import post\n@post\ndef f(request):\n    return [request.body, request.json]\n")
    for kind in ("application/json", "text/plain", FORM, "image/png"):
        event = shape.event("POST", "/", headers={"Content-Type": kind}) | {"body": body}
        assert json.loads(handler(event, None)["body"]) == [None, None]
