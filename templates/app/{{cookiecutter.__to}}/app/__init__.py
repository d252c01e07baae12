"""{{ cookiecutter.app }}: functions, and what they share."""
