"""An artifact is examined: a good one passes, and of each spoilt copy exactly what was spoilt is found."""

import socket
from collections.abc import Callable
from copy import copy
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest

from tests.tasks.inspection.conftest import ELSEWHERE, HOSTS, Artifact
from tight_tasks.inspection.examination import examine
from tight_tasks.inspection.report import Finding
from tight_tasks.interpreter import find_interpreter
from tight_tasks.serve.worker import STAND_IN
from tight_tasks.target import Target

Make = Callable[..., Artifact]

HELLO = "app/functions/hello/handler.py"
OTHER_MACHINE = {"x86_64": "aarch64", "arm64": "x86_64"}[HOSTS]
OWN_MACHINE = {"x86_64": "x86_64", "arm64": "aarch64"}[HOSTS]


def is_direct(runtime: str) -> bool:
    target = Target(runtime, HOSTS)  # type: ignore[arg-type]  # a string of this test
    found = find_interpreter(target)
    return found is not None and found.runs(target)


@pytest.mark.skipif(not is_direct("python3.11"), reason="needs Linux with glibc and Python 3.11 on PATH")
def test_a_good_zip_for_this_machine_is_run_itself_and_nothing_is_found(artifact: Make) -> None:
    made = artifact()

    report = examine(made.write(), made.project)
    assert report.findings == []
    assert [check.name for check in report.checks if not check.passed] == []
    assert report.lines()[-1] == "14 checks passed"
    assert report.checks[-1].notes == (
        "run from the zip itself, by Python 3.11, with AWS's runtime client",
        "admin_job: its answer to an empty event",
        "hello: 200 to GET /hello/{name}",
    )


def test_a_good_zip_for_another_machine_is_run_as_a_twin_and_nothing_is_found(artifact: Make) -> None:
    made = artifact("python3.13", ELSEWHERE)

    report = examine(made.write(), made.project)
    assert report.findings == []
    assert report.ok
    assert [check.name for check in report.checks if not check.passed] == []
    assert report.checks[-1].notes[0].startswith("run from a twin for this machine, by Python 3.")
    assert "orjson 3." in report.checks[-1].notes[0]
    assert report.checks[-1].notes[-1] == "hello: 200 to GET /hello/{name}"


def spoil_machine(made: Artifact) -> None:
    elf = bytearray(made.files[made.extension()])
    elf[18:20] = {"x86_64": b"\xb7\x00", "arm64": b"\x3e\x00"}[HOSTS]  # e_machine
    made.add(made.extension(), bytes(elf))


def spoil_glibc(made: Artifact) -> None:
    elf = made.files[made.extension()]
    versions = [name for name in (b"GLIBC_2.17\0", b"GLIBC_2.14\0") if name in elf]
    made.add(made.extension(), elf.replace(versions[0], b"GLIBC_2.91\0"))


def spoil_python(made: Artifact) -> None:
    name = made.extension()
    made.add(name.replace("-311-", "-312-"), made.files.pop(name))


def spoil_module(made: Artifact) -> None:
    del made.files["app/names.py"]


def spoil_import(made: Artifact) -> None:
    made.add("app/names.py", "GREETING = 'hello'\n\ndef late():\n    from httpx import get\n")


def spoil_mode(made: Artifact) -> None:
    made.modes["app/names.py"] = 0o600


def spoil_absolute_link(made: Artifact) -> None:
    made.links["app/secrets.py"] = "/etc/passwd"


def spoil_escaping_link(made: Artifact) -> None:
    made.links["app/secrets.py"] = "../../etc/passwd"


def spoil_dangling_link(made: Artifact) -> None:
    made.links["app/settings.py"] = "nothing.py"


def spoil_metadata(made: Artifact) -> None:
    made.add("orjson-3.0.0.dist-info/METADATA", "Name: orjson\nVersion: 3.0.0\n")


def spoil_size(made: Artifact) -> None:
    made.add("app/model.bin", bytes(251 * 1024 * 1024))


def spoil_name(made: Artifact) -> None:
    made.add("../evil.py", "")


def spoil_absolute_name(made: Artifact) -> None:
    made.add("/etc/evil.py", "")


def spoil_kit(made: Artifact) -> None:
    made.add("tight/testing/__init__.py", "")
    made.add("tight/testing/client.py", "")


def spoil_secrets(made: Artifact) -> None:
    made.add("env.yml", "TOKEN: x\n")


def spoil_key(made: Artifact) -> None:
    made.add("app/server.pem", "-----BEGIN RSA PRIVATE KEY-----\n")


def spoil_environment(made: Artifact) -> None:
    made.add("env.dist.yml", "STAGE: dev\nAWS_LAMBDA_FUNCTION_NAME: x\n")


