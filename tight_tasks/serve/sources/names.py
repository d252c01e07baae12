"""What a declared queue, topic or stream is called."""

import re
from collections.abc import Mapping
from hashlib import sha256

_LONGEST = 80  # of a queue's name, in SQS


def physical_name(declared: str, variables: Mapping[str, str], *, fifo: bool = False) -> str:
    """TIGHT_PREFIX before a name, .fifo after it; of an ARN or a URL the name in it, as it is."""
    if declared.startswith("arn:"):
        return declared.rpartition(":")[2].rpartition("/")[2]
    if declared.startswith(("http://", "https://")):
        return declared.rstrip("/").rpartition("/")[2]
    name = variables.get("TIGHT_PREFIX", "") + declared
    return name if not fifo or name.endswith(".fifo") else f"{name}.fifo"


def inbox_name(kind: str, name: str, function: str) -> str:
    """The queue of Tight's own between a topic, a bucket or a bus and a function."""
    whole = re.sub(r"[^A-Za-z0-9_-]", "_", f"tight-{kind}-{function}-{name}")
    if len(whole) <= _LONGEST:
        return whole
    return f"{whole[: _LONGEST - 9]}-{sha256(whole.encode()).hexdigest()[:8]}"
