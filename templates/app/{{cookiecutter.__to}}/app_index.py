"""What Lambda calls: `app_index.<function>` imports app/functions/<function> and nothing else."""

from tight.app import controllers as _controllers

__getattr__ = _controllers("app.functions")
