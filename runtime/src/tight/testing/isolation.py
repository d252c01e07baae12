"""Keeps tests away from real accounts, whatever the shell, its profiles or CI say."""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tight.invocation import current
from tight.testing.options import remember_account

NOWHERE = "http://127.0.0.1:9"  # the discard port: a call that no fixture serves is refused at once

_FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": NOWHERE,
}
_KEPT = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module is imported: the app's own environment, then no credentials and no endpoint."""
    for name, value in variables(config.rootpath).items():
        os.environ.setdefault(name, value)
    os.environ.update(settings(config.rootpath))
    remember_account(config)
    isolate(os.environ)
    current.follow_tasks()  # tests may call handlers in several threads


def pytest_runtest_teardown() -> None:
    """No parameter or secret of one test is one of the next."""
    values = sys.modules.get("tight.clients.values")  # whoever has not loaded it has none
    if values is not None:
        values.forget()


def isolate(environment: MutableMapping[str, str]) -> None:
    """Take every setting of AWS out of `environment` but the harmless ones, and put in what reaches nothing."""
    for name in [name for name in environment if name.startswith("AWS_") and name not in _KEPT]:
        del environment[name]
    environment.update(_FAKE)
    bypass_proxies(environment)


def bypass_proxies(environment: MutableMapping[str, str]) -> None:
    """A company's proxy does not reach this machine's own services."""
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [environment.get(name), "127.0.0.1", "localhost"]))


def variables(root: Path) -> dict[str, str]:
    """The variables of the app in `root`, which the shell may override: `env.yml` over `env.dist.yml`."""
    merged = {**_read(root / "env.dist.yml"), **_read(root / "env.yml")}
    return {name: _text(value) for name, value in merged.items() if value is not None}


def settings(root: Path) -> dict[str, str]:
    """Name and region, which are those of `tight.yml` whatever the shell says: some shells set NAME themselves."""
    given = _read(root / "tight.yml")
    found = {"NAME": given.get("name"), "AWS_REGION": given.get("region"), "AWS_DEFAULT_REGION": given.get("region")}
    return {name: value for name, value in found.items() if value}


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
