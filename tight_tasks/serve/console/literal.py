"""Values of JSON as Python source, laid out as a formatter would. Pure functions."""

import math

_WIDTH = 120
_STEP = 4


def literal(value: object, *, indent: int = 0, before: int = 0, width: int = _WIDTH) -> str:
    """The source of `value`, on one line if that fits behind the `before` columns that its first line has already."""
    line = _line(value)
    if before + len(line) < width or not isinstance(value, (dict, list)) or not value:
        return line
    inner = indent + _STEP
    if isinstance(value, dict):
        parts = []
        for key, each in value.items():
            start = f"{_text(key)}: "
            parts.append(start + literal(each, indent=inner, before=inner + len(start) + 1, width=width))
        first, last = "{", "}"
    else:
        parts = [literal(each, indent=inner, before=inner + 1, width=width) for each in value]
        first, last = "[", "]"
    return "\n".join([first, *(f"{' ' * inner}{part}," for part in parts), f"{' ' * indent}{last}"])


def _line(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_line(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_line(each) for each in value) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _text(value: str) -> str:
    source = repr(value)
    # repr takes single quotes where it can, a formatter double ones.
    if source.startswith("'") and '"' not in source:
        return '"' + source[1:-1].replace("\\'", "'") + '"'
    return source
