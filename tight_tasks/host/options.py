"""How a host runs an app."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`workers` processes share the port, each with at most `threads` sync handlers at a time. With `competing` no
    process follows what only one may, such as schedules.

    When the host is told to end, `/_tight/ready` says so for `notice_s` while all goes on; then nothing new is taken,
    and what runs has `grace_s`.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    payload: str | None = None
    workers: int = 1
    threads: int = 40
    competing: bool = False
    notice_s: float = 0.0
    grace_s: float = 30.0
