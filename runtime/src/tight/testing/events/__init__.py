"""Events of AWS's gateways, complete enough for any handler, a module for each family of shapes.

    http_api_event("POST", "/accounts?draft=1", json={"name": "Ada"}, query={"tag": ["a", "b"]}, principal_id="7")

Every function is given a request in the words of a client, and gives what that gateway makes of it: see `Parts` for
what a request may have. The path is percent-encoded, as in a URL; some gateways decode it, and their function does.
"""

from tight.testing.events.alb import alb_event
from tight.testing.events.authorizers import request_authorizer_event, token_authorizer_event
from tight.testing.events.http import function_url_event, http_api_event
from tight.testing.events.rest import rest_api_event
from tight.testing.events.sent import Event, Parts

__all__ = [
    "Event",
    "Parts",
    "alb_event",
    "function_url_event",
    "http_api_event",
    "request_authorizer_event",
    "rest_api_event",
    "token_authorizer_event",
]
