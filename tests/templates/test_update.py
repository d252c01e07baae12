"""Apps stay updatable: from tag to tag, whoever made them, with the edits of their owners."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = Path("templates", "app", "{{cookiecutter.__to}}")
ADDRESS = "https://github.com/org/tight-templates.git"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def git(folder: Path, *arguments: str) -> str:
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def repository(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published templates with a second tag, in which a line is changed, a file added and one deleted."""
    folder = tmp_path_factory.mktemp("templates") / "repository"
    git(published, "clone", "--quiet", str(published), str(folder))
    readme = folder / TEMPLATE / "README.md"
    text = readme.read_text(encoding="utf-8").replace("invoke --list  ", "invoke --help  ")
    assert "invoke --help  " in text
    readme.write_text(text, encoding="utf-8")
    environment = folder / TEMPLATE / "env.dist.yml"
    environment.write_text(environment.read_text(encoding="utf-8") + "NEW_SETTING: 1\n", encoding="utf-8")
    (folder / TEMPLATE / "new.txt").write_text("{{ cookiecutter.app }}\n", encoding="utf-8")
    git(folder, "rm", "--quiet", str(TEMPLATE / "app" / "serializers" / "__init__.py"))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Second")
    git(folder, "tag", "v0.3.0")
    return folder


@pytest.fixture
def run(repository: Path, tmp_path: Path) -> Run:
    """Runs a program in a folder, for which the repository stands at the published address."""
    config = tmp_path / "gitconfig"
    config.write_text(
        f'[url "{repository.as_uri()}"]\n\tinsteadOf = {ADDRESS}\n[user]\n\tname = tests\n\temail = t@example.org\n',
        encoding="utf-8",
    )
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": str(config), "HOME": str(tmp_path)}

    def run_in(folder: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=folder, env={**environment, **more}, capture_output=True, text=True, check=False, timeout=120
        )

    return run_in


def by_copier(run: Run, folder: Path) -> "subprocess.CompletedProcess[str]":
    return run(folder, "copier", "copy", "--defaults", "--vcs-ref", "v0.2.0", "gh:org/tight-templates", "shop")


def by_cookiecutter(run: Run, folder: Path) -> "subprocess.CompletedProcess[str]":
    door = ["--checkout", "v0.2.0", "--directory", "templates/app", "--no-input"]
    return run(folder, "cookiecutter", *door, "gh:org/tight-templates", "app=shop")


def by_task(run: Run, folder: Path) -> "subprocess.CompletedProcess[str]":
    return run(folder, "tight", "generate.app", "shop")


@pytest.fixture(params=[by_copier, by_cookiecutter, by_task])
def app(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> Path:
    """An app of the first tag, committed, with edits of its owner; made in each of the three ways."""
    made = request.param(run, tmp_path)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "shop"
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    settings = folder / "tight.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "defaults: {memory: 512}\n", encoding="utf-8")
    (folder / "app" / "lib" / "__init__.py").unlink()
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Mine")
    return folder


def edit_the_same_line(app: Path) -> None:
    readme = app / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("invoke --list  ", "invoke --mine  "), encoding="utf-8")
    git(app, "commit", "--quiet", "--all", "--message", "Mine too")


def assert_updated(app: Path) -> None:
    assert "NEW_SETTING: 1" in (app / "env.dist.yml").read_text(encoding="utf-8")
    assert (app / "new.txt").read_text(encoding="utf-8") == "shop\n"
    assert not (app / "app" / "serializers" / "__init__.py").exists()
    assert (app / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert "memory: 512" in (app / "tight.yml").read_text(encoding="utf-8")
    assert not (app / "app" / "lib" / "__init__.py").exists(), "what the owner deleted stays deleted"
    assert '_commit: "v0.3.0"' in (app / ".copier-answers.yml").read_text(encoding="utf-8")
    assert list(app.rglob("*.rej")) == []


def test_copier_updates_it_and_keeps_the_owners_edits(app: Path, run: Run) -> None:
    done = run(app, "copier", "update", "--defaults", "--quiet")

    assert done.returncode == 0, done.stderr
    assert_updated(app)


def test_the_task_updates_it_and_keeps_the_owners_edits(app: Path, run: Run) -> None:
    done = run(app, "invoke", "update")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "  changed   README.md",
        "  changed   env.dist.yml",
        "  added     new.txt",
        "  deleted   app/serializers/__init__.py",
        "changed 2 · added 1 · deleted 1 · conflicts 0      from v0.2.0 to v0.3.0",
    ]
    assert_updated(app)


def test_an_edit_of_the_same_line_ends_in_markers_and_exit_1(app: Path, run: Run) -> None:
    edit_the_same_line(app)
    done = run(app, "invoke", "update")

    assert done.returncode == 1
    assert "  conflict  README.md" in done.stdout.splitlines()
    assert done.stderr == "Solve the conflicts between the markers in these files, then commit.\n"
    readme = (app / "README.md").read_text(encoding="utf-8")
    assert "<<<<<<< before updating" in readme
    assert "invoke --mine" in readme
    assert "invoke --help" in readme
    assert_updated(app)


