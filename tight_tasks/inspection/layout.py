"""Whether Lambda finds the functions where their handler strings say."""

from collections.abc import Iterator

from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import INDEX, Subject


def find(subject: Subject) -> Iterator[Fault]:
    """A missing app_index.py, and functions without a handler.py."""
    if INDEX not in subject.contents.importable:
        yield Fault(INDEX, "is not at the root of the zip: Lambda imports every function through it")
    if subject.named is None and not subject.handlers:
        yield Fault("app/functions", "has no folder with a handler.py: there is no function in the zip")
    for name in subject.named or ():
        if name not in subject.handlers:
            yield Fault("app/functions", f"has no folder with the handler.py of {name}")
