"""uvicorn's WebSocket protocol on wsproto, with API Gateway's limits: what is larger is closed with 1009."""

from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.events import BytesMessage, TextMessage

from tight_tasks.serve.gateways.websocket import LARGEST_FRAME, LARGEST_MESSAGE


class LimitedProtocol(WSProtocol):
    """The limits of a frame's and a message's bytes hold for what a client sends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buffer.max_length = LARGEST_MESSAGE
        self._frame = 0

    def handle_message(self, event: TextMessage | BytesMessage) -> None:
        self._frame += len(event.data.encode() if isinstance(event.data, str) else event.data)
        if self._frame > LARGEST_FRAME:
            self.buffer.max_length = 0  # as if the message were too long, which it ends for
        if event.frame_finished:
            self._frame = 0
        super().handle_message(event)
