"""The environment of an app: which file, which setting or whether the shell gives a variable, and in which type."""

from pathlib import Path

import pytest

from tight_tasks.env import read_environment
from tight_tasks.env.merge import Variable, merge_environment
from tight_tasks.errors import BadDocument, BadEnvironment
from tight_tasks.project import Project

REQUIRED = "name: my-app\nruntime: python3.13\narchitecture: arm64\n"


def project(app: Path, dist: str = "", own: str = "", settings: str = "") -> Project:
    (app / "tight.yml").write_text(REQUIRED + settings, encoding="utf-8")
    (app / "env.dist.yml").write_text(dist, encoding="utf-8")
    if own:
        (app / "env.yml").write_text(own, encoding="utf-8")
    return Project.load(app)


def merged(app: Path, dist: str, own: str = "", **shell: str) -> dict[str, object]:
    """Name: value, but for NAME."""
    variables = merge_environment(project(app, dist, own), shell)
    return {variable.name: variable.value for variable in variables if variable.name != "NAME"}


def test_every_variable_is_text_and_the_region_is_there(app: Path) -> None:
    assert read_environment(project(app, 'CI: false\nLIMIT: 3\nEMPTY: ""\n', "STAGE: test\n"), {}) == {
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_REGION": "us-west-2",
        "CI": "false",
        "EMPTY": "",
        "LIMIT": "3",
        "NAME": "my-app",
        "STAGE": "test",
    }


def test_what_tight_yml_sets_for_every_function_stands_over_the_files_and_the_shell(app: Path) -> None:
    settings = """\
defaults: {env: {QUEUE: orders, TOPIC: created}}
functions: {orders: {env: {QUEUE: own}}}
stages: {prod: {env: {TOPIC: prod-created}}}
"""
    found = read_environment(project(app, "STAGE: prod\nTOPIC: file\n", settings=settings), {"TOPIC": "shell"})

    assert (found["QUEUE"], found["TOPIC"]) == ("orders", "prod-created")


def test_the_shell_stands_over_env_yml_and_that_over_the_default(app: Path) -> None:
    dist = "AA: default\nBB: default\nCC: default\n"

    assert merge_environment(project(app, dist, "BB: mine\nCC: mine\n"), {"CC": "shell"}) == [
        Variable("AA", "default", "default"),
        Variable("BB", "mine", "file"),
        Variable("CC", "shell", "shell"),
        Variable("NAME", "my-app", "tight.yml"),
    ]


def test_only_names_of_env_dist_yml_are_looked_up_in_the_shell(app: Path) -> None:
    assert merged(app, "STAGE: dev\n", "MINE: 1\n", HOME="/home/ada", MINE="2") == {"STAGE": "dev", "MINE": 1}


def test_an_empty_value_of_the_shell_counts_as_not_set(app: Path) -> None:
    assert merged(app, "STAGE: dev\n", STAGE="") == {"STAGE": "dev"}


def test_name_is_that_of_tight_yml_whatever_the_files_and_the_shell_say(app: Path) -> None:
    variables = merge_environment(project(app, "NAME:\n", "NAME: two\n"), {"NAME": "three"})
    assert variables == [Variable("NAME", "my-app", "tight.yml")]


def test_what_env_yml_says_is_left_out_of_a_fresh_merge(app: Path) -> None:
    variables = merge_environment(project(app, "STAGE: dev\n", "STAGE: mine\n"), {}, fresh=True)
    assert Variable("STAGE", "dev", "default") in variables


@pytest.mark.parametrize(
    ("default", "text", "value"),
    [
        ("false", "true", True),
        ("false", "YES", True),
        ("true", "0", False),
        ("true", "off", False),
        ("3", "-12", -12),
        ("0.5", "2", 2.0),
        ("dev", "99", "99"),
        ("dev", "true", "true"),
        ("", "99", "99"),
    ],
)
def test_text_of_the_shell_gets_the_type_of_the_default(app: Path, default: str, text: str, value: object) -> None:
    result = merged(app, f"THE_VALUE: {default}\n", THE_VALUE=text)["THE_VALUE"]
    assert (result, type(result)) == (value, type(value))


def test_a_value_of_env_yml_gets_the_type_of_the_default_too(app: Path) -> None:
    assert merged(app, "AA: dev\nBB: 1\n", "AA: 99\nBB: '2'\n") == {"AA": "99", "BB": 2}


@pytest.mark.parametrize(
    ("default", "text", "sentence"),
    [
        ("false", "maybe", "THE_VALUE is 'maybe', but False in env.dist.yml: write true or false, or change"),
        ("3", "3.5", "THE_VALUE is '3.5', but 3 in env.dist.yml: write a whole number, or change the default"),
        ("0.5", "much", "THE_VALUE is 'much', but 0.5 in env.dist.yml: write a number, or change the default"),
    ],
)
def test_text_that_does_not_fit_the_default_is_named(app: Path, default: str, text: str, sentence: str) -> None:
    with pytest.raises(BadEnvironment, match="the shell: ") as caught:
        merged(app, f"THE_VALUE: {default}\n", THE_VALUE=text)
    assert sentence in str(caught.value)


