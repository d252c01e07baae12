"""What an examination came to."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_MOST_SHOWN = 10


class Fault(NamedTuple):
    """What a check has against `file`, in a sentence that goes on after its name."""

    file: str
    sentence: str


@dataclass(frozen=True)
class Finding:
    """A fault, and the check that found it."""

    check: str
    file: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file} {self.sentence}"


@dataclass(frozen=True)
class Check:
    """A check that ran, or that could not: then `skipped` says why. `notes` are facts, neither good nor bad."""

    name: str
    findings: tuple[Finding, ...] = ()
    skipped: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, faults: "list[Fault]", notes: tuple[str, ...] = ()) -> "Check":
        return cls(name, tuple(Finding(name, *fault) for fault in faults), notes=notes)

    @property
    def passed(self) -> bool:
        """A check that was skipped has not passed."""
        return not self.findings and not self.skipped

    def lines(self) -> list[str]:
        """The check in a line, and a line for each of its findings and notes."""
        if self.skipped:
            return [f"  {self.name}: not done: {self.skipped}"]
        count = len(self.findings)
        verdict = "ok" if self.passed else f"{count} fault{'s' if count > 1 else ''}"
        below = [str(finding) for finding in self.findings[:_MOST_SHOWN]]
        if count > _MOST_SHOWN:
            below.append(f"and {count - _MOST_SHOWN} more")
        return [f"  {self.name}: {verdict}", *(f"    {line}" for line in (*below, *self.notes))]


@dataclass(frozen=True)
class Report:
    """Every check of one artifact, in the order in which they ran."""

    archive: Path
    checks: tuple[Check, ...]

    @property
    def findings(self) -> list[Finding]:
        return [finding for check in self.checks for finding in check.findings]

    @property
    def ok(self) -> bool:
        """Nothing was found. What was skipped has no part in it: `lines` tells it."""
        return not self.findings

    @property
    def total(self) -> str:
        """14 checks passed."""
        counts = {
            "passed": sum(check.passed for check in self.checks),
            "failed": sum(bool(check.findings) for check in self.checks),
            "not done": sum(bool(check.skipped) for check in self.checks),
        }
        said = [f"{count} {what}" for what, count in counts.items() if count or what == "passed"]
        noun = "check" if counts["passed"] == 1 else "checks"
        return ", ".join(said).replace(" passed", f" {noun} passed", 1)

    def lines(self) -> list[str]:
        """The report as text, its last line the sum."""
        return [f"{self.archive.name}:", *(line for check in self.checks for line in check.lines()), self.total]

    def remarks(self) -> list[str]:
        """The lines of the checks that say more than that they have passed."""
        return [line for check in self.checks if check.notes or not check.passed for line in check.lines()]
