"""Figures and how they are shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the result. `target` and `held` are empty where nothing was promised."""

    name: str
    measured: str
    reference: str = ""
    target: str = ""
    held: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are at or below (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    lines = ["| figure | measured | reference | target | held |", "|---|---|---|---|---|"]
    for each in figures:
        held = "" if each.held is None else "yes" if each.held else "**no**"
        lines.append(f"| {each.name} | {each.measured} | {each.reference} | {each.target} | {held} |")
    return "\n".join(lines)
