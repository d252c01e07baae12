"""The words of Tight 0.1's command line, as the tasks that do the same today."""

from collections.abc import Sequence

from tight_tasks.errors import BadWords

_TASKS = {
    ("generate", "app"): "generate.app",
    ("generate", "function"): "generate.function",
    ("generate", "model"): "generate.model",
    ("generate", "env"): "env",
    ("generate", "artifact"): "artifact",
    ("pip", "install"): "vendor",
    ("dynamo", "installdb"): "dynamo.install",
    ("dynamo", "rundb"): "dynamo.run",
    ("dynamo", "generateschema"): "dynamo.schema",
}
_GROUPS = {group for group, _ in _TASKS}


def translate(arguments: Sequence[str]) -> list[str]:
    """Arguments of the program, with the words of 0.1 as the task of today: `generate app x` is `generate.app x`.

    All else stays. A group alone asks for help, as it did. Raises `BadWords` for what did nothing in 0.1.
    """
    # Options of the program itself may stand before.
    start = next((place for place, word in enumerate(arguments) if not word.startswith("-")), len(arguments))
    options, words = list(arguments[:start]), list(arguments[start:])
    if words[:1] and words[0] in _GROUPS and words[1:] in ([], ["--help"], ["-h"]):
        return [*options, "--help"]
    task = _TASKS.get((words[0], words[1])) if len(words) > 1 else None
    if task is None:
        return list(arguments)
    rest = words[2:]
    return [*options, task, *(_packages(rest) if task == "vendor" else rest)]


def _packages(rest: Sequence[str]) -> list[str]:
    """Names of packages are options of the task; the file is what it installs anyway."""
    translated: list[str] = []
    wants_file = False
    words = iter(rest)
    for word in words:
        name, _, value = word.partition("=")
        if word in {"--requirements", "--no-requirements"}:
            wants_file = wants_file or word == "--requirements"
        elif name == "--requirements-file":
            file = value or next(words, "")
            if file != "requirements-vendor.txt":
                raise BadWords("pip install", f"--requirements-file {file}", "it is always requirements-vendor.txt")
            wants_file = True
        elif name == "--target":
            translated += [word] if value else [word, *([following] if (following := next(words, "")) else [])]
        elif word.startswith("-"):
            translated.append(word)
        else:
            translated += ["--add", word]
    if not wants_file and not translated:
        raise BadWords("pip install", "", "name packages, or say --requirements")
    return translated
