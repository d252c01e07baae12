"""The functions of {{ cookiecutter.name }}, called directly."""

from app.functions.{{ cookiecutter.name }} import handler


def test_get_says_hello() -> None:
    assert handler.get_handler() == {"hello": "world"}


def test_the_other_verbs_wait_to_be_written() -> None:
    verbs = (
        handler.post_handler,
        handler.put_handler,
        handler.patch_handler,
        handler.delete_handler,
    )

    assert [verb()[0] for verb in verbs] == [501, 501, 501, 501]
