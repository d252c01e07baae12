"""Processes of the test kit, for whoever can't import it.

python -m tight.testing serve    The embedded AWS: prints {"endpoint": "http://127.0.0.1:PORT"} and serves until its
                                 standard input is closed, so it ends with whoever started it.
python -m tight.testing tables   Makes the tables of the app's models in the local database that the environment
                                 names; prints their names as a JSON list.
"""

import json
import logging
import os
import sys

from tight.models import models_of
from tight.testing.isolation import bypass_proxies
from tight.testing.tables import create_tables


def serve() -> int:
    from moto.server import ThreadedMotoServer  # a second of import, needed for this one only

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line for each request otherwise
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
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
    processes = {"serve": serve, "tables": tables}
    if len(arguments) != 1 or arguments[0] not in processes:
        print(__doc__, file=sys.stderr)
        return 2
    return processes[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
