"""What a task refuses, as one tree. Each is told to the user as its one sentence, with exit code 2.

TaskError
├── NoProject        (FileNotFoundError)   no tight.yml here
├── BadSetting       (ValueError)          a setting of tight.yml can't be used
├── BadEnvironment   (ValueError)          an environment file can't be used
├── BadAnswer        (ValueError)          an answer to a template's question can't be used
├── BadOption        (ValueError)          an option of a task can't be used
├── CanNotWrite      (OSError)             a file can't be written
├── AlreadyExists    (FileExistsError)     what is to be made is there
├── CanNotUpdate     (RuntimeError)        an app can't be updated as it is
└── FileInTheWay     (FileExistsError)     a file that is to be written is there
"""

from pathlib import Path


class TaskError(Exception):
    """Base of what tasks refuse."""


class NoProject(TaskError, FileNotFoundError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"there is no tight.yml in {folder}: run this in the folder of an app made with Tight")
        self.folder = folder

    __str__ = Exception.__str__  # OSError would show the arguments as errno and text


class BadSetting(TaskError, ValueError):
    def __init__(self, file: Path, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key} {problem}")
        self.file = file
        self.key = key


class BadEnvironment(TaskError, ValueError):
    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


class BadAnswer(TaskError, ValueError):
    """`reason` is the template's own sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class BadOption(TaskError, ValueError):
    def __init__(self, option: str, value: str, reason: str) -> None:
        super().__init__(f"--{option} {value}: {reason}")
        self.option = option
        self.value = value


class CanNotWrite(TaskError, OSError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} can't be written: {reason}; nothing was changed")
        self.path = path

    __str__ = Exception.__str__


class CanNotUpdate(TaskError, RuntimeError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The app can't be updated: {reason}")


class AlreadyExists(TaskError, FileExistsError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind.capitalize()} already exists!")

    __str__ = Exception.__str__


class FileInTheWay(TaskError, FileExistsError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: move it away or choose another name")
        self.path = path

    __str__ = Exception.__str__
