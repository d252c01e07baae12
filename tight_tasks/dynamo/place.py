"""Where an app's database lives: the folder `dynamo_db/` of the app, as in Tight 0.1.

A folder of the app and not a cache of the user's: what is installed, the data and the record of what runs stand side by
side, and deleting the app deletes all of it. It ignores itself in git, whatever the app's own .gitignore says.
"""

from dataclasses import dataclass
from pathlib import Path

from tight_tasks.errors import CanNotWrite

# "DynamoDB local usage notes" in the DynamoDB developer guide; SQLite puts the others beside it while it writes.
_DATA_FILE = "shared-local-instance.db"
_DATA_FILES = [f"{_DATA_FILE}{ending}" for ending in ("", "-journal", "-shm", "-wal")]


@dataclass(frozen=True)
class Place:
    """The paths in it. `engine` is DynamoDB Local, `record` says what runs, `stop` asks it to end."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> "Place":
        """The place in the app in `root`; nothing is made."""
        return cls(root / "dynamo_db")

    @property
    def engine(self) -> Path:
        return self.folder / "engine"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def output(self) -> Path:
        return self.folder / "output.log"

    @property
    def record(self) -> Path:
        return self.folder / "running.json"

    @property
    def stop(self) -> Path:
        return self.folder / "stop"

    def make(self) -> None:
        """Raises `CanNotWrite`."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise CanNotWrite(self.folder, error.strerror or str(error)) from error

    def forget_data(self) -> None:
        """Delete the database's own files; whatever else is there stays."""
        for name in _DATA_FILES:
            (self.data / name).unlink(missing_ok=True)
