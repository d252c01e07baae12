"""Processes of the test kit, for whoever can't import it.

python -m tight.testing serve [PORT]   The embedded AWS, on a free port unless told: prints
                                       {"endpoint": "http://127.0.0.1:PORT"} and serves until its standard input is
                                       closed, so it ends with whoever started it.
python -m tight.testing tables         Makes the tables of the app's models that are missing in the local database which
                                       the environment names; prints the names of all as a JSON list.
"""

import json
import logging
import os
import socket
import sys

from tight.models import models_of
from tight.testing.isolation import bypass_proxies
from tight.testing.queues import put_queues_right
from tight.testing.tables import create_tables


def serve(port: int = 0) -> int:
    try:
        # The server's own thread would wait for ever on a port that is taken.
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        print(f"port {port} can't be had: {error}", file=sys.stderr)
        return 2
    try:
        from moto.server import ThreadedMotoServer  # a second of import, needed for this one only

        from tight.testing.turns import take_turns  # it loads moto's DynamoDB
    except ModuleNotFoundError as error:
        package = (error.name or "moto").partition(".")[0]
        print(f"{package} is not installed: pip install 'tight-runtime[testing]'", file=sys.stderr)
        return 2

    put_queues_right()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line for each request otherwise
    take_turns()
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(json.dumps({"endpoint": f"http://{host}:{port}"}), flush=True)
    sys.stdin.read()
    server.stop()
    return 0


def tables() -> int:
    bypass_proxies(os.environ)
    models = models_of()
    if models:
        from tight.clients.dynamo import endpoint, is_local

        if not is_local():
            print(f"tables are only made in a local database, not in {endpoint() or 'AWS'}", file=sys.stderr)
            return 2
    print(json.dumps(create_tables(models)))
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve"]:
            return serve()
        case ["serve", port] if port.isdecimal():
            return serve(int(port))
        case ["tables"]:
            return tables()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
