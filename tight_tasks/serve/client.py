"""A stand-in for AWS's runtime client, in plain Python, where `awslambdaric` has no wheel (macOS, Windows).

`python -m tight_tasks.serve.client app_index.accounts` speaks the Lambda Runtime API as awslambdaric does: the same
handler look-up, error JSON, text logs and context. What it leaves out: JSON logs, SnapStart, tenants, the client
context and Cognito identity of mobile apps; and it answers a named tuple as a list.
"""

import importlib
import json
import logging
import math
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from http.client import HTTPConnection
from io import TextIOWrapper
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

_PREFIX = "/2018-06-01/runtime"
# Later runtimes leave text outside ASCII as it is.
_ESCAPING_RUNTIMES = ("AWS_Lambda_python3.10", "AWS_Lambda_python3.11")

Handler = Callable[[Any, object], object]


class Fault(Exception):
    """A failure that the runtime names itself, with no frames of the function in it."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class LambdaContext:
    """What a handler is given beside the event."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        environment = os.environ.get
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.function_name = environment("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = environment("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = environment("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment("AWS_LAMBDA_LOG_STREAM_NAME")
        self.tenant_id = None
        self.client_context = None
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


class Client:
    """One keep-alive connection to the Runtime API; it waits for the next event without a limit, as AWS asks."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address)

    def next(self) -> tuple[Mapping[str, str], bytes]:
        return self._call("GET", "/invocation/next")

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._call("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[Mapping[str, str], bytes]:
        self._connection.request(method, _PREFIX + path, body, dict(headers or {}))
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"the Runtime API answered {response.status} to {path}: {content!r}")
        return dict(response.headers.items()), content


def find_handler(name: str) -> Handler:
    """The function that a handler string names; raises `Fault` with AWS's own kinds and sentences."""
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise Fault("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("Runtime.UserCodeSyntaxError", message, trace) from error
    try:
        found: Handler = getattr(module, function)
    except AttributeError as error:
        message = f"Handler '{function}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", message) from error
    return found


def answer(handler: Handler, event: bytes, context: LambdaContext) -> bytes:
    """What the handler returns: bytes as they are, else their JSON."""
    try:
        value = json.loads(event)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
    result = handler(value, context)
    if isinstance(result, bytes):
        return result
    try:
        return encode(result).encode()
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def encode(value: object) -> str:
    """JSON, in which a Decimal keeps all of its digits."""
    token = uuid4().hex

    def encode_decimal(value: object) -> object:
        if not isinstance(value, Decimal):
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        # Python's json has no way to write a number as it is, so it is marked as text and unmarked below.
        return math.nan if value.is_nan() else f"{token}{value}{token}"

    ensure_ascii = os.environ.get("AWS_EXECUTION_ENV") in _ESCAPING_RUNTIMES
    text = json.dumps(value, default=encode_decimal, ensure_ascii=ensure_ascii)
    return re.sub(f'"{token}(.*?){token}"', r"\1", text)


def describe(error: BaseException, request_id: str = "") -> dict[str, object]:
    """Lambda's error JSON, without the frames of this file and of the import system below it."""
    kind, trace = type(error).__name__, []
    if isinstance(error, Fault):
        kind, trace = error.kind, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        while frames and frames[0].filename == __file__:
            del frames[0]
        trace = traceback.format_list([(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames])
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def log_error(description: Mapping[str, Any]) -> None:
    """One record, whose lines are parted by \\r and indented by no-break spaces, as in Lambda."""
    head = ": ".join(filter(None, (description["errorType"], description["errorMessage"])))
    lines = [f"[ERROR] {head}", "Traceback (most recent call last):"]
    for line in "".join(description["stackTrace"]).splitlines():
        text = line.lstrip(" ")
        lines.append("\N{NO-BREAK SPACE}" * (len(line) - len(text)) + text)
    print("\r".join(lines), flush=True)


def unbuffered(descriptor: int) -> TextIOWrapper:
    """A text stream whose text is out at once: it stays in order, and survives the end of the process."""
    raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115  # open for as long as the process
    return TextIOWrapper(raw, encoding="utf-8", write_through=True)


class _RequestId(logging.Filter):
    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.current
        return True


def set_up_logging() -> _RequestId:
    """Lambda's text lines: level, time in UTC, request id, message, parted by tabs."""
    request_id = _RequestId()
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(request_id)
    logging.getLogger().addHandler(handler)
    return request_id


def main(handler_name: str, look: Callable[[], None] = lambda: None) -> int:
    """Answer events until the process is ended; `look` is called before each answer."""
    sys.stdout, sys.stderr = unbuffered(1), unbuffered(2)
    request_id = set_up_logging()
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = find_handler(handler_name)
    except Exception as error:  # noqa: BLE001  # the Runtime API is told whatever it is
        description = describe(error)
        log_error(description)
        kind = {"Lambda-Runtime-Function-Error-Type": str(description["errorType"])}
        client.post("/init/error", json.dumps(description).encode(), kind)
        return 1
    while True:
        headers, event = client.next()
        context = LambdaContext(headers)
        request_id.current = context.aws_request_id
        if "Lambda-Runtime-Trace-Id" in headers:
            os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        path = f"/invocation/{context.aws_request_id}"
        try:
            body = answer(handler, event, context)
        except Exception as error:  # noqa: BLE001  # and here
            description = describe(error, context.aws_request_id)
            log_error(description)
            look()
            client.post(f"{path}/error", json.dumps(description).encode())
        else:
            look()
            client.post(f"{path}/response", body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
