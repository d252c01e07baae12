"""A container image of an artifact, on AWS's own base image: the files that `docker build` wants."""

import json

from tight_tasks.target import Target

_PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}  # as containers name them


def dockerfile(folder: str, functions: list[str], target: Target) -> str:
    """Copies `folder`, which stands beside it. One image serves all functions; CMD is the handler of the first."""
    name = f"{folder}.Dockerfile"
    platform = _PLATFORMS[target.architecture]
    command = json.dumps([f"app_index.{functions[0]}" if functions else "app_index.NAME"])
    handlers = "\n".join(f"#   app_index.{function}" for function in functions)
    return f"""\
# docker build --platform {platform} --provenance=false -f {name} -t {folder} .
FROM --platform={platform} public.ecr.aws/lambda/python:{target.python}

COPY {folder}/ ${{LAMBDA_TASK_ROOT}}/

# The handler. The image is the same for every function; each sets its own in Lambda (ImageConfig.Command):
{handlers}
CMD {command}
"""


def dockerignore(folder: str) -> str:
    """Nothing but the artifact goes to the builder."""
    return f"*\n!{folder}\n"