def test_a_plan_tells_the_same_and_writes_nothing(app: Path, run: Run, tree_of: Any) -> None:
    edit_the_same_line(app)
    before = {name: entry for name, entry in tree_of(app).items() if not name.startswith(".git/")}
    planned = run(app, "invoke", "update", "--plan")
    after = {name: entry for name, entry in tree_of(app).items() if not name.startswith(".git/")}

    assert after == before
    done = run(app, "invoke", "update")
    assert (planned.stdout, planned.returncode) == (done.stdout, done.returncode)


@pytest.fixture
def small_app(run: Run, tmp_path: Path) -> Path:
    """An app made by the task, committed."""
    assert by_task(run, tmp_path).returncode == 0
    folder = tmp_path / "shop"
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Mine")
    return folder


def test_a_second_update_says_in_a_sentence_that_nothing_changed(small_app: Path, run: Run) -> None:
    run(small_app, "invoke", "update")
    git(small_app, "add", "--all")
    git(small_app, "commit", "--quiet", "--message", "Updated")
    done = run(small_app, "invoke", "update")

    assert (done.returncode, done.stdout) == (0, "Nothing changed: v0.3.0 is the newest version.\n")


def test_a_file_that_its_owner_deleted_stays_deleted_though_the_template_changed_it(small_app: Path, run: Run) -> None:
    git(small_app, "rm", "--quiet", "README.md")
    git(small_app, "commit", "--quiet", "--message", "No README")
    done = run(small_app, "invoke", "update")

    assert done.returncode == 0, done.stdout
    assert not (small_app / "README.md").exists()
    assert list(small_app.rglob("*.rej")) == []


def test_an_app_in_a_folder_of_a_repository_is_planned_and_updated(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "repository" / "apps"
    folder.mkdir(parents=True)
    assert by_task(run, folder).returncode == 0
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", "--all")
    git(folder.parent, "rm", "--quiet", "--cached", "apps/shop/README.md")
    (folder / "shop" / "README.md").unlink()
    git(folder.parent, "commit", "--quiet", "--message", "Mine, without a README")
    planned = run(folder / "shop", "invoke", "update", "--plan")
    done = run(folder / "shop", "invoke", "update")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == planned.stdout
    assert done.stdout.splitlines() == [
        "  changed   env.dist.yml",
        "  added     new.txt",
        "  deleted   app/serializers/__init__.py",
        "changed 1 · added 1 · deleted 1 · conflicts 0      from v0.2.0 to v0.3.0",
    ]
    assert list(folder.rglob("*.rej")) == []


def test_a_dirty_tree_is_refused(small_app: Path, run: Run, tree_of: Any) -> None:
    (small_app / "mine.txt").write_text("mine", encoding="utf-8")
    before = tree_of(small_app / "app")
    done = run(small_app, "invoke", "update")

    assert done.returncode == 2
    assert done.stderr.startswith(f"The app can't be updated: {small_app} has uncommitted changes: commit or stash them")
    assert tree_of(small_app / "app") == before


def test_without_git_it_is_said_in_a_sentence(small_app: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    done = run(small_app, sys.executable, "-m", "invoke", "update", PATH=str(folder))

    assert done.returncode == 2
    assert done.stderr == (
        "The app can't be updated: git is not on PATH: install it, since an update compares versions with it\n"
    )


def test_outside_a_repository_it_is_said_in_a_sentence(small_app: Path, run: Run) -> None:
    shutil.rmtree(small_app / ".git")
    done = run(small_app, "invoke", "update")

    assert done.returncode == 2
    assert "is not in a git repository: run git init there and commit the app" in done.stderr


def test_an_app_without_a_recorded_version_is_told_so(small_app: Path, run: Run) -> None:
    git(small_app, "rm", "--quiet", ".copier-answers.yml")
    git(small_app, "commit", "--quiet", "--message", "No answers")
    done = run(small_app, "invoke", "update")

    assert done.returncode == 2
    assert "records no version of the template" in done.stderr


def test_what_git_refuses_is_told_by_its_reason_and_not_by_its_advice(small_app: Path, run: Run) -> None:
    lock = small_app / ".git" / "index.lock"  # as git leaves it when it is killed
    lock.touch()
    done = run(small_app, "invoke", "update")

    assert done.returncode == 2
    assert done.stderr == f"The app can't be updated: Unable to create '{lock}': File exists.\n"


def test_an_address_that_can_not_be_reached_is_told_in_a_sentence(small_app: Path, run: Run) -> None:
    answers = small_app / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8").replace("gh:org/tight-templates", "git+file:///nowhere")
    answers.write_text(text, encoding="utf-8")
    git(small_app, "commit", "--quiet", "--all", "--message", "Nowhere")
    done = run(small_app, "invoke", "update")

    assert done.returncode == 2
    assert done.stderr.startswith("The app can't be updated: ")
    assert len(done.stderr.splitlines()) == 1
    assert git(small_app, "status", "--porcelain") == ""
