"""What `from tight.providers.aws.lambda_app import app` gave in Tight 0.1."""

from tight.legacy import collect_controllers, create, run

__all__ = ["collect_controllers", "create", "run"]
