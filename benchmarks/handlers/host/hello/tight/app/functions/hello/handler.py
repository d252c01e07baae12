"""The hello of the host."""

from tight import get


@get("/hello/{name}")
async def hello(name: str) -> dict[str, str]:
    return {"hello": name}
