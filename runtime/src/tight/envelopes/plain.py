"""The data alone: text as it is, anything else as JSON."""

from json import dumps, loads

from tight.encoding import jsonable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Plain:
    """Text that is JSON is read as that, so the text `7` arrives as a number; any other text is read as text."""

    def parse(self, text: str, attributes: "dict[str, Any]") -> "Any":  # noqa: ARG002  # an envelope's method
        try:
            return loads(text)
        except (ValueError, RecursionError):
            return text

    def build(self, data: object, **facts: "Any") -> str:  # noqa: ARG002  # an envelope's method
        if isinstance(data, str):
            return data
        return dumps(data, allow_nan=False, separators=(",", ":"), default=jsonable)
