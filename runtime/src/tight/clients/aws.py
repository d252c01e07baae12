"""Clients of any service by boto3: made when first asked for, kept for the life of the environment.

    from tight import client

    @post
    def publish(body):
        client("sns").publish(TopicArn=os.environ["TOPIC"], Message=json.dumps(body))

Region and endpoint are those of the environment at the moment; a client ends with them. To a service on this machine
only dummy keys travel. A client may be used by several threads; boto3's resources and sessions may not.
"""

import os

from tight.clients.cache import keep
from tight.clients.session import LOCAL_KEY, botocore_session, database_endpoint, is_local, region, require_region
from tight.errors import MissingLibrary, MissingRegion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from boto3 import Session

_ENDPOINT = "AWS_ENDPOINT_URL"  # and AWS_ENDPOINT_URL_<SERVICE>, which botocore prefers


def session() -> "Session":
    """The session of boto3 for what `client` and `resource` have no argument for, such as a client with a `config`.

    It has dummy keys while AWS_ENDPOINT_URL is on this machine.
    """
    return _session(local=is_local(os.environ.get(_ENDPOINT)))


def client(service: str, region: str | None = None) -> "Any":
    """A client such as `client("sns")`, always the same for one service and region.

    MissingLibrary without boto3, MissingRegion where neither the environment nor a profile names one.
    """
    return _kept("client", service, region)


def resource(service: str, region: str | None = None) -> "Any":
    """A resource of boto3, such as `resource("dynamodb")`, kept as clients are."""
    return _kept("resource", service, region)


def database() -> "Any":
    """The client of DynamoDB where the app's tables are: as `client("dynamodb")`, and USE_LOCAL_DB holds for it too."""
    endpoint = database_endpoint()
    if endpoint is None:
        return client("dynamodb")

    def make() -> "Any":
        return _session(local=is_local(endpoint)).client(
            "dynamodb", region_name=require_region("DynamoDB"), endpoint_url=endpoint
        )

    return keep(("database", endpoint, region()), make)


def _kept(kind: str, service: str, named: "str | None") -> "Any":
    where = named or region()
    key = (kind, service, where, *sorted(_endpoints().items()))
    return keep(key, lambda: _make(kind, service, where))


def _endpoints() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_ENDPOINT)}


def _make(kind: str, service: str, where: "str | None") -> "Any":
    # Which variable is for which service, and what the profile says, botocore alone knows: a guess is checked.
    guess = any(map(is_local, _endpoints().values()))
    made = _of(_session(local=guess), kind, service, where)
    local = is_local(getattr(made.meta, "client", made).meta.endpoint_url)
    return made if local == guess else _of(_session(local=local), kind, service, where)


def _of(session: "Session", kind: str, service: str, where: "str | None") -> "Any":
    from botocore.exceptions import NoRegionError

    try:
        return getattr(session, kind)(service, region_name=where)
    except NoRegionError:
        raise MissingRegion(service) from None


def _session(*, local: bool) -> "Session":
    where = region()

    def make() -> "Session":
        try:
            import boto3  # 160 ms of cold start, paid by the functions that use a client
        except ModuleNotFoundError as error:
            if error.name != "boto3":
                raise
            raise MissingLibrary("boto3", "Lambda's Python runtimes have it; elsewhere pip install boto3") from None
        made = botocore_session()
        if local:
            made.set_credentials(LOCAL_KEY, LOCAL_KEY)
        return boto3.Session(botocore_session=made, region_name=where)

    return keep(("session", local, where), make)
