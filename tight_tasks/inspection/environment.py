"""The variables that travel with an artifact: "Working with Lambda environment variables" in the developer guide."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tight_tasks.env_files import DIST, read_variables, text_of
from tight_tasks.errors import BadDocument, BadEnvironment
from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject
from tight_tasks.variables import LIMIT, size


def find(subject: Subject) -> Iterator[Fault]:
    """A file that can't be read, names that Lambda refuses, and more than it takes, each function with its own."""
    entry = subject.contents.importable.get(DIST)
    if entry is None:
        return
    with TemporaryDirectory() as folder:
        file = Path(folder, DIST)
        file.write_bytes(entry.read())
        try:
            variables = read_variables(file)
        except (BadDocument, BadEnvironment) as error:
            yield Fault(DIST, f"can't be used: {f'{error}'.removeprefix(str(file)).lstrip(': ')}")
            return
    texts = {name: text_of(value) for name, value in variables.items()}
    for name in subject.functions:
        total = size({**texts, **subject.project.function(name).env})
        if total > LIMIT:
            yield Fault(DIST, f"gives {name} variables of {total} bytes, and Lambda takes {LIMIT}")
