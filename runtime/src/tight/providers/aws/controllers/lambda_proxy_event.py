"""Tight 0.1's home of the verbs."""

from tight.http import delete, get, head, options, patch, post, put

__all__ = ["delete", "get", "head", "options", "patch", "post", "put"]
