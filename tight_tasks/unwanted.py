"""What must not be uploaded: secrets, what only a developer needs, and what an editor left behind."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

KIT = "tight/testing"  # Lambda needs tight-runtime alone


class _Rule(NamedTuple):
    """Files and folders whose whole name is that of `names`. A package `may_have` some."""

    names: "re.Pattern[str]"
    sentence: str
    may_have: bool = False


_RULES = (
    _Rule(re.compile(r"\.git(ignore|attributes|keep)?|\.hg|\.svn"), "is of the history of the sources"),
    _Rule(
        re.compile(r"\.env(\.(?!(dist|example|sample|template)$).+)?|\.envrc"),
        "holds settings of a developer, and maybe secrets",
    ),
    _Rule(re.compile(r"env\.yml"), "holds settings of a developer, and maybe secrets", may_have=True),
    _Rule(re.compile(r"\.aws|\.ssh|\.netrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519)"), "holds secrets"),
    _Rule(re.compile(r"\.venv|\.tox|\.nox"), "is a developer's environment"),
    _Rule(re.compile(r"venv|node_modules"), "is a developer's environment", may_have=True),
    _Rule(re.compile(r"\..*_cache|\.idea|\.vscode|\.lock"), "is what a tool left behind"),
    _Rule(re.compile(r"tests|conftest\.py|test_.*\.py|.*_test\.py"), "is for tests", may_have=True),
    _Rule(re.compile(r"cassettes|expectations|placebos"), "holds recordings for tests", may_have=True),
    _Rule(
        re.compile(r".*~|\.?#.*|.*\.(sw[a-p]|bak|orig|rej)|\.DS_Store|Thumbs\.db"), "is an editor's or a tool's copy"
    ),
)
_KEY_STORES = (".p12", ".pfx", ".jks", ".keystore")
_PRIVATE_KEY = re.compile(rb"^-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----", re.MULTILINE)


def reason_against(name: str, *, of_package: bool = False) -> str:
    """Why a file or folder of this name stays out, in a sentence that goes on after it; empty where it may go in."""
    for rule in _RULES:
        if rule.names.fullmatch(name) and not (of_package and rule.may_have):
            return rule.sentence
    return ""


def holds_key(path: PurePosixPath, content: bytes) -> bool:
    """Whether the file is a private key or a store of keys. Code that only names such a header is none."""
    if path.suffix.lower() in _KEY_STORES:
        return True
    return path.suffix != ".py" and _PRIVATE_KEY.search(content) is not None
