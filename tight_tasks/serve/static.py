"""Folders of files that are served as they are, which at AWS a bucket or a distribution does."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from tight_tasks.errors import BadSetting
from tight_tasks.project import FILE, Project


def static_paths(project: Project) -> tuple[str, ...]:
    """Where they are served, each with a slash behind it."""
    return tuple(f"/{path.strip('/')}/" for path in project.serve.static)


def static_routes(project: Project) -> list[BaseRoute]:
    """Raises `BadSetting` for a folder that is not there, or outside of the app."""
    return [
        Mount(path.rstrip("/"), StaticFiles(directory=_folder(project, path, folder), html=True))
        for path, folder in zip(static_paths(project), project.serve.static.values(), strict=True)
    ]


def _folder(project: Project, path: str, name: str) -> Path:
    folder = (project.root / name).resolve()
    key = f"serve.static.{path}"
    if not folder.is_relative_to(project.root.resolve()):
        raise BadSetting(project.root / FILE, key, f"is {name!r}, which is outside of the app")
    if not folder.is_dir() or path == "//":
        raise BadSetting(project.root / FILE, key, f"is {name!r}: name a path below / and a folder of the app")
    return folder
