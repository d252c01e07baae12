"""Runs in a function's process: notes each exchange with AWS, so that a test of the invocation can play it back.

`python -m tight_tasks.serve.tap FILE awslambdaric app_index.accounts` is `python -m awslambdaric app_index.accounts`
that appends a line of JSON to FILE for each. It stands where botocore hands a request to the network, and is put there
when botocore is imported, so a function that does not use AWS loads nothing. Signatures and keys are not noted.
It also has `Background` look around before each answer.
"""

import importlib.util
import json
import os
import runpy
import sys
import time

from tight_tasks.serve.background import Background

TYPE_CHECKING = False  # importing `typing` would cost every cold start of a worker 2 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_HTTP = "botocore.httpsession"
_LOOPS = "asyncio.base_events"
_AWS_CLIENT = "awslambdaric.lambda_runtime_client"
_STAND_IN = "tight_tasks.serve.client"
_LARGEST = 1024 * 1024
_KEPT = 4 * 1024 * 1024  # of one invocation: the local Lambda holds it in memory


class _Finder:
    """Finds modules as everybody does, and has those in `changes` changed once they have run."""

    def __init__(self, changes: "Mapping[str, Callable[[Any], None]]") -> None:
        self._changes = dict(changes)

    def find_spec(self, name: str, path: object = None, target: object = None) -> "Any":  # noqa: ARG002  # Python's call
        change = self._changes.pop(name, None)
        if change is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def run_and_change(module: "Any") -> None:
                run(module)
                change(module)

            spec.loader.exec_module = run_and_change  # type: ignore[method-assign]  # a loader is made for each spec
        return spec


def tap(session: "Any", file: str) -> None:
    """Have botocore's class of HTTP sessions note in `file` what it sends and is answered."""
    send = session.send

    def send_and_note(self: "Any", request: "Any") -> "Any":
        began = time.perf_counter()
        response = None
        try:
            response = send(self, request)
            return response
        finally:
            _note(file, request, response, (time.perf_counter() - began) * 1000)

    session.send = send_and_note


def _note(file: str, request: "Any", response: "Any", spent_ms: float) -> None:
    """A line; `content` is null where the answer can't be kept: there was none, it is a stream or too large.

    So is `body`, where the request's is.
    """
    body = _bytes(request.body)
    lost = response is None or request.stream_output or len(response.content) > _LARGEST
    line = {
        "method": request.method,
        "url": _without_signature(request.url),
        "target": _text(request.headers.get("X-Amz-Target") or ""),
        "body": None if body is None or len(body) > _LARGEST else _base64(body),
        "status": None if response is None else response.status_code,
        "headers": [] if response is None else [*response.headers.items()],
        "content": None if lost else _base64(response.content),
        "ms": round(spent_ms, 2),
    }
    number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(number).st_size > _KEPT:
            line["content"] = line["body"] = None
        os.write(number, json.dumps(line).encode() + b"\n")
    finally:
        os.close(number)


def _without_signature(url: str) -> str:
    return url.partition("?")[0] if "X-Amz-Signature=" in url else url


def _text(value: "Any") -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: "Any") -> bytes | None:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, (bytes, bytearray)) else None


def _base64(content: bytes | None) -> str | None:
    import base64  # botocore has loaded it by now

    return None if content is None else base64.b64encode(content).decode()


def look_before_answers(background: Background, client: "Any") -> None:
    """Have `background` look around whenever AWS's class of runtime clients is about to send an answer."""
    for name in ("post_invocation_result", "post_invocation_error"):
        setattr(client, name, _after(background.look, getattr(client, name)))


def _after(look: "Callable[[], None]", send: "Callable[..., None]") -> "Callable[..., None]":
    def look_and_send(*arguments: "Any", **named: "Any") -> None:
        look()
        send(*arguments, **named)

    return look_and_send


def main(arguments: list[str]) -> None:
    file, module, *rest = arguments
    background = Background()
    changes: dict[str, Callable[[Any], None]] = {
        _HTTP: lambda found: tap(found.URLLib3Session, file),
        _LOOPS: background.follow_loops,
        _AWS_CLIENT: lambda found: look_before_answers(background, found.LambdaRuntimeClient),
    }
    sys.meta_path.insert(0, _Finder(changes))
    sys.argv = [module, *rest]
    if module == _STAND_IN:
        from tight_tasks.serve import client  # which is not loaded where AWS's own runs

        sys.exit(client.main(rest[0], background.look))
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
