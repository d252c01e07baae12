"""Takes out of AWS's values what must not be written down. Pure functions over plain values; keys and types stay.

Credentials, tokens, signatures, passwords and the values of secrets become "scrubbed", account ids the constant
123456789012: in members that are named so, and in any text, also in JSON, base64 or gzip within it. A secret that is
JSON keeps its keys, and a number in it becomes another, so that the code that reads it works with the recording.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from tight.testing import wrappings
from tight.testing.isolation import NOWHERE

ACCOUNT = "123456789012"
SCRUBBED = "scrubbed"
NUMBER = 40404  # stands for a secret number: one that a port may have, and that hardly anything else is

_SECRETS = {
    "authorization", "authorizationtoken", "bearertoken", "cookie", "copysourcessecustomerkey", "idtoken", "jwt",
    "keymaterial", "plaintext", "privatekeyplaintext", "proxyauthorization", "pwd", "samlassertion",
    "secretbinary", "secrethash", "secretstring", "secrettoken", "session", "setcookie", "signature", "ssecustomerkey",
    "ssecustomerkeymd5", "tasktoken", "token", "webidentitytoken", "xamzcredential", "xamzsignature",
}  # fmt: skip
_SECRET_ENDINGS = (
    "accesskey", "accesskeyid", "accesstoken", "apikey", "apitoken", "authenticationtoken", "authtoken", "jwttoken",
    "oauthtoken", "passphrase", "passwd", "password", "passwords", "privatekey", "refreshtoken", "secret",
    "secretkey", "securitytoken", "sessiontoken",
)  # fmt: skip
# A variable of an environment. Of AWS's own names, which are hardly ever in capitals, many tokens are no secrets.
_SECRET_VARIABLE = re.compile("[A-Z0-9_]+_(?:CREDENTIALS|PASS|PWD|TOKEN)")
# Where the value of a pair stands, and its name: a variable of a container, a tag, a parameter of a stack.
_PAIRS = {"value": ("name", "key"), "Value": ("Name", "Key"), "ParameterValue": ("ParameterKey", "ParameterName")}
_VALUE_OF = re.compile(r"(#?\w+)[\s=<>(,]+(:\w+)")  # as in "SET #0 = :0" and "begins_with (#0, :1)"
_ACCOUNTS = {"account", "accounts", "aws", "expectedbucketowner", "owner", "registryid", "sourceaccount", "sourceowner"}
_ACCOUNT_ENDINGS = ("accountid", "accountids", "ownerid", "ownerids")
_NUMBERS = {"n", "ns"}  # a number of DynamoDB is text that stays a number

# What a text says itself: an account in an ARN, in the host or path of a URL, or in the name of a registry.
_ACCOUNT_IN_TEXT = re.compile(
    r"(\barn(?::|%3A)aws[\w-]*(?:(?::|%3A)[\w-]*){2}(?::|%3A)|://[^/\s\"']+/|://)([0-9]{12})(?![0-9])"
    r"|\b()([0-9]{12})(?=\.dkr\.ecr\.)"
)
_ANY_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_KEY_ID = re.compile(r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AIDA|AGPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[A-Z0-9]{12,}")
_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")  # a JSON Web Token
_BEARER = re.compile(r"(\bBearer\s+)[\w.~+/-]{6,}=*")
_USERINFO = re.compile(r"(://[^/\s:@\"']*:)[^/\s@\"']+(?=@)")
_PRIVATE_KEY = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).+?(?=-----END)", re.DOTALL)
_QUERY = re.compile(
    r"((?:[?&]|%3F|%26)(?:X-Amz-[A-Za-z-]+|AWSAccessKeyId|Expires|Key-Pair-Id|Policy|Signature)(?:=|%3D))"
    r"(?:(?!%26)[^&\s\"'<>#\\])+",
    re.IGNORECASE,
)
_HEADER = re.compile(r"((?:^|[\r\n\"'])(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE)
_SIGNED = re.compile(r"(AWS4-HMAC-SHA256\s+)[^\r\n\"']+|(\b(?:Credential|Signature)=)[^\s,;&\"']+")
_SETTING = re.compile(
    r"((?:secret[_-]?access[_-]?key|access[_-]?key[_-]?id|session[_-]?token|security[_-]?token|client[_-]?secret|api[_-]?key|password)"
    r"[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;<>]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What a whole recording showed to be secret, or an account; it is taken out wherever it stands.

    `endpoint`, such as http://127.0.0.1:41234, is another in each run: the one that leads nowhere stands for it.
    """

    secrets: frozenset[bytes] = frozenset()
    accounts: frozenset[str] = frozenset()
    endpoint: str = NOWHERE


NOTHING = Known()


def learn(values: Iterable[object]) -> Known:
    """The secrets and accounts that `values` name as such."""
    found = _Found()
    for value in values:
        _scrub(value, "", found)
    # A short or plain word would be found in names that are none of its business.
    secrets = (secret for secret in found.secrets if len(secret) >= 8 and not secret.isalpha())
    return Known(frozenset(secrets), frozenset(found.accounts - {ACCOUNT}))


def scrub(value: Any, known: Known = NOTHING) -> Any:
    """`value` without what must not be written down; the same whether it was scrubbed before or not."""
    return _scrub(value, "", _Found(known))


def masked(text: str) -> str:
    """`text` with the constant for anything that may be an account."""
    return _ANY_ACCOUNT.sub(ACCOUNT, text)


