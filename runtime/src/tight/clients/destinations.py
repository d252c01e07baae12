"""Where messages go: the client and the URL or ARN for what an app calls a queue or a topic.

A name gets the environment variable TIGHT_PREFIX in front; an ARN or a URL is used as it is. A queue's URL is asked for
once, and so is the account of a topic where no function's ARN tells it.
"""

from tight.clients.aws import client
from tight.clients.cache import keep
from tight.names import physical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def queue(name: str, *, fifo: bool = False) -> "tuple[Any, str]":
    """The client for a queue, and the queue's URL."""
    name = physical(name, fifo=fifo)
    sqs = client("sqs", region_of(name))
    if name.startswith("http"):
        return sqs, name

    def look_up() -> str:
        if not name.startswith("arn:"):
            return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
        account, own_name = name.split(":")[4:6]
        return str(sqs.get_queue_url(QueueName=own_name, QueueOwnerAWSAccountId=account)["QueueUrl"])

    return sqs, keep(("queue", sqs, name), look_up)


def topic(name: str, function: str | None, *, fifo: bool = False) -> "tuple[Any, str]":
    """The client for a topic, and the topic's ARN. A name is one of the account of `function`, the ARN of a function,
    else of the credentials' account.
    """
    name = physical(name, fifo=fifo)
    sns = client("sns", region_of(name))
    if name.startswith("arn:"):
        return sns, name
    parts = (function or "").split(":")
    account = parts[4] if len(parts) > 4 else keep(("account", sns), _account)
    return sns, f"arn:{sns.meta.partition}:sns:{sns.meta.region_name}:{account}:{name}"


def region_of(name: str) -> str | None:
    """The region in an ARN or in the URL of a queue at AWS; None leaves it to the environment."""
    if name.startswith("arn:"):
        return name.split(":")[3] or None
    if name.startswith("https://sqs.") and ".amazonaws.com" in name:
        return name.split(".")[1]
    return None


def _account() -> str:
    return str(client("sts").get_caller_identity()["Account"])
