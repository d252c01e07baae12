"""Tight 0.1's home of the log: `logger.info(message="...")`."""

from tight.log import debug, error, exception, info, warn, warning

__all__ = ["debug", "error", "exception", "info", "warn", "warning"]
