"""Every difference of a treatment's and a control's unit, in order, without writing them out.

Two arms of five million units have 25 million million differences. The Hodges-Lehmann shift is
their median and its interval two more of them, so they are looked for instead: a guess from
quantiles of the arms, an exact count of the differences up to it, and a better guess, until so
few are left between two guesses that they can be sorted.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.arrays import Distribution

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

SORTED_AT_ONCE = 2**21  # differences of distinct values that are simply sorted
# Of equal weight, for the first guess: not as many in both arms, because the differences of
# like quantiles of like arms would crowd about 0.
_GROUPS = (1024, 997)
_FITS = 2**62  # beyond it counts of pairs no longer fit 64 bits: Python's whole numbers then
ROUNDING = 2.0 * sys.float_info.epsilon


def below_and_upto(values: Floats, points: Floats, shift: float) -> tuple[Whole, Whole]:
    """How many of the sorted `values` lie below each ``point + shift``, and how many up to it.

    What differs by no more than the rounding of that sum counts as equal: 0.3 - 0.1 is a tie of
    0.2, as it is on paper. Both int64, of the length of `points`.
    """
    moved = points + shift
    slack = ROUNDING * (np.abs(points) + abs(shift)) if shift else 0.0
    below: Whole = np.searchsorted(values, moved - slack, side="left")
    reached = values[np.minimum(below, values.size - 1)] <= moved + slack
    return below, below + ((below < values.size) & reached)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The differences split in two: of treatment value j, those with the control values from
    `start[j]` on lie below the cut; `pairs` of units lie below it in all."""

    place: float
    start: Whole
    pairs: int


