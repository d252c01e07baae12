"""Tight 0.1's home of the session."""

from tight.clients.aws import session

__all__ = ["session"]
