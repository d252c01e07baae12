"""A real account, open to recordings only and only when a profile was named: `pytest --record-profile=NAME`."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tight.testing.errors import AccountRefused, NoCredentials

_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


class Account:
    """The account of one profile. `shell` has the AWS variables from before the tests were isolated."""

    def __init__(self, profile: str, shell: Mapping[str, str]) -> None:
        self.profile = profile
        self._shell = {name: value for name, value in shell.items() if name.startswith("AWS_")}
        self._session: Any = None
        self._open = False

    @contextmanager
    def opened(self) -> Iterator[frozenset[bytes]]:
        """The profile's keys in the environment, with its region and endpoint where it has some; gives the secrets.

        Outside of this every call to another machine is refused from now on, even by a client that was made in here.
        """
        self._guard()
        self._open = True
        try:
            variables = self._variables()
            with _environment({"AWS_ENDPOINT_URL": None, **variables}), _new_clients():
                yield frozenset(variables[name].encode() for name in _KEYS if name in variables)
        finally:
            self._open = False

    def _variables(self) -> dict[str, str]:
        # Keys alone: in the tests no profile is in effect, and nothing has to be asked for within a recording.
        isolated = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
        with _environment({**isolated, **self._shell}):
            if self._session is None:
                from botocore.session import Session  # only for this

                self._session = Session(profile=self.profile)
            credentials = self._session.get_credentials()
            if credentials is None:
                raise NoCredentials(self.profile)
            keys = credentials.get_frozen_credentials()
            settings = self._session.get_scoped_config()
            region = os.environ.get("AWS_REGION") or settings.get("region")
        found = {
            **dict(zip(_KEYS, (keys.access_key, keys.secret_key, keys.token), strict=True)),
            "AWS_ENDPOINT_URL": settings.get("endpoint_url"),
            **{name: os.environ.get(name) or region for name in _REGIONS},
        }
        return {name: value for name, value in found.items() if value}

    def _guard(self) -> None:
        from botocore.httpsession import URLLib3Session  # only for this

        send = URLLib3Session.send
        if getattr(send, "guards", None) is self:
            return

        def guarded(http: Any, request: Any) -> Any:
            host = urlsplit(request.url).hostname or ""
            if not self._open and host not in _LOCAL_HOSTS:
                raise AccountRefused(host)
            return send(http, request)

        vars(guarded)["guards"] = self
        URLLib3Session.send = guarded


@contextmanager
def _environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """The environment with these variables, None for none, and afterwards as it was."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _new_clients() -> Iterator[None]:
    """What keeps sessions and clients makes them anew, with the keys of the moment."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    # Whatever is not loaded keeps nothing.
    if "boto3" in sys.modules:
        vars(sys.modules["boto3"])["DEFAULT_SESSION"] = None
    if "tight.clients.cache" in sys.modules:
        vars(sys.modules["tight.clients.cache"])["forget"]()