def spoil_environment_size(made: Artifact) -> None:
    made.add("env.dist.yml", f"STAGE: dev\nTEXT: {'x' * 5000}\n")
    del made.files["app/functions/admin/job/handler.py"]


def spoil_index(made: Artifact) -> None:
    del made.files["app_index.py"]


def spoil_start(made: Artifact) -> None:
    made.add("app/names.py", "GREETING = {}['hello']\n")


def spoil_answer(made: Artifact) -> None:
    made.add("app/functions/admin/job/handler.py", "def handler(event, context):\n    return object()\n")


def spoil_http_answer(made: Artifact) -> None:
    made.add(HELLO, "from tight import get\n\n@get\ndef read():\n    return {'a': object()}\n")


def spoil_late_import(made: Artifact) -> None:
    text = (
        "from importlib import import_module\nfrom tight import get\n\n@get\ndef read():\n    import_module('httpx')\n"
    )
    made.add(HELLO, text)


def spoil_end(made: Artifact) -> None:
    made.add("app/functions/admin/job/handler.py", "import os\ndef handler(event, context):\n    os._exit(3)\n")


@pytest.mark.parametrize(
    ("spoil", "check", "file", "sentence"),
    [
        (spoil_machine, "processor", "orjson/orjson.", f"is built for {OTHER_MACHINE}: the functions run on"),
        (spoil_glibc, "C library", "orjson/orjson.", "needs glibc 2.91, and python3.11 has 2.26"),
        (spoil_python, "extension modules", "orjson/orjson.", "is built for Python 3.12: the functions run on 3.11"),
        (spoil_module, "imports", f"{HELLO}:9", "imports app.names, which is not in the artifact"),
        (spoil_import, "imports", "app/names.py:4", "imports httpx, which is not in the artifact"),
        (spoil_mode, "modes", "app/names.py", "has mode 600: the user that runs functions can't read it"),
        (spoil_absolute_link, "links", "app/secrets.py", "links to /etc/passwd, an absolute path"),
        (spoil_escaping_link, "links", "app/secrets.py", "links to ../../etc/passwd, which is outside of the zip"),
        (spoil_dangling_link, "links", "app/settings.py", "links to nothing.py, which is not in the zip"),
        (spoil_metadata, "duplicate packages", "orjson-3.", "is a second installation of orjson, beside orjson-3."),
        (spoil_size, "sizes", "my-app-artifact.zip", "has 251."),
        (spoil_name, "paths", "../evil.py", "escapes from the folder that the zip is unpacked in"),
        (spoil_absolute_name, "paths", "/etc/evil.py", "is an absolute path"),
        (spoil_kit, "unwanted files", "tight/testing/", "is the test kit"),
        (spoil_secrets, "unwanted files", "env.yml", "holds settings of a developer"),
        (spoil_key, "unwanted files", "app/server.pem", "holds a private key"),
        (spoil_environment, "environment", "env.dist.yml", "can't be used: 2: AWS_LAMBDA_FUNCTION_NAME is reserved"),
        (spoil_environment_size, "environment", "env.dist.yml", "gives hello variables of 50"),
        (spoil_index, "layout", "app_index.py", "is not at the root of the zip"),
        (spoil_start, "handlers", HELLO, "can't be imported by Lambda: KeyError: 'hello'"),
        (spoil_answer, "handlers", "app/functions/admin/job/handler.py", "does not answer: Runtime.MarshalError"),
        (spoil_http_answer, "handlers", HELLO, "answers 500 for"),
        (spoil_late_import, "handlers", HELLO, "answers 500 for ModuleNotFoundError: No module named 'httpx'"),
        (spoil_end, "handlers", "app/functions/admin/job/handler.py", "does not answer: Runtime.ExitError"),
    ],
)
def test_one_fault_is_found_alone(
    artifact: Make, spoil: Callable[[Artifact], None], check: str, file: str, sentence: str
) -> None:
    made = artifact()
    spoil(made)

    findings = examine(made.write(), made.project).findings
    assert [finding.check for finding in findings] == [check], findings
    assert findings[0].file.startswith(file)
    assert findings[0].sentence.startswith(sentence)


def test_what_is_found_is_told_with_the_file_and_all_else_counted(artifact: Make) -> None:
    made = artifact()
    made.modes["app/names.py"] = 0o000

    report = examine(made.write(), made.project)
    sentence = "has mode 000: the user that runs functions can't read it, make it 644 or 755"
    assert report.findings == [Finding("modes", "app/names.py", sentence)]
    assert not report.ok
    assert "  modes: 1 fault" in report.lines()
    assert f"    app/names.py {sentence}" in report.lines()
    assert "  handlers: not done: not executed: first mend what is above" in report.lines()
    assert report.lines()[-1] == "12 checks passed, 1 failed, 1 not done"


