"""DynamoDB Local: whether it can run here, how it is started, and how its answer is known from a stranger's."""

import json
import os
import re
import shutil
import subprocess
from http.client import HTTPConnection, HTTPException
from pathlib import Path

# "Deploying DynamoDB locally on your computer" in the DynamoDB developer guide.
JAVA = 17
_MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner"
# It starts in half of the time so; a database for one person has no use for what is left out.
_TUNING = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_ASKING_S = 20
_KEY = "AWS4-HMAC-SHA256 Credential=local/20120810/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local"


def is_installed(engine: Path) -> bool:
    """Whether the folder holds DynamoDB Local, from AWS's archive or from Maven."""
    return (engine / "DynamoDBLocal.jar").is_file() or any((engine / "libs").glob("DynamoDBLocal-*.jar"))


def why_not(engine: Path) -> str | None:
    """Why DynamoDB Local can't run here, and what to do; None where it can."""
    if not is_installed(engine):
        return "DynamoDB Local is not installed: invoke dynamo.install gets it."
    java = find_java()
    if java is None:
        return f"DynamoDB Local needs Java, and neither JAVA_HOME nor PATH has it: install Java {JAVA} or newer."
    version = java_version(java)
    if version is None:
        return f"DynamoDB Local needs Java, and {java} is not one that works: install Java {JAVA} or newer."
    if version < JAVA:
        return f"DynamoDB Local needs Java {JAVA} or newer, and {java} is version {version}."
    return None


def command(engine: Path, port: int, data: Path, origin: str) -> list[str]:
    """What starts it. It listens on every interface: it has no option for that.

    `origin` is the one web origin that it lets read its answers. It is random, so it is that of no page in a browser.
    """
    if (engine / "DynamoDBLocal.jar").is_file():
        program = [f"-Djava.library.path={engine / 'DynamoDBLocal_lib'}", "-jar", str(engine / "DynamoDBLocal.jar")]
    else:
        libs = engine / "libs"
        program = [f"-Djava.library.path={libs}", "-cp", str(libs / "*"), _MAIN]
    settings = ["-port", str(port), "-sharedDb", "-dbPath", str(data), "-disableTelemetry", "-cors", origin]
    return [find_java() or "java", *_TUNING, *program, *settings]


def answers(port: int, origin: str) -> bool:
    """Whether the DynamoDB Local that was started with `origin` answers; a stranger does not know it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {
        "Authorization": _KEY,
        "Content-Type": "application/x-amz-json-1.0",
        "Origin": origin,
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
    }
    try:
        connection.request("POST", "/", json.dumps({}), headers)
        response = connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return response.status == 200 and response.headers.get("Access-Control-Allow-Origin") == origin


def find_java() -> str | None:
    """The Java of JAVA_HOME, else of PATH."""
    home = os.environ.get("JAVA_HOME")
    return (shutil.which("java", path=Path(home, "bin")) if home else None) or shutil.which("java")


def java_version(java: str) -> int | None:
    """The major version of a Java; None for one that doesn't work."""
    try:
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=_ASKING_S)
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', asked.stderr + asked.stdout)
    return int(version[1]) if version else None
