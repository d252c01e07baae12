"""The standard library's dataclasses, of fields that JSON and text can stand for."""

import types
from contextlib import suppress
from dataclasses import InitVar, is_dataclass
from enum import Enum
from inspect import Parameter, signature
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tight.errors import InvalidInput, UnreadableAnnotation
from tight.validators.scalars import SCALARS, of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tight.validation import Convert

_STARS = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)

_DEEPEST_CHOICE = 12
_MOST_FAULTS = 100


def converter(annotation: "Any") -> "Convert":
    """Makes an instance of a dataclass of a dict, and says of each field what is wrong. Unknown names are left out.

    Raises `UnreadableAnnotation` for a type that it does not know; it names the model and the field that has it.
    """
    read = Readers().reader(annotation, "", "")

    def convert(value: object, place: "tuple[str, ...]") -> object:
        try:
            return read(value, place)
        except RecursionError:
            raise _invalid(place, "is nested too deeply") from None

    return convert


class Readers:
    """What reads each type; a dataclass may have itself as the type of a field, and an alias may name itself."""

    def __init__(self) -> None:
        self._named: dict[Any, Convert] = {}

    def reader(self, hint: "Any", owner: str, name: str) -> "Convert":
        """What reads a value for `name` of `owner`, annotated with `hint`."""
        if hasattr(hint, "__value__"):  # an alias, which the statement `type` makes
            return self._once(hint, lambda: self.reader(hint.__value__, owner, name))
        if hint is Any:
            return lambda value, _place: value
        if isinstance(hint, type) and is_dataclass(hint):
            return self._once(hint, lambda: self._new_model(hint))
        if isinstance(hint, type) and hint in SCALARS:
            return _scalar(*SCALARS[hint])
        if isinstance(hint, type) and issubclass(hint, Enum):
            return _choice([(each.value, each) for each in hint], hint)
        if hint in (list, dict):
            hint = {list: list[Any], dict: dict[Any, Any]}[hint]
        read = self._generic(get_origin(hint), get_args(hint), owner, name)
        if read is not None:
            return read
        from tight.bodies import Upload  # whose module is loaded where a field is one

        if hint is Upload:
            return _scalar("a file", lambda value: of(value, Upload))
        raise UnreadableAnnotation(owner, name, str(hint))

    def _generic(self, origin: "Any", arguments: "tuple[Any, ...]", owner: str, name: str) -> "Convert | None":
        if origin is Literal:
            return _choice([(each.value if isinstance(each, Enum) else each, each) for each in arguments])
        if origin is Annotated:
            return self.reader(arguments[0], owner, name)
        if origin in (Union, types.UnionType):
            return _first_of([self.reader(each, owner, name) for each in sorted(arguments, key=_strictness)])
        if origin in (list, set, frozenset) or (origin is tuple and arguments[1:] == (...,)):
            return _many(self.reader(arguments[0], owner, name), origin)
        if origin is dict:
            return _mapping(self.reader(arguments[0], owner, name), self.reader(arguments[1], owner, name))
        return None

    def _once(self, hint: "Any", make: "Callable[[], Convert]") -> "Convert":
        if hint not in self._named:
            # While it is made, of what may be or hold the same again.
            self._named[hint] = lambda value, place: made(value, place)  # noqa: PLW0108  # made below
            made = self._named[hint] = make()
        return self._named[hint]

    def _new_model(self, model: "Any") -> "Convert":
        parameters = [each for each in signature(model).parameters.values() if each.kind not in _STARS]
        needed = [each.name for each in parameters if each.default is Parameter.empty]
        hints = _hints(model)
        readers = {
            each.name: self.reader(hints.get(each.name, Any), model.__qualname__, each.name) for each in parameters
        }

        def convert(value: object, place: "tuple[str, ...]") -> object:
            if not isinstance(value, dict):
                raise _invalid(place, "an object is needed")
            faults = [_fault((*place, name), "is missing") for name in needed if name not in value]
            given = {
                name: _tried(read, value[name], (*place, name), faults)
                for name, read in readers.items()
                if name in value
            }
            if faults:
                raise InvalidInput(faults)
            try:
                return model(**given)
            except ValueError as error:  # its own __post_init__, which says what is wrong in its own words
                raise _invalid(place, str(error)) from error

        return convert