def test_a_real_library_of_another_machine_is_found(artifact: Make, installed: Callable[[str, str], Any]) -> None:
    made = artifact()
    theirs = {name: code for name, code in installed("3.11", ELSEWHERE).items() if name.endswith(".so")}
    del made.files[made.extension()]
    made.files.update(theirs)

    (name,) = theirs
    assert examine(made.write(), made.project).findings == [
        Finding("processor", name, f"is built for {OTHER_MACHINE}: the functions run on {OWN_MACHINE}")
    ]


def test_a_name_that_is_there_twice_is_found(artifact: Make) -> None:
    made = artifact()
    path = made.write()
    with ZipFile(path, "a") as archive:
        entry = copy(archive.getinfo("app/names.py"))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(entry, "GREETING = 'again'\n")

    findings = examine(path, made.project).findings
    assert findings == [Finding("paths", "app/names.py", "is in the zip 2 times")]


@pytest.mark.skipif(not is_direct("python3.11"), reason="needs Linux with glibc and Python 3.11 on PATH")
def test_where_awss_runtime_client_has_no_wheel_the_stand_in_takes_its_place(
    artifact: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tight_tasks.inspection.image.runtime_client", lambda: STAND_IN)
    made = artifact()
    made.add("app/functions/admin/job/handler.py", "def handler(event, context):\n    return object()\n")

    report = examine(made.write(), made.project)
    assert [finding.file for finding in report.findings] == ["app/functions/admin/job/handler.py"]
    assert report.checks[-1].notes == (
        "run from the zip itself, by Python 3.11, with Tight's stand-in for AWS's runtime client",
        "hello: 200 to GET /hello/{name}",
    )


def test_a_500_for_want_of_aws_is_an_answer_and_told_with_its_error(artifact: Make) -> None:
    made = artifact()
    text = "import boto3\nfrom tight import get\n\n@get\ndef read():\n    boto3.client('sqs').list_queues()\n"
    made.add(HELLO, text)

    report = examine(made.write(), made.project)
    assert report.findings == []
    assert report.checks[-1].notes[-1].startswith("hello: 500 (logged: EndpointConnectionError: Could not connect")


def test_a_schedule_is_tried_with_the_event_of_its_rule(artifact: Make) -> None:
    made = artifact()
    text = """
from tight import schedule

@schedule("rate(5 minutes)", name="sweep")
def clean(event):
    return [event["detail-type"], event["time"], event["resources"]]
"""
    made.add("app/functions/admin/job/handler.py", text)

    report = examine(made.write(), made.project)
    assert report.findings == []
    assert report.checks[-1].notes[1] == "admin_job: its answer to the schedule sweep"


def test_what_listens_on_this_machine_is_not_reached(artifact: Make) -> None:
    made = artifact()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (made.folder / "tight.yml").open("a", encoding="utf-8") as file:
            file.write(f"defaults: {{env: {{AWS_ENDPOINT_URL_SQS: '{endpoint}'}}}}\n")
        text = "import boto3\nfrom tight import get\n\n@get\ndef read():\n    boto3.client('sqs').list_queues()\n"
        made.add(HELLO, text)

        report = examine(made.write(), made.project)
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody has asked
            listener.accept()
    assert report.checks[-1].notes[-1].startswith("hello: 500 (logged: EndpointConnectionError: Could not connect")


def test_a_function_that_does_not_end_is_a_finding(artifact: Make) -> None:
    made = artifact()
    with (made.folder / "tight.yml").open("a", encoding="utf-8") as settings:
        settings.write("functions: {admin_job: {timeout: 0.5}}\n")
    made.add("app/functions/admin/job/handler.py", "def handler(event, context):\n    while True: pass\n")

    sentence = "does not answer: Sandbox.Timedout: "
    (finding,) = examine(made.write(), made.project).findings
    assert (finding.check, finding.file) == ("handlers", "app/functions/admin/job/handler.py")
    assert finding.sentence.startswith(sentence)


def test_more_than_50_mb_zipped_go_through_s3_only(artifact: Make) -> None:
    made = artifact()
    path = made.write()
    with ZipFile(path, "a") as archive:
        entry = ZipInfo("app/model.bin")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, bytes(51 * 1024 * 1024))

    (finding,) = examine(path, made.project).findings
    assert (finding.check, finding.file) == ("sizes", path.name)
    assert "Lambda's API takes 50.0 MB" in finding.sentence
    assert "The largest: app/model.bin 51.0 MB, " in finding.sentence
    assert examine(path, made.project, s3=True).findings == []


def test_what_is_no_zip_is_a_finding(artifact: Make) -> None:
    made = artifact()
    path = made.folder / "broken.zip"
    path.write_bytes(b"PK but no zip")

    assert examine(path, made.project).findings == [
        Finding("zip", "broken.zip", "can't be read as a zip: File is not a zip file")
    ]


