"""Lines of the process that starts the others: it loads nothing of the app, so not Tight's log either."""

import json
import sys
from datetime import datetime, timezone
from typing import Any


def say(level: str, message: str, **fields: Any) -> None:
    """A JSON line on stderr, in the names of Tight's log."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"timestamp": now, "level": level, "message": message, "logger": "tight_tasks.host", **fields}
    # In one piece, end of line included: several processes write here.
    sys.stderr.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stderr.flush()
