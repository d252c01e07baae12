"""What a task refuses, as one tree. Each is told to the user as its one sentence, with exit code 2.

TaskError
├── NoProject        (FileNotFoundError)   no tight.yml here
├── BadDocument      (ValueError)          a YAML file can't be read
├── BadSetting       (ValueError)          a setting of tight.yml can't be used
├── NoEnvironment    (FileNotFoundError)   no env.dist.yml here
├── BadEnvironment   (ValueError)          an environment variable can't be used
├── BadSource        (ValueError)          a file of an app's code is not Python
├── NoManifest       (ImportError)         an app's code can't be read
├── BadModel         (ValueError)          a model's table can't be made
├── NoAnswer         (ConnectionError)     no DynamoDB answers
├── NoArchive        (FileNotFoundError)   the zip that is to be examined is not there
├── BadAnswer        (ValueError)          an answer to a template's question can't be used
├── BadOption        (ValueError)          an option of a task can't be used
├── BadWords         (ValueError)          a command line of Tight 0.1 can't be used
├── CanNotCombine    (ValueError)          two options of a task exclude each other
├── CanNotDefine     (ValueError)          an exchange of RabbitMQ is declared in two ways
├── BadStrategy      (ValueError)          a way to choose environments can't be used
├── BadKeys          (ValueError)          a set of keys for JWTs can't be used
├── BadEvent         (ValueError)          a file with an event can't be read
├── CanNotListen     (OSError)             a port can't be listened on
├── CanNotWrite      (OSError)             a file can't be written
├── NoRequirements   (FileNotFoundError)   no file says what the functions need
├── CanNotInstall    (RuntimeError)        packages can't be had
│   └── NoWheel      (LookupError)         a package has no wheel for the functions' platform
├── WrongBinary      (ValueError)          a package's machine code does not run in Lambda
├── ForeignFile      (FileExistsError)     files in vendor_dir that no package brought
├── AlreadyExists    (FileExistsError)     what is to be made is there
├── CanNotPack       (ValueError)          a file can't go into an artifact
├── NotVendored      (FileNotFoundError)   a package that the functions need is not vendored
├── CanNotUpdate     (RuntimeError)        an app can't be updated as it is
├── CanNotFetch      (RuntimeError)        DynamoDB Local or another service can't be had
├── CanNotStart      (RuntimeError)        the app's database or a service can't be started, or has ended
├── CanNotStop       (TimeoutError)        the app's database doesn't end
├── DatabaseRuns     (RuntimeError)        the app's database runs, and must not
├── ServiceRuns      (RuntimeError)        a service of the app runs already
├── NoDatabase       (ConnectionError)     there is no database to look into
├── NoTables         (RuntimeError)        the tables of the app's models can't be made
├── NotLocal         (ValueError)          a database is not on this machine
├── PortTaken        (OSError)             something listens on a port already
├── NoSource         (LookupError)         what a function is fed from is not there
├── CanNotTick       (RuntimeError)        the local Lambda's clock can't be moved
├── BadMapping       (ValueError)          Lambda would not feed a function so
├── HookFailed       (RuntimeError)        what a host calls at its start or end has failed
├── NotInstalled     (ImportError)         the packages of the tasks are not installed
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


class BadDocument(TaskError, ValueError):
    def __init__(self, file: Path, reason: str, line: int | None = None) -> None:
        super().__init__(f"{_place(file, line)}: {reason}")
        self.file = file
        self.line = line


class BadSetting(TaskError, ValueError):
    def __init__(self, file: Path, key: str, problem: str, line: int | None = None) -> None:
        super().__init__(f"{_place(file, line)}: {key} {problem}")
        self.file = file
        self.key = key
        self.line = line


class NoEnvironment(TaskError, FileNotFoundError):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} is not there: write the app's variables and their defaults into it, such as STAGE: dev"
        )
        self.file = file

    __str__ = Exception.__str__


class BadEnvironment(TaskError, ValueError):
    """`place` is a file, "the shell" or "the app's environment"."""

    def __init__(self, place: Path | str, reason: str, line: int | None = None) -> None:
        super().__init__(f"{_place(place, line)}: {reason}")
        self.place = place
        self.line = line


class BadSource(TaskError, ValueError):
    def __init__(self, file: Path, reason: str, line: int | None = None) -> None:
        super().__init__(f"{_place(file, line)}: {reason}")
        self.file = file
        self.line = line


class NoManifest(TaskError, ImportError):
    """`reason` is what the app's own code says."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(f"the app in {root} can't be read: {reason}")
        self.root = root


