"""Requests over HTTP from tests that run an event loop."""

import asyncio
import json as json_codec
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """`headers` are in order, names in lower case; `content` is the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def json(self) -> Any:
        return json_codec.loads(self.content)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class Connection:
    """A connection that is kept alive, and sends what it is given byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> "Connection":
        host, _, port = url.removeprefix("http://").rpartition(":")
        return cls(*await asyncio.open_connection(host.strip("[]"), int(port)))

    async def request(self, method: str, target: str, content: bytes = b"", **headers: str) -> Reply:
        """Underscores in the names of headers stand for hyphens."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(content)}"] if content else []
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + content)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = tuple((name.lower(), value) for name, _, value in (line.partition(": ") for line in head[1:] if line))
        status = int(head[0].split(" ")[1])
        size = 0 if method == "HEAD" else int(dict(found).get("content-length", 0))
        return Reply(status, found, await self._reader.readexactly(size))

    def close(self) -> None:
        self._writer.close()


async def request(url: str, method: str, target: str, content: bytes = b"", **headers: str) -> Reply:
    """One request on a connection of its own."""
    connection = await Connection.open(url)
    try:
        return await connection.request(method, target, content, **headers)
    finally:
        connection.close()
