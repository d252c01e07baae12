"""The local Lambda."""
