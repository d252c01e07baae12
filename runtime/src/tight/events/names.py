"""What AWS calls a queue, a topic, a stream: as it is declared, with TIGHT_PREFIX in front where that is set."""

import os


def physical(name: str, *, fifo: bool = False) -> str:
    """The name of a queue or topic in its account. Of an ARN or a URL the name in it, which has its prefix already."""
    if name.startswith("arn:"):
        return last_of(name)
    if "://" in name:
        return name.rpartition("/")[2]
    name = os.environ.get("TIGHT_PREFIX", "") + name
    return name if not fifo or name.endswith(".fifo") else f"{name}.fifo"


def last_of(arn: str) -> str:
    """`orders` of arn:aws:sqs:eu-north-1:123456789012:orders; of a stream of Kinesis `stream/orders`."""
    return arn.split(":", 5)[-1]
