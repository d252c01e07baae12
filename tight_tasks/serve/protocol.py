"""uvicorn's HTTP protocol, which also keeps how the client spells the names of headers: a REST API passes that on."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SPELLED = "tight.headers"


class SpellingProtocol(HttpToolsProtocol):
    """The pairs stand in the scope's `extensions`, under `SPELLED`."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._spelled: list[tuple[bytes, bytes]] = []
        scope: Any = self.scope
        scope["extensions"] = {SPELLED: self._spelled}

    def on_header(self, name: bytes, value: bytes) -> None:
        self._spelled.append((name, value))
        super().on_header(name, value)
