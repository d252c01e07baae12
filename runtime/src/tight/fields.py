"""Names to values where a name may be repeated: headers, query, form."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Fields(dict[str, "Any"]):
    """A dict of the last value of each name; `all` gives every value of one."""

    def __init__(self, repeats: "Mapping[str, list[Any]]") -> None:
        super().__init__({name: values[-1] for name, values in repeats.items() if values})
        self._repeats = repeats

    def all(self, name: str) -> "list[Any]":
        """The values of `name` in their order; none of a name that is missing."""
        return list(self._repeats.get(name, ()))


class Headers(dict[str, str]):
    """A dict by lower-case names that finds a name in any spelling."""

    def __init__(self, pairs: "Iterable[tuple[str, str]]") -> None:
        super().__init__({name.lower(): value for name, value in pairs})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name.lower(), value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name.lower())

    def update(self, *others: "Any", **more: str) -> None:
        for name, value in dict(*others, **more).items():
            self[name] = value

    # The defaults may be of any type, as a dict's.
    def pop(self, name: str, *default: "Any") -> "Any":
        return super().pop(name.lower(), *default)

    def setdefault(self, name: str, default: "Any" = "") -> "Any":
        return super().setdefault(name.lower(), default)

    def get(self, name: str, default: "Any" = None) -> "Any":
        return super().get(name.lower(), default)


def read_cookies(header: str) -> "dict[str, str]":
    """Of two cookies of one name the first: browsers send the one of the longer path first (RFC 6265, 5.4)."""
    pairs = [pair.partition("=") for pair in header.split(";") if "=" in pair]
    return {name.strip(): value.strip().strip('"') for name, _, value in reversed(pairs)}


def gather(pairs: "Iterable[tuple[str, Any]]") -> "dict[str, list[Any]]":
    """The values of each name, in their order."""
    repeats: dict[str, list[Any]] = {}
    for name, value in pairs:
        repeats.setdefault(name, []).append(value)
    return repeats
