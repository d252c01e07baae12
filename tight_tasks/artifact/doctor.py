"""Calls the examination of what was packed, before it takes the place of the last artifact."""

from collections.abc import Sequence
from pathlib import Path

from tight_tasks.artifact.parts import Shape
from tight_tasks.inspection.examination import examine
from tight_tasks.inspection.report import Report
from tight_tasks.project import Project


def examine_parts(
    project: Project, shape: Shape, parts: Sequence[tuple[Path, Sequence[str]]], beside: Sequence[Path] = ()
) -> list[Report]:
    """A report for each zip with code; a layer counts to the code before it.

    `parts` are zips with the functions that each is for; `beside` are zips of layers that the functions have, too.
    A zip over 50 MB is no fault here: how it is uploaded is not known yet.
    """
    if shape == "layer":
        (code, _), (layer, _) = parts
        return [examine(code, project, layers=[layer, *beside], s3=True)]
    image = shape == "image"
    return [
        examine(
            file, project, layers=beside, functions=functions if shape == "functions" else None, s3=True, image=image
        )
        for file, functions in parts
    ]
