"""Which message this is."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def message_uuid(facts: "Mapping[str, Any]") -> str:
    """tomodachi's id of a message: its service's, a point, and one of its own."""
    from uuid import uuid4

    return f"{facts.get('service_uuid') or ''}.{facts.get('uuid') or uuid4()}"