def test_a_number_of_more_digits_than_python_reads_is_told_as_too_long_for_lambda(app: Path) -> None:
    with pytest.raises(
        BadEnvironment, match=r"the variables are 50\d\d bytes as Lambda counts them, and it takes 4096"
    ):
        merged(app, "THE_VALUE: 3\n", THE_VALUE="9" * 5000)


def test_a_secret_that_does_not_fit_is_not_shown(app: Path) -> None:
    with pytest.raises(BadEnvironment) as caught:
        merge_environment(project(app, "ACCESS_TOKEN: 1\n"), {"ACCESS_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_name_without_a_default_has_to_be_set(app: Path) -> None:
    dist = "API_KEY:\n"
    with pytest.raises(BadEnvironment, match=r"API_KEY has no value: set it in env\.yml or in the shell"):
        merged(app, dist)

    assert merged(app, dist, API_KEY="k") == {"API_KEY": "k"}
    assert merged(app, dist, "API_KEY: mine\n") == {"API_KEY": "mine"}


@pytest.mark.parametrize("file", ["env.dist.yml", "env.yml"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", ": write names and values, such as STAGE: dev"),
        ("OK: a\n1: a\n", ":2: 1 is read as int, not as text: put the name in quotes"),
        ("OK: a\nON: a\n", ":2: True is read as bool, not as text"),
        ("OK: a\nAA: {b: hunter2}\n", ":2: AA is a dict: a variable is text, a number or a boolean; put anything else"),
        ("AA: [hunter2]\n", ":1: AA is a list: "),
        ("AA: 2026-01-01\n", ":1: AA is a date: "),
        ('AA: "\\0"\n', ":1: AA holds a NUL character"),
        ("AWS_REGION: eu-north-1\n", ":1: AWS_REGION is reserved: Lambda sets it itself; choose another name"),
        ("A: a\n", ":1: A is no name that Lambda takes: a letter first, then one or more letters, digits or _"),
        ("MY-NAME: a\n", ":1: MY-NAME is no name that Lambda takes"),
        ("_AA: a\n", ":1: _AA is no name that Lambda takes"),
    ],
)
def test_a_file_that_can_not_be_used_is_named_with_the_line(app: Path, file: str, text: str, sentence: str) -> None:
    given = {"dist": text} if file == "env.dist.yml" else {"own": text}
    with pytest.raises(BadEnvironment) as caught:
        read_environment(project(app, **given), {})
    assert str(caught.value).startswith(f"{app / file}{sentence}")
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_yaml_is_named_without_its_content(app: Path) -> None:
    with pytest.raises(BadDocument) as caught:
        merged(app, "STAGE: dev\nTOKEN: [hunter2\n")
    assert str(caught.value).startswith(f"{app / 'env.dist.yml'}:3: not valid YAML: expected ',' or ']'")
    assert "hunter2" not in str(caught.value)


def test_a_name_that_stands_twice_is_an_error(app: Path) -> None:
    with pytest.raises(BadDocument, match=r"env\.dist\.yml:2: STAGE is also in line 1: keep one"):
        merged(app, "STAGE: dev\nSTAGE: prod\n")


def test_more_than_lambda_takes_is_refused_and_as_much_as_it_takes_is_not(app: Path) -> None:
    # {"LONG":"...","NAME":"my-app"}: Lambda counts quotes, colons, commas and braces too.
    room = 4096 - len('{"LONG":"","NAME":"my-app"}')
    assert len(str(merged(app, f"LONG: {'x' * room}\n")["LONG"])) == room

    with pytest.raises(BadEnvironment, match="the variables are 4097 bytes as Lambda counts them, and it takes 4096"):
        merged(app, f"LONG: {'x' * (room + 1)}\n")
    with pytest.raises(BadEnvironment, match="the variables are 4098 bytes"):
        merged(app, f"LONG: {'x' * room + 'é'}\n")


def test_the_variables_that_tight_yml_gives_a_function_count_too(app: Path) -> None:
    settings = f"functions: {{accounts: {{env: {{LONG: {'x' * 4096}}}}}}}\n"
    with pytest.raises(BadEnvironment, match=r"with those of the function accounts in tight\.yml are"):
        read_environment(project(app, "STAGE: dev\n", settings=settings), {})


def test_no_file_at_all_leaves_the_name_and_the_region(app: Path) -> None:
    assert set(read_environment(Project.load(app), {})) == {"NAME", "AWS_REGION", "AWS_DEFAULT_REGION"}
