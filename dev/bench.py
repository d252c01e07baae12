"""`./inv bench`: Tight against a bare handler and its peers, side by side."""

import platform
import time
from importlib.metadata import version
from itertools import chain

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks.competitors import ALL
from benchmarks.errors import BenchmarkFailed
from benchmarks.host import hosting
from benchmarks.hosts import TOMODACHI, install_tomodachi
from benchmarks.image import ROOT, Image
from benchmarks.messages import messages
from benchmarks.serving import install, serving
from benchmarks.suite import tables
from benchmarks.vendor import vendoring

BUILD = ROOT / "benchmarks" / ".build"
QUICK_ROUNDS = 5
SERVE_ROUNDS = 20
VENDOR_ROUNDS = 5
HOST_ROUNDS = 20
MESSAGE_ROUNDS = 3


@task(
    help={
        "rounds": "Rounds of cold starts; of each competitor the best counts.",
        "quick": "Few rounds, for a first look.",
        "host": "Measure tight host against tomodachi instead, which is installed from the package index.",
        "vendor": "Measure invoke vendor against pip instead, both from the package index.",
        "serve": "Measure invoke serve against other local Lambdas instead.",
    }
)
def bench(
    c: Context,  # noqa: ARG001  # Invoke's signature
    rounds: int = 24,
    quick: bool = False,
    host: bool = False,
    vendor: bool = False,
    serve: bool = False,
) -> None:
    """Measure dispatch, cold start and memory; exit code 1 where Tight misses a target of its own."""
    if platform.system() != "Linux":
        raise Exit("The benchmarks need Linux: AWS's runtime client has wheels for nothing else.", code=2)
    try:
        if vendor:
            missed = measure_vendoring(VENDOR_ROUNDS)
        elif host:
            missed = measure_host(HOST_ROUNDS)
        elif serve:
            missed = measure_serving(QUICK_ROUNDS if quick else SERVE_ROUNDS)
        else:
            missed = measure(QUICK_ROUNDS if quick else rounds)
    except BenchmarkFailed as error:
        raise Exit(f"The benchmarks failed: {error}", code=2) from error
    if missed:
        raise Exit("\n".join(["Tight misses:", *missed]), code=1)
    print("Tight is at or below each of its targets.")


def measure(rounds: int) -> list[str]:
    """Print every table; gives a sentence for each target that is not met. Raises `BenchmarkFailed`."""
    began = time.perf_counter()
    image = Image(BUILD / "lambda")
    image.build(ALL)
    print(f"Python {platform.python_version()}, {', '.join(image.versions(ALL))}")
    missed: list[str] = []
    for table in tables(image, rounds=rounds):
        print(f"\n{table}", flush=True)
        missed += table.missed()
    print(f"\n{time.perf_counter() - began:.0f} s", flush=True)
    return missed


def measure_vendoring(rounds: int) -> list[str]:
    """Print the table; gives a sentence for each target that is not met. Raises `BenchmarkFailed`."""
    table = vendoring(rounds)
    versions = ", ".join(f"{name} {version(name)}" for name in ("pip", "uv"))
    print(f"Python {platform.python_version()}, {versions}\n\n{table}")
    return table.missed()


def measure_serving(rounds: int) -> list[str]:
    """Print every table; gives a sentence for each target that is not met. Raises `BenchmarkFailed`."""
    began = time.perf_counter()
    peers, left_out = install(BUILD / "serve")
    print(f"Python {platform.python_version()}, {', '.join(peer.version for peer in peers)}")
    print("\n".join(left_out), flush=True)
    missed: list[str] = []
    for table in serving(peers, rounds=rounds):
        print(f"{table}\n", flush=True)
        missed += table.missed()
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return missed


def measure_host(rounds: int) -> list[str]:
    """Print every table; gives a sentence for each target that is not met. Raises `BenchmarkFailed`."""
    began = time.perf_counter()
    folder = BUILD / "host"
    program = install_tomodachi(folder / "tomodachi")
    print(f"Python {platform.python_version()}, tight-tasks {version('tight-tasks')}, {TOMODACHI}\n", flush=True)
    missed: list[str] = []
    for table in chain(hosting(program, rounds), messages(program, folder, MESSAGE_ROUNDS)):
        print(f"{table}\n", flush=True)
        missed += table.missed()
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return missed
