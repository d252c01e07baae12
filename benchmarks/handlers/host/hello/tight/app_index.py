"""Tight, with the standard library's json: as `generate.app` makes it."""

from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
