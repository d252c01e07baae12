"""What S3 tells of its objects: "Event message structure" in the Amazon S3 user guide."""

from tight.request import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def key_of(record: "dict[str, Any]") -> str:
    """The key as it is stored; S3 sends it encoded as a form's fields are, a space as `+`."""
    key: str = record["s3"]["object"]["key"]
    if "%" not in key and "+" not in key:
        return key
    from urllib.parse import unquote_plus  # 4 ms, needed by few keys

    return unquote_plus(key)


def is_test(body: str) -> bool:
    """Whether it is what S3 sends to see that a queue or topic takes its notifications; it is about no object."""
    try:
        sent = loads(body)
    except (ValueError, RecursionError):
        return False
    if isinstance(sent, dict) and sent.get("Type") == "Notification":  # through a topic, in SNS's envelope
        return is_test(str(sent.get("Message")))
    return isinstance(sent, dict) and sent.get("Service") == "Amazon S3" and sent.get("Event") == "s3:TestEvent"
