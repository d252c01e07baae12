"""Which environment takes the next invocation."""

import importlib
from collections.abc import Callable, Sequence

from tight_tasks.errors import BadStrategy
from tight_tasks.serve.environment import Environment, State

Strategy = Callable[[str, Sequence[Environment]], Environment | None]


def first_warm(function: str, environments: Sequence[Environment]) -> Environment | None:  # noqa: ARG001  # a strategy
    """The first that is warm, else the first that is cold: as few as can be are started, as Lambda does."""
    cold = None
    for environment in environments:
        if environment.state is State.WARM:
            return environment
        if cold is None and environment.state is State.COLD:
            cold = environment
    return cold


class RoundRobin:
    """Each in its turn, which shows what a function wrongly keeps between events; busy ones are passed over."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def __call__(self, function: str, environments: Sequence[Environment]) -> Environment | None:
        after = self._last.get(function, -1) + 1
        for step in range(len(environments)):
            place = (after + step) % len(environments)
            if environments[place].is_free:
                self._last[function] = place
                return environments[place]
        return None


def strategy_of(name: str) -> Strategy:
    """`first_warm`, `round_robin`, or a function `package.module:name` of the app's own. Raises `BadStrategy`.

    It is given the function's name and its environments in order, and gives a free one, or None to let it wait.
    """
    if name == "first_warm":
        return first_warm
    if name == "round_robin":
        return RoundRobin()
    module, _, attribute = name.partition(":")
    try:
        found: Strategy = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # the module's own as well
        raise BadStrategy(name, str(error)) from error
    if not callable(found):
        raise BadStrategy(name, "it can't be called")
    return found
