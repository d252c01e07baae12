"""What can go wrong in Tight's runtime, as one tree.

TightError
├── HandlerError                 a handler module can't be used; surfaces when its function starts
│   ├── ControllerImportError    (ImportError)   an AttributeError while the module was imported
│   ├── NoHandler                (LookupError)   the module marks no function
│   ├── HiddenHandler            (ValueError)    a marked function can't be found under a name
│   ├── DuplicateRoute           (ValueError)    two functions for one verb and path
│   ├── UnreadableHandler        (TypeError)     a handler whose parameters can't be read
│   ├── BadRoute                 (ValueError)    a path that can't be read
│   └── UnknownParameter         (TypeError)     a handler asks for what nothing provides
├── NotAnHttpEvent               (ValueError)    an HTTP function was given another event
├── BadBody                      (ValueError)    the request's body is not what it claims; answered with 400
└── MissingEnvironment           (LookupError)   an environment variable that a client needs is not set

Every error takes the facts, keeps them as attributes, and says what to do.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class TightError(Exception):
    """Base of every error of Tight's runtime."""


class HandlerError(TightError):
    """A handler module can't be used as it is."""


class ControllerImportError(HandlerError, ImportError):
    """An `AttributeError` came out of a handler module while it was imported.

    AWS's runtime client reads an `AttributeError` as "handler missing", which would hide the cause.
    """

    def __init__(self, module: str, cause: AttributeError) -> None:
        super().__init__(f"importing {module} failed: AttributeError: {cause}", name=module)


class NoHandler(HandlerError, LookupError):
    def __init__(self, module: str) -> None:
        super().__init__(
            f"{module} marks no function: put @get, @post or another of Tight's decorators on one, "
            "or define handler(event, context)"
        )
        self.module = module


class HiddenHandler(HandlerError, ValueError):
    def __init__(self, name: str, place: str) -> None:
        super().__init__(
            f"{name}, marked at {place}, can't be found under any name of its module: put the other decorator below "
            "Tight's, or let it use functools.wraps"
        )
        self.name = name
        self.place = place


class DuplicateRoute(HandlerError, ValueError):
    def __init__(self, route: str, first: str, second: str) -> None:
        super().__init__(f"{route} is marked twice, at {first} and at {second}: keep one of them")
        self.route = route
        self.places = (first, second)


class UnreadableHandler(HandlerError, TypeError):
    def __init__(self, handler: object) -> None:
        super().__init__(f"the parameters of {handler!r} can't be read: put a function of your own around it")
        self.handler = handler


class BadRoute(HandlerError, ValueError):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path!r} is not a path for a handler: {reason}")
        self.path = path


class UnknownParameter(HandlerError, TypeError):
    def __init__(self, function: str, parameter: str, known: "Iterable[str]") -> None:
        super().__init__(
            f"{function} asks for {parameter!r}, which nothing provides: give it a default, "
            f"or name one of {', '.join(sorted(known))} or a parameter of the path"
        )
        self.function = function
        self.parameter = parameter


class NotAnHttpEvent(TightError, ValueError):
    def __init__(self, keys: "Iterable[str]") -> None:
        super().__init__(
            f"not an HTTP event of API Gateway: it has the keys {', '.join(sorted(keys)) or '(none)'}, "
            "but neither httpMethod nor requestContext.http"
        )


class BadBody(TightError, ValueError):
    """The request's body is not what its headers claim. `reason` is safe to show to the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MissingEnvironment(TightError, LookupError):
    def __init__(self, name: str, purpose: str) -> None:
        super().__init__(f"the environment variable {name} is not set; {purpose} needs it")
        self.name = name
