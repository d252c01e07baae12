"""Makes apps, and adds functions, models and a container to them."""

import re
from pathlib import Path

import inflection
from invoke.context import Context

from tight_tasks.errors import BadAnswer, BadOption
from tight_tasks.project import Project, folders_of_functions
from tight_tasks.task import task
from tight_tasks.templates import add_files
from tight_tasks.testing import run_pytest

_LONGEST = 100  # signs of a name, as in copier.yml; a file system refuses to look for more than it takes


def make_app(folder: Path, answers: dict[str, str], *, plan: bool = False) -> list[Path]:
    """The files of a new app in `folder`, which may not be there yet. Raises `AlreadyExists`, `BadAnswer`."""
    return add_files("app", {"app": folder.name, **answers}, folder, folder, plan=plan)


def add_function(root: Path, name: str, answers: dict[str, str] | None = None, *, plan: bool = False) -> list[Path]:
    """The files of a new function in the app at `root`. Raises `AlreadyExists`, `BadAnswer`, `FileInTheWay`."""
    model = (answers or {}).get("model")
    if model and (len(model) > _LONGEST or not _home_of_model(root, model).exists()):
        raise BadAnswer(f'There is no model "{model}": make it first')
    home = _home_of_function(root, name)
    return add_files("function", {"name": name, **(answers or {})}, root, home, plan=plan)


def add_model(root: Path, name: str, answers: dict[str, str] | None = None, *, plan: bool = False) -> list[Path]:
    """The files of a new model in the app at `root`; unless answered, its table is named by the plural of its name."""
    plural = {}
    if re.fullmatch(r"[A-Za-z]\w*", name):
        plural["table"] = inflection.dasherize(inflection.tableize(name))
    return add_files("model", {"name": name, **plural, **(answers or {})}, root, _home_of_model(root, name), plan=plan)


def add_container(root: Path, answers: dict[str, str] | None = None, *, plan: bool = False) -> list[Path]:
    """The files of a container for the app at `root`. Raises `AlreadyExists`, `BadAnswer`, `FileInTheWay`."""
    return add_files("container", answers or {}, root, root / "Dockerfile", plan=plan)


@task(
    help={
        "name": "The app's name, and that of its folder.",
        "region": "AWS region (us-west-2).",
        "runtime": "Lambda runtime (python3.13).",
        "architecture": "arm64 or x86_64 (arm64).",
        "ci": "Continuous integration: GitHub, GitLab or none (GitHub).",
        "wheels": "Folder with unpublished wheels.",
        "target": "Where to make the app's folder (here).",
        "provider": "aws is the only one.",
        "type": "lambda is the only one.",
        "plan": "Only show what would be written.",
    }
)
def app(
    c: Context,  # noqa: ARG001  # Invoke's signature
    name: str,
    region: str = "",
    runtime: str = "",
    architecture: str = "",
    ci: str = "",
    wheels: str = "",
    target: str = "",
    provider: str = "aws",
    type: str = "lambda",  # noqa: A002  # the option's name
    plan: bool = False,
) -> None:
    """Make an app in a folder of its name."""
    _check_options(provider, type, "lambda")
    answers = _given(app=name, region=region, runtime=runtime, architecture=architecture, ci=ci, wheels=wheels)
    folder = Path(target).absolute() / name
    _list(make_app(folder, answers, plan=plan), folder if plan else None)
    if not plan:
        print(f"Next: cd {folder}, make a virtual environment, pip install -r requirements.txt, invoke test")


