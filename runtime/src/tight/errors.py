"""What can go wrong in Tight's runtime, as one tree.

TightError
├── HandlerError                 a handler module can't be used; surfaces when its function starts
│   ├── ControllerImportError    (ImportError)   an AttributeError while the module was imported
│   ├── NoHandler                (LookupError)   the module marks no function
│   ├── NoControllers            (LookupError)   a module that gives no functions of an app
│   ├── HiddenHandler            (ValueError)    a marked function can't be found under a name
│   ├── DuplicateRoute           (ValueError)    two functions for one verb and path
│   ├── UnreadableHandler        (TypeError)     a handler whose parameters can't be read
│   ├── BadRoute                 (ValueError)    a path that can't be read
│   ├── BadSetting               (ValueError)    an argument of `controllers` that can't be used
│   ├── NoSuchError              (TypeError)     `error(...)` of what Tight never answers
│   ├── BadFunctionName          (ValueError)    a folder of functions whose name is no identifier
│   ├── BadSource                (ValueError)    a source of events that AWS does not take as it is declared
│   ├── DuplicateFunction        (ValueError)    two folders of functions that give one name
│   ├── UnreadableAnnotation     (TypeError)     an annotation that values can't be checked against
│   ├── BadKey                   (ValueError)    `@idempotent` reads what its function does not name
│   └── UnknownParameter         (TypeError)     a handler asks for what nothing provides
├── AppNotRunnable               (RuntimeError)  Tight 0.1's `app.run()` failed; its cause says why
├── NotAnHttpEvent               (ValueError)    an HTTP function was given another event
├── UnexpectedEvent              (ValueError)    a function of one trigger was given an event of another
├── UnknownSource                (LookupError)   an event of a queue, a stream, that none of several triggers names
├── BatchFailed                  (RuntimeError)  not one record of a batch could be handled
├── UnknownRecord                (LookupError)   a handler of a whole batch names what is not in it as failed
├── NotBegun                     (TypeError)     a handler of records gave back work that nobody has begun
├── BadBody                      (ValueError)    the request's body is not what it claims; answered with 400
├── BadStatus                    (ValueError)    a response has a status that no gateway sends
├── InvalidInput                 (ValueError)    a value that its annotation does not allow; answered with 422
│   ├── MissingKey               what `@idempotent` tells one run from another by is not there
│   └── KeyReused                the same key came with something else
├── MisplacedExit                (RuntimeError)  `exit_with_response` where there is no HTTP request to answer
├── Cancelled                    (RuntimeError)  an `async def` handler was cancelled before it had a value
├── Unauthorized                 (PermissionError) an authorizer is shown no usable credentials
├── PolicyNeeded                 (ValueError)    a verdict on some resources where the answer can't name them
├── NestedContext                (TypeError)     an authorizer's context that a policy can't carry
├── MissingEnvironment           (LookupError)   an environment variable that a client needs is not set
├── MissingRegion                (LookupError)   neither the environment nor a profile names a region
├── MissingLibrary               (ImportError)   a library that a client needs is not installed
├── ValueUnavailable             (LookupError)   a parameter or secret can't be read
├── NoConnections                (LookupError)   a client of a WebSocket API is sent to, and no API is known
├── NotJson                      (ValueError)    a secret that was read as JSON is something else
├── BadDate                      (ValueError)    what was given to a date of a model is no aware datetime
├── UnreadableDate               (ValueError)    what is stored for a date of a model is none that PynamoDB wrote
├── BadMetric                    (ValueError)    CloudWatch would drop the metric in silence
├── UnreadableMessage            (ValueError)    a message that is not what its envelope says
├── UnsendableMessage            (ValueError)    a message that no queue, topic or broker takes as it is
├── NotSent                      (RuntimeError)  AWS or a broker has not taken a message
├── InProgress                   (RuntimeError)  what `@idempotent` runs once is running elsewhere
├── UnstorableResult             (TypeError)     a result that `@idempotent` can't give to repeats
└── NoEngine                     (AttributeError) the engine of Tight 0.1 was used

Every error takes the facts, keeps them as attributes, and says what to do.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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
        self.cause = cause


class NoHandler(HandlerError, LookupError):
    def __init__(self, module: str) -> None:
        super().__init__(
            f"{module} marks no function: put @get, @post or another of Tight's decorators on one, "
            "or define handler(event, context)"
        )
        self.module = module


class NoControllers(HandlerError, LookupError):
    def __init__(self, module: str) -> None:
        super().__init__(
            f'{module} gives no functions: it needs __getattr__ = controllers("app.functions"), from tight.app'
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
        self.reason = reason


class BadSetting(HandlerError, ValueError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} of controllers(...) can't be used: {reason}")
        self.name = name
        self.reason = reason


class NoSuchError(HandlerError, TypeError):
    def __init__(self, what: object) -> None:
        super().__init__(
            f"nothing is ever answered for error({what!r}): it takes a class of exceptions, or a status that Tight "
            "itself answers with: 400, 404, 405, 422, 500"
        )
        self.what = what


class BadSource(HandlerError, ValueError):
    def __init__(self, source: str, place: str, reason: str) -> None:
        super().__init__(f"{source}, at {place}, can't be made: {reason}")
        self.source = source
        self.place = place
        self.reason = reason


class BadFunctionName(HandlerError, ValueError):
    def __init__(self, name: str, place: str) -> None:
        super().__init__(f"{name!r}, at {place}, can't name a function: letters, digits and _, a letter first")
        self.name = name
        self.place = place


class DuplicateFunction(HandlerError, ValueError):
    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(f"two functions are named {name}, {first} and {second}: rename one of their folders")
        self.name = name
        self.places = (first, second)


class UnreadableAnnotation(HandlerError, TypeError):
    def __init__(self, function: str, parameter: str, annotation: str) -> None:
        super().__init__(
            f"{annotation} of {parameter!r} in {function} can't be checked: it has to be a model or a dataclass, "
            "with fields that JSON can hold, and imported at run time, not for type checkers alone"
        )
        self.function = function
        self.parameter = parameter
        self.annotation = annotation


class UnknownParameter(HandlerError, TypeError):
    def __init__(self, handler: "Callable[..., object]", parameter: str, known: "Iterable[str]") -> None:
        self.function = handler.__qualname__
        super().__init__(
            f"{handler.__module__}: {self.function} asks for {parameter!r}, which nothing provides: give it a default, "
            f"or name one of {', '.join(sorted(known))} or a parameter of the path"
        )
        self.parameter = parameter
        self.known = tuple(known)


class BadKey(HandlerError, ValueError):
    def __init__(self, function: str, path: str, names: "Iterable[str]") -> None:
        super().__init__(
            f"@idempotent reads {path!r}, and {function} names only {', '.join(names) or 'nothing'}: let it name that"
        )
        self.function = function
        self.path = path


class AppNotRunnable(TightError, RuntimeError):
    def __init__(self, module: str) -> None:
        super().__init__(f"{module} can't be given the app's functions; the cause stands above")
        self.module = module


class NotAnHttpEvent(TightError, ValueError):
    def __init__(self, keys: "Iterable[str]") -> None:
        self.keys = tuple(keys)
        super().__init__(
            f"not an HTTP event: it has the keys {', '.join(sorted(keys)) or '(none)'}, "
            "but no method in httpMethod or requestContext.http"
        )


class UnexpectedEvent(TightError, ValueError):
    def __init__(self, function: str, kind: str, event: object) -> None:
        self.function = function
        self.kind = kind
        if isinstance(event, dict):
            said = f"has the keys {', '.join(sorted(map(str, event))) or '(none)'}"
        else:
            said = f"is a {type(event).__name__}"
        super().__init__(f"{function} is given events of @{kind}, and this is none: it {said}")


class UnknownSource(TightError, LookupError):
    def __init__(self, function: str, sources: "Iterable[str]") -> None:
        self.function = function
        self.sources = tuple(sources)
        super().__init__(
            f"{function} was given an event of none of its sources: {', '.join(self.sources)}; give the decorator the "
            "name or ARN that AWS knows, and TIGHT_PREFIX where names have a prefix"
        )


class BatchFailed(TightError, RuntimeError):
    """All records of the batch come again, as they do when they are reported one by one."""

    def __init__(self, function: str, count: int) -> None:
        super().__init__(f"{function} handled none of {count} records; the log has the reason of each that was tried")
        self.function = function
        self.count = count


class UnknownRecord(TightError, LookupError):
    def __init__(self, function: str, identifier: object) -> None:
        super().__init__(
            f"{function} says that {identifier!r} failed, which is no record of its batch: name failed ones by the id "
            "that the record has"
        )
        self.function = function
        self.identifier = identifier


class NotBegun(TightError, TypeError):
    def __init__(self, function: str, kind: str) -> None:
        super().__init__(
            f"{function} gave back a {kind}, whose work nobody has begun: make the handler an `async def` that awaits "
            "it, without a `yield`"
        )
        self.function = function
        self.kind = kind


class BadBody(TightError, ValueError):
    """The request's body is not what its headers claim. `reason` is safe to show to the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadStatus(TightError, ValueError):
    def __init__(self, status: object) -> None:
        super().__init__(f"{status!r} is no status of an answer: it has to be a number from 200 to 599")
        self.status = status


