"""Keeps tests away from real accounts, whatever the shell, its profiles or CI say."""

import os
import sys
from collections.abc import Iterable, MutableMapping

import pytest

from tight.request import current
from tight.testing.options import remember_account
from tight.testing.variables import KEPT, settings, variables

NOWHERE = "http://127.0.0.1:9"  # the discard port: a call that no fixture serves is refused at once

_FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": NOWHERE,
}


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module is imported: no credentials and no endpoint, then the app's own environment.

    A variable of the app that can't reach its functions ends pytest with a sentence.
    """
    own = {**variables(config.rootpath, os.environ), **settings(config.rootpath)}
    os.environ.update(own)
    remember_account(config)
    isolate(os.environ, own)
    current.follow_tasks()  # tests may call handlers in several threads


def pytest_runtest_teardown() -> None:
    """No parameter or secret of one test is one of the next."""
    values = sys.modules.get("tight.clients.values")  # whoever has not loaded it has none
    if values is not None:
        values.forget()


def isolate(environment: MutableMapping[str, str], own: Iterable[str] = ()) -> None:
    """Take every setting of AWS out of `environment` but the harmless and the app's; put in what reaches nothing."""
    kept = {*KEPT, *own}
    for name in [name for name in environment if name.startswith("AWS_") and name not in kept]:
        del environment[name]
    environment.update(_FAKE)
    bypass_proxies(environment)


def bypass_proxies(environment: MutableMapping[str, str]) -> None:
    """A company's proxy does not reach this machine's own services."""
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [environment.get(name), "127.0.0.1", "localhost"]))
