"""Bodies of requests other than plain JSON: text, forms, files, bytes."""

import codecs
import re

from tight.errors import BadBody
from tight.fields import Fields, gather

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tight.request import Request

# A form of a browser has few parts with short headers; more is somebody's attempt to keep a function busy.
_MOST_PARTS, _LONGEST_HEAD = 1000, 4096
_PARAMETER = re.compile(r';[ \t]*([\w*]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))')
# Python has codecs that take a minute for a body made for that, and some that are no charsets.
_CHARSETS = re.compile(
    "ascii|utf-8(-sig)?|utf-(16|32)(-[bl]e)?|iso8859-[0-9]+|cp125[0-9]|koi8-[ru]"
    "|gb2312|gbk|gb18030|big5|euc_(jp|kr)|shift_jis"
)
_TEXT = ("application/xml", "application/javascript", "application/graphql")


class Upload:
    """A file of a multipart form. `filename` is what the client calls it: never a path to trust."""

    __slots__ = ("content", "content_type", "filename")

    def __init__(self, filename: str, content_type: str, content: bytes) -> None:
        self.filename = filename
        self.content_type = content_type
        self.content = content


def read_body(request: "Request") -> "Any":
    """The body by its content type; see `Request.body`."""
    mime = media_type(request.content_type)
    if mime == "application/json" or mime.endswith("+json"):
        return request.json
    if mime in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return request.form
    if mime.startswith("text/") or mime.endswith("+xml") or mime in _TEXT:
        return request.text
    return request.content if mime else _guess(request)


def _guess(request: "Request") -> "Any":
    try:
        return request.json
    except BadBody:
        pass
    try:
        return request.content.decode()
    except UnicodeDecodeError:
        return request.content


def read_form(content: bytes, content_type: str) -> Fields:
    """The fields of a url-encoded or multipart form. Raises `BadBody` for what is neither."""
    mime = media_type(content_type)
    try:
        if mime == "application/x-www-form-urlencoded":
            from urllib.parse import parse_qsl

            return Fields(gather(parse_qsl(content.decode(), keep_blank_values=True)))
        if mime == "multipart/form-data":
            return Fields(gather(_read_parts(content, content_type)))
    except UnicodeDecodeError as error:
        raise BadBody("the body is not a form") from error
    raise BadBody("the body is not a form")


def _read_parts(content: bytes, content_type: str) -> "Iterator[tuple[str, str | Upload]]":
    """The parts of a multipart form (RFC 7578).

    Python's own parser of MIME would read files that are messages, and takes seconds for headers made for that.
    """
    boundary = _parameters(content_type).get("boundary")
    _, *parts = (b"\r\n" + content).split(f"\r\n--{boundary}".encode("utf-8", "replace"), _MOST_PARTS + 1)
    if not boundary or not parts or not parts[-1].startswith(b"--"):
        raise BadBody("the body is not a multipart form, or has too many parts")
    for part in parts[:-1]:
        head, end, value = part.partition(b"\r\n\r\n")
        if len(head) > _LONGEST_HEAD:
            raise BadBody("the headers of a part of the form are too long")
        lines = [line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")]
        headers = {name.strip().lower(): text.strip() for name, _, text in lines}
        given = _parameters(headers.get("content-disposition", ""))
        if not end or "name" not in given:
            raise BadBody("a part of the form has no name")
        if "filename" in given:
            yield given["name"], Upload(given["filename"], media_type(headers.get("content-type", "text/plain")), value)
        else:
            yield given["name"], value.decode("utf-8", "replace")


def _parameters(header: str) -> "dict[str, str]":
    """What stands behind the first part of a header: `{"name": "a"}` of `form-data; name="a"`."""
    found = {}
    for name, quoted, plain in _PARAMETER.findall(header):
        found[name.lower()] = re.sub(r"\\([\"\\])", r"\1", quoted) if quoted else plain.strip()
    if "filename*" in found:  # RFC 5987, which browsers leave alone here and other clients don't
        from urllib.parse import unquote

        found["filename"] = unquote(found["filename*"].rpartition("'")[2])
    return found


def decode(content: bytes, content_type: str) -> str:
    """`content` as text by the charset of its content type."""
    charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip(' "') or "utf-8"
    try:
        known = _CHARSETS.fullmatch(codecs.lookup(charset).name) is not None
    except (LookupError, ValueError):
        known = False
    if not known:
        raise BadBody("the charset of the body is not known")
    return content.decode(charset, "replace")


def decode_base64(body: "str | bytes") -> bytes:
    """The bytes that a gateway sent as base64. Raises `BadBody` where they are not."""
    from base64 import b64decode

    try:
        return b64decode(body, validate=True)
    except (ValueError, TypeError) as error:
        raise BadBody("the body is not base64") from error


def media_type(content_type: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()
