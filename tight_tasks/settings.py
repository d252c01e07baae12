"""What tight.yml may say: its keys, with their types, limits and defaults, and the JSON schema of that for editors."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tight_tasks.release import schema_address
from tight_tasks.variables import NAME_PATTERN, RESERVED, problem_of_name


def _check_names(variables: dict[str, str]) -> dict[str, str]:
    for name in variables:
        problem = problem_of_name(name)
        if problem:
            raise PydanticCustomError("name", "{problem}", {"key": name, "problem": problem})
    return variables


def _check_glob(glob: str) -> str:
    if re.match(r"[/\\~]|[A-Za-z]:", glob) or ".." in re.split(r"[/\\]", glob) or not glob:
        raise PydanticCustomError("glob", "leads out of the app: write it from the app's folder, such as data/*.json")
    return glob


def _check_folder(folder: str) -> str:
    path = PurePosixPath(_check_glob(folder))
    if not path.parts:
        raise PydanticCustomError("glob", "is the app itself: choose a folder in it, such as app/vendored")
    return str(path)


def _check_host(host: str) -> str:
    if not re.fullmatch(r"localhost|127(\.[0-9]{1,3}){3}|::1", host):
        raise PydanticCustomError("host", "is not this machine alone: choose 127.0.0.1, localhost or ::1")
    return host


Variables = Annotated[
    dict[str, str],
    AfterValidator(_check_names),
    Field(json_schema_extra={"propertyNames": {"pattern": NAME_PATTERN, "not": {"enum": sorted(RESERVED)}}}),
]
Glob = Annotated[str, AfterValidator(_check_glob)]
Payload = Literal["1.0", "2.0", "url", "alb", "alb multi-value"]


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Function(_Keys):
    """A function. Limits are those of "Lambda quotas" in the Lambda developer guide."""

    memory: int = Field(default=256, ge=128, le=10240, description="Memory in MB.")
    timeout: float = Field(default=10, gt=0, le=900, description="Seconds that an event may take.")
    concurrency: int = Field(default=1, ge=1, description="Environments that the local Lambda runs at a time.")
    env: Variables = Field(default={}, description="Environment variables; over those of env.yml and env.dist.yml.")
    include: list[Glob] = Field(
        default=[], description="More files for the function's artifact, as globs from the app's folder."
    )
    payload: Payload | None = Field(default=None, description="Format of its events in the local Lambda.")
    authorizer: str | None = Field(
        default=None, description='Function of the app that says who may call this one; "none" lets everybody.'
    )
    event: str | None = Field(
        default=None, description="What makes its events in the local Lambda, as package.module:name of the app."
    )
    context: str | None = Field(
        default=None, description="What its context is told, as package.module:name of the app."
    )
    retries: int = Field(default=2, ge=0, le=2, description="How often an asynchronous event is tried again.")
    on_success: str | None = Field(default=None, description="Function or ARN that is told of an asynchronous success.")
    on_failure: str | None = Field(default=None, description="Function or ARN that is told of an asynchronous failure.")
    dead_letter: str | None = Field(default=None, description="ARN of the queue or topic for events that failed.")


class Stage(Function):
    """What a stage sets for every function, and for single ones."""

    functions: dict[str, Function] = Field(default={}, description="Settings of single functions in this stage.")


class Tokens(_Keys):
    """JWTs that are let through."""

    keys: Glob = Field(description="A file with the issuer's keys (JWKS), in the app's folder.")
    issuer: str = Field(description="Who has to have made them.")
    audience: list[str] = Field(description="For whom they may be, one of these.")


class Serve(_Keys):
    """How the local Lambda listens, chooses, and lets callers through."""

    host: Annotated[str, AfterValidator(_check_host)] = Field(
        default="127.0.0.1", description="The address to listen at: one of this machine alone."
    )
    port: int = Field(default=8080, ge=0, le=65535, description="The port; 0 for any that is free.")
    payload: Payload = Field(
        default="2.0", description="Format of events: REST API, HTTP API, Function URL, load balancer."
    )
    dispatch: str = Field(
        default="first_warm",
        description="Which free environment gets an event: first_warm, round_robin, or package.module:name.",
    )
    queue: int = Field(default=100, ge=0, description="How many events may wait for each function.")
    claims: dict[str, Any] | None = Field(default=None, description="Everybody's claims; nothing is checked.")
    jwt: Tokens | None = Field(default=None, description="Which bearer tokens are let through.")
    authorizer: str | None = Field(default=None, description="Function of the app that says who may call.")
    static: dict[str, Glob] = Field(default={}, description="Folders of the app that are served as they are, by path.")


class Settings(_Keys):
    """tight.yml, the configuration of an app."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name of the service, first part of its tables' names.")
    provider: Literal["aws"] = Field(default="aws", description="Where the app runs.")
    region: str = Field(
        default="us-west-2", pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]+$", description="AWS region, such as eu-north-1."
    )
    runtime: Literal["python3.11", "python3.12", "python3.13", "python3.14"] = Field(
        description="The Lambda runtime that vendored packages are for."
    )
    architecture: Literal["arm64", "x86_64"] = Field(description="The processor of the functions.")
    vendor_dir: Annotated[str, AfterValidator(_check_folder)] = Field(
        default="app/vendored", description="Folder of the packages for Lambda, in the app's."
    )
    defaults: Function = Field(default=Function(), description="Settings of every function.")
    functions: dict[str, Function] = Field(default={}, description="Settings of single functions, over the defaults.")
    stages: dict[str, Stage] = Field(default={}, description="Settings by STAGE, over those of defaults and functions.")
    serve: Serve = Field(default=Serve(), description="The local Lambda.")


def schema() -> dict[str, Any]:
    """The JSON schema of tight.yml, as it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_address(),
        **Settings.model_json_schema(),
        "title": "tight.yml",
    }


def keys_at(path: tuple[object, ...]) -> list[str]:
    """The keys that may stand beside the last of `path`, such as ("functions", "accounts", "memory")."""
    match path:
        case (_,):
            model: type[_Keys] = Settings
        case ("serve", "jwt", _):
            model = Tokens
        case ("serve", _):
            model = Serve
        case ("stages", _, _):
            model = Stage
        case _:
            model = Function
    return list(model.model_fields)