class _Found:
    """What to look for in the text, and what was come across."""

    def __init__(self, known: Known = NOTHING) -> None:
        self.secrets: set[bytes] = set()
        self.accounts: set[str] = set()
        # The longest first: one secret may be part of another.
        self.known = sorted({each for secret in known.secrets for each in _spellings(secret)}, key=len, reverse=True)
        self.known_accounts = known.accounts
        self.endpoint = known.endpoint


def _spellings(secret: bytes) -> Iterable[bytes]:
    """A secret as it is, and as it stands in a URL and in JSON."""
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return (secret,)
    return {secret, quote(text, safe="").encode(), quote_plus(text).encode(), json.dumps(text)[1:-1].encode()}


def _scrub(value: Any, name: str, found: _Found) -> Any:
    match value:
        case dict():
            return {_text(key, "", found): _member(value, key, found) for key in value}
        case list() | tuple():
            return type(value)(_scrub(item, name, found) for item in value)
        case str():
            return _text(value, name, found)
        case bytes() | bytearray():
            return type(value)(_bytes(bytes(value), found))
        case int() | float() if str(value).encode() in found.known:
            return NUMBER
        case _:
            return value


def _member(holder: Mapping[str, Any], key: str, found: _Found) -> Any:
    value = holder[key]
    if key == "ExpressionAttributeValues" and isinstance(value, dict):
        secret = _secrets_of_expressions(holder)
        return {name: _hide(item, found) if name in secret else _scrub(item, "", found) for name, item in value.items()}
    secure = key == "Value" and holder.get("Type") == "SecureString"  # a parameter of Systems Manager
    pair = [name for each in _PAIRS.get(key, ()) if isinstance(name := holder.get(each), str) and " " not in name]
    if secure or any(map(_is_secret, (key, *pair))):
        return _hide(value, found)
    return _scrub(value, _plain_name(key), found)


def _is_secret(name: str) -> bool:
    plain = _plain_name(name)
    return plain in _SECRETS or plain.endswith(_SECRET_ENDINGS) or bool(_SECRET_VARIABLE.fullmatch(name))


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _secrets_of_expressions(holder: Mapping[str, Any]) -> set[str]:
    """The placeholders of DynamoDB that stand for the value of an attribute that is named as a secret."""
    names = holder.get("ExpressionAttributeNames") or {}
    text = " ".join(str(holder[key]) for key in holder if key.endswith("Expression"))
    return {value for name, value in _VALUE_OF.findall(text) if _is_secret(names.get(name, name))}


def _hide(value: Any, found: _Found, name: str = "") -> Any:
    """`value`, of a member that may have a `name`, with nothing left of it but its shape."""
    match value:
        case bool() | None:
            return value
        case dict():
            return {key: _hide(item, found, _plain_name(key)) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_hide(item, found, name) for item in value)
        case str():
            inner = wrappings.json_in(value)
            if inner is not None:
                return wrappings.dump_like(value, _hide(inner, found))
            found.secrets.add(value.encode())
            return _stand_in(name)
        case bytes() | bytearray():
            found.secrets.update((bytes(value), b64encode(value)))
            return type(value)(_filler(len(value)))
        case int() | float():
            found.secrets.add(str(value).encode())
            return NUMBER
        case _:
            return SCRUBBED


def _stand_in(name: str) -> str:
    return str(NUMBER) if name in _NUMBERS else SCRUBBED


def _text(text: str, name: str, found: _Found) -> str:
    if name in _NUMBERS and text.encode() in found.known:
        return _stand_in(name)
    if _ANY_ACCOUNT.fullmatch(text) and (name in _ACCOUNTS or name.endswith(_ACCOUNT_ENDINGS)):
        found.accounts.add(text)
        return ACCOUNT
    inner = wrappings.json_in(text)
    if inner is not None:
        scrubbed = _scrub(inner, name, found)
        return text if scrubbed == inner else wrappings.dump_like(text, scrubbed)
    return wrappings.sub_base64(_plain(text, found), lambda data: _bytes(data, found))


def _plain(text: str, found: _Found) -> str:
    text = text.replace(found.endpoint, NOWHERE)
    for secret in found.known:
        text = text.replace(secret.decode(errors="ignore") or "\0", SCRUBBED)
    for account in found.known_accounts:
        text = text.replace(account, ACCOUNT)
    found.accounts.update(match[2] or match[4] for match in _ACCOUNT_IN_TEXT.finditer(text))
    for pattern in (_QUERY, _HEADER, _SETTING, _BEARER, _USERINFO, _PRIVATE_KEY):
        text = pattern.sub(rf"\g<1>{SCRUBBED}", text)
    text = _SIGNED.sub(lambda match: f"{match[1] or match[2]}{SCRUBBED}", text)
    text = _ACCOUNT_IN_TEXT.sub(lambda match: f"{match[1] or ''}{ACCOUNT}", text)
    return _TOKEN.sub(SCRUBBED, _KEY_ID.sub(SCRUBBED, text))


def _bytes(data: bytes, found: _Found) -> bytes:
    inner = wrappings.gzip_in(data)
    if inner is not None:
        scrubbed = _bytes(inner, found)
        return data if scrubbed == inner else wrappings.gzipped(scrubbed)
    try:
        return _text(data.decode(), "", found).encode()
    except UnicodeDecodeError:
        for secret in found.known:
            data = data.replace(secret, _filler(len(secret)))
        for account in found.known_accounts:
            data = data.replace(account.encode(), ACCOUNT.encode())
        return data


def _filler(length: int) -> bytes:
    # As long as the secret: a key for AES has to keep its length.
    return (SCRUBBED.encode() * (length // len(SCRUBBED) + 1))[:length]