class InvalidInput(TightError, ValueError):
    """`fields` has a dict `{"field": ..., "message": ...}` for each fault, safe to show to the caller."""

    def __init__(self, fields: "list[dict[str, str]]") -> None:
        super().__init__("; ".join(f"{fault['field']}: {fault['message']}" for fault in fields))
        self.fields = fields


class MisplacedExit(TightError, RuntimeError):
    def __init__(self, function: str) -> None:
        super().__init__(f"{function} called exit_with_response, but was given no HTTP request to answer")
        self.function = function


class Cancelled(TightError, RuntimeError):
    """`asyncio.CancelledError` is no `Exception`: on its own it would end the process that Lambda's client runs in."""

    def __init__(self) -> None:
        super().__init__("the handler was cancelled: catch asyncio.CancelledError where it awaits a task that may be")


class Unauthorized(TightError, PermissionError):
    """API Gateway answers 401 where an authorizer fails with exactly this message."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class PolicyNeeded(TightError, ValueError):
    def __init__(self) -> None:
        super().__init__(
            "allow(...) named resources, which the simple answer of an HTTP API can't: use @authorizer(policy=True), "
            "and let the API expect a policy"
        )


class NestedContext(TightError, TypeError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} of an authorizer's context has to be text, a number, true, false or null")
        self.name = name


class MissingEnvironment(TightError, LookupError):
    def __init__(self, name: str, purpose: str) -> None:
        super().__init__(f"the environment variable {name} is not set; {purpose} needs it")
        self.name = name


class MissingRegion(TightError, LookupError):
    def __init__(self, service: str) -> None:
        super().__init__(f"no region for {service}: set AWS_REGION, which Lambda does itself, or one in the profile")
        self.service = service


class MissingLibrary(TightError, ImportError):
    def __init__(self, library: str, remedy: str) -> None:
        super().__init__(f"{library} is not installed: {remedy}", name=library)


class ValueUnavailable(TightError, LookupError):
    """`reason` is AWS's code of the error, such as ParameterNotFound."""

    def __init__(self, kind: str, name: str, reason: str) -> None:
        action = {"parameter": "ssm:GetParameter", "secret": "secretsmanager:GetSecretValue"}[kind]
        super().__init__(
            f"the {kind} {name} can't be read: {reason}; it has to be in the function's account and region, and the "
            f"function's role needs {action}, with kms:Decrypt for a key of your own"
        )
        self.kind = kind
        self.name = name
        self.reason = reason


