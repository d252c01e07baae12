"""A YAML file in which every key is written once, and the line that each stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tight_tasks.errors import BadDocument


@dataclass(frozen=True)
class Document:
    """`values` is what `yaml.safe_load` gives; None for an empty file."""

    values: object
    _root: yaml.Node | None

    def line(self, path: Sequence[object]) -> int:
        """The line of a value, such as ("functions", "accounts", "memory"); of the last on the way that is there."""
        node, line = self._root, 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            node, line = found
        return line


def read_document(file: Path) -> Document:
    """The YAML in `file`. Raises `BadDocument` for what is no YAML, and for a key that stands twice.

    No error shows a line of the file: it may hold a secret.
    """
    try:
        return _parse(file, file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"not valid YAML: {error.problem or error.context}"
        raise BadDocument(file, problem, mark.line + 1 if mark else None) from error
    except UnicodeDecodeError as error:
        raise BadDocument(file, "not valid YAML: it is no UTF-8 text") from error
    except OSError as error:
        raise BadDocument(file, f"it can't be read: {error.strerror}") from error
    except BadDocument:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a control character, a 13th month, 1000 brackets
        raise BadDocument(file, f"not valid YAML: {' '.join(str(error).split())}") from error


def _parse(file: Path, text: str) -> Document:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return Document(None, None)
        _refuse_twins(file, root)
        return Document(loader.construct_document(root), root)
    finally:
        loader.dispose()


def _refuse_twins(file: Path, root: yaml.Node) -> None:
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if id(node) in seen:  # an alias
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            lines: dict[object, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if isinstance(key, yaml.ScalarNode):
                    if key.value in lines:
                        raise BadDocument(file, f"{key.value} is also in line {lines[key.value]}: keep one", line)
                    lines[key.value] = line
                nodes.append(value)


def _child(node: yaml.Node | None, part: object) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        value = node.value[part]
        return value, value.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        loader = yaml.SafeLoader("")
        for key, value in node.value:
            if loader.construct_object(key) == part:  # `on:` is True
                return value, key.start_mark.line + 1
    return None
