"""One item through a model of Tight, with PynamoDB below it."""

from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
