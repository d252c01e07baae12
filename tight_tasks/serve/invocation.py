"""One invocation of a function: what it is asked, what it came to, and what that took."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from random import getrandbits
from time import time
from typing import Any

# "Lambda quotas" in the Lambda developer guide: 6 MB each way, to which the service adds 100 bytes.
LARGEST_PAYLOAD = 6 * 1024 * 1024 + 100


def new_request_id() -> str:
    """As Lambda has them."""
    # No secret, and asking the system for random bytes is most of what uuid4 costs.
    text = f"{getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) & 3]}{text[17:20]}-{text[20:]}"


def written(at: float) -> str:
    """Seconds since 1970 as a destination is told them: in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def record_of(function_arn: str, request_id: str, condition: str, tries: int, *, failed: bool) -> dict[str, Any]:
    """The part that all records of invocations have which a destination is sent."""
    return {
        "version": "1.0",
        "timestamp": written(time()),
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": tries,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            **({"functionError": "Unhandled"} if failed else {}),
        },
    }


@dataclass(frozen=True)
class Invocation:
    """An event on its way to a function. `payload` is JSON; the time starts when the function is given it.

    `client_context` is JSON as well, `trace_id` X-Ray's header.
    """

    payload: bytes
    timeout_s: float
    function_arn: str
    trace_id: str = ""
    client_context: str = ""
    request_id: str = field(default_factory=new_request_id)


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to: the function's answer, or Lambda's error JSON.

    `ended` says that the process behind it is gone; `request_id` is said where somebody may ask for it.
    """

    payload: bytes
    is_error: bool = False
    ended: bool = False
    request_id: str = ""

    @classmethod
    def failure(cls, kind: str, message: str, request_id: str, *, ended: bool = False) -> "Outcome":
        """An error that the platform reports, not the function: `kind` is such as Runtime.ExitError."""
        error = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {message}"}
        return cls(json.dumps(error).encode(), is_error=True, ended=ended)

    @classmethod
    def too_large(cls) -> "Outcome":
        """In Lambda's own words, which name no request."""
        message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_PAYLOAD} bytes)."
        error = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
        return cls(json.dumps(error).encode(), is_error=True, ended=True)  # its client gives up then

    @property
    def error_type(self) -> str | None:
        """`errorType` of the error JSON; None for an answer."""
        if not self.is_error:
            return None
        try:
            found = json.loads(self.payload).get("errorType")
        except (ValueError, AttributeError):
            found = None
        return found if isinstance(found, str) else "Unknown"


@dataclass(frozen=True, slots=True)
class Usage:
    """What an invocation took, as Lambda's REPORT line has it: milliseconds, and MB of the whole environment.

    `init_ms` is None but for the invocation that its environment was started for.
    """

    duration_ms: float
    init_ms: float | None
    memory_mb: int
    peak_mb: int
    # Since August 2025 the init phase is billed too ("AWS Lambda standardizes billing for INIT Phase", AWS's blog).

    @property
    def billed_ms(self) -> int:
        """Rounded up to whole milliseconds, the init phase included."""
        return -int(-(self.duration_ms + (self.init_ms or 0)) // 1)

    def report(self, request_id: str) -> str:
        """Lambda's line, as in CloudWatch: "Python Lambda function logging" in the Lambda developer guide."""
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {self.duration_ms:.2f} ms",
            f"Billed Duration: {self.billed_ms} ms",
            f"Memory Size: {self.memory_mb} MB",
            f"Max Memory Used: {self.peak_mb} MB",
        ]
        if self.init_ms is not None:
            parts.append(f"Init Duration: {self.init_ms:.2f} ms")
        return "\t".join(parts) + "\t"
