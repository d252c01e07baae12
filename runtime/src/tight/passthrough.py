"""An answer for integrations other than a proxy."""

from tight.handlers import Response


class Passthrough(Response):
    """What is answered verbatim: its body, in no gateway's shape."""

    __slots__ = ()
    verbatim = True
