"""Pydantic's models and dataclasses. Text becomes numbers and dates where a field wants one, as pydantic has it."""

from pydantic import TypeAdapter, ValidationError

from tight.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tight.validation import Convert


def converter(annotation: "Any") -> "Convert":
    adapter = TypeAdapter(annotation)
    if not getattr(adapter, "pydantic_complete", True):  # pydantic tells since 2.10
        adapter.rebuild(raise_errors=True)  # now, and not with the first request: a name in the model is not defined

    def convert(value: object, place: "tuple[str, ...]") -> object:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            raise InvalidInput(
                [{"field": ".".join(map(str, (*place, *each["loc"]))), "message": each["msg"]} for each in faults]
            ) from None

    return convert
