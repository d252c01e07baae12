"""AWS's services as the app's environment names them: where they are, and boto3's clients of them."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

from tight_tasks.errors import BadEnvironment
from tight_tasks.loopback import is_loopback
from tight_tasks.project import Project
from tight_tasks.serve.variables import DUMMIES

# The endings of AWS_ENDPOINT_URL_: boto3's service ids, "Service-specific endpoints" in the AWS SDKs reference guide.
IDS = {
    "dynamodb": "DYNAMODB",
    "dynamodbstreams": "DYNAMODB_STREAMS",
    "events": "EVENTBRIDGE",
    "kinesis": "KINESIS",
    "s3": "S3",
    "sns": "SNS",
    "sqs": "SQS",
}
_THREADS = 64  # each source waits in one; they are made when they are needed


class Aws:
    """`variables` are the app's. No key of anyone's travels to a service on this machine; elsewhere it is the app's, or
    without one that which boto3 finds, such as of a container's role.

    A call is tried again `retries` times; a source does so itself, and stops when serve does.
    """

    def __init__(self, project: Project, variables: Mapping[str, str], *, retries: int = 0) -> None:
        self.project = project
        self.variables = dict(variables)
        self._retries = retries
        self._session: Any = None
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._making = Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="source")

    def endpoint(self, service: str) -> str | None:
        """None for the real one. The streams of tables are where the tables are."""
        own = self.variables.get(f"AWS_ENDPOINT_URL_{IDS[service]}")
        if not own and service == "dynamodbstreams":
            return self.endpoint("dynamodb")
        return own or self.variables.get("AWS_ENDPOINT_URL") or None

    def is_local(self, service: str) -> bool:
        """Whether it is on this machine, where things may be made."""
        endpoint = self.endpoint(service)
        return endpoint is not None and is_loopback(endpoint)

    async def call(self, service: str, operation: str, *, at: str = "", **arguments: Any) -> dict[str, Any]:
        """What boto3's client answers, such as call("sqs", "create_queue", QueueName="orders").

        `at` is another service, at whose endpoint this one is asked for. Raises what boto3 raises, and `BadEnvironment`
        for an endpoint that is no address.
        """
        asked = partial(self._call, service, at or service, operation, arguments)
        answer: dict[str, Any] = await asyncio.get_running_loop().run_in_executor(self._threads, asked)
        return answer

    async def close(self) -> None:
        """Wait for the calls that run, a few seconds at most, and let go of all connections."""
        await asyncio.to_thread(self._threads.shutdown)
        for client in self._clients.values():
            client.close()

    def _call(self, service: str, at: str, operation: str, arguments: dict[str, Any]) -> Any:
        return getattr(self._client(service, at), operation)(**arguments)

    def _client(self, service: str, at: str) -> Any:
        endpoint = self.endpoint(at)
        with self._making:  # boto3's sessions are not for several threads
            if (service, endpoint) not in self._clients:
                self._clients[service, endpoint] = self._make(service, endpoint, local=self.is_local(at))
            return self._clients[service, endpoint]

    def _make(self, service: str, endpoint: str | None, *, local: bool) -> Any:
        import boto3  # half a second, for apps with sources only
        from botocore.config import Config

        config = Config(
            connect_timeout=3,
            read_timeout=30,
            retries={"max_attempts": self._retries},
            max_pool_connections=_THREADS,
            ignore_configured_endpoint_urls=True,  # those of the shell
            **({"proxies": {}} if local else {}),
        )
        keys = DUMMIES if local else self.variables
        self._session = self._session or boto3.Session()  # its own: boto3's keeps the keys that somebody found before
        try:
            return self._session.client(
                service,
                endpoint_url=endpoint,
                region_name=self.variables.get("AWS_REGION") or self.project.region,
                aws_access_key_id=keys.get("AWS_ACCESS_KEY_ID"),
                aws_secret_access_key=keys.get("AWS_SECRET_ACCESS_KEY"),
                aws_session_token=keys.get("AWS_SESSION_TOKEN"),
                config=config,
            )
        except ValueError as error:
            reason = f"the endpoint of {service} is {endpoint!r}: write an address, such as http://127.0.0.1:4566"
            raise BadEnvironment("the app's environment", reason) from error
