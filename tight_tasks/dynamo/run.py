"""Runs an app's database in the foreground, with the tables of its models."""

import subprocess
from secrets import token_hex

from tight_tasks import embedded as embedded_aws
from tight_tasks.dynamo import local, running
from tight_tasks.dynamo.guard import guarded
from tight_tasks.dynamo.place import Place
from tight_tasks.dynamo.process import require_free, started, told
from tight_tasks.dynamo.running import Record
from tight_tasks.dynamo.tables import make_tables
from tight_tasks.errors import BadOption, CanNotStart
from tight_tasks.project import Project

DEFAULT_PORT = 8000  # where the models look with USE_LOCAL_DB
_IN_MEMORY = "The embedded database holds everything in memory: leave --keep out"


def run_database(project: Project, *, port: int, keep: bool, embedded: bool) -> None:
    """Run DynamoDB Local, or the embedded database where that can't run or `embedded` is wished for, until it is asked
    to stop. The data is new unless it is to be kept. `KeyboardInterrupt` ends it too, at any time.

    Raises `PortTaken`, `DatabaseRuns`, `CanNotStart` or `NoTables`; no process is left then.
    """
    if not 0 < port < 65536:
        raise BadOption("port", str(port), "write a number from 1 to 65535")
    place = Place.of(project.root)
    with running.held(place) as record:
        require_free(port)
        why_not = None if embedded else local.why_not(place.engine)
        if keep and (embedded or why_not):
            raise CanNotStart(" ".join(filter(None, [why_not, _IN_MEMORY])))
        if why_not:
            _say(f"{why_not} Starting the embedded database instead, which holds everything in memory.")
        if embedded or why_not:
            _run_embedded(project, place, record, port)
        else:
            _run_local(project, place, record, port, keep=keep)


def _run_local(project: Project, place: Place, record: Record, port: int, *, keep: bool) -> None:
    if not keep:
        place.forget_data()
    origin = f"http://{token_hex(16)}.invalid"
    command = guarded(local.command(place.engine, port, place.data, origin))
    with started(command, place.output, lambda: local.answers(port, origin)) as process:
        _say(f"DynamoDB Local listens on port {port} of every interface of this machine: it can't be told otherwise.")
        _serve(project, place, record, process, port)


def _run_embedded(project: Project, place: Place, record: Record, port: int) -> None:
    command = embedded_aws.command(port)
    ready = f'"http://127.0.0.1:{port}"'  # it says so when it listens, and only then
    with started(command, place.output, lambda: ready in told(place.output)) as process:
        _serve(project, place, record, process, port)


def _serve(project: Project, place: Place, record: Record, process: "subprocess.Popen[bytes]", port: int) -> None:
    endpoint = f"http://127.0.0.1:{port}"
    _say(f"This engine has the following tables {make_tables(project, endpoint)}")
    record.write(endpoint)
    setting = f"AWS_ENDPOINT_URL_DYNAMODB={endpoint}"
    _say(f"{setting}{' or USE_LOCAL_DB=true' if port == DEFAULT_PORT else ''} lets the app find it.")
    _say("Ctrl-C stops it, as does invoke dynamo.stop in another terminal.")
    while not record.asked_to_stop():
        try:
            code = process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        raise CanNotStart(f"it has ended with exit code {code}:\n{told(place.output)}")


def _say(text: str) -> None:
    print(text, flush=True)
