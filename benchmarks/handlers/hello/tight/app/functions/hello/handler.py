"""Hello: says it to whoever asks."""

from tight import get


@get("/hello")
def hello() -> dict[str, str]:
    return {"hello": "world"}
