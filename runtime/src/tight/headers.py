"""The headers of an answer: those of the app's defaults, and over them the handler's."""

import re

from tight.handlers import PLAIN_TEXT, Response, sendable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tight.handlers import HeaderValue


_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def merge(defaults: "dict[str, str]", response: Response) -> "tuple[dict[str, str], dict[str, list[str]], list[str]]":
    """The headers of one value, those of several, and the cookies.

    A name is the same in any spelling, and the handler's wins; one that is None is left out, with its default.
    """
    single = {name.lower(): (name, value) for name, value in defaults.items()}
    repeated: dict[str, tuple[str, list[str]]] = {}
    cookies: list[str] = []
    for name, value in response.headers.items():
        key = name.lower()
        default = single.pop(key, None)
        repeated.pop(key, None)
        if value is None:
            continue
        if value is PLAIN_TEXT and default is not None:
            single[key] = default
            continue
        texts = _texts(value)
        if key == "set-cookie":
            cookies += texts
            continue
        if key == "vary" and default is not None:
            # Answers that depend on the origin do so whatever else they depend on.
            texts = [", ".join([*texts, default[1]])]
        if len(texts) == 1:
            single[key] = clean(name), texts[0]
        elif texts:
            repeated[key] = clean(name), texts
    return dict(single.values()), dict(repeated.values()), [*cookies, *_texts(response.cookies)]


def cookies_of(given: "Mapping[str, str] | Iterable[str]") -> "list[str]":
    """Cookies as they are sent, of a dict of their values, of one or of several such texts."""
    if isinstance(given, dict):
        return [f"{name}={value}" for name, value in given.items() if value is not None]
    return [given] if isinstance(given, str) else list(given)


def _texts(value: "HeaderValue") -> "list[str]":
    if isinstance(value, (list, tuple)):
        return [_text(one) for one in value if one is not None]
    return [_text(value)]


def _text(value: "HeaderValue") -> str:
    return str(value).lower() if isinstance(value, bool) else clean(str(value))


def clean(text: str) -> str:
    """`text` as a header can have it. With an end of line in it, it could become another one (RFC 9110, 5.5)."""
    text = sendable(text)
    return text if text.isprintable() else _CONTROLS.sub(" ", text)
