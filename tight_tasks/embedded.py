"""The embedded AWS of the test kit: what starts it, and what it needs of this environment."""

import sys
from importlib.util import find_spec

from tight_tasks.errors import CanNotStart

INSTALL = "pip install 'tight-runtime[testing]'"
_NEEDED = ("moto", "flask", "pytest")  # flask is what moto's server stands on, pytest what the test kit is loaded with


def lacks() -> str | None:
    """The first package that it needs and that is not installed."""
    return next((package for package in _NEEDED if find_spec(package) is None), None)


def command(port: int = 0) -> list[str]:
    """Starts it, on a free port unless told. Raises `CanNotStart` where a package for it is not installed."""
    package = lacks()
    if package:
        raise CanNotStart(f"{package} is not installed: {INSTALL}", "The embedded AWS")
    return [sys.executable, "-m", "tight.testing", "serve", str(port)]
