"""What functions find around them: the app's local database, and whose account they use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import held
from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.serve.surroundings import credentials_of, local_endpoints

MakeProject = Callable[..., Project]


def test_the_database_that_runs_for_the_app_is_found(project: MakeProject) -> None:
    app = project("")
    assert local_endpoints(app) == {}

    with held(Place.of(app.root)) as record:
        record.write("http://127.0.0.1:8123")
        assert local_endpoints(app) == {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8123"}
    assert local_endpoints(app) == {}


def test_a_profiles_credentials_are_given_to_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials"
    file.write_text("[mine]\naws_access_key_id = an id\naws_secret_access_key = a key\naws_session_token = a token\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    assert credentials_of("mine") == {
        "AWS_ACCESS_KEY_ID": "an id",
        "AWS_SECRET_ACCESS_KEY": "a key",
        "AWS_SESSION_TOKEN": "a token",
    }
    with pytest.raises(BadOption, match=r"--profile other: The config profile \(other\) could not be found"):
        credentials_of("other")


def test_a_profile_that_nobody_has_logged_in_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    login = "sso_start_url = https://example.org/start\nsso_region = eu-north-1\nsso_role_name = reader\n"
    file.write_text(f"[profile mine]\nsso_account_id = 123456789012\n{login}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("HOME", str(tmp_path))  # where the tokens of logins are

    with pytest.raises(BadOption, match=r"^--profile mine: Error loading SSO Token: .* does not exist$"):
        credentials_of("mine")
