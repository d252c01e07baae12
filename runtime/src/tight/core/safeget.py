"""Tight 0.1's home of `safeget`."""

from tight.safeget import safeget

__all__ = ["safeget"]
