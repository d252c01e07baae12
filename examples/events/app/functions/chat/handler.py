"""A WebSocket: customers ask, and are answered."""

from tight import reply, websocket

from app.models.effect import Effect


@websocket.connect
def enter(query):
    return "name" in query


@websocket.message("ask")
def answer(connection_id, message):
    reply(connection_id, {"answer": f"{message['question']} We will see."})
    Effect.note(f"answered {message['question']}")


@websocket.disconnect
def leave(status):
    Effect.note(f"left with {status}")
