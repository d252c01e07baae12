"""Lines of the process that starts the others: it loads nothing of the app, so not Tight's log either."""

import json
import sys
from datetime import datetime, timezone
from typing import Any


def say(level: str, message: str, **fields: Any) -> None:
    """A JSON line on stderr, in the names of Tight's log."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"timestamp": now, "level": level, "message": message, "logger": "tight_tasks.host", **fields}
    print(json.dumps(line, ensure_ascii=False, separators=(",", ":")), file=sys.stderr, flush=True)
