"""{{ cookiecutter.name }}: GET works, the other verbs wait to be written."""

from tight import delete, get, patch, post, put

NOT_IMPLEMENTED = 501, {"message": "Not Implemented"}


@get
def get_handler() -> dict[str, str]:
    return {"hello": "world"}


@post
def post_handler() -> tuple[int, dict[str, str]]:
    return NOT_IMPLEMENTED


@put
def put_handler() -> tuple[int, dict[str, str]]:
    return NOT_IMPLEMENTED


@patch
def patch_handler() -> tuple[int, dict[str, str]]:
    return NOT_IMPLEMENTED


@delete
def delete_handler() -> tuple[int, dict[str, str]]:
    return NOT_IMPLEMENTED
