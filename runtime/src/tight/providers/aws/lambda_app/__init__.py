"""Tight 0.1's home of the app."""

from tight.legacy import collect_controllers, create, run

__all__ = ["collect_controllers", "create", "run"]
