"""What AWS takes of a source of events. Whoever describes an app asks; Lambda never does.

"Lambda parameters for Amazon SQS event source mappings", and those for DynamoDB and Kinesis, in the Lambda developer
guide; `botocore`'s models of SQS, SNS and Kinesis have the limits of queues and the rules for names.
"""

import re

from tight.names import is_address, own_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# By an argument's name; None stands for the default of AWS or of the deployment.
_RANGES = {
    "batch": (1, 10_000),
    "window": (0, 300),
    "visibility": (0, 43_200),
    "max_receives": (1, 1000),
    "retries": (0, 10_000),
    "max_age": (60, 604_800),
    "concurrency": (2, 1000),
}
_NAMES = ("queue", "topic", "stream", "table", "bucket", "bus", "dead_letter")
# The most characters of a name, and which there are but for letters and digits; .fifo may end a queue's and a topic's.
_SPELLINGS = {"queue": (80, "_-"), "dead_letter": (80, "_-"), "topic": (256, "_-"), "stream": (128, "_.-")}
_CHANGES = ("INSERT", "MODIFY", "REMOVE")


def fault(kind: str, arguments: "dict[str, Any]") -> str:
    """What AWS would refuse of a decorator's arguments, and what to do; empty where it would not."""
    for name in _NAMES:
        if arguments.get(name) == "":
            return f"{name} is empty: give it the name that AWS knows, or an ARN"
    for name, (most, marks) in _SPELLINGS.items():
        value = arguments.get(name)
        if value is None or is_address(value):
            continue
        if len(value) > most or not re.fullmatch(f"[A-Za-z0-9{marks}]+", value.removesuffix(".fifo")):
            return f"{name}={value!r}, where AWS takes 1 to {most} of A-Z a-z 0-9 {' '.join(marks)}, or an ARN"
    for name, (least, most) in _RANGES.items():
        value = arguments.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most):
            return f"{name}={value!r}, where AWS takes a whole number of {least:,} to {most:,}"
    of_kind = _OF_KIND.get(kind)
    return of_kind(arguments) if of_kind else ""


def _queue(arguments: "dict[str, Any]") -> str:
    fifo, dead_letter = arguments["fifo"], arguments["dead_letter"]
    if dead_letter and own_name(dead_letter, fifo=fifo) == own_name(arguments["queue"], fifo=fifo):
        return f"dead_letter={dead_letter!r} is the queue itself: give it another one"
    if fifo and (arguments["batch"] > 10 or arguments["window"]):
        return "of a FIFO queue a batch has 10 messages at most, and no window"
    if arguments["batch"] > 10 and not arguments["window"]:
        return "a batch of more than 10 messages needs a window of at least one second to gather them in: window=1"
    filters = arguments["filter"]
    if filters is None:
        return ""
    if isinstance(filters, dict):
        filters = [filters]
    if not isinstance(filters, list) or not all(isinstance(each, dict) for each in filters):
        return 'its filter has to be an event filter of Lambda, as {"body": {"kind": ["new"]}}, or a list of them'
    return next(filter(None, (_leaf_fault(each, "its filter") for each in filters)), "")


def _topic(arguments: "dict[str, Any]") -> str:
    if arguments["topic"].endswith(".fifo") and arguments["queue"] is None:
        return "a FIFO topic can't invoke a function: give it a FIFO queue, by queue="
    if arguments["filter_scope"] not in ("MessageAttributes", "MessageBody"):
        return "filter_scope is MessageAttributes or MessageBody"
    policy = arguments["filter"]
    if policy is None:
        return ""
    if not isinstance(policy, dict):
        return 'its filter has to be a filter policy of SNS, as {"kind": ["new"]}'
    return _leaf_fault(policy, "its filter")


def _stream(arguments: "dict[str, Any]") -> str:
    if not arguments["on"] or not set(arguments["on"]) <= set(_CHANGES):
        return f"on={arguments['on']!r}: name some of {', '.join(_CHANGES)}"
    return ""


def _bucket(arguments: "dict[str, Any]") -> str:
    if not arguments["on"] or not all(re.fullmatch(r"[A-Z]\w+(:(\*|\w+))?", each) for each in arguments["on"]):
        return f"on={arguments['on']!r}: name event types of S3, such as ObjectCreated:* or ObjectRemoved:Delete"
    if "*" in arguments["prefix"] + arguments["suffix"]:
        return "S3 takes no * in a prefix or suffix"
    return ""


def _bus(arguments: "dict[str, Any]") -> str:
    return _leaf_fault(arguments["pattern"]) if arguments["pattern"] else "an event pattern can't be empty"


def _leaf_fault(pattern: "Any", place: str = "its pattern") -> str:
    if not isinstance(pattern, dict):
        return f"{place} has to be a list of what is wanted, or an object with more fields"
    for name, wanted in pattern.items():
        inner = wanted if name == "$or" and isinstance(wanted, list) else [wanted]
        if name != "$or" and isinstance(wanted, list):
            continue
        for each in inner:
            found = _leaf_fault(each, f"{name!r} of {place}")
            if found:
                return found
    return ""


_OF_KIND: "dict[str, Callable[[dict[str, Any]], str]]" = {
    "bucket": _bucket,
    "bus": _bus,
    "queue": _queue,
    "stream": _stream,
    "topic": _topic,
}
