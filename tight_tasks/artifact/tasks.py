"""The task `artifact`."""

from collections.abc import Sequence
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import CanNotCombine
from tight_tasks.project import Project
from tight_tasks.task import task


@task(
    iterable=["with_layer"],
    help={
        "per-function": "A zip for each function, with only what it imports.",
        "layer": "Two zips: the code, and its packages as a layer.",
        "image": "Also write a Dockerfile for functions that are container images.",
        "with-layer": "The zip of a layer of your own that the functions have, for the examination; once for each.",
        "no-bytecode": "Source only: smaller, and slower to start.",
        "target": "The app's folder (here).",
    },
)
def artifact(
    c: Context,  # noqa: ARG001  # Invoke's signature
    per_function: bool = False,
    layer: bool = False,
    image: bool = False,
    with_layer: Sequence[str] | None = None,
    no_bytecode: bool = False,
    target: str = "",
) -> None:
    """Zip the app and its vendored packages into builds/, and examine that; exit code 1 where something is wrong."""
    # Imported here, so that a list of the tasks waits for nothing.
    from tight_tasks.artifact.build import build_artifact
    from tight_tasks.artifact.parts import Shape
    from tight_tasks.artifact.record import faults, lines

    options: dict[str, tuple[bool, Shape]] = {
        "per-function": (per_function, "functions"),
        "layer": (layer, "layer"),
        "image": (image, "image"),
    }
    chosen = [(option, shape) for option, (given, shape) in options.items() if given]
    if len(chosen) > 1:
        raise CanNotCombine(chosen[1][0], chosen[0][0])
    project = Project.load(Path(target).absolute())
    shape = chosen[0][1] if chosen else "whole"
    layers = [Path(layer) for layer in with_layer or ()]
    build = build_artifact(project, shape, bytecode=not no_bytecode, beside=layers)
    if not build.ok:
        print("\n".join(faults(build)))
        raise Exit("The artifact is faulty: builds/ is as it was.", code=1)
    for line in lines(project, build):
        print(line)
    if not build.python and not no_bytecode:
        print(
            f"No bytecode: there is no Python {project.target.python} on this machine. Functions start slower; to have"
            f" one, run uv python install {project.target.python}."
        )
    if image:
        name = f"{project.name}-artifact"
        print(f"The image is not built here. With Docker, in builds/: the first line of {name}.Dockerfile says how.")
