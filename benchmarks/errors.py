"""Why there is nothing to print.

BenchmarkFailed
├── AnswersDiffer    a competitor does other work than the first
├── CallFailed       a handler raised while its calls were timed
├── CommandFailed    a command that installs or builds something
├── PeerMissing      this machine can't have a competitor
├── ServerFailed     a local Lambda did not answer
└── StartFailed      a function did not answer
"""


class BenchmarkFailed(Exception):
    """Base of all."""


class AnswersDiffer(BenchmarkFailed, ValueError):
    def __init__(self, name: str, part: str, expected: object, found: object) -> None:
        super().__init__(f"{name}: the {part} is {found!r}, and not {expected!r}; a ratio would compare different work")
        self.name = name
        self.part = part
        self.expected = expected
        self.found = found


class CallFailed(BenchmarkFailed, RuntimeError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: the handler failed; its error is above")
        self.name = name


class CommandFailed(BenchmarkFailed, RuntimeError):
    def __init__(self, command: tuple[str, ...], code: int, printed: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{printed}")
        self.command = command
        self.code = code
        self.printed = printed


class PeerMissing(BenchmarkFailed, LookupError):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} can't be had: {why}")
        self.name = name


class ServerFailed(BenchmarkFailed, RuntimeError):
    def __init__(self, name: str, what: str, printed: str) -> None:
        super().__init__(f"{name}: {what}\n{printed}")
        self.name = name
        self.printed = printed


class StartFailed(BenchmarkFailed, RuntimeError):
    def __init__(self, function: str, what: str, printed: str) -> None:
        super().__init__(f"{function} did not answer: {what}\n{printed}")
        self.function = function
        self.what = what
        self.printed = printed
