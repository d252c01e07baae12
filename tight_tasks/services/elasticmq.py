"""ElasticMQ, a server of SQS alone: how it is installed and started, and when it answers."""

import http.client
from pathlib import Path

from tight_tasks.dynamo.install import install_with_maven
from tight_tasks.dynamo.local import find_java, java_version
from tight_tasks.dynamo.place import Place

JAVA = 11
DEFAULT_PORT = 9324
_POM = Path(__file__).with_name("pom.xml")
_MAIN = "org.elasticmq.server.Main"
_TUNING = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
_HOW = "invoke services.install elasticmq gets it"


def is_installed(engine: Path) -> bool:
    return any((engine / "libs").glob("elasticmq-server_*.jar"))


def install(place: Place) -> None:
    """From Maven Central. Raises `CanNotFetch`, and changes nothing then."""
    install_with_maven(place, "ElasticMQ", _POM, is_installed)


def why_not(engine: Path) -> str | None:
    """Why it can't run here, and what to do; None where it can."""
    if not is_installed(engine):
        return f"ElasticMQ is not installed: {_HOW}."
    java = find_java()
    if java is None or (java_version(java) or 0) < JAVA:
        return f"ElasticMQ needs Java {JAVA} or newer on PATH or in JAVA_HOME."
    return None


def command(engine: Path, port: int, folder: Path, region: str, account: str) -> list[str]:
    """What starts it on 127.0.0.1; its configuration is written into the folder. It keeps everything in memory."""
    file = folder / "elasticmq.conf"
    address = f'{{ protocol = http, host = "127.0.0.1", port = {port}, context-path = "" }}'
    file.write_text(
        f"""node-address {address}
rest-sqs {{ enabled = true, bind-port = {port}, bind-hostname = "127.0.0.1", sqs-limits = strict }}
rest-stats {{ enabled = false }}
generate-node-address = false
queues-storage {{ enabled = false }}
aws {{ region = "{region}", accountId = "{account}" }}
""",
        encoding="utf-8",
    )
    return [find_java() or "java", *_TUNING, f"-Dconfig.file={file}", "-cp", str(engine / "libs" / "*"), _MAIN]


def answers(port: int) -> bool:
    """Whether something that speaks as SQS does listens there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/?Action=ListQueues")
        return b"ListQueues" in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
