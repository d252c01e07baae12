"""Which addresses are on this machine."""

import re
from urllib.parse import urlsplit

_LOOPBACK = r"(.+\.)?localhost|127(\.[0-9]+){3}|::1"


def is_loopback(endpoint: str) -> bool:
    """Whether a service is on this machine, by an address such as http://127.0.0.1:8000; what is none is nowhere."""
    try:
        host = urlsplit(endpoint).hostname or ""
    except ValueError:
        return False
    return re.fullmatch(_LOOPBACK, host) is not None
