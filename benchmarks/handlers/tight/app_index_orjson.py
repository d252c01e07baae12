"""The same app with orjson for the bodies."""

import orjson

from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions", json=orjson)
