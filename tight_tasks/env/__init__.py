"""The environment of an app: what its files and the shell say, merged, shown, written, and compared with its code."""

from tight_tasks.env.merge import read_environment

__all__ = ["read_environment"]
