"""One value from deep inside of nested mappings and lists."""

from collections.abc import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOWHERE = object()


def safeget(mapping: object, *keys: object, default: object = None) -> "Any":
    """What `keys` lead to, whatever it is; `default` where they lead nowhere.

    A key of a list is an index. A missing key, an index out of range, and a step into text, a number or None lead
    nowhere. Without keys it is `mapping` itself.
    """
    found: Any = mapping
    for key in keys:
        found = _step(found, key)
        if found is _NOWHERE:
            return default
    return found


def _step(container: "Any", key: object) -> "Any":
    try:
        if isinstance(container, Mapping):
            return container.get(key, _NOWHERE)
        if isinstance(container, Sequence) and isinstance(key, int) and not isinstance(container, (str, bytes)):
            return container[key]
    except (IndexError, TypeError):  # TypeError: a key that can't be hashed
        pass
    return _NOWHERE
