"""Which environment variables an app's code reads, found without running it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tight_tasks.errors import BadSource
from tight_tasks.project import Project

_READERS = frozenset({"get", "pop", "setdefault"})  # of os.environ


@dataclass(frozen=True, order=True)
class Read:
    """A variable's name and where it is read: a path in the app and a line."""

    file: str
    line: int
    name: str


def find_reads(project: Project) -> list[Read]:
    """Every read in app_index.py and below app/, vendored packages left out. Raises `BadSource`.

    A read is `os.environ[...]`, `.get`, `.pop`, `.setdefault`, `in os.environ` or `os.getenv`, by whatever name the
    module imports them, with a name that is written there or a constant of the module.
    """
    root, vendored = project.root, project.root / project.vendor_dir
    files = [file for file in (root / "app").rglob("*.py") if vendored not in file.parents]
    files += root.glob("app_index.py")
    files = [file for file in files if file.is_file()]  # not a link of Emacs's to nothing
    return sorted(read for file in files for read in _reads_of(file, file.relative_to(root).as_posix()))


def _reads_of(file: Path, shown: str) -> Iterator[Read]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise BadSource(file, f"not Python: {getattr(error, 'msg', error)}", line) from error
    names, constants = _Names(tree), _constants(tree)
    for node in ast.walk(tree):
        argument = names.argument(node)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield Read(shown, argument.lineno, argument.value)
        elif isinstance(argument, ast.Name) and argument.id in constants:
            yield Read(shown, argument.lineno, constants[argument.id])


class _Names:
    """What a module calls `os`, `os.environ` and `os.getenv`."""

    def __init__(self, tree: ast.Module) -> None:
        self.modules: set[str] = set()
        self.members: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.modules |= {name.asname or name.name for name in node.names if name.name == "os"}
            elif isinstance(node, ast.ImportFrom) and node.module == "os" and not node.level:
                self.members |= {name.asname or name.name: name.name for name in node.names}

    def argument(self, node: ast.AST) -> ast.expr | None:
        """What names the variable, where `node` reads one."""
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and self._is(node.value, "environ"):
            return node.slice
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return node.left if self._is(node.comparators[0], "environ") else None
        if not isinstance(node, ast.Call):
            return None
        reader = node.func
        is_method = isinstance(reader, ast.Attribute) and reader.attr in _READERS and self._is(reader.value, "environ")
        if not is_method and not self._is(reader, "getenv"):
            return None
        return node.args[0] if node.args else next((given.value for given in node.keywords if given.arg == "key"), None)

    def _is(self, node: ast.expr, member: str) -> bool:
        if isinstance(node, ast.Name):
            return self.members.get(node.id) == member
        return (
            isinstance(node, ast.Attribute)
            and node.attr == member
            and isinstance(node.value, ast.Name)
            and node.value.id in self.modules
        )


def _constants(tree: ast.Module) -> Mapping[str, str]:
    """The module's names for a text."""
    found = {}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Constant):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    found[target.id] = node.value.value
    return found
