"""What the terminal shows: a table at the start, what functions print, one line for each invocation."""

import json
import platform
import sys
from collections.abc import Mapping
from typing import TextIO

from tight_tasks.project import Project
from tight_tasks.serve.environment import Environment
from tight_tasks.serve.journal import Entry
from tight_tasks.serve.routes import Routes


class Terminal:
    """`style` is text, json (one object for each line) or quiet (only what functions print)."""

    def __init__(self, style: str = "text", out: TextIO | None = None) -> None:
        self._style = style
        self._out = out or sys.stdout

    def started(
        self, project: Project, functions: "list[str]", routes: Routes, url: str, sources: Mapping[str, list[str]]
    ) -> None:
        """`sources` says what feeds each function."""
        if self._style == "json":
            self._json(event="started", app=project.name, url=url, functions=functions, sources=sources)
        elif self._style == "text":
            self._print(start_table(project, functions, routes, url, sources))

    def printed(self, environment: Environment, line: str) -> None:
        """A line of a function."""
        name = environment.name.partition("/")[0]
        if self._style == "json":
            entry = environment.entry
            self._json(event="log", function=name, request_id=entry.request_id if entry else None, line=line)
        else:
            # AWS's client puts carriage returns between the lines of a traceback, to keep it in one record.
            self._print("\n".join(f"{name} | {part}" for part in line.split("\r")))

    def ended(self, entry: Entry) -> None:
        """An invocation."""
        if self._style == "json":
            usage = entry.usage
            self._json(
                event="report",
                function=entry.function,
                request_id=entry.request_id,
                cause=entry.cause,
                result=entry.result,
                duration_ms=round(usage.duration_ms, 2) if usage else None,
                billed_ms=usage.billed_ms if usage else None,
                init_ms=round(usage.init_ms, 2) if usage and usage.init_ms is not None else None,
                memory_mb=usage.memory_mb if usage else None,
                peak_mb=usage.peak_mb if usage else None,
            )
        elif self._style == "text":
            self._print(report_line(entry))

    def say(self, text: str) -> None:
        """Something of serve's own."""
        if self._style == "json":
            self._json(event="serve", message=text)
        else:
            self._print(text)

    def _json(self, **fields: object) -> None:
        self._print(json.dumps(fields))

    def _print(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()


def report_line(entry: Entry) -> str:
    """REPORT orders 3f2a1b9c  GET /orders  200  1.2 ms  init 61 ms  38 MB"""
    parts = [f"REPORT {entry.function} {entry.request_id[:8]}", entry.cause, entry.result]
    if entry.usage is not None:
        parts.append(f"{entry.usage.duration_ms:.1f} ms")
        if entry.usage.init_ms is not None:
            parts.append(f"init {entry.usage.init_ms:.0f} ms")
        if entry.usage.peak_mb:
            parts.append(f"{entry.usage.peak_mb} MB")
    return "  ".join(parts)


def start_table(
    project: Project, functions: "list[str]", routes: Routes, url: str, sources: Mapping[str, list[str]]
) -> str:
    """The app with its functions, their routes, sources and settings."""
    machine = f"this machine: {platform.python_version().rpartition('.')[0]} {platform.machine()}"
    lines = [f"{project.name} · {project.runtime} {project.architecture} ({machine}) · {url} · console /_tight/"]
    width = max((len(name) for name in functions), default=0)
    for name in functions:
        verbs: dict[str, list[str]] = {}
        for route in routes:
            if route.function == name:
                verbs.setdefault(route.template, []).append(route.method)
        paths = "   ".join(
            [
                *(f"{' '.join(dict.fromkeys(methods))} {path}" for path, methods in verbs.items()),
                *sources.get(name, ()),
            ]
        )
        settings = project.function(name)
        count = settings.concurrency
        sizes = f"{settings.memory} MB  {settings.timeout:g} s  {count} environment{'s' * (count != 1)}"
        lines.append(f"  {name:<{width}}   {paths or 'invoke'}   {sizes}")
    return "\n".join(lines)
