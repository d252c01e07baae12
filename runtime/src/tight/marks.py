"""Marks: what a decorator notes in the module that uses it, for `tight.app` to find there.

The note stands in the module and not on the function, so that a function can be shared between modules, and two
functions of one name can't replace each other unseen.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_NOTES = "__tight_marks__"


class Mark:
    """A function that a trigger calls: which trigger, with which options, and where that was written."""

    __slots__ = ("function", "options", "place", "trigger")

    def __init__(self, trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]", place: str) -> None:
        self.trigger = trigger
        self.options = options
        self.function = function
        self.place = place


def add_mark(trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]", *, depth: int) -> None:
    """Note in the calling module that `trigger` calls `function`; `depth` counts the frames up to that module."""
    frame = sys._getframe(depth + 1)  # noqa: SLF001  # what typing and enum use to name the calling module
    place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
    notes: list[Mark] = frame.f_globals.setdefault(_NOTES, [])
    # Reloading a module runs it again in the same namespace: the new note replaces the one of that place.
    notes[:] = [note for note in notes if (note.trigger, note.options, note.place) != (trigger, options, place)]
    notes.append(Mark(trigger, options, function, place))


def marks_of(module: "ModuleType") -> "list[Mark]":
    """The marks written in `module`, in their order."""
    return list(vars(module).get(_NOTES, ()))
