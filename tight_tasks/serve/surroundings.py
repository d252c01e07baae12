"""What functions find around them on this machine: the app's database and services, and whose AWS account they use."""

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find
from tight_tasks.errors import BadOption
from tight_tasks.project import Project
from tight_tasks.serve.sources.aws import IDS
from tight_tasks.services.place import running_services

AMQP_URL = "AMQP_URL"


def local_endpoints(project: Project) -> dict[str, str]:
    """AWS_ENDPOINT_URL_... of what `dynamo.run` and `services.run` run for the app, and its broker's AMQP_URL."""
    found: dict[str, str] = {}
    running = running_services(project.root)
    if "aws" in running:
        found = {f"AWS_ENDPOINT_URL_{IDS[service]}": running["aws"] for service in IDS}
    if "elasticmq" in running:
        found["AWS_ENDPOINT_URL_SQS"] = running["elasticmq"]
    if "rabbitmq" in running:
        found[AMQP_URL] = running["rabbitmq"]
    database, is_up = find(Place.of(project.root))
    if database is not None and is_up:
        found.pop("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", None)  # they are where the tables are
        found["AWS_ENDPOINT_URL_DYNAMODB"] = database.endpoint
    return found


def credentials_of(profile: str) -> dict[str, str]:
    """The variables that give functions the credentials of an AWS profile. Raises `BadOption`.

    They are those of this moment: a session that ends has to be renewed, and serve started again.
    """
    from boto3.session import Session  # half a second, for those who want a real account only
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = Session(profile_name=profile).get_credentials()
        if found is None:
            raise BadOption("profile", profile, "it has no credentials")
        frozen = found.get_frozen_credentials()  # which asks for those of a role or of a login
    except (BotoCoreError, ClientError, OSError) as error:
        raise BadOption("profile", profile, str(error)) from error
    variables = {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key}
    return {**variables, "AWS_SESSION_TOKEN": frozen.token} if frozen.token else variables
