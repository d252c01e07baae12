"""What a module's source imports, read without running it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_FOR_TYPE_CHECKERS = {"TYPE_CHECKING"}
_NOT_IN_LAMBDA = {*_FOR_TYPE_CHECKERS, "__name__"}
_DEPENDS = {"sys.version_info", "sys.platform", "os.name"}


@dataclass(frozen=True)
class Import:
    """`module` is absolute. `names` are those of `from module import names`; of `import module` there are none.

    `sure`: it happens whenever the module is imported. `needed`: it has to succeed where it happens.
    """

    module: str
    names: tuple[str, ...]
    line: int
    sure: bool
    needed: bool


def imports_of(tree: ast.Module, module: str, *, is_package: bool) -> list[Import]:
    """Every import of a module, late ones too, but what is for type checkers only.

    `import_module("name")` counts where the name stands there. Not needed are those that may fail or are not for
    Lambda: under `try` with an `except` of ImportError, `suppress`, `__name__ == "__main__"`, and what depends on the
    version of Python or the system.
    """
    package = module if is_package else module.rpartition(".")[0]
    return list(_of(tree.body, package, sure=True, needed=True))


def lazy_names(tree: ast.Module) -> dict[str, tuple[str, ...]] | None:
    """What a package gives on demand (PEP 562): the texts at each name in its tables; None where it gives nothing."""
    if not any(isinstance(part, ast.FunctionDef) and part.name == "__getattr__" for part in tree.body):
        return None
    found: dict[str, tuple[str, ...]] = {}
    for table in ast.walk(tree):
        if isinstance(table, ast.Dict):
            for key, value in zip(table.keys, table.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = tuple(_texts(value))
    return found


def defined_names(tree: ast.Module) -> set[str]:
    """The names that a module binds itself."""
    found = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(part.name)
    return found | _imported_names(tree.body)


def _imported_names(nodes: Iterable[ast.AST]) -> set[str]:
    names = set()
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            names |= _imported_names(below for below, _ in _below(node))
    return names


def _of(nodes: Iterable[ast.AST], package: str, *, sure: bool, needed: bool) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, (), node.lineno, sure, needed) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if module := _absolute(node, package):
                yield Import(module, tuple(alias.name for alias in node.names), node.lineno, sure, needed)
        else:
            if isinstance(node, ast.Call) and (name := _imported_by_call(node, package)):
                yield Import(name, (), node.lineno, sure=False, needed=False)
            is_sure = sure and (isinstance(node, ast.ClassDef) or _is_for_type_checkers(node))
            for below, is_needed in _below(node):
                yield from _of([below], package, sure=is_sure, needed=needed and is_needed)


def _below(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """The nodes below, but for type checkers' own, and whether each runs in Lambda and fails where it fails."""
    maybe: list[ast.stmt] = []
    never: list[ast.stmt] = []
    match node:
        case ast.If(test=test, body=body, orelse=otherwise) if _mentions(test, _NOT_IN_LAMBDA):
            is_not = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
            left_out = otherwise if is_not else body
            never, maybe = (left_out, []) if _is_for_type_checkers(node) else ([], left_out)
        case ast.If(test=test, body=body, orelse=otherwise) if _mentions(test, _DEPENDS):
            maybe = [*body, *otherwise]
        case ast.Try(body=body, handlers=handlers) if any(map(_forgives, handlers)):
            maybe = [*body]
        case ast.With(items=items, body=body) if any(map(_suppresses, items)):
            maybe = [*body]
    for below in ast.iter_child_nodes(node):
        if below not in never:
            yield below, below not in maybe


def _absolute(part: ast.ImportFrom, package: str) -> str:
    """The module that is imported from; "" for one above the top."""
    if not part.level:
        return part.module or ""
    parents = package.split(".")
    if part.level > len(parents):
        return ""
    base = parents[: len(parents) - part.level + 1]
    return ".".join([*base, part.module] if part.module else base)


def _imported_by_call(call: ast.Call, package: str) -> str:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name not in ("import_module", "__import__") or not call.args:
        return ""
    first = call.args[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    return package + first.value if first.value.startswith(".") else first.value


def _is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _mentions(node.test, _FOR_TYPE_CHECKERS)


def _mentions(expression: ast.expr, names: set[str]) -> bool:
    """Whether one of `names` is in it, alone or behind a module: `typing.TYPE_CHECKING`."""
    texts = [ast.unparse(node) for node in ast.walk(expression) if isinstance(node, (ast.Name, ast.Attribute))]
    return any(text in names or text.rpartition(".")[2] in names for text in texts)


def _forgives(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or _mentions(handler.type, _CAUGHT)


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or not _mentions(call.func, {"suppress"}):
        return False
    return any(_mentions(argument, _CAUGHT) for argument in call.args)


def _texts(value: ast.expr) -> Iterator[str]:
    for part in ast.walk(value):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
