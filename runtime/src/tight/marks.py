"""Marks: what a decorator notes in the module that is being imported, and what is called for such a note.

The note stands in the module and not on the function, so that a function can be shared between modules, and two
functions of one name can't replace each other unseen.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType, ModuleType
    from typing import Any

_NOTES = "__tight_marks__"
_MOST_WRAPPERS = 100  # a chain of wrappers may run in a circle


class Mark:
    """A function that a trigger calls: which trigger, with which options, and where that was written.

    `bound` is what the function's name stood for when another function took it over.
    """

    __slots__ = ("bound", "function", "options", "place", "trigger")

    def __init__(self, trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]", place: str) -> None:
        self.trigger = trigger
        self.options = options
        self.function = function
        self.place = place
        self.bound: object = None


def add_mark(trigger: str, options: "tuple[Any, ...]", function: "Callable[..., Any]") -> None:
    """Note that `trigger` calls `function`, in the module whose import runs the decorator."""
    frame = _importing_frame()
    namespace = frame.f_globals
    # Reloading runs a module again in the same namespace, but with a new spec: its notes start anew.
    spec, notes = _notes_in(namespace)
    if spec is not namespace.get("__spec__"):
        notes = []
    for note in notes:
        if note.bound is None and _name_of(note.function) == _name_of(function):
            note.bound = namespace.get(_name_of(function))
    notes.append(Mark(trigger, options, function, f"{frame.f_code.co_filename}:{frame.f_lineno}"))
    namespace[_NOTES] = (namespace.get("__spec__"), notes)


def marks_of(module: "ModuleType") -> "list[Mark]":
    """The marks made while `module` was imported, in their order."""
    return list(_notes_in(vars(module))[1])


def visible(module: "dict[str, Any]", mark: "Mark") -> "Callable[..., Any]":
    """The marked function, or the outermost wrapper that decorators above Tight's have put around it.

    Leaving such a wrapper out without a word could leave out a check of permissions; so what can't be found is refused.
    """
    function = mark.function
    candidates: list[Callable[..., Any]] = [value for value in (mark.bound, *module.values()) if callable(value)]
    around = [(wrappers, value) for value in candidates if (wrappers := depth(value, function)) is not None]
    if around:
        return max(around, key=_first)[1]
    if getattr(function, "__module__", "") == module.get("__name__"):
        from tight.errors import HiddenHandler

        raise HiddenHandler(function.__qualname__, mark.place)
    return function


def refuse_twins(marks: "list[Mark]", keys: "Sequence[object]", name: "Callable[[Mark], str]") -> None:
    """Raise `DuplicateRoute` where two marks have equal keys; `name` says what they are for."""
    places: dict[object, str] = {}
    for mark, key in zip(marks, keys, strict=True):
        if key in places:
            from tight.errors import DuplicateRoute

            raise DuplicateRoute(name(mark), places[key], mark.place)
        places[key] = mark.place


def depth(outer: "Any", function: object) -> "int | None":
    """How many wrappers `outer` is around `function`; None where it is not."""
    for wrappers in range(_MOST_WRAPPERS):
        if outer is function:
            return wrappers
        try:
            outer = outer.__wrapped__
        except Exception:  # noqa: BLE001  # a lazy proxy in the module may raise anything
            return None
    return None


def _notes_in(namespace: "dict[str, Any]") -> "tuple[object, list[Mark]]":
    return namespace.get(_NOTES) or (None, [])


def _importing_frame() -> "FrameType":
    # As typing and enum find the module that calls them. A decorator of the app's own may stand in between.
    frame = sys._getframe(2)  # noqa: SLF001  # see above
    while frame.f_code.co_name != "<module>" and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _name_of(function: object) -> str:
    return getattr(function, "__name__", "")


def _first(pair: "tuple[int, Any]") -> int:
    return pair[0]
