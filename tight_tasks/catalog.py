"""The table of contents of Tight's tasks."""

from invoke.collection import Collection

from tight_tasks import generate
from tight_tasks.amqp.task import definitions
from tight_tasks.artifact.tasks import artifact
from tight_tasks.doctor import doctor
from tight_tasks.dynamo.tasks import install, run, stop, tables
from tight_tasks.env.task import env
from tight_tasks.host.task import host
from tight_tasks.inspection.task import inspect
from tight_tasks.schema.task import schema
from tight_tasks.serve.task import leaks, serve
from tight_tasks.serve.tick import tick
from tight_tasks.services import tasks as services
from tight_tasks.testing import run_tests
from tight_tasks.update import update
from tight_tasks.vendor.task import vendor


def catalog() -> Collection:
    """The tasks of an app, and `generate.app`, which makes one."""
    tasks = (artifact, doctor, env, host, inspect, leaks, run_tests, update, vendor)
    dynamo = Collection("dynamo", install, run, stop, tables, schema)
    serving = Collection("serve")
    serving.add_task(serve, name="run", default=True)  # invoke serve
    serving.add_task(tick)
    running = Collection("services", services.install, services.run)
    amqp = Collection("amqp", definitions)
    return Collection(*tasks, amqp, dynamo, running, serving, generate=Collection.from_module(generate))
