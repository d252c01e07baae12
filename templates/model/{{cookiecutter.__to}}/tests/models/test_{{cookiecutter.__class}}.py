"""{{ cookiecutter.__class }} in the embedded DynamoDB."""

from app.models.{{ cookiecutter.__class }} import {{ cookiecutter.__class }}


def test_an_item_is_read_back(tables: list[str]) -> None:
    {{ cookiecutter.__class }}("one").save()

    assert {{ cookiecutter.__class }}.get("one").id == "one"
