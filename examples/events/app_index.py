from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