class NoConnections(TightError, LookupError):
    def __init__(self) -> None:
        super().__init__(
            "no WebSocket API is known here: call it while an event of one is handled, or give endpoint=, such as "
            "https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com/prod"
        )


class NotJson(TightError, ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"the secret {name} is not JSON: store it as JSON, or read it without json=True")
        self.name = name


class BadDate(TightError, ValueError):
    def __init__(self, attribute: str, value: object) -> None:
        kind = type(value).__name__
        if hasattr(value, "utcoffset"):
            given, remedy = f"a {kind} without a timezone", "make it with datetime.now(timezone.utc)"
        else:
            given, remedy = f"{kind}", "read text with datetime.fromisoformat"
        super().__init__(f"{attribute} takes a datetime with a timezone, and was given {given}: {remedy}")
        self.attribute = attribute
        self.kind = kind


class UnreadableDate(TightError, ValueError):
    def __init__(self, attribute: str) -> None:
        super().__init__(
            f"what is stored for {attribute} is no date such as 2026-01-31T12:00:00.000000+0000: rewrite these items, "
            "or read the attribute with a type of your own"
        )
        self.attribute = attribute


class BadMetric(TightError, ValueError):
    def __init__(self, metric: str, reason: str) -> None:
        super().__init__(f"the metric {metric!r} is not one for CloudWatch: {reason}")
        self.metric = metric
        self.reason = reason


class UnreadableMessage(TightError, ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"the message can't be read: {reason}")
        self.reason = reason


class UnsendableMessage(TightError, ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"the message can't be sent: {reason}")
        self.reason = reason


class NotSent(TightError, RuntimeError):
    """`reason` is AWS's code of the error, such as QueueDoesNotExist, or what the broker said."""

    def __init__(self, kind: str, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"the message for the {kind} {name} was not sent: {reason}; {remedy}")
        self.kind = kind
        self.name = name
        self.reason = reason


class InProgress(TightError, RuntimeError):
    """`seconds` is how long the other run may take yet."""

    def __init__(self, function: str, seconds: float) -> None:
        super().__init__(f"{function} runs elsewhere for the same key; it has {seconds:.1f} s left: try again then")
        self.function = function
        self.seconds = seconds


class MissingKey(InvalidInput):
    def __init__(self, function: str, path: str) -> None:
        super().__init__([{"field": path, "message": "it is needed, so that nothing is done twice"}])
        self.function = function
        self.path = path


class KeyReused(InvalidInput):
    def __init__(self, function: str, path: str) -> None:
        super().__init__([{"field": path, "message": "it was used before, with something else"}])
        self.function = function
        self.path = path


class UnstorableResult(TightError, TypeError):
    def __init__(self, function: str, reason: str) -> None:
        super().__init__(
            f"{function} has run, but what it returned can't be kept for repeats: {reason}; return less, or what JSON "
            "can hold"
        )
        self.function = function
        self.reason = reason


class NoEngine(TightError, AttributeError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no engine with {name!r} any more: models of tight.clients.dynamo bind themselves, so call the "
            "model (Account.get, Account.query, account.save) and drop dynamo_db.connect()",
            name=name,
        )