class BadModel(TaskError, ValueError):
    """`model` is its module and name."""

    def __init__(self, model: str, problem: str) -> None:
        super().__init__(f"{model}: {problem}")
        self.model = model


class NoAnswer(TaskError, ConnectionError):
    def __init__(self, endpoint: str, reason: str) -> None:
        super().__init__(f"DynamoDB at {endpoint} gives no answer: {reason}")
        self.endpoint = endpoint

    __str__ = Exception.__str__


class NoArchive(TaskError, FileNotFoundError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no file {path}: make it with invoke artifact, or name another one")
        self.path = path

    __str__ = Exception.__str__


class BadAnswer(TaskError, ValueError):
    """`reason` is the template's own sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class BadOption(TaskError, ValueError):
    def __init__(self, option: str, value: str, reason: str) -> None:
        super().__init__(f"{f'--{option} {value}'.rstrip()}: {reason}")
        self.option = option
        self.value = value


class BadWords(TaskError, ValueError):
    """`words` is a command of Tight 0.1, `given` what was given to it."""

    def __init__(self, words: str, given: str, reason: str) -> None:
        super().__init__(f"{' '.join(filter(None, ['tight', words, given]))}: {reason}")
        self.words = words
        self.given = given


class CanNotCombine(TaskError, ValueError):
    def __init__(self, option: str, other: str) -> None:
        super().__init__(f"--{option} can't be combined with --{other}: choose one")
        self.option = option
        self.other = other


class CanNotDefine(TaskError, ValueError):
    def __init__(self, exchange: str, place: str) -> None:
        super().__init__(
            f"{exchange}, at {place}, would be an exchange of dead letters and one of topics: rename one of them"
        )
        self.exchange = exchange


class BadStrategy(TaskError, ValueError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"serve.dispatch {name}: {reason}; write first_warm, round_robin or a function as package.module:name"
        )
        self.name = name


class BadKeys(TaskError, ValueError):
    """`reason` is what reading them says."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} is no set of keys (JWKS): {reason}")
        self.file = file


class BadEvent(TaskError, ValueError):
    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} is no event in JSON: {reason}")
        self.file = file


class CanNotListen(TaskError, OSError):
    """`reason` is the system's."""

    def __init__(self, host: str, port: int, reason: str, remedy: str) -> None:
        super().__init__(f"can't listen on {host}:{port}: {reason}; {remedy}")
        self.host = host
        self.port = port

    __str__ = Exception.__str__


class CanNotWrite(TaskError, OSError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} can't be written: {reason}; nothing was changed")
        self.path = path

    __str__ = Exception.__str__


class NoRequirements(TaskError, FileNotFoundError):
    def __init__(self, file: Path) -> None:
        super().__init__(f"there is no {file}: write the packages into it that the functions need in Lambda")
        self.file = file

    __str__ = Exception.__str__


class CanNotInstall(TaskError, RuntimeError):
    """`reason` is what uv says."""

    def __init__(self, requirements: Path, reason: str) -> None:
        super().__init__(f"{requirements} can't be installed: {reason}; nothing was changed")
        self.requirements = requirements
        self.reason = reason


class NoWheel(CanNotInstall, LookupError):
    """`needed_by` is the package that asks for it, or nothing; `platform` what a wheel was looked for."""

    def __init__(self, requirements: Path, package: str, needed_by: str, platform: str, reason: str) -> None:
        needed = f", which {needed_by} needs," if needed_by else ""
        super().__init__(
            requirements,
            f"{package}{needed} has no wheel for {platform} ({reason}): ask for a version that has one, or put one"
            " into a folder and name it with --find-links",
        )
        self.package = package
        self.needed_by = needed_by


class WrongBinary(TaskError, ValueError):
    def __init__(self, package: str, file: Path, problem: str) -> None:
        super().__init__(f"{package}: {file} {problem}: ask for another version or wheel; nothing was changed")
        self.package = package
        self.file = file


class ForeignFile(TaskError, FileExistsError):
    def __init__(self, folder: Path, file: Path) -> None:
        super().__init__(
            f"{folder} would be replaced, but {file} is of no package that was installed there: move it away,"
            " or choose another vendor_dir in tight.yml"
        )
        self.folder = folder
        self.file = file

    __str__ = Exception.__str__


