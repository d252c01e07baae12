"""What was measured as a table, and which of Tight's targets it misses."""

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


@dataclass(frozen=True)
class Rates:
    """How much each gets done in a second. The ratio is that of the first to each other.

    `targets` has the ratio that the first should have at least.
    """

    title: str
    values: Mapping[str, float]
    targets: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def ratios(self) -> dict[str, float]:
        first = next(iter(self.values.values()))
        return {name: first / value if value else float("inf") for name, value in self.values.items()}

    def missed(self) -> list[str]:
        """A sentence for each target that is not met."""
        first = next(iter(self.values))
        return [
            f"{self.title}: {first} is at {ratio:.2f} times {name}, its target is {self.targets[name]:g}"
            for name, ratio in self.ratios.items()
            if ratio < self.targets.get(name, ratio)
        ]

    def __str__(self) -> str:
        width = max(map(len, self.values))
        first = next(iter(self.values))
        lines = [self.title]
        for name, ratio in self.ratios.items():
            text = f"  {name:<{width}}  {self.values[name]:8.0f} /s"
            if name != first:
                text += f"  {first} is at {ratio:6.2f}x"
            if name in self.targets:
                text += f"   at least {self.targets[name]:g}x{', missed' if ratio < self.targets[name] else ''}"
            lines.append(text)
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


@dataclass(frozen=True)
class Figure:
    """One measure, and what it may be at most."""

    name: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def is_missed(self) -> bool:
        return self.at_most is not None and self.value > self.at_most

    def __str__(self) -> str:
        target = "" if self.at_most is None else f"   at most {self.at_most:g}{', missed' if self.is_missed else ''}"
        return f"{self.value:8.2f} {self.unit:<3}{target}".rstrip()


@dataclass(frozen=True)
class Figures:
    """Measures of one thing, that compare with nothing."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""

    def missed(self) -> list[str]:
        """A sentence for each target that is not met."""
        return [
            f"{self.title}: {each.name} is {each.value:.2f} {each.unit}, its target is at most {each.at_most:g}"
            for each in self.figures
            if each.is_missed
        ]

    def __str__(self) -> str:
        width = max(len(each.name) for each in self.figures)
        lines = [self.title, *(f"  {each.name:<{width}}  {each}" for each in self.figures)]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)
