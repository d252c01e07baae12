"""Folders of files that are served as they are, which at AWS a bucket or a distribution does."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from tight_tasks.errors import BadSetting
from tight_tasks.manifest import Manifest
from tight_tasks.project import FILE, Project


def static_paths(project: Project, manifest: Manifest) -> tuple[str, ...]:
    """Where they are served, each with a slash behind it."""
    return tuple(f"/{path.strip('/')}/" for path in _folders(project, manifest))


def static_routes(project: Project, manifest: Manifest) -> list[BaseRoute]:
    """Raises `BadSetting` for a folder that is not there, or outside of the app."""
    return [
        Mount(f"/{path.strip('/')}", StaticFiles(directory=_folder(project, path, folder), html=True))
        for path, folder in _folders(project, manifest).items()
    ]


def _folders(project: Project, manifest: Manifest) -> dict[str, str]:
    """Those that the app's code declares, and over them those of tight.yml."""
    sources = [source for function in manifest.functions for source in function.sources if source.kind == "static"]
    said = [source.model_extra or {} for source in sources]
    return {**{each["path"]: each["folder"] for each in said}, **project.serve.static}


def _folder(project: Project, path: str, name: str) -> Path:
    folder = (project.root / name).resolve()
    key = f"serve.static.{path}"
    if not folder.is_relative_to(project.root.resolve()):
        raise BadSetting(project.root / FILE, key, f"is {name!r}, which is outside of the app")
    if not folder.is_dir() or not path.strip("/"):
        raise BadSetting(project.root / FILE, key, f"is {name!r}: name a path below / and a folder of the app")
    return folder
