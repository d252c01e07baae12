"""What was measured as a table of ratios, and which of Tight's targets it misses."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """One measure for each competitor, the first being what the others are compared with.

    `targets` has the ratio that a competitor may have at most.
    """

    title: str
    unit: str
    values: Mapping[str, float]
    targets: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def ratios(self) -> dict[str, float]:
        base = next(iter(self.values.values()))
        return {name: value / base for name, value in self.values.items()}

    def missed(self) -> list[str]:
        """A sentence for each target that is not met."""
        return [
            f"{self.title}: {name} is at {ratio:.3f}x, its target is {self.targets[name]}x"
            for name, ratio in self.ratios.items()
            if ratio > self.targets.get(name, ratio)
        ]

    def __str__(self) -> str:
        width = max(map(len, self.values))
        lines = [self.title]
        for name, ratio in self.ratios.items():
            target = ""
            if name in self.targets:
                target = f"   at most {self.targets[name]}x{', missed' if ratio > self.targets[name] else ''}"
            lines.append(f"  {name:<{width}}  {self.values[name]:8.1f} {self.unit}  {ratio:6.2f}x{target}")
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)
