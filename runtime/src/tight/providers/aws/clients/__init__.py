"""The module paths of Tight 0.1."""
