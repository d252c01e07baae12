"""Tight 0.1's home of the engine."""

from tight.clients.engine import connect

__all__ = ["connect"]
