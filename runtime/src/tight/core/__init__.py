"""The module paths of Tight 0.1 for what every function may use."""
