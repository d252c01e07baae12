"""Says what to do next, in the words of copier.yml's `_message_after_copy`."""

import contextlib
import json
from pathlib import Path

Answers = dict[str, str]


def next_steps(answers: Answers) -> str:
    if answers["_kind"] == "container":
        return "The container is ready. Next: docker compose up --build"
    if answers["_kind"] != "app":
        return f"{answers['_kind'].capitalize()} {answers['name']} is ready. Next: invoke test"
    return f"""{answers["app"]} is ready. Next, in its folder:
  python3 -m venv .venv && . .venv/bin/activate
  pip install -r requirements.txt
  invoke test
  invoke generate.function hello"""


def remove_empty_folders(folder: Path) -> None:
    """Of a file that is not wanted the folder stays."""
    for name in (".github/workflows", ".github"):
        with contextlib.suppress(OSError):  # not empty, or not there
            (folder / name).rmdir()


if __name__ == "__main__":
    # Cookiecutter renders this file; JSON keeps any answer from becoming code.
    given: Answers = json.loads(r"""{{ cookiecutter | tojson }}""")
    if given["_kind"] == "app":
        remove_empty_folders(Path.cwd())
    print(next_steps(given))
