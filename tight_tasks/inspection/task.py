"""The task `inspect`."""

from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit

from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.task import task


@task(
    iterable=["layer"],
    help={
        "archive": "The zip with the code, such as builds/my-app-artifact.zip.",
        "layer": "The zip of a layer; once for each.",
        "functions": "The functions that the zip is for, parted by commas (all that are in it).",
        "s3": "It is uploaded through S3, so it may have more than 50 MB.",
        "image": "Its files become a container image, so they may have more than 250 MB.",
        "target": "The app's folder (here).",
    },
)
def inspect(
    c: Context,  # noqa: ARG001  # Invoke's signature
    archive: str,
    layer: list[str],
    functions: str = "",
    s3: bool = False,
    image: bool = False,
    target: str = "",
) -> None:
    """Examine a Lambda zip before it is uploaded; exit code 1 where something is wrong with it."""
    from tight_tasks.inspection.examination import examine  # asyncio and pydantic's models, for this task alone

    project = Project.load(Path(target).absolute())
    named = [name.strip() for name in functions.split(",") if name.strip()]
    if functions and not named:
        raise BadOption("functions", functions, "name functions, parted by commas")
    layers = [Path(path) for path in layer]
    report = examine(Path(archive), project, layers=layers, functions=named or None, s3=s3, image=image)
    print("\n".join(report.lines()))
    if not report.ok:
        raise Exit(code=1)
