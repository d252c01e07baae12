"""What functions find around them on this machine: the app's local database, and whose AWS account they use."""

from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.running import find
from tight_tasks.errors import BadOption
from tight_tasks.project import Project


def local_endpoints(project: Project) -> dict[str, str]:
    """AWS_ENDPOINT_URL_DYNAMODB where `dynamo.run` runs for the app, else nothing."""
    running, is_up = find(Place.of(project.root))
    return {"AWS_ENDPOINT_URL_DYNAMODB": running.endpoint} if running is not None and is_up else {}


def credentials_of(profile: str) -> dict[str, str]:
    """The variables that give functions the credentials of an AWS profile. Raises `BadOption`.

    They are those of this moment: a session that ends has to be renewed, and serve started again.
    """
    from boto3.session import Session  # half a second, for those who want a real account only
    from botocore.exceptions import BotoCoreError

    try:
        found = Session(profile_name=profile).get_credentials()
    except BotoCoreError as error:
        raise BadOption("profile", profile, str(error)) from error
    if found is None:
        raise BadOption("profile", profile, "it has no credentials")
    frozen = found.get_frozen_credentials()
    variables = {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key}
    return {**variables, "AWS_SESSION_TOKEN": frozen.token} if frozen.token else variables
