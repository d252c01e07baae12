"""Runs in a function's process: notes each exchange with AWS, so that a test of the invocation can play it back.

`python -m tight_tasks.serve.tap FILE awslambdaric app_index.accounts` is `python -m awslambdaric app_index.accounts`
that appends a line of JSON to FILE for each. It stands where botocore hands a request to the network, and is put there
when botocore is imported, so a function that does not use AWS loads nothing. Signatures and keys are not noted.
"""

import importlib.util
import json
import os
import runpy
import sys
import time
from typing import Any

_HTTP = "botocore.httpsession"
_LARGEST = 1024 * 1024
_KEPT = 4 * 1024 * 1024  # of one invocation: the local Lambda holds it in memory


class _Finder:
    """Finds botocore's module as everybody does, and changes it once it has run."""

    def __init__(self, file: str) -> None:
        self._file = file

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:  # noqa: ARG002  # Python's call
        if name != _HTTP:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def run_and_tap(module: Any) -> None:
                run(module)
                tap(module.URLLib3Session, self._file)

            spec.loader.exec_module = run_and_tap  # type: ignore[method-assign]  # a loader is made for each spec
        return spec


def tap(session: Any, file: str) -> None:
    """Have botocore's class of HTTP sessions note in `file` what it sends and is answered."""
    send = session.send

    def send_and_note(self: Any, request: Any) -> Any:
        began = time.perf_counter()
        response = None
        try:
            response = send(self, request)
            return response
        finally:
            _note(file, request, response, (time.perf_counter() - began) * 1000)

    session.send = send_and_note


def _note(file: str, request: Any, response: Any, spent_ms: float) -> None:
    """A line; `content` is null where the answer can't be kept: there was none, it is a stream or too large."""
    lost = response is None or request.stream_output or len(response.content) > _LARGEST
    line = {
        "method": request.method,
        "url": _without_signature(request.url),
        "target": _text(request.headers.get("X-Amz-Target") or ""),
        "body": _base64(_bytes(request.body)),
        "status": None if response is None else response.status_code,
        "headers": [] if response is None else [*response.headers.items()],
        "content": None if lost else _base64(response.content),
        "ms": round(spent_ms, 2),
    }
    number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(number).st_size > _KEPT:
            line["content"] = None
        os.write(number, json.dumps(line).encode() + b"\n")
    finally:
        os.close(number)


def _without_signature(url: str) -> str:
    return url.partition("?")[0] if "X-Amz-Signature=" in url else url


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes | None:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, (bytes, bytearray)) else None


def _base64(content: bytes | None) -> str | None:
    import base64  # botocore has loaded it by now

    return None if content is None else base64.b64encode(content).decode()


def main(arguments: list[str]) -> None:
    file, module, *rest = arguments
    sys.meta_path.insert(0, _Finder(file))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
