"""Where the templates are published, and under which tag this version of them."""

from importlib.metadata import version

PUBLISHED = "gh:org/tight-templates"


def tag() -> str:
    """The tag of the templates that this package carries."""
    return f"v{version('tight-tasks')}"


def schema_address() -> str:
    """Where editors find the JSON schema of tight.yml."""
    return f"https://raw.githubusercontent.com/{PUBLISHED.removeprefix('gh:')}/{tag()}/tight_tasks/tight.schema.json"
