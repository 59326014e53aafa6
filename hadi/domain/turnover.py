"""What revenue is made of, and which lever its change came from.

Revenue = leads × the conversion of every stage × average check × frequency. The factors follow
from counts, so that their product is the revenue to the last cent. A change of a product has no
one answer to "how much came from this factor": it depends on which one is changed first. Here
every order counts alike (Shapley), so that the parts add up and a factor at zero is no trouble.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import pairwise
from math import factorial

from hadi.domain.errors import HadiError
from hadi.domain.levers import Lever
from hadi.domain.money import CENT
from hadi.domain.text import Text

MOST_STAGES = 12
DAYS_OF_WEEK = 7
ALIKE = 0.2  # lengths of periods that differ by more are said


class NotComparable(HadiError):
    """Two periods whose change cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Turnover:
    """The counts of a period. `stages` are those between leads and clients, in their order."""

    leads: int
    clients: int
    purchases: int
    revenue: Decimal
    stages: tuple[tuple[str, int], ...] = ()

    @property
    def conversion(self) -> Fraction | None:
        """From lead to client."""
        return _ratio(self.clients, self.leads)

    @property
    def check(self) -> Fraction | None:
        return _ratio(Fraction(self.revenue), self.purchases)

    @property
    def frequency(self) -> Fraction | None:
        """Purchases of a client in the period."""
        return _ratio(self.purchases, self.clients)

    @property
    def steps(self) -> tuple[tuple[str, Fraction | None], ...]:
        """The conversion of every stage, by its name; the last, into clients, has none."""
        counts = [self.leads, *(count for _, count in self.stages), self.clients]
        names = [*(name for name, _ in self.stages), ""]
        return tuple(
            (name, _ratio(after, before))
            for name, (before, after) in zip(names, pairwise(counts), strict=True)
        )

    def value(self, lever: Lever) -> Fraction | None:
        """What a lever stands at; of the inflow, how many leads."""
        return {
            Lever.INFLOW: Fraction(self.leads), Lever.CONVERSION: self.conversion,
            Lever.CHECK: self.check, Lever.FREQUENCY: self.frequency,
        }[lever]  # fmt: skip

    def oddities(self) -> tuple[Text, ...]:
        """What cannot be counted of one and the same leads: more behind a stage than before it."""
        counted = [("", self.leads), *self.stages, ("", self.clients)]
        return tuple(
            Text("turnover_grows", stage=_named(name, place, counted), before=before, after=after)
            for place, ((_, before), (name, after)) in enumerate(pairwise(counted), 1)
            if after > before
        )


def _named(name: str, place: int, counted: Sequence[tuple[str, int]]) -> Text | str:
    return Text("turnover_clients") if place == len(counted) - 1 else name


def leads_per_week(turnover: Turnover, starts_on: date, ends_on: date) -> Fraction:
    """The inflow of a week, whatever the period's length."""
    days = (ends_on - starts_on).days + 1
    return Fraction(turnover.leads * DAYS_OF_WEEK, days)


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor brought. `name` is a stage's, of a conversion."""

    lever: Lever
    before: Fraction
    after: Fraction
    amount: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of revenue, taken apart: the amounts of `parts` add up to `total` exactly."""

    total: Decimal
    parts: tuple[Part, ...]

    @property
    def by_lever(self) -> Mapping[Lever, Decimal]:
        """What each lever brought: of the conversion, all its stages."""
        return {
            lever: sum((part.amount for part in self.parts if part.lever is lever), Decimal(0))
            for lever in Lever
        }


def change(before: Turnover, after: Turnover) -> Change:
    """The change of revenue by lever. Stages that the two do not both have are taken together.
    Raises NotComparable where a factor cannot be said."""
    stages = _same_stages(before, after)
    pairs = [(Lever.INFLOW, "", Fraction(before.leads), Fraction(after.leads))]
    for (name, old), (_, new) in zip(_steps(before, stages), _steps(after, stages), strict=True):
        pairs.append((Lever.CONVERSION, name, _known(old), _known(new)))
    pairs += [
        (lever, "", _known(before.value(lever)), _known(after.value(lever)))
        for lever in (Lever.CHECK, Lever.FREQUENCY)
    ]
    exact = shapley([old for *_, old, _ in pairs], [new for *_, new in pairs])
    total = after.revenue - before.revenue
    amounts = _to_cents(exact, total)
    parts = tuple(
        Part(lever, old, new, amount, name)
        for (lever, name, old, new), amount in zip(pairs, amounts, strict=True)
    )
    return Change(total, parts)


def shapley(before: Sequence[Fraction], after: Sequence[Fraction]) -> list[Fraction]:
    """What each factor of a product brings, the mean over all orders of changing them.

    The parts add up to the difference of the products (Shapley 1953, eq. 13; for a product the
    subsets of one size add up to a coefficient of Π (before + after·t), so that it takes n² steps
    and not 2ⁿ).
    """
    n = len(before)
    found = []
    for place in range(n):
        sizes = [Fraction(1)]  # by how many of the others have changed
        for other in range(n):
            if other != place:
                kept, changed = before[other], after[other]
                sizes = [
                    (sizes[k] * kept if k < len(sizes) else Fraction(0))
                    + (sizes[k - 1] * changed if k else Fraction(0))
                    for k in range(len(sizes) + 1)
                ]
        weighed = sum(
            (Fraction(factorial(k) * factorial(n - 1 - k), factorial(n)) * size
             for k, size in enumerate(sizes)),
            Fraction(0),
        )  # fmt: skip
        found.append((after[place] - before[place]) * weighed)
    return found


def _same_stages(before: Turnover, after: Turnover) -> bool:
    return [name for name, _ in before.stages] == [name for name, _ in after.stages]


def _steps(turnover: Turnover, by_stage: bool) -> Sequence[tuple[str, Fraction | None]]:
    return turnover.steps if by_stage else (("", turnover.conversion),)


def _known(value: Fraction | None) -> Fraction:
    if value is None:
        raise NotComparable(Text("turnover_not_comparable"))
    return value


def _ratio(above: Fraction | int, below: int) -> Fraction | None:
    return Fraction(above) / below if below else None


def _to_cents(exact: Sequence[Fraction], total: Decimal) -> list[Decimal]:
    """Whole cents that add up to the total: what rounding down leaves goes where it is nearest."""
    scaled = [part * 100 for part in exact]
    floors = [part.numerator // part.denominator for part in scaled]
    left = int((total / CENT).to_integral_value(ROUND_FLOOR)) - sum(floors)
    by_rest = sorted(range(len(exact)), key=lambda place: floors[place] - scaled[place])
    for place in by_rest[:left]:
        floors[place] += 1
    return [Decimal(cents) * CENT for cents in floors]
