"""“Can this test succeed?” as a needle: one share of a half circle and the wanted mark."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from hadi.domain.text import Figure, FigureKind


class Outlook(StrEnum):
    """The answer in a word; the page says it in the reader's language."""

    GOOD = "good"
    EVEN = "even"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Gauge:
    """`filled` in percent of the arc; the mark's two ends in the arc's 120 × 66 units."""

    filled: float
    share: Figure
    target: Figure
    outlook: Outlook
    mark: tuple[float, float, float, float]


def gauge(share: float, *, target: float) -> Gauge:
    """Specify the gauge for a chance `share` (fraction) against the wanted `target`."""
    held = min(max(share, 0.0), 1.0)
    below = Outlook.EVEN if held >= 0.5 else Outlook.POOR
    outlook = Outlook.GOOD if held >= target else below
    angle = math.pi * (1 - target)
    along, up = math.cos(angle), math.sin(angle)
    mark = (60 + 43 * along, 60 - 43 * up, 60 + 57 * along, 60 - 57 * up)
    return Gauge(
        filled=round(100 * held, 2),
        share=Figure(FigureKind.SHARE, held),
        target=Figure(FigureKind.SHARE, target),
        outlook=outlook,
        mark=tuple(round(part, 2) for part in mark),  # type: ignore[arg-type]
    )
