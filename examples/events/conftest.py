"""Tests get Tight's fixtures, and never reach a real AWS account."""

pytest_plugins = ["tight.testing"]
