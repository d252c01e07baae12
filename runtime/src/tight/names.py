"""What AWS calls a queue, a topic, a stream: as it is declared, with TIGHT_PREFIX in front where that is set."""

import os


def physical(name: str, *, fifo: bool = False) -> str:
    """The name in AWS of what the app calls `name`; an ARN or a URL as it is."""
    if is_address(name):
        return name
    name = os.environ.get("TIGHT_PREFIX", "") + name
    return f"{name}.fifo" if fifo and not name.endswith(".fifo") else name


def own_name(name: str, *, fifo: bool = False) -> str:
    """The same as an event has it: of an ARN or a URL the name in it."""
    found = physical(name, fifo=fifo)
    if found.startswith("arn:"):
        return last_of(found)
    return found.rpartition("/")[2] if is_address(found) else found


def is_address(name: str) -> bool:
    """Whether `name` is an ARN or a URL."""
    return name.startswith(("arn:", "https://", "http://"))


def last_of(arn: str) -> str:
    """`orders` of arn:aws:sqs:eu-north-1:123456789012:orders; of a stream of Kinesis `stream/orders`."""
    return arn.split(":", 5)[-1]