@task(
    help={
        "name": "The function's name, a Python identifier.",
        "verbs": "Its verbs, parted by spaces or commas (get post put patch delete).",
        "path": "Its path, such as /orders/{order_id} (every path that reaches it).",
        "model": "The model that it uses, such as order.",
        "target": "The app's folder (here).",
        "provider": "aws is the only one.",
        "type": "lambda_proxy is the only one.",
        "plan": "Only show what would be written.",
        "no-test": "Don't run the new tests.",
    }
)
def function(
    c: Context,
    name: str,
    verbs: str = "",
    path: str = "",
    model: str = "",
    target: str = "",
    provider: str = "aws",
    type: str = "lambda_proxy",  # noqa: A002  # the option's name
    plan: bool = False,
    no_test: bool = False,
) -> None:
    """Add a function with its tests, and run these."""
    _check_options(provider, type, "lambda_proxy")
    root = Project.load(Path(target).absolute()).root
    answers = _given(verbs=" ".join(verbs.lower().replace(",", " ").split()), path=path, model=model)
    files = add_function(root, name, answers, plan=plan)
    _finish(c, "function", root, files, plan=plan, no_test=no_test)


@task(
    help={
        "port": "Port that the container listens on (8080).",
        "target": "The app's folder (here).",
        "plan": "Only show what would be written.",
    }
)
def container(c: Context, port: str = "", target: str = "", plan: bool = False) -> None:  # noqa: ARG001  # Invoke's signature
    """Add a Dockerfile and a compose file, for the app as a long-lived service."""
    project = Project.load(Path(target).absolute())
    answers = _given(port=port, runtime=project.runtime)
    _list(add_container(project.root, answers, plan=plan), project.root if plan else None)
    if not plan:
        print("Next: docker compose up --build")


@task(
    help={
        "name": "The model's name: account or UserProfile.",
        "table": "Name of its table, behind NAME-STAGE- (the plural of its name).",
        "hash-key": "Its hash key (id).",
        "hash-type": "text, number or date (text).",
        "range-key": "Its range key (none).",
        "range-type": "text, number or date (text).",
        "target": "The app's folder (here).",
        "plan": "Only show what would be written.",
        "no-test": "Don't run the new test.",
    }
)
def model(
    c: Context,
    name: str,
    table: str = "",
    hash_key: str = "",
    hash_type: str = "",
    range_key: str = "",
    range_type: str = "",
    target: str = "",
    plan: bool = False,
    no_test: bool = False,
) -> None:
    """Add a DynamoDB model with its test, and run it."""
    root = Project.load(Path(target).absolute()).root
    answers = _given(table=table, hash_key=hash_key, hash_type=hash_type, range_key=range_key, range_type=range_type)
    files = add_model(root, name, answers, plan=plan)
    _finish(c, "model", root, files, plan=plan, no_test=no_test)


def _check_options(provider: str, given: str, supported: str) -> None:
    if provider != "aws":
        raise BadOption("provider", provider, "aws is the only provider currently supported")
    if given != supported:
        raise BadOption("type", given, f"{supported} is the only type currently supported")


def _given(**answers: str) -> dict[str, str]:
    """The answers that were given; the template has defaults for the others."""
    return {question: answer for question, answer in answers.items() if answer}


def _home_of_function(root: Path, name: str) -> Path:
    """Where the function of that name is, which is admin/users for admin_users too; else where a new one goes."""
    return folders_of_functions(root).get(name, root / "app" / "functions" / name)


def _home_of_model(root: Path, name: str) -> Path:
    class_name = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return root / "app" / "models" / f"{class_name}.py"


def _finish(c: Context, kind: str, root: Path, files: list[Path], *, plan: bool, no_test: bool) -> None:
    _list(files, root if plan else None)
    if plan:
        return
    if not no_test:
        with c.cd(str(root)):
            run_pytest(c, ["-q", *(file.as_posix() for file in files if file.match("test_*.py"))])
        print(f"Successfully generated {kind} and tests!")
    (source,) = [file for file in files if file.parts[0] == "app" and file.name != "__init__.py"]
    print(f"Next: edit {source.as_posix()}")


def _list(files: list[Path], planned_for: Path | None) -> None:
    if planned_for:
        print(f"Would be written into {planned_for}:")
    for file in files:
        print(f"  {file.as_posix()}", flush=True)
