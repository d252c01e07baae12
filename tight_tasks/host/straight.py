"""A front whose functions are in this process: an event and its answer are handed over as they are, not as text."""

import asyncio
import logging
from typing import Any

from tight_tasks.serve.client import Fault
from tight_tasks.serve.front import Front, Gateway, Manners
from tight_tasks.serve.gateways.parts import parsed
from tight_tasks.serve.gateways.wire import Event, Match, Sent, Unfit, Wire
from tight_tasks.serve.inline import Failed, Inline, written

_log = logging.getLogger(__name__)


class StraightFront(Front):
    """What JSON would make of them is left out: it costs as much as all else between a gateway and a handler."""

    is_behind_proxy = True  # or may be: what it tells of a caller stays as it is
    limits_heads = False  # an API of AWS has to, and whoever stands in front of a host has limits of its own

    def __init__(self, functions: Inline, manners: Manners) -> None:
        super().__init__(functions, manners)
        self._inline = functions

    async def _call(self, gateway: Gateway, match: Match, sent: Sent, event: Event) -> Wire:
        calling = self._inline.call(match.function, event, **await self._told(match, sent))
        if self._inline.timeout_s(match.function) > gateway.limit_s:
            calling = asyncio.wait_for(calling, gateway.limit_s)
        try:
            answer = await calling
            return gateway.response(answer if _is_plain(answer) else parsed(written(answer)), sent)
        except asyncio.TimeoutError:
            return gateway.late()
        except Failed:
            return gateway.failed()
        except (Fault, Unfit) as error:
            _log.warning("%s: the answer can't be sent on: %s", match.function, error)
            return gateway.failed()


def _is_plain(answer: Any) -> bool:
    """Whether JSON would give an answer back as it is: one with text in it, as controllers of verbs give."""
    return (
        type(answer) is dict
        and answer.keys() == _PLAIN
        and type(answer["body"]) is str
        and all(type(value) is str for value in answer["headers"].values())
    )


_PLAIN = {"statusCode", "headers", "body", "isBase64Encoded"}
