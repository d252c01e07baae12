"""AWS's SDK, which Lambda's runtime brings: of what is installed, the part that need not be.

"Runtime-included SDK versions" in the Lambda developer guide: boto3, botocore and all that they depend on. A part of
it in the artifact hides that part of Lambda's, and versions that don't fit meet; so it is all or nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tight_tasks.runtime_image import SDK
from tight_tasks.target import Target
from tight_tasks.vendor.packages import Package

_Need = tuple[str, str]  # a package and one of its extras, or "" for the package itself


@dataclass(frozen=True)
class Brought:
    """`left_out` need not be vendored. `shared` has to, since others need it too; `users` need what is left out."""

    left_out: tuple[Package, ...] = ()
    shared: tuple[Package, ...] = ()
    users: tuple[Package, ...] = ()


def brought_by_lambda(installed: Sequence[Package], asked: Mapping[str, Iterable[str]], target: Target) -> Brought:
    """The SDK, and what is there for it alone.

    `asked` are the packages with extras that the requirements files name. What another package needs is not left out,
    nor is what an extra of the SDK brings: Lambda has no awscrt for boto3[crt].
    """
    packages = {package.name: package for package in installed}
    needs = {package.name: {name for name, _ in _needs(package, "", target)} for package in installed}
    tops = packages.keys() - set().union(*needs.values())  # those of a line that has no name to read, too
    roots = [(name, extra) for name in {*asked, *tops} for extra in ("", *asked.get(name, ()))]
    kept = {name for name, _ in _reached(packages, roots, target, stop=SDK)} - SDK
    brought = {name for name, _ in _reached(packages, [(name, "") for name in SDK], target)} | SDK
    return Brought(
        left_out=tuple(package for package in installed if package.name in brought - kept),
        shared=tuple(package for package in installed if package.name in brought & kept),
        users=tuple(package for package in installed if package.name not in brought and needs[package.name] & SDK),
    )


def _reached(
    packages: Mapping[str, Package], roots: Iterable[_Need], target: Target, *, stop: frozenset[str] = frozenset()
) -> set[_Need]:
    """What the roots need, and what that needs; not what the packages in `stop` need without an extra."""
    reached: set[_Need] = set()
    waiting = list(roots)
    while waiting:
        need = waiting.pop()
        name, extra = need
        if need in reached or name not in packages:
            continue
        reached.add(need)
        if extra or name not in stop:
            waiting += _needs(packages[name], extra, target)
    return reached


def _needs(package: Package, extra: str, target: Target) -> Iterator[_Need]:
    """What a package requires of itself, or because of one extra."""
    for text in package.requires:
        requirement = Requirement(text)
        marker = requirement.marker
        plain = marker is None or marker.evaluate({**target.markers, "extra": ""})
        wanted = plain if not extra else not plain and marker and marker.evaluate({**target.markers, "extra": extra})
        if wanted:
            name = canonicalize_name(requirement.name)
            yield from ((name, part) for part in ("", *requirement.extras))