def test_a_layer_that_is_no_zip_is_a_finding_of_its_own_name(artifact: Make) -> None:
    made = artifact()
    layer = made.folder / "layer.zip"
    layer.write_bytes(b"PK but no zip")

    assert examine(made.write(), made.project, layers=[layer]).findings == [
        Finding("zip", "layer.zip", "can't be read as a zip: File is not a zip file")
    ]


def test_a_damaged_file_is_a_finding(artifact: Make) -> None:
    made = artifact()
    path = made.write()
    with ZipFile(path) as archive:
        offset = archive.getinfo("app/functions/hello/handler.py").header_offset
    code = bytearray(path.read_bytes())
    code[offset + 14] ^= 0xFF  # its CRC here and there disagree with what is in it
    directory = code.rindex(b"PK\x01\x02", 0, code.rindex(b"app/functions/hello/handler.py"))
    code[directory + 16] ^= 0xFF
    path.write_bytes(bytes(code))

    report = examine(path, made.project)
    assert [(finding.check, finding.file) for finding in report.findings] == [("zip", HELLO)]
    assert not report.checks[-1].passed


def test_no_twin_means_not_executed_and_not_passed(artifact: Make) -> None:
    made = artifact("python3.13", ELSEWHERE)
    # No index has this version.
    for name in [name for name in made.files if name.startswith("orjson-3.")]:
        made.add(f"orjson-0.0.1.dist-info/{name.partition('/')[2]}", made.files.pop(name))

    report = examine(made.write(), made.project)
    assert report.ok
    assert report.findings == []
    assert report.checks[-1].skipped.startswith("not executed: for this machine, with Python 3.")
    assert "there is no twin: " in report.checks[-1].skipped
    assert report.lines()[-1] == "13 checks passed, 1 not done"


def test_packages_may_be_in_a_layer(artifact: Make) -> None:
    made = artifact()
    code = made.write()
    layer = made.folder / "layer.zip"
    with ZipFile(code) as whole, ZipFile(code.with_name("code.zip"), "w") as own, ZipFile(layer, "w") as shared:
        for entry in whole.infolist():
            content = whole.read(entry)
            is_own = entry.filename.startswith("app") or "/" not in entry.filename
            if not is_own:
                entry.filename = f"python/{entry.filename}"
            (own if is_own else shared).writestr(entry, content)

    report = examine(code.with_name("code.zip"), made.project, layers=[layer])
    assert report.findings == []
    assert report.checks[-1].passed
    alone = examine(code.with_name("code.zip"), made.project)
    assert alone.findings == [
        Finding("imports", f"{file}:{line}", f"imports {module}, which is not in the artifact")
        for file, line, module in ((HELLO, 7, "orjson"), (HELLO, 10, "tight"), ("app_index.py", 2, "tight"))
    ]


def test_a_zip_for_some_functions_needs_what_these_import(artifact: Make) -> None:
    made = artifact()
    made.add("app/functions/other/handler.py", "def handler(event, context):\n    import httpx\n")

    report = examine(made.write(), made.project, functions=["hello"])
    assert report.findings == []
    assert report.checks[-1].notes[1:] == ("hello: 200 to GET /hello/{name}",)
    missing = examine(made.write(), made.project, functions=["hello", "gone"])
    assert missing.findings == [Finding("layout", "app/functions", "has no folder with the handler.py of gone")]


def test_a_handler_reaches_neither_aws_nor_the_network_nor_its_own_folder_nor_this_environment(artifact: Make) -> None:
    made = artifact()
    made.add(
        "app/functions/admin/job/handler.py",
        """
import importlib.util, os, socket, sys

def tried(what):
    try:
        what()
    except Exception as error:
        return type(error).__name__

def handler(event, context):
    import boto3

    seen = [
        tried(lambda: socket.socket().connect(("192.0.2.1", 80))),
        tried(lambda: socket.getaddrinfo("example.org", 80)),
        tried(lambda: boto3.client("sqs").list_queues()),
        importlib.util.find_spec("pytest"),
        importlib.util.find_spec("tight_tasks"),
        os.environ["AWS_ACCESS_KEY_ID"],
        oct(os.stat(os.environ["LAMBDA_TASK_ROOT"]).st_mode & 0o777),
    ]
    raise RuntimeError(seen)
""",
    )

    report = examine(made.write(), made.project)
    assert report.findings == []
    assert report.checks[-1].notes[1] == (
        "admin_job: its own RuntimeError: ['OSError', 'gaierror', 'EndpointConnectionError', None, None, 'none', "
        "'0o555'] to an empty event"
    )
