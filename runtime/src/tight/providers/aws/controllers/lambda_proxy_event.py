"""Tight 0.1's home of the verbs."""

from tight.http import delete, get, head, options, patch, post, put, set_default_headers
from tight.response import exit_with_response

__all__ = ["delete", "exit_with_response", "get", "head", "options", "patch", "post", "put", "set_default_headers"]
