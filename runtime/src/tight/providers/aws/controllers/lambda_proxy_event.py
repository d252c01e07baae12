"""Tight 0.1's home of the verbs."""

from tight.exits import exit_with_response
from tight.http import delete, get, head, options, patch, post, put, set_default_headers

__all__ = ["delete", "exit_with_response", "get", "head", "options", "patch", "post", "put", "set_default_headers"]