class CanNotPack(TaskError, ValueError):
    """`file` is on disk, or a path in the artifact."""

    def __init__(self, file: "Path | str", reason: str) -> None:
        super().__init__(f"{file} can't go into the artifact: {reason}")
        self.file = file


class NotVendored(TaskError, FileNotFoundError):
    """`found` says what of the requirement is there."""

    def __init__(self, requirement: str, file: Path, folder: Path, found: str = "nothing of it") -> None:
        super().__init__(f"{file.name} asks for {requirement}, and {found} is in {folder}: run invoke vendor first")
        self.requirement = requirement
        self.folder = folder

    __str__ = Exception.__str__


class CanNotUpdate(TaskError, RuntimeError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The app can't be updated: {reason}")


class CanNotFetch(TaskError, RuntimeError):
    def __init__(self, reason: str, title: str = "DynamoDB Local") -> None:
        super().__init__(f"{title} can't be installed: {reason}")


class CanNotStart(TaskError, RuntimeError):
    """`reason` ends with what the database or service itself has said, where it has started at all."""

    def __init__(self, reason: str, title: str = "The database") -> None:
        super().__init__(f"{title} can't be run: {reason}")


class CanNotStop(TaskError, TimeoutError):
    def __init__(self, pid: int, seconds: float) -> None:
        super().__init__(f"The database was asked to end, and process {pid} holds it still after {seconds:.0f} seconds")
        self.pid = pid

    __str__ = Exception.__str__


class DatabaseRuns(TaskError, RuntimeError):
    def __init__(self, which: str) -> None:
        super().__init__(f"The database of this app runs already ({which}): end it first with invoke dynamo.stop")


class ServiceRuns(TaskError, RuntimeError):
    def __init__(self, service: str) -> None:
        super().__init__(f"{service} of this app runs already: end its invoke services.run in the other terminal first")
        self.service = service


class NoDatabase(TaskError, ConnectionError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: start one with invoke dynamo.run in another terminal")

    __str__ = Exception.__str__


class NoTables(TaskError, RuntimeError):
    """`reason` is what the app's own code says."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(f"the tables of the app in {root} can't be made: {reason}")
        self.root = root


class NotLocal(TaskError, ValueError):
    def __init__(self, endpoint: str) -> None:
        super().__init__(f"{endpoint} is not on this machine: these tasks only ever work with a local database")
        self.endpoint = endpoint


class PortTaken(TaskError, OSError):
    def __init__(self, port: int) -> None:
        super().__init__(f"something listens on port {port} already: end it, or choose another one with --port")
        self.port = port

    __str__ = Exception.__str__


class NoSource(TaskError, LookupError):
    """`kind` and `name` are those of the declaration; `reason` says what there is instead, or what to do."""

    def __init__(self, kind: str, name: str, reason: str) -> None:
        super().__init__(f"{kind} {name} was not found: {reason}")
        self.kind = kind
        self.name = name


class BadMapping(TaskError, ValueError):
    def __init__(self, kind: str, name: str, problem: str) -> None:
        super().__init__(f"{kind} {name}: {problem}")
        self.kind = kind
        self.name = name


class CanNotTick(TaskError, RuntimeError):
    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class AlreadyExists(TaskError, FileExistsError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind.capitalize()} already exists!")

    __str__ = Exception.__str__


class HookFailed(TaskError, RuntimeError):
    """`kind` is started or stopping, `reason` the error's message."""

    def __init__(self, function: str, kind: str, reason: str) -> None:
        super().__init__(f"{function}: what is marked with @{kind} failed: {reason}")
        self.function = function
        self.kind = kind


class NotInstalled(TaskError, ImportError):
    def __init__(self, package: str) -> None:
        super().__init__(
            f"there is no {package} here, which the tasks need: pip install 'tight-tasks[app]'; "
            "with 'tight-tasks[host]' alone there is tight host, and nothing else"
        )
        self.package = package


class FileInTheWay(TaskError, FileExistsError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: move it away or choose another name")
        self.path = path

    __str__ = Exception.__str__


def _place(file: Path | str, line: int | None) -> str:
    return f"{file}:{line}" if line else f"{file}"