class PairwiseDifferences:
    """The sorted differences treatment - control of all pairs of units.

    Parameters
    ----------
    control, treatment : Distribution
        At least one value each, all finite.

    Notes
    -----
    With k distinct values in both arms together the memory is O(k), and each count of the
    differences up to a guess takes O(k log k). Differences that agree up to their rounding are
    ties, in whatever order.
    """

    def __init__(self, control: Distribution, treatment: Distribution) -> None:
        self._control, self._treatment = control.values, treatment.values
        self.pairs = control.n * treatment.n
        whole = object if self.pairs > _FITS else np.int64
        self._counts0 = control.counts.astype(whole)
        self._counts1 = treatment.counts.astype(whole)
        self._upto0 = np.concatenate((np.zeros(1, whole), np.cumsum(self._counts0)))
        self._is_listed = control.values.size * treatment.values.size <= SORTED_AT_ONCE
        if self._is_listed:
            start = np.zeros(treatment.values.size, np.int64)
            every = np.full(treatment.values.size, control.values.size, np.int64)
            self._list = self._between(start, every)
        else:
            self._guesses = np.sort(
                np.subtract.outer(_grouped(treatment, _GROUPS[1]), _grouped(control, _GROUPS[0])),
                axis=None,
            )
            self._slack = ROUNDING * np.abs(treatment.values)

    def at(self, first: int, last: int) -> tuple[float, float]:
        """The differences of the ranks `first` and `last`, counted from 1; `last` is `first` or
        the next one."""
        if self._is_listed:
            differences, upto = self._list
            low, high = (int(np.searchsorted(upto, rank)) for rank in (first, last))
            return float(differences[low]), float(differences[high])
        return self._search(first, last)

    @property
    def median(self) -> float:
        """The middle difference, or the mean of the two middle ones."""
        first, last = (self.pairs + 1) // 2, self.pairs // 2 + 1
        low, high = self.at(first, last)
        return low if first == last else low + (high - low) / 2.0

    def _search(self, first: int, last: int) -> tuple[float, float]:
        size = self._treatment.size
        low = _Cut(-math.inf, np.full(size, self._control.size, np.int64), 0)
        high = _Cut(math.inf, np.zeros(size, np.int64), self.pairs)
        place, inclusive = self._guess(first), True
        largest, smallest = (math.inf, 0.0), (-math.inf, 0.0)
        slow, before = 0, math.inf
        rng = np.random.default_rng(0)  # chooses the path only; the answer is exact
        while (left := int((low.start - high.start).sum())) > SORTED_AT_ONCE:
            cut = self._cut(place, inclusive=inclusive)
            was_above, is_between = cut.pairs >= last, first <= cut.pairs < last
            low, high = (low, cut) if was_above else (cut, high)
            if is_between or abs(first - cut.pairs) < 8 * SORTED_AT_ONCE or slow > 1:
                below, above = self._neighbours(cut)
                if is_between:
                    return below[0], above[0]
                largest, smallest = (below, smallest) if was_above else (largest, above)
            if largest[0] - smallest[0] <= min(largest[1], smallest[1]):
                return largest[0], largest[0]  # a single difference is left, of many pairs
            place = self._next(cut, low, high, (first + last) / 2.0)
            slow, before = slow + 1 if left > before / 4 else 0, left
            if was_above and inclusive and (slow > 2 or place == cut.place):
                place, inclusive = cut.place, False  # is the rank among the ties of this place?
                continue
            inclusive = True
            if slow > 2 or not low.place < place < high.place:
                place = self._any_between(low, high, rng)
        differences, upto = self._between(high.start, low.start)
        ranks = (int(np.searchsorted(upto, rank - low.pairs)) for rank in (first, last))
        lower, upper = (float(differences[rank]) for rank in ranks)
        return lower, upper

    def _cut(self, place: float, *, inclusive: bool) -> _Cut:
        """Behind the differences equal to `place`, or before them."""
        points, slack = self._treatment - place, self._slack + ROUNDING * abs(place)
        start: Whole
        if inclusive:
            start = np.searchsorted(self._control, np.subtract(points, slack, out=points))
        else:
            points += slack
            start = np.searchsorted(self._control, points, side="right")
        return _Cut(place, start, self.pairs - int(self._upto0[start] @ self._counts1))

    def _guess(self, rank: float) -> float:
        """About where the difference of a rank is, by the groups' differences."""
        place = rank / self.pairs * self._guesses.size - 0.5
        lower = min(max(int(place), 0), self._guesses.size - 2)
        share = min(max(place - lower, 0.0), 1.0)
        first, second = float(self._guesses[lower]), float(self._guesses[lower + 1])
        return first + share * (second - first)

    def _next(self, cut: _Cut, low: _Cut, high: _Cut, rank: float) -> float:
        """The next place to count at: on the rank's far side, but close to it, so that the
        rank is soon caught between two places."""
        missing = rank - cut.pairs
        overshoot = math.copysign(0.3 * abs(missing) + SORTED_AT_ONCE / 4, missing)
        if math.isinf(low.place) or math.isinf(high.place):
            side: Literal["left", "right"] = "right" if cut.pairs > rank else "left"
            known = float(np.searchsorted(self._guesses, cut.place, side=side)) + 0.5
            known *= self.pairs / self._guesses.size
            return cut.place + self._guess(known + missing + overshoot) - self._guess(known)
        missing = min(rank - low.pairs, rank - high.pairs, key=abs)
        overshoot = math.copysign(0.1 * abs(missing) + SORTED_AT_ONCE / 4, missing)
        share = (rank + overshoot - low.pairs) / (high.pairs - low.pairs)
        return low.place + share * (high.place - low.place)

    def _any_between(self, low: _Cut, high: _Cut, rng: np.random.Generator) -> float:
        """A difference by chance: halves what is left on average, whatever its distribution."""
        upto = np.cumsum(low.start - high.start)
        drawn = int(rng.integers(int(upto[-1])))
        row = int(np.searchsorted(upto, drawn, side="right"))
        column = int(low.start[row]) - (int(upto[row]) - drawn)
        return float(self._treatment[row] - self._control[column])

    def _neighbours(self, cut: _Cut) -> tuple[tuple[float, float], tuple[float, float]]:
        """The largest difference below a cut and the smallest above it, each with the reach of
        its rounding; infinite where there is none."""
        below, above = (-math.inf, 0.0), (math.inf, 0.0)
        rows = np.flatnonzero(cut.start < self._control.size)
        if rows.size:
            found = self._treatment[rows] - self._control[cut.start[rows]]
            best = int(np.argmax(found))
            below = float(found[best]), self._rounding(rows[best], found[best])
        rows = np.flatnonzero(cut.start)
        if rows.size:
            found = self._treatment[rows] - self._control[cut.start[rows] - 1]
            best = int(np.argmin(found))
            above = float(found[best]), self._rounding(rows[best], found[best])
        return below, above

    def _rounding(self, row: np.int64, difference: np.float64) -> float:
        return ROUNDING * float(abs(self._treatment[row]) + abs(difference))

    def _between(self, start: Whole, end: Whole) -> tuple[Floats, Whole]:
        """The differences with the control values from `start` to `end`, sorted, and how many
        pairs of units there are up to each."""
        widths = end - start
        rows = np.repeat(np.arange(widths.size), widths)
        columns = np.arange(rows.size) + np.repeat(start - (np.cumsum(widths) - widths), widths)
        differences = self._treatment[rows] - self._control[columns]
        order = np.argsort(differences)
        weights = (self._counts1[rows] * self._counts0[columns])[order]
        return differences[order], np.cumsum(weights)


def _grouped(sample: Distribution, groups: int) -> Floats:
    """The middle values of groups of equal weight."""
    upto = np.cumsum(sample.counts)
    middles = (np.arange(groups) + 0.5) * (float(upto[-1]) / groups)
    return sample.values[np.minimum(np.searchsorted(upto, middles), upto.size - 1)]
