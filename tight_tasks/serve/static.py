"""Folders of files that are served as they are, which at AWS a bucket or a distribution does."""

import os
from collections.abc import Awaitable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from tight_tasks.errors import BadSetting
from tight_tasks.manifest import Manifest
from tight_tasks.project import FILE, Project

_WELL_KNOWN = ".well-known"  # hidden by its name alone (RFC 8615)


def beside_static(front: ASGIApp, project: Project, manifest: Manifest) -> ASGIApp:
    """What serves the app's folders, and has `front` answer all else; `front` itself where there are none.

    Raises `BadSetting` for a folder that is not there, or outside of the app.
    """
    folders = {
        f"/{path.strip('/')}": _Files(directory=_folder(project, path, folder), html=True)
        for path, folder in _folders(project, manifest).items()
    }
    if not folders:
        return front
    static = Starlette(routes=[Mount(path, files) for path, files in folders.items()])
    below = tuple(f"{path}/" for path in folders)

    def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return (static if scope["path"].startswith(below) else front)(scope, receive, send)

    return app


class _Files(StaticFiles):
    """Without what is hidden, such as .env and .git, which artifacts leave out as well."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if any(part.startswith(".") and part != _WELL_KNOWN for part in Path(path).parts):
            return "", None
        return super().lookup_path(path)


def _folders(project: Project, manifest: Manifest) -> dict[str, str]:
    """Those that the app's code declares, and over them those of tight.yml."""
    said = [source.model_extra or {} for source in manifest.sources if source.kind == "static"]
    return {**{each["path"]: each["folder"] for each in said}, **project.serve.static}


def _folder(project: Project, path: str, name: str) -> Path:
    folder = (project.root / name).resolve()
    key = f"serve.static.{path}"
    if not folder.is_relative_to(project.root.resolve()):
        raise BadSetting(project.root / FILE, key, f"is {name!r}, which is outside of the app")
    if not folder.is_dir() or not path.strip("/"):
        raise BadSetting(project.root / FILE, key, f"is {name!r}: name a path below / and a folder of the app")
    return folder
