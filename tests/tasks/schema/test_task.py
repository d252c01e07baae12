"""`invoke dynamo.schema`, as a user runs it."""

import os
import shutil
from pathlib import Path

import pytest

from tests.tasks.schema.conftest import ACCOUNT, MODELS, WriteApp, run

FOLDER = Path("schemas", "dynamo")
# Taken up by every Python that is started with this folder in PYTHONPATH: the task's, and the app's.
NO_NETWORK = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"{event} was asked for")

sys.addaudithook(refuse)
"""


@pytest.fixture
def shop(make_app: WriteApp, tmp_path: Path) -> Path:
    """An app with one model, Account."""
    return make_app(tmp_path, {"Account": ACCOUNT})


@pytest.fixture
def copied(written: Path, tmp_path: Path) -> Path:
    """The app whose models are MODELS, with their schemas."""
    return Path(shutil.copytree(written, tmp_path / "app"))


def names(app: Path) -> list[str]:
    return sorted(path.name for path in (app / FOLDER).iterdir())


def snapshot(app: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (app / FOLDER).iterdir()}


def test_a_file_for_each_model_is_written_and_listed(shop: Path) -> None:
    done = run(shop, "dynamo.schema")

    assert (done.returncode, done.stdout, done.stderr) == (0, "  schemas/dynamo/accounts.yml   written\n", "")
    assert "TableName: shop-dev-accounts\n" in (shop / FOLDER / "accounts.yml").read_text(encoding="utf-8")


def test_a_second_run_changes_nothing_and_says_so(copied: Path) -> None:
    before = snapshot(copied)

    done = run(copied, "dynamo.schema", PYTHONHASHSEED="7")

    assert done.stdout.splitlines() == [
        "  schemas/dynamo/accounts.yml   unchanged",
        "  schemas/dynamo/past-orders.yml   unchanged",
        "  schemas/dynamo/visits.yml   unchanged",
    ]
    assert snapshot(copied) == before


@pytest.mark.parametrize(("name", "stage"), [("svc", "dev"), ("my-service", "dev-1"), ("my-big-service", "dev")])
def test_names_with_any_number_of_hyphens_are_right(make_app: WriteApp, tmp_path: Path, name: str, stage: str) -> None:
    app = make_app(tmp_path, {"MyModel": ACCOUNT.replace("accounts", "my-models")}, name, f"STAGE: {stage}\n")

    assert run(app, "dynamo.schema").returncode == 0

    assert names(app) == ["my-models.yml"]
    assert f"TableName: {name}-{stage}-my-models\n" in (app / FOLDER / "my-models.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_an_environment_file_that_is_missing_or_empty_is_no_obstacle(shop: Path, text: str | None) -> None:
    if text is not None:
        (shop / "env.yml").write_text(text, encoding="utf-8")

    assert run(shop, "dynamo.schema").returncode == 0
    assert names(shop) == ["accounts.yml"]


def test_env_yml_has_the_stage_before_env_dist_yml(shop: Path) -> None:
    (shop / "env.yml").write_text("STAGE: mine\n", encoding="utf-8")

    assert run(shop, "dynamo.schema").returncode == 0
    assert "TableName: shop-mine-accounts\n" in (shop / FOLDER / "accounts.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("env", [None, "CI: false\n", "STAGE: ''\n"])
def test_without_a_stage_anywhere_one_sentence_says_where_to_write_it(
    make_app: WriteApp, tmp_path: Path, env: str | None
) -> None:
    app = make_app(tmp_path, {"Account": ACCOUNT}, env=env)

    done = run(app, "dynamo.schema")

    sentence = f"{app / 'env.dist.yml'}: there is no STAGE, which is in the tables' names: write STAGE: dev there\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)
    assert not (app / "schemas").exists()


def test_another_stage_can_be_baked_in(shop: Path) -> None:
    assert run(shop, "dynamo.schema", "--stage", "prod").returncode == 0
    assert "TableName: shop-prod-accounts\n" in (shop / FOLDER / "accounts.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--stage", "a b"], "--stage a b: it is in the tables' names: write some of A-Z a-z 0-9 _ . -"),
        (["--stage", "prod", "--sub"], "--stage prod: with --sub the stage is a parameter of the files"),
        (["--check", "--prune"], "--check --prune: choose one of them"),
        (["--check", "--diff"], "--check --diff: choose one of them"),
        (["--aws"], "--aws: only --diff looks at a database"),
        (["--endpoint", "http://a"], "--endpoint http://a: only --diff looks at a database"),
        (["--diff", "--aws", "--endpoint", "http://a"], "--endpoint http://a: choose this or --aws"),
    ],
)
def test_options_that_contradict_each_other_are_refused(shop: Path, arguments: list[str], sentence: str) -> None:
    done = run(shop, "dynamo.schema", *arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("serverless", ["accounts.yml"]),
        ("terraform", ["accounts.tf", "variables.tf"]),
    ],
)
def test_what_each_format_writes_its_check_finds_up_to_date(shop: Path, name: str, files: list[str]) -> None:
    assert run(shop, "dynamo.schema", "--format", name, "--sub").returncode == 0
    assert names(shop) == files

    done = run(shop, "dynamo.schema", "--format", name, "--sub", "--check")
    assert (done.returncode, done.stdout) == (0, f"Up to date: {len(files)} of {len(files)}.\n")


def test_a_request_without_its_time_to_live_says_how_that_is_set(copied: Path) -> None:
    done = run(copied, "dynamo.schema", "--format", "json")

    assert done.stdout.splitlines()[:3] == [
        "  schemas/dynamo/accounts.json   written",
        "  schemas/dynamo/past-orders.json   written",
        "  schemas/dynamo/visits.json   written",
    ]
    assert (
        "after it, run aws dynamodb update-time-to-live --table-name shop-dev-visits"
        " --time-to-live-specification Enabled=true,AttributeName=gone\n" in done.stdout
    )
    assert "accounts can say" not in done.stdout


def test_check_writes_nothing_and_tells_what_is_missing_stale_and_orphaned(copied: Path) -> None:
    (copied / "app/models/Visit.py").unlink()
    (copied / FOLDER / "accounts.yml").unlink()
    order = copied / "app/models/Order.py"
    order.write_text(MODELS["Order"].replace("read_capacity_units = 5", "read_capacity_units = 6"), encoding="utf-8")
    before = snapshot(copied)

    done = run(copied, "dynamo.schema", "--check")

    assert done.returncode == 1
    assert done.stderr == "Out of date: 3 of 3. Run invoke dynamo.schema --prune\n"
    assert done.stdout.splitlines() == [
        "  schemas/dynamo/accounts.yml   missing",
        "  schemas/dynamo/past-orders.yml   stale",
        "    @@ -56,3 +56,3 @@",
        "           ProvisionedThroughput:",
        "    -        ReadCapacityUnits: 5",
        "    +        ReadCapacityUnits: 6",
        "             WriteCapacityUnits: 4",
        "  schemas/dynamo/visits.yml   has no model",
    ]
    assert snapshot(copied) == before


def test_what_check_says_to_run_has_the_same_options(shop: Path) -> None:
    done = run(shop, "dynamo.schema", "--check", "--format", "sam", "--stage", "prod")

    command = "invoke dynamo.schema --format sam --stage prod"
    assert (done.returncode, done.stderr) == (1, f"Out of date: 1 of 1. Run {command}\n")


def test_files_without_a_model_stay_until_prune_removes_them_and_a_users_own_always(copied: Path) -> None:
    (copied / "app/models/Visit.py").unlink()
    (copied / FOLDER / "backup.yml").write_text("Resources: {}\n", encoding="utf-8")

    kept = run(copied, "dynamo.schema")
    assert "  schemas/dynamo/visits.yml   has no model: --prune removes it\n" in kept.stdout
    assert names(copied) == ["accounts.yml", "backup.yml", "past-orders.yml", "visits.yml"]

    pruned = run(copied, "dynamo.schema", "--prune")
    assert "  schemas/dynamo/visits.yml   removed\n" in pruned.stdout
    assert names(copied) == ["accounts.yml", "backup.yml", "past-orders.yml"]


def test_an_app_without_models_is_told_so(make_app: WriteApp, tmp_path: Path) -> None:
    done = run(make_app(tmp_path, {}), "dynamo.schema")

    assert (done.returncode, done.stdout) == (0, "There are no models in app/models.\n")
    assert not (tmp_path / "schemas").exists()


def test_what_is_no_model_is_left_aside(make_app: WriteApp, tmp_path: Path) -> None:
    app = make_app(tmp_path, {"Account": ACCOUNT, "Person": "def Person(id):\n    return {'id': id}\n"})

    assert run(app, "dynamo.schema").returncode == 0
    assert names(app) == ["accounts.yml"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "import nowhere\n",
            "the app in {app} can't be read: app/models/Account.py:1: ModuleNotFoundError: No module named 'nowhere'",
        ),
        (
            ACCOUNT.replace("        read_capacity_units = 1\n", ""),
            (
                "app.models.Account.Account: its table has no read_capacity_units or no write_capacity_units: write"
                ' them into its Meta, or billing_mode = "PAY_PER_REQUEST" into that of the model'
            ),
        ),
    ],
)
def test_a_model_that_can_not_be_used_is_told_in_a_sentence_and_nothing_is_written(
    make_app: WriteApp, tmp_path: Path, source: str, sentence: str
) -> None:
    app = make_app(tmp_path, {"Account": source})

    done = run(app, "dynamo.schema")

    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence.format(app=app) + "\n")
    assert not (app / "schemas").exists()


def test_a_table_of_no_stage_is_pointed_out_with_sub(make_app: WriteApp, tmp_path: Path) -> None:
    source = ACCOUNT.replace('TableName("accounts")', '"partners"')
    app = make_app(tmp_path, {"Account": source})

    done = run(app, "dynamo.schema", "--sub")

    assert done.stdout.splitlines() == [
        "  schemas/dynamo/partners.yml   written",
        "partners is not named NAME-STAGE-...: it is one table for every stage.",
    ]


def test_a_schema_of_tight_0_1_is_brought_up_to_date(shop: Path) -> None:
    (shop / FOLDER).mkdir(parents=True)
    (shop / FOLDER / "accounts.yml").write_text(
        """\
Properties:
  AttributeDefinitions:
  - {AttributeName: id, AttributeType: S}
  KeySchema:
  - {AttributeName: id, KeyType: HASH}
  ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
  TableName: shop-dev-accounts
Type: AWS::DynamoDB::Table
""",
        encoding="utf-8",
    )

    done = run(shop, "dynamo.schema")

    assert (done.returncode, done.stdout) == (0, "  schemas/dynamo/accounts.yml   changed\n")


def test_no_aws_call_is_made(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    hook = tmp_path_factory.mktemp("hook")
    (hook / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(hook), os.environ.get("PYTHONPATH")]))

    for options in ([], ["--check"], ["--format", "json"]):
        assert run(shop, "dynamo.schema", *options, PYTHONPATH=path).returncode == 0

    # What looks at a database fails, so the hook does refuse.
    done = run(shop, "dynamo.schema", "--diff", "--endpoint", "http://127.0.0.1:9", PYTHONPATH=path)
    assert "was asked for" in done.stderr
