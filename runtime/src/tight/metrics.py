"""Metrics of CloudWatch without a call to it: lines on stdout in its Embedded Metric Format.

    metric("orders", 1)
    metric("payment", 0.12, unit="Seconds", provider="acme")

Each call writes one line, which CloudWatch Logs reads as a metric. Its namespace is the app's name, `NAME`,
or else the function's full name.
Names and limits: "Specification: Embedded metric format" in the CloudWatch user guide, and `MetricDatum` and
`Dimension` in its API reference.
"""

import os
import sys
import time
from json import JSONEncoder

from tight.errors import BadMetric, MissingEnvironment
from tight.records import function_name
from tight.request import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_AMOUNTS = ["Count"] + [
    f"{prefix}{unit}".capitalize() for prefix in ("", "Kilo", "Mega", "Giga", "Tera") for unit in ("bits", "bytes")
]
_PER_SECOND = [f"{amount}/Second" for amount in _AMOUNTS]
UNITS = frozenset([*_AMOUNTS, *_PER_SECOND, "Seconds", "Milliseconds", "Microseconds", "Percent", "None"])
_LONGEST_NAME = 255
_MOST_DIMENSIONS = 30
_LONGEST_DIMENSION = 250
_LONGEST_VALUE = 1024
_LARGEST = 2**360

_encode = JSONEncoder(separators=(",", ":")).encode


def metric(name: str, value: float, /, unit: str = "Count", **dimensions: object) -> None:
    """Write one value of a metric. Its dimensions are `function`, `stage` where STAGE is set, and those given.

    Every combination of dimensions' values is a metric of its own, which AWS charges for: no ids in them.
    Raises `BadMetric` for what CloudWatch would drop in silence, and `MissingEnvironment` without a namespace.
    """
    invocation = current.get()
    function = function_name(invocation)
    namespace = os.environ.get("NAME") or os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
    if not namespace:
        raise MissingEnvironment("NAME", f"the namespace of the metric {name!r}")
    given = {"function": function, "stage": os.environ.get("STAGE"), **dimensions}
    texts = {key: str(text) for key, text in given.items() if text not in (None, "")}
    reason = _fault(name, value, unit, texts)
    if reason:
        raise BadMetric(name, reason)
    line: dict[str, Any] = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {"Namespace": namespace, "Dimensions": [[*texts]], "Metrics": [{"Name": name, "Unit": unit}]}
            ],
        },
        **texts,
        name: value,
    }
    if invocation is not None and invocation.request_id:
        line.setdefault("requestId", invocation.request_id)
    sys.stdout.write(_encode(line) + "\n")  # at once: two writes might let another line in between
    sys.stdout.flush()


def _fault(name: object, value: object, unit: object, dimensions: "dict[str, str]") -> "str | None":
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        return f"a name is a text of 1 to {_LONGEST_NAME} characters"
    if name in dimensions or name == "_aws":
        return "its name is taken, by a dimension or by the format itself"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LARGEST <= value <= _LARGEST:
        return f"{value!r} is not a number between -2^360 and 2^360"
    if not isinstance(unit, str) or unit not in UNITS:
        return f"the unit {unit!r} is none of {', '.join(sorted(UNITS))}"
    if len(dimensions) > _MOST_DIMENSIONS:
        return f"{len(dimensions)} dimensions are too many: {_MOST_DIMENSIONS} at most"
    for key, text in dimensions.items():
        if not _is_text(key, _LONGEST_DIMENSION) or key.startswith(":") or key == "_aws":
            return f"{key!r} can't be a dimension: 1 to {_LONGEST_DIMENSION} printable ASCII characters, no colon first"
        if not _is_text(text, _LONGEST_VALUE):
            return f"the dimension {key} can't be {text!r}: 1 to {_LONGEST_VALUE} printable ASCII characters"
    return None


def _is_text(text: str, longest: int) -> bool:
    return bool(text.strip()) and len(text) <= longest and text.isascii() and text.isprintable()
