"""The code of Tight 0.1's documentation, as it stands there, in an app whose only library is what is vendored.

The model of that documentation is left out: it is one of Flywheel, for Python 2.
"""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tight

APP_INDEX = """
from app.vendored.tight.providers.aws.lambda_app import app as app
app.run()
"""
APP_INIT = """
import sys, os
here = os.path.dirname(os.path.realpath(__file__))
sys.path = [os.path.join(here, "./vendored")] + sys.path
sys.path = [os.path.join(here, "./lib")] + sys.path
sys.path = [os.path.join(here, "./models")] + sys.path
sys.path = [os.path.join(here, "./serializers")] + sys.path
sys.path = [os.path.join(here, "../")] + sys.path
"""
OVERVIEW = """
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy

@lambda_proxy.get
def get_handler(*args, **kwargs):
    return {
        'statusCode': 200,
        'body': {
            'hello': 'world'
        }
    }

@lambda_proxy.post
def post_handler(*args, **kwargs):
    event = kwargs.pop('event')
    # Process request event...
    # ...
    return {
        'statusCode': 201,
    }

@lambda_proxy.put
def put_handler(*args, **kwargs):
    event = kwargs.pop('event')
    return {
        'statusCode': 200,
    }

@lambda_proxy.patch
def patch_handler(*args, **kwargs):
    pass

@lambda_proxy.delete
def delete_handler(*args, **kwargs):
    pass
"""
GENERATED = """
from tight.providers.aws.clients import dynamo_db
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy
db = dynamo_db.connect()

@lambda_proxy.get
def get_handler(*args, **kwargs):
    return {
        'statusCode': 200,
        'body': {
            'hello': 'world'
        }
    }

@lambda_proxy.post
def post_handler(*args, **kwargs):
    pass

@lambda_proxy.put
def put_handler(*args, **kwargs):
    pass

@lambda_proxy.patch
def patch_handler(*args, **kwargs):
    pass

@lambda_proxy.options
def options_handler(*args, **kwargs):
    pass

@lambda_proxy.delete
def delete_handler(*args, **kwargs):
    pass
"""
MODEL = '''
def Account(id):
    """ Account factory """
    return {
        'id': id
    }
'''
UNIT_TEST = """
def test_no_boom():
    module = __import__('app.functions.my_controller.handler')
    assert module
"""

# What Lambda does: its root is on the path, the handler string is looked up, the handler is called with each event.
CALL = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
index = importlib.import_module("app_index")
handler = getattr(index, sys.argv[2])
print(json.dumps([handler(event, {}) for event in json.loads(sys.argv[3])]))
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Call = Callable[..., list[Any]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str]], None]:
    """Writes files into an app as `tight generate app` made one, with this runtime vendored."""
    vendored = tmp_path / "app" / "vendored"
    shutil.copytree(Path(tight.__file__).parent, vendored / "tight", ignore=shutil.ignore_patterns("__pycache__"))

    def add(files: dict[str, str]) -> None:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    add({"app_index.py": APP_INDEX, "app/__init__.py": APP_INIT, "app/functions/__init__.py": ""})
    return add


@pytest.fixture
def run(write: Callable[[dict[str, str]], None], tmp_path: Path) -> Run:
    """Runs a program beside the app, with no installed library within reach and nothing of this environment."""

    def start(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-I", "-S", "-c", textwrap.dedent(program), str(tmp_path), *arguments]
        return subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    return start


@pytest.fixture
def call(run: Run, write: Callable[[dict[str, str]], None]) -> Call:
    """The answers of a function with this handler.py to events, one after the other."""

    def send(source: str, *events: object) -> list[Any]:
        write({"app/functions/my_controller/handler.py": source})
        done = run(CALL, "my_controller", json.dumps(events))
        assert done.returncode == 0, done.stderr
        answers: list[Any] = json.loads(done.stdout)
        return answers

    return send


def test_the_overviews_function_answers(call: Call) -> None:
    verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]
    answers = call(OVERVIEW, *({"httpMethod": verb} for verb in verbs))

    assert [answer["statusCode"] for answer in answers] == [200, 201, 200, 204, 204, 204, 405]
    assert json.loads(answers[0]["body"]) == {"hello": "world"}


