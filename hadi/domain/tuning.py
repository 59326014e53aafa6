"""In which order levers are tuned: which is next, and whether one is tuned too early."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hadi.domain.levers import Lever
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lever stands. `share` of the target is None where either is unknown, and 1 where the
    two read alike: nobody tunes what lies behind the last digit that is shown."""

    lever: Lever
    now: Fraction | None
    target: Fraction | None

    @property
    def share(self) -> Fraction | None:
        if self.now is None or not self.target:
            return None
        share = self.now / self.target
        return Fraction(1) if share < 1 and self._reads_reached(share) else share

    def _reads_reached(self, share: Fraction) -> bool:
        """Whether the lever is written like its target, or as 100.0 % of it."""
        assert self.now is not None and self.target is not None
        shown = [_shown(self.lever, value) for value in (self.now, self.target)]
        whole = [_written(FigureKind.SHARE, value) for value in (share, Fraction(1))]
        return shown[0] == shown[1] or whole[0] == whole[1]

    @property
    def is_below(self) -> bool:
        """Known to fall short of its target."""
        return self.share is not None and self.share < 1

    @property
    def is_open(self) -> bool:
        """Without a target, or without a number to hold against it."""
        return self.share is None


def _shown(lever: Lever, value: Fraction) -> str:
    """A lever as it is written: a conversion to a tenth of a per cent, an amount to its cents, the
    others to three digits."""
    if lever is Lever.CHECK:
        return _written(FigureKind.AMOUNT, value)
    is_share = lever is Lever.CONVERSION
    return _written(FigureKind.SHARE if is_share else FigureKind.NUMBER, value)


def _written(kind: FigureKind, value: Fraction) -> str:
    return ENGLISH.figure(Figure(kind, float(value)))


def standings(
    now: Mapping[Lever, Fraction | None], targets: Mapping[Lever, Fraction]
) -> tuple[Standing, ...]:
    """All levers in the order of tuning."""
    return tuple(Standing(lever, now.get(lever), targets.get(lever)) for lever in Lever)


def next_lever(found: Sequence[Standing]) -> Standing | None:
    """The first that falls short; of the last step the one that falls shorter. None where none is
    known to."""
    below = [standing for standing in found if standing.is_below]
    return min(below, key=lambda each: (each.lever.step, each.share or 0), default=None)


def tuned_early(lever: Lever, found: Iterable[Standing]) -> tuple[Standing, ...]:
    """The levers of the first two steps that fall short, where one of the last is tuned."""
    if lever.step < Lever.CHECK.step:
        return ()
    return tuple(each for each in found if each.is_below and each.lever.step < lever.step)


def early_text(lever: Lever, short: Sequence[Standing], unit: str | Text) -> Text:
    """What is said of a lever tuned too early, in one unit."""
    first = short[0]
    assert first.share is not None
    return Text(
        "order_of_tuning_early", n=len(short), lever=Text(f"lever_{lever.value}"),
        order=lever.order, earlier=Text(f"lever_{first.lever.value}"),
        earlier_order=first.lever.order, unit=unit,
        share=Figure(FigureKind.SHARE, float(first.share)),
    )  # fmt: skip