def _hints(model: "Any") -> "dict[str, Any]":
    try:
        hints = get_type_hints(model)
    except (NameError, TypeError) as error:  # of what is imported for type checkers alone
        raise UnreadableAnnotation(model.__qualname__, getattr(error, "name", None) or "a field", str(error)) from error
    return {name: hint.type if isinstance(hint, InitVar) else hint for name, hint in hints.items()}


def _scalar(what: str, read: "Callable[[Any], Any]") -> "Convert":
    def convert(value: object, place: "tuple[str, ...]") -> object:
        try:
            return read(value)
        except (ValueError, TypeError, KeyError, ArithmeticError):
            raise _invalid(place, f"{what} is needed") from None

    return convert


def _choice(options: "list[tuple[Any, Any]]", otherwise: "Callable[[Any], Any] | None" = None) -> "Convert":
    """One of the options by its value, or by the text of a number; else what an Enum's own `_missing_` makes of it."""
    message = f"one of {', '.join(str(value) for value, _ in options)} is needed"

    def convert(value: object, place: "tuple[str, ...]") -> object:
        for option, meant in options:
            if type(option) is type(value) and option == value:  # True is no 1
                return meant
        for option, meant in options:
            if isinstance(value, str) and isinstance(option, (int, float)) and str(option) == value:
                return meant
        if otherwise is not None and not isinstance(value, bool):
            with suppress(Exception):
                return otherwise(value)
        raise _invalid(place, message)

    return convert


def _first_of(readers: "list[Convert]") -> "Convert":
    def convert(value: object, place: "tuple[str, ...]") -> object:
        # Each level may be tried once for each of the readers of the level above.
        if len(readers) > 2 and len(place) > _DEEPEST_CHOICE:
            raise _invalid(place, "is nested too deeply")
        *others, last = readers
        for read in others:
            with suppress(InvalidInput):
                return read(value, place)
        return last(value, place)

    return convert


def _many(read: "Convert", kind: "Callable[[Iterable[Any]], Any]") -> "Convert":
    def convert(value: object, place: "tuple[str, ...]") -> object:
        if not isinstance(value, list):
            raise _invalid(place, "a list is needed")
        faults: list[dict[str, str]] = []
        found = [_tried(read, each, (*place, str(number)), faults) for number, each in enumerate(value)]
        if faults:
            raise InvalidInput(faults)
        try:
            return kind(found)
        except TypeError:  # a set of what can't be in one
            raise _invalid(place, "a list of text or numbers is needed") from None

    return convert


def _mapping(read_key: "Convert", read: "Convert") -> "Convert":
    def convert(value: object, place: "tuple[str, ...]") -> object:
        if not isinstance(value, dict):
            raise _invalid(place, "an object is needed")
        faults: list[dict[str, str]] = []
        found = {}
        for name, each in value.items():
            inside = (*place, str(name))
            found[_tried(read_key, name, inside, faults)] = _tried(read, each, inside, faults)
        if faults:
            raise InvalidInput(faults)
        return found

    return convert


def _tried(read: "Convert", value: object, place: "tuple[str, ...]", faults: "list[dict[str, str]]") -> "Any":
    """What `read` gives; where it gives nothing, `faults` has why. Raises `InvalidInput` when they are many."""
    try:
        return read(value, place)
    except InvalidInput as error:
        faults += error.fields
        if len(faults) >= _MOST_FAULTS:  # a caller may send a list of a million
            raise InvalidInput(faults) from None
        return None


def _strictness(hint: object) -> int:
    # Of `str | None` and `int | str`, what text always fits comes last; 2 is a whole number before it is another.
    return {type(None): 0, int: 1, str: 3}.get(hint, 2) if isinstance(hint, type) else 2


def _invalid(place: "tuple[str, ...]", message: str) -> InvalidInput:
    return InvalidInput([_fault(place, message)])


def _fault(place: "tuple[str, ...]", message: str) -> "dict[str, str]":
    return {"field": ".".join(place), "message": message}
