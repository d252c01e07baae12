"""Which function answers a verb and a path: patterns of literal segments, `{name}` and a last `{name+}`."""

from tight.errors import BadRoute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LITERAL, _PARAMETER, _REST = 0, 1, 2


class Pattern:
    """A path as a verb names it. `order` sorts the more specific first: literals, then parameters, then the rest."""

    __slots__ = ("names", "order", "segments", "shape")

    def __init__(self, path: str) -> None:
        if not path.startswith("/"):
            raise BadRoute(path, "it has to start with /")
        segments = tuple(_read_segments(path))
        self.segments = segments
        self.names = tuple(text for kind, text in segments if kind != _LITERAL)
        # Equal for two patterns that match the same paths, whatever their parameters are called.
        self.shape = tuple((kind, text if kind == _LITERAL else "") for kind, text in segments)
        self.order = tuple(kind for kind, _ in segments)
        if len(set(self.names)) != len(self.names):
            raise BadRoute(path, "two of its parameters have one name")
        if _REST in [kind for kind, _ in segments[:-1]]:
            raise BadRoute(path, "only its last parameter may take the rest of the path")

    def match(self, parts: "tuple[str, ...]") -> "dict[str, str] | None":
        """The parameters that `parts`, the decoded segments of a path, give; None where it is another path."""
        found: dict[str, str] = {}
        for position, (kind, text) in enumerate(self.segments):
            if kind == _REST:
                found[text] = "/".join(parts[position:])
                return found if found[text] else None
            if position >= len(parts):
                return None
            if kind == _LITERAL:
                if parts[position] != text:
                    return None
            elif parts[position]:
                found[text] = parts[position]
            else:
                return None
        return found if len(parts) == len(self.segments) else None


def split_path(path: str) -> "tuple[str, ...]":
    """The segments of a path; neither the leading slash nor a trailing one counts."""
    inner = path.strip("/")
    return tuple(inner.split("/")) if inner else ()


def _read_segments(path: str) -> "Iterator[tuple[int, str]]":
    for segment in split_path(path):
        if "{" not in segment and "}" not in segment:
            yield _LITERAL, segment
            continue
        name = segment[1:-1].removesuffix("+")
        if segment[0] != "{" or segment[-1] != "}" or not name.isidentifier():
            raise BadRoute(path, f"{segment} has to be a parameter as in /accounts/{{account_id}}")
        yield (_REST if segment.endswith("+}") else _PARAMETER), name


def decode_path(path: str) -> "tuple[str, ...]":
    """The segments of a percent-encoded path, each decoded on its own, so that %2F never makes two of one."""
    return tuple(unquote(part) for part in split_path(path))


def unquote(text: str) -> str:
    """`text` with its percent-encoding decoded."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # 4 ms, needed by few paths

    return decode(text)
