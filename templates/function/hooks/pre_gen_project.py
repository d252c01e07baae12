"""Refuses what can't be used, before Cookiecutter writes a file; in the words of copier.yml's validators."""

import json
import keyword
import re
import sys
from collections.abc import Iterator
from pathlib import Path

Answers = dict[str, str]

NAME = r"[A-Za-z][A-Za-z0-9_]*"
LONGEST = 100  # file systems and Lambda's handler strings have a limit
EXAMPLE = "{order_id}"
VERBS = "get post put patch delete options head"
# What the files of a model import, and what PynamoDB's models call their own.
TAKEN = "Model TableMeta TableName NumberAttribute UTCDateTimeAttribute UnicodeAttribute"
ATTRIBUTES = """
    DoesNotExist Meta attribute_values batch_get batch_write count create_table delete delete_table describe_table
    deserialize exists from_dynamodb_dict from_raw_data from_simple_dict get get_attributes
    get_delete_kwargs_from_instance get_operation_kwargs_from_class get_save_kwargs_from_instance
    get_update_kwargs_from_instance query refresh save scan serialize to_dynamodb_dict to_simple_dict update
    update_local_version_attribute update_ttl
"""


def refusals(answers: Answers, folder: Path) -> Iterator[str]:
    """What is wrong with the answers, a sentence each, for what is to be made in `folder`."""
    check = {"app": refuse_app, "function": refuse_function, "model": refuse_model, "container": refuse_container}[
        answers["_kind"]
    ]
    yield from check(answers, folder)


def refuse_app(answers: Answers, _folder: Path) -> Iterator[str]:
    app, region, wheels = answers["app"], answers["region"], answers["wheels"]
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*", app):
        yield f'"{app}" is not a usable name: a letter first, then letters and digits, parted by single - or _'
    elif len(app) > LONGEST:
        yield too_long(app)
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]+", region):
        yield f'"{region}" is not the name of an AWS region, such as eu-north-1'
    if wheels and not re.match(r"/|file:///[^ ]*\Z|[A-Za-z]:[/\\]", wheels):
        yield f'"{wheels}" is neither an absolute path nor a file:// address'


def refuse_function(answers: Answers, folder: Path) -> Iterator[str]:
    name, verbs, path, model = (answers[question] for question in ("name", "verbs", "path", "model"))
    functions = folder / "app" / "functions"
    handlers = (handler.parent.relative_to(functions) for handler in functions.rglob("handler.py"))
    nested = any("_".join(handler.parts) == name for handler in handlers)
    yield from refuse_name("function", name, [], folder, functions / name, nested)
    one = f"({'|'.join(VERBS.split())})"
    if not re.fullmatch(f"{one}( {one})*", verbs) or has_twins(verbs.split()):
        yield f'"{verbs}" are not usable verbs: some of {VERBS}, each once, parted by spaces'
    parameters = re.findall(r"[{]([A-Za-z0-9_]*)", path)
    # Joined, since to Jinja, which renders this file, two braces are not Python's.
    pattern = "/|(/[A-Za-z0-9._~-]+|/[{]" + NAME + "[}])*(/[{]" + NAME + "[+][}])?"
    if not re.fullmatch(pattern, path) or has_twins(parameters) or any(map(keyword.iskeyword, parameters)):
        yield f'"{path}" is not a usable path: / before each part, and parameters such as {EXAMPLE}, each name once'
    is_name = re.fullmatch(NAME, model) and len(model) <= LONGEST
    if model and not (is_name and file_of_model(folder, model).exists()):
        yield f'There is no model "{model}": make it first'


def refuse_model(answers: Answers, folder: Path) -> Iterator[str]:
    name, table, hash_key, range_key = (answers[question] for question in ("name", "table", "hash_key", "range_key"))
    yield from refuse_name("model", name, TAKEN.split(), folder, file_of_model(folder, name))
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", table):
        yield f'"{table}" is not a usable name of a table: up to 200 letters, digits, - _ and .'
    for key, others in ((hash_key, []), (range_key, [hash_key])):
        taken = keyword.iskeyword(key) or key in [*ATTRIBUTES.split(), *others]
        if (key or not others) and (taken or not re.fullmatch(NAME, key)):
            yield f'"{key}" is not a usable key: a letter first, then letters, digits and _, and no word that is taken'


def refuse_container(answers: Answers, folder: Path) -> Iterator[str]:
    port = answers["port"]
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        yield f'"{port}" is not a usable port: a number from 1 to 65535'
    elif not is_app(folder):
        yield no_app(folder)
    elif (folder / "Dockerfile").exists():
        yield "Container already exists!"


def refuse_name(
    kind: str, name: str, taken: list[str], folder: Path, home: Path, nested: bool = False
) -> Iterator[str]:
    words = [name, class_of(name)] if kind == "model" else [name]
    if not re.fullmatch(NAME, name) or any(keyword.iskeyword(word) or word in taken for word in words):
        yield f'"{name}" is not a usable name: a letter first, then letters, digits and _, and no word that is taken'
    elif len(name) > LONGEST:
        yield too_long(name)
    elif not is_app(folder):
        yield no_app(folder)
    elif nested or home.exists():
        yield f"{kind.capitalize()} already exists!"


def too_long(name: str) -> str:
    return f'"{name}" is too long for a name: write {LONGEST} signs at most'


def file_of_model(folder: Path, name: str) -> Path:
    return folder / "app" / "models" / f"{class_of(name)}.py"


def is_app(folder: Path) -> bool:
    return (folder / "tight.yml").is_file()


def no_app(folder: Path) -> str:
    return f'"{folder}" is not the folder of an app: there is no tight.yml in it'


def class_of(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def has_twins(words: list[str]) -> bool:
    return len(set(words)) != len(words)


if __name__ == "__main__":
    # Cookiecutter renders this file; JSON keeps any answer from becoming code.
    for sentence in refusals(json.loads(r"""{{ cookiecutter | tojson }}"""), Path.cwd()):
        sys.exit(sentence)
