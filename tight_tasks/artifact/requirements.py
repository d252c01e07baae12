"""Whether what requirements-vendor.txt asks for is vendored."""

from collections.abc import Iterable
from pathlib import Path

from tight_tasks.errors import NotVendored
from tight_tasks.project import Project
from tight_tasks.runtime_image import PACKAGES
from tight_tasks.vendor import FILE
from tight_tasks.vendor.packages import Package
from tight_tasks.vendor.requirements import asked_for


def check_vendored(project: Project, folder: Path, packages: Iterable[Package]) -> None:
    """Raises `NotVendored` for the first requirement that `folder` has not, or in another version.

    Lambda's own packages may be missing.
    """
    file = project.root / FILE
    versions = {package.name: package.version for package in packages}
    for requirement in asked_for(file, project.target.markers):
        version = versions.get(requirement.name)
        if version is None:
            if requirement.name not in PACKAGES:
                raise NotVendored(str(requirement), file, folder)
        elif not requirement.specifier.contains(version, prereleases=True):
            raise NotVendored(str(requirement), file, folder, f"version {version}")