def test_the_generated_function_answers(call: Call) -> None:
    verbs = ["GET", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"]
    answers = call(GENERATED, *({"httpMethod": verb} for verb in verbs))

    assert [answer["statusCode"] for answer in answers] == [200, 204, 204, 204, 204, 204]
    assert json.loads(answers[0]["body"]) == {"hello": "world"}
    assert {answer["headers"]["Access-Control-Allow-Origin"] for answer in answers} == {"*"}


def test_the_generated_unit_test_passes(run: Run, write: Callable[[dict[str, str]], None]) -> None:
    write({"app/functions/my_controller/handler.py": GENERATED, "test_unit_my_controller.py": UNIT_TEST})
    done = run("import sys; sys.path.insert(0, sys.argv[1]); import test_unit_my_controller as t; t.test_no_boom()")

    assert done.returncode == 0, done.stderr


def test_models_serializers_and_libraries_are_found_by_their_names(
    call: Call, write: Callable[[dict[str, str]], None]
) -> None:
    write({"app/models/Account.py": MODEL, "app/models/__init__.py": ""})
    write({"app/serializers/shown.py": "def shown(account): return {'account': account}"})
    write({"app/lib/ids.py": "FIRST = 7"})
    source = """
from Account import Account
from ids import FIRST
from shown import shown
from tight.providers.aws.controllers import lambda_proxy_event as lambda_proxy

@lambda_proxy.get
def get_handler(*args, **kwargs):
    return {'statusCode': 200, 'body': shown(Account(FIRST))}
"""
    (answer,) = call(source, {"httpMethod": "GET"})

    assert json.loads(answer["body"]) == {"account": {"id": 7}}


def test_the_function_is_given_its_name_event_context_and_principal(call: Call) -> None:
    source = """
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy

@lambda_proxy.get
def get_handler(*args, **kwargs):
    return {'body': [args, sorted(kwargs), kwargs['principal_id'], kwargs['event'] == args[1]]}
"""
    event = {"httpMethod": "GET", "requestContext": {"authorizer": {"claims": {"sub": "ada"}}}}
    (answer,) = call(source, event)

    assert json.loads(answer["body"]) == [
        ["my_controller", event, {}],
        ["context", "event", "principal_id"],
        "ada",
        True,
    ]


def test_the_core_logs_a_message_and_gets_what_is_deep_inside(
    run: Run, write: Callable[[dict[str, str]], None]
) -> None:
    source = """
from tight.core import logger
from tight.core.safeget import safeget
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy

@lambda_proxy.get
def get_handler(*args, **kwargs):
    logger.info(message='100% read')
    logger.warn(message='slow')
    logger.error(message='late')
    event = kwargs.pop('event')
    return {'body': [safeget(event, 'requestContext', 'stage'), safeget(event, 'no', 'such', 'key')]}
"""
    write({"app/functions/my_controller/handler.py": source})
    done = run(CALL, "my_controller", json.dumps([{"httpMethod": "GET", "requestContext": {"stage": "dev"}}]))

    (answer,) = json.loads(done.stdout)
    assert json.loads(answer["body"]) == ["dev", None]
    records = [json.loads(line) for line in done.stderr.splitlines()]
    logged = [(record["level"], record["message"]) for record in records]
    assert logged == [("INFO", "100% read"), ("WARNING", "slow"), ("ERROR", "late")]


def test_a_request_is_ended_from_deep_below(call: Call) -> None:
    source = """
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy

lambda_proxy.set_default_headers({'X-Service': 'accounts'})

def check():
    lambda_proxy.exit_with_response(404, {'body': {'message': 'no account'}})

@lambda_proxy.get
def get_handler(*args, **kwargs):
    try:
        check()
    except Exception:
        return {'statusCode': 200}
"""
    (answer,) = call(source, {"httpMethod": "GET"})

    assert (answer["statusCode"], json.loads(answer["body"])) == (404, {"message": "no account"})
    assert answer["headers"]["X-Service"] == "accounts"


CONTROLLERS = {
    "app/functions/controller_a/handler.py": OVERVIEW,
    "app/functions/controller_b/handler.py": GENERATED,
    "app/functions/not_a_controller/some_module.py": "raise AssertionError('nobody imports this')",
}


def test_the_controllers_of_an_app_are_collected(run: Run, write: Callable[[dict[str, str]], None]) -> None:
    write(CONTROLLERS)
    program = """
        import json, sys
        sys.path.insert(0, sys.argv[1])
        from app.vendored.tight.providers.aws.lambda_app import app
        import tight.providers.aws.lambda_app.app
        print(json.dumps([app.collect_controllers(), tight.providers.aws.lambda_app.app.collect_controllers()]))
    """
    done = run(program)

    assert (done.stderr, json.loads(done.stdout)) == ("", [["controller_a", "controller_b"]] * 2)


def test_a_module_is_given_the_functions(run: Run, write: Callable[[dict[str, str]], None]) -> None:
    write(CONTROLLERS)
    program = """
        import json, sys, types
        sys.path.insert(0, sys.argv[1])
        from app.vendored.tight.providers.aws.lambda_app import app
        import tight
        module = types.ModuleType("entry")
        app.create(module)
        names = ("controller_a", "controller_b", "not_a_controller")
        event = {"httpMethod": "GET"}
        print(json.dumps([
            [hasattr(module, name) for name in names],
            [module.controller_a(event, {})["statusCode"], module.controller_b(event, {})["statusCode"]],
            tight.__file__.startswith(sys.argv[1]),
        ]))
    """
    done = run(program)

    assert done.stderr == ""
    assert json.loads(done.stdout) == [[True, True, False], [200, 200], True]


def test_an_app_may_be_run_twice_and_under_another_name(run: Run, write: Callable[[dict[str, str]], None]) -> None:
    write({**CONTROLLERS, "app_index.py": APP_INDEX + "app.run()\n", "entry.py": "name = 'entry'"})
    program = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import app_index, entry
        from tight.providers.aws.lambda_app import app
        app.run("entry")
        print(app_index.controller_a({"httpMethod": "GET"}, {})["statusCode"], callable(entry.controller_b), entry.name)
    """
    done = run(program)

    assert (done.stderr, done.stdout) == ("", "200 True entry\n")


def test_an_app_that_can_not_be_run_is_logged_and_raised_with_its_cause(
    run: Run, write: Callable[[dict[str, str]], None], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "app" / "functions")
    done = run("import sys; sys.path.insert(0, sys.argv[1]); import app_index")

    assert done.returncode == 1
    assert "the app can't be run" in done.stderr
    assert "ModuleNotFoundError: No module named 'app.functions'" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("tight.errors.AppNotRunnable: app_index can't be given")


def test_an_error_of_a_handler_is_one_line_in_the_log_and_no_part_of_the_answer(
    run: Run, write: Callable[[dict[str, str]], None]
) -> None:
    source = """
import tight.providers.aws.controllers.lambda_proxy_event as lambda_proxy

@lambda_proxy.get
def get_handler(*args, **kwargs):
    raise ValueError('secret')
"""
    write({"app/functions/my_controller/handler.py": source})
    done = run(CALL, "my_controller", json.dumps([{"httpMethod": "GET"}]))

    assert json.loads(done.stdout)[0]["statusCode"] == 500
    assert "secret" not in done.stdout
    (line,) = done.stderr.splitlines()
    record = json.loads(line)
    assert (record["level"], record["errorType"], record["errorMessage"]) == ("ERROR", "ValueError", "secret")


INTEGRATION_TEST = """
import os, json
here = os.path.dirname(os.path.realpath(__file__))
from tight.core.test_helpers import playback, record, expected_response_body

def test_get_method(app, dynamo_db_session):
    playback(__file__, dynamo_db_session, test_get_method.__name__)
    context = {}
    event = {
        'httpMethod': 'GET'
    }
    actual_response = app.my_controller(event, context)
    actual_response_body = json.loads(actual_response['body'])
    expected_response = expected_response_body(here, 'expectations/test_get_method.yml', actual_response)
    assert actual_response['statusCode'] == 200, 'The response statusCode is 200'
    assert actual_response_body == expected_response, 'Expected response body matches the actual response body.'
"""
EXPECTATION = """
body: '{"hello":"world"}'
headers: {Access-Control-Allow-Origin: '*'}
statusCode: 200
"""


@pytest.mark.parametrize("conftest", ["from tight.core.test_helpers import *", 'pytest_plugins = ["tight.testing"]'])
def test_the_generated_tests_pass(write: Callable[[dict[str, str]], None], tmp_path: Path, conftest: str) -> None:
    integration = "tests/functions/integration/my_controller"
    write(
        {
            "app/functions/my_controller/handler.py": GENERATED,
            "conftest.py": conftest,
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "tests/functions/unit/my_controller/test_unit_my_controller.py": UNIT_TEST,
            f"{integration}/test_integration_my_controller.py": INTEGRATION_TEST,
            f"{integration}/expectations/test_get_method.yml": EXPECTATION,
        }
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert "2 passed" in done.stdout, done.stdout + done.stderr
