"""Parts that add up to a change, as bars to both sides of one zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hadi.domain.text import Figure

_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Contribution:
    """A part before it is drawn. `before` and `after` are written by whoever knows the unit."""

    label: str
    amount: float
    figure: Figure
    before: str = ""
    after: str = ""
    is_inner: bool = False  # a part of the one above it, not added up again


@dataclass(frozen=True, slots=True)
class ContributionBar:
    """A part as it is drawn: where its bar begins and how long it is, in hundredths."""

    label: str
    figure: Figure
    before: str
    after: str
    x: float
    width: float
    is_loss: bool
    is_inner: bool


@dataclass(frozen=True, slots=True)
class Contributions:
    """All parts on one scale, and their sum."""

    bars: tuple[ContributionBar, ...]
    zero_x: float
    total: Figure


def contributions(parts: Sequence[Contribution], total: Figure) -> Contributions:
    """The parts on one scale, as wide as the largest gain and the largest loss together."""
    high = max((part.amount for part in parts), default=0.0)
    low = min((part.amount for part in parts), default=0.0)
    high, low = max(high, 0.0), min(low, 0.0)
    span = (high - low) or 1.0
    zero = round(_FULL * -low / span, 2)
    bars = tuple(
        ContributionBar(
            part.label, part.figure, part.before, part.after,
            x=round(zero + _FULL * min(part.amount, 0.0) / span, 2),
            width=round(_FULL * abs(part.amount) / span, 2),
            is_loss=part.amount < 0, is_inner=part.is_inner,
        )
        for part in parts
    )  # fmt: skip
    return Contributions(bars, zero, total)
