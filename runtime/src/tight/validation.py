"""Values checked against an annotation that names a pydantic or msgspec model or a dataclass: the model itself, a list
of it, it or None, and whatever else its library can read.

The library is the one that the app's own annotation comes from; nothing is imported for an app that has none.
"""

from functools import cache

from tight.errors import UnreadableAnnotation
from tight.fields import Fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Check = Callable[[Any], Any]
    # What makes what is annotated of a value; its place stands in front of the fields that it complains about.
    Convert = Callable[[Any, tuple[str, ...]], Any]


# What pydantic, msgspec and the standard library leave on their models.
_MARKS = ("__pydantic_validator__", "__struct_fields__", "__dataclass_fields__")


def checker(annotation: "Any", function: "Any", name: str) -> "Check | None":
    """What turns a plain value into what the parameter `name` of `function` is annotated with; None for no model.

    The check raises `InvalidInput` with a message for each field that is wrong.
    """
    if isinstance(annotation, str):
        annotation = _evaluated(annotation, function, name)
    try:
        models = list(_models_in(annotation))
    except LookupError as error:
        raise UnreadableAnnotation(function.__qualname__, name, str(annotation)) from error
    # Pydantic reads the models of all the others, and none of them reads those of another.
    if any(hasattr(model, "__pydantic_validator__") for model in models):
        from tight.validators.pydantic import converter
    elif any(hasattr(model, "__struct_fields__") for model in models):
        from tight.validators.msgspec import converter
    elif models:
        from tight.validators.dataclass import converter
    else:
        return None
    try:
        convert: Convert = converter(annotation)
    except UnreadableAnnotation as error:
        if error.function:  # a model's, whose field it is
            raise
        raise UnreadableAnnotation(function.__qualname__, name, error.annotation) from None

    @cache
    def lists() -> "set[str]":
        return {field for model in models for field in _lists_of(model)}

    return lambda value: convert(_gathered(value, lists()) if isinstance(value, Fields) else value, (name,))


def deferred_annotation(function: "Any", name: str) -> "Any":
    """An annotation of a function of which another can't be evaluated; Python evaluates them late from 3.14 on."""
    import annotationlib  # type: ignore[import-not-found, unused-ignore]  # of Python 3.14

    found = annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF).get(name)
    return found.__forward_arg__ if isinstance(found, annotationlib.ForwardRef) else found


def _evaluated(annotation: str, function: "Any", name: str) -> "Any":
    try:
        return eval(annotation, function.__globals__)  # noqa: S307  # the app's own source, as typing does
    except Exception as error:  # an AttributeError would read as "handler missing"
        from tight import types  # which are for annotations only, so few import them at run time

        if isinstance(error, NameError) and hasattr(types, annotation):
            return None
        raise UnreadableAnnotation(function.__qualname__, name, annotation) from error


def _models_in(annotation: "Any", aliases: "tuple[Any, ...]" = ()) -> "Iterator[Any]":
    """The models that an annotation names, at any depth. Raises `LookupError` for text inside of it."""
    from typing import ForwardRef, Literal

    if hasattr(annotation, "__value__"):  # an alias, which the statement `type` makes and which may name itself
        if annotation not in aliases:
            yield from _models_in(annotation.__value__, (*aliases, annotation))
        return
    origin = getattr(annotation, "__origin__", annotation)  # of Page[Order], which hides what Page has
    if any(hasattr(origin, mark) for mark in _MARKS):
        yield origin
    elif isinstance(annotation, (str, ForwardRef)):
        raise LookupError(annotation)
    if origin is not Literal:
        for part in getattr(annotation, "__args__", ()):
            yield from _models_in(part, aliases)


def _lists_of(model: "Any") -> "Iterator[str]":
    """The fields of a model that hold several values, by the names under which they are sent."""
    from typing import get_type_hints

    sent = zip(getattr(model, "__struct_fields__", ()), getattr(model, "__struct_encode_fields__", ()), strict=True)
    names: dict[str, list[Any]] = {name: [encoded] for name, encoded in sent}
    for name, field in getattr(model, "__pydantic_fields__", getattr(model, "model_fields", {})).items():
        alias = field.validation_alias
        names[name] = [*getattr(alias, "choices", (alias,)), field.alias]  # of which those that lead deeper are no text
    for name, hint in get_type_hints(model).items():
        if _is_list(hint):
            yield from (name, *(each for each in names.get(name, ()) if isinstance(each, str)))


def _is_list(hint: "Any") -> bool:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    if getattr(hint, "__origin__", hint) in (list, set, tuple, frozenset, Iterable, Sequence, AbstractSet):
        return True
    return (
        hasattr(hint, "__args__")
        and not isinstance(hint, type)
        and _is_union(hint)
        and any(map(_is_list, hint.__args__))
    )


def _is_union(hint: "Any") -> bool:
    from types import UnionType
    from typing import Union

    return isinstance(hint, UnionType) or getattr(hint, "__origin__", None) is Union


def _gathered(fields: Fields, lists: "set[str]") -> "dict[str, Any]":
    """A query or a form as a model wants it: all values of the fields that hold several, the last one of others."""
    return {name: fields.all(name) if name in lists else value for name, value in fields.items()}
