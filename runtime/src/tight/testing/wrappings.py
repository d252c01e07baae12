"""What text and bytes may hold within them: JSON, base64 and gzip. Pure functions."""

import binascii
import gzip
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_GZIP = b"\x1f\x8b"


def json_in(text: str) -> Any:
    """The object or list that `text` is in JSON, or None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a name that stands twice the reader would lose one value, and nobody would look at it.
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def dump_like(text: str, value: Any) -> str:
    """`value` in JSON, with spaces where `text` has them."""
    return json.dumps(value, ensure_ascii=text.isascii(), separators=None if '": ' in text else (",", ":"))


def gzip_in(data: bytes) -> bytes | None:
    """What `data` is the gzip of, or None."""
    if not data.startswith(_GZIP):
        return None
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None


def gzipped(data: bytes) -> bytes:
    """The gzip of `data`, always the same bytes."""
    return gzip.compress(data, mtime=0)


def sub_base64(text: str, change: Callable[[bytes], bytes]) -> str:
    """`text` with each run that is the base64 of text or gzip changed, if `change` gives something else for it."""

    def replace(match: re.Match[str]) -> str:
        run = match[0]
        again = _changed(run, change)
        if again == run and "/" in run:  # a path may have it as one of its parts
            return "/".join(sub_base64(part, change) for part in run.split("/"))
        return again

    return _BASE64.sub(replace, text)


def _changed(run: str, change: Callable[[bytes], bytes]) -> str:
    standard = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return run
    changed = change(data)
    if changed == data:
        return run
    again = b64encode(changed).decode()
    again = again if run.endswith("=") or len(run) % 4 == 0 else again.rstrip("=")
    return again.replace("+", "-").replace("/", "_") if {"-", "_"} & set(run) else again
