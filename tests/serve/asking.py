"""Asking a served app by HTTP, and what its functions are given then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.serve.calls import Connection, Reply
from tight_tasks.serve.server import Serve

Served = Callable[..., Any]

HEADERS = {"User_Agent": "test", "Cookie": "one=1; two=2", "Content_Type": "application/json"}


def ask(served: Served, app: Path, *calls: tuple[Any, ...], **options: Any) -> list[Reply]:
    """The replies to requests on one connection, each (method, target, content, headers)."""

    async def visit(serve: Serve) -> list[Reply]:
        connection = await Connection.open(serve.url)
        replies = []
        for method, target, *rest in calls:
            content, headers = (*rest, b"", {})[:2] if len(rest) != 1 else (rest[0], {})
            replies.append(await connection.request(method, target, content, **headers))
        connection.close()
        return replies

    found: list[Reply] = served(app, visit, **options)
    return found


def showing() -> str:
    """A handler that answers with its event."""
    return (
        "import json\n\nfrom tight import delete, get, patch, post, put\n\n\n"
        "@get('/{rest+}')\n@post('/{rest+}')\n@put('/{rest+}')\n@patch('/{rest+}')\n@delete('/{rest+}')\n"
        "def show(event):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"
    )


def event_of(served: Served, app: Path, shape: str, *call: Any) -> dict[str, Any]:
    (reply,) = ask(served, app, call, payload=shape)
    found: dict[str, Any] = reply.json
    return found
