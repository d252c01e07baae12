"""Folders of files that are served as they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.serve.calls import Reply, request
from tight_tasks.serve.server import Serve

MakeApp = Callable[..., Path]
Served = Callable[..., Any]

PLAIN = "def handler(event, context):\n    return {}\n"
DECLARED = (
    "from tight import static\nfrom tight import get\nstatic('/assets', 'public')\n@get\ndef read():\n    return {}\n"
)


@pytest.mark.parametrize(("settings", "handler"), [("serve: {static: {/assets: public}}\n", PLAIN), ("", DECLARED)])
def test_static_folders_are_served_and_never_left(
    make_app: MakeApp, served: Served, settings: str, handler: str
) -> None:
    app = make_app(settings, plain=handler)
    (app / "public").mkdir()
    (app / "public" / "page.html").write_text("<h1>page</h1>")
    (app / "secret.txt").write_text("secret")
    (app / "public" / "link.txt").symlink_to(app / "secret.txt")
    paths = (
        "/assets/page.html",
        "/assets/../secret.txt",
        "/assets/%2e%2e/secret.txt",
        "/assets/link.txt",
        "/assets/none",
    )

    async def visit(serve: Serve) -> list[Reply]:
        return [await request(serve.url, "GET", path) for path in paths]

    page, *others = served(app, visit)

    assert (page.status, page.content) == (200, b"<h1>page</h1>")
    assert [(reply.status, b"secret" in reply.content) for reply in others] == [(404, False)] * 4


def test_hidden_files_are_not_served_but_those_of_well_known(make_app: MakeApp, served: Served) -> None:
    app = make_app("serve: {static: {/assets: public}}\n", plain=PLAIN)
    for name in (".env", ".git/config", "inner/.env", ".hidden/index.html", ".well-known/security.txt"):
        file = app / "public" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("kept")
    hidden = (".env", "%2eenv", ".git/config", "inner/.env", ".hidden/", ".well-known/../.env")

    async def visit(serve: Serve) -> list[int]:
        paths = (*hidden, ".well-known/security.txt")
        return [(await request(serve.url, "GET", f"/assets/{path}")).status for path in paths]

    assert served(app, visit) == [404] * len(hidden) + [200]
