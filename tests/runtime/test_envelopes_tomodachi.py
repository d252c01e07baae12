"""Messages exchanged with tomodachi itself, both ways, in an environment of its own: it pins another botocore."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tight.envelopes import Json, Protobuf

PROTO = """
syntax = "proto3";
message Person { string id = 1; string name = 2; repeated string tags = 3; }
"""
SERVICE = {"service": "greeter", "service_uuid": "b1a7c6f0-6b1e-4b8e-9d0c-5d2a4b6c8e10"}
# Reads one line of JSON, [envelope, action, text or data], and prints what tomodachi makes of it.
TOMODACHI = """
import asyncio, json, sys
from types import SimpleNamespace
from tomodachi.envelope import JsonBase, ProtobufBase
from person_pb2 import Person

service = SimpleNamespace(name="greeter", uuid="b1a7c6f0-6b1e-4b8e-9d0c-5d2a4b6c8e10")
for line in sys.stdin:
    kind, action, value = json.loads(line)
    envelope = {"json": JsonBase, "protobuf": ProtobufBase}[kind]
    if action == "build":
        data = Person(**value) if kind == "protobuf" else value
        print(json.dumps(asyncio.run(envelope.build_message(service, "people", data))))
    else:
        message, uuid, timestamp = asyncio.run(envelope.parse_message(value, proto_class=Person))
        if kind == "protobuf":
            person = message["data"]
            message["data"] = {"id": person.id, "name": person.name, "tags": list(person.tags)}
        print(json.dumps([message, uuid, timestamp]))
"""
PEOPLE = [{"id": "7", "name": "Åsa", "tags": ["a"]}, {"id": "8", "name": "n" * 80_000, "tags": []}]


@pytest.fixture(scope="session")
def tomodachi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tomodachi in `.venv`, and the module that protoc makes of PROTO."""
    folder = tmp_path_factory.mktemp("tomodachi")
    (folder / "person.proto").write_text(PROTO, encoding="utf-8")
    python = str(folder / ".venv" / "bin" / "python")
    install = ["uv", "pip", "install", "--quiet", "--system-certs", "--python", python]
    compile_proto = [python, "-m", "grpc_tools.protoc", "-I.", "--python_out=.", "person.proto"]
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, ".venv"], cwd=folder, check=True, timeout=60)
    install += ["tomodachi[protobuf]", "grpcio-tools"]
    installed = subprocess.run(install, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
    if installed.returncode:
        pytest.skip(f"tomodachi could not be installed by `uv pip install`: {installed.stderr[-500:]}")
    subprocess.run(compile_proto, cwd=folder, check=True, timeout=60)
    return folder


@pytest.fixture(scope="session")
def person(tomodachi: Path) -> Any:
    """The class of PROTO's messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tomodachi))
        return import_module("person_pb2").Person


def ask(tomodachi: Path, *lines: object) -> list[Any]:
    """What tomodachi answers to each line."""
    python = str(tomodachi / ".venv" / "bin" / "python")
    given = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", TOMODACHI],
        cwd=tomodachi,
        input=given,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_tomodachi_reads_our_json(tomodachi: Path) -> None:
    texts = [Json().build(data, topic="people", **SERVICE) for data in PEOPLE]
    answers = ask(tomodachi, *(["json", "parse", text] for text in texts))

    assert [message["data"] for message, _, _ in answers] == PEOPLE
    for text, (message, uuid, timestamp) in zip(texts, answers, strict=True):
        own = Json().metadata(text, {})
        assert (uuid, timestamp) == (own["message_uuid"], own["timestamp"])
        assert message["service"] == {"name": "greeter", "uuid": SERVICE["service_uuid"]}
        assert len(uuid) == 73


def test_we_read_tomodachis_json(tomodachi: Path) -> None:
    texts = ask(tomodachi, *(["json", "build", data] for data in PEOPLE))

    assert [Json().parse(text, {}) for text in texts] == PEOPLE
    assert [Json().metadata(text, {})["data_encoding"] for text in texts] == ["raw", "base64_gzip_json"]


def test_our_json_is_tomodachis_to_the_byte(tomodachi: Path) -> None:
    for data, theirs in zip(PEOPLE, ask(tomodachi, *(["json", "build", data] for data in PEOPLE)), strict=True):
        metadata = Json().metadata(theirs, {})
        uuid = metadata["message_uuid"].partition(".")[2]
        assert Json().build(data, topic="people", uuid=uuid, time=metadata["timestamp"], **SERVICE) == theirs


def test_tomodachi_reads_our_protobuf(tomodachi: Path, person: Any) -> None:
    texts = [Protobuf(person).build(person(**data), topic="people", **SERVICE) for data in PEOPLE]
    answers = ask(tomodachi, *(["protobuf", "parse", text] for text in texts))

    assert [message["data"] for message, _, _ in answers] == PEOPLE
    assert [message["metadata"]["data_encoding"] for message, _, _ in answers] == ["proto", "gzip_proto"]
    assert [message["service"]["name"] for message, _, _ in answers] == ["greeter", "greeter"]


def test_we_read_tomodachis_protobuf(tomodachi: Path, person: Any) -> None:
    texts = ask(tomodachi, *(["protobuf", "build", data] for data in PEOPLE))

    assert [Protobuf(person).parse(text, {}) for text in texts] == [person(**data) for data in PEOPLE]
    assert Protobuf(person).metadata(texts[0], {})["topic"] == "people"


def test_our_protobuf_is_tomodachis_to_the_byte(tomodachi: Path, person: Any) -> None:
    envelope = Protobuf(person)
    for data, theirs in zip(PEOPLE, ask(tomodachi, *(["protobuf", "build", data] for data in PEOPLE)), strict=True):
        metadata = envelope.metadata(theirs, {})
        uuid = metadata["message_uuid"].partition(".")[2]
        ours = envelope.build(person(**data), topic="people", uuid=uuid, time=metadata["timestamp"], **SERVICE)
        assert ours == theirs
