"""What a change earns against what it costs: pure arithmetic on an effect and its interval.

A gain per week comes with the ends of its interval; every quantity made of it here keeps them.
Dividing a cost by a gain turns the ends round: the most that the effect may be gives the soonest
payback, the least the latest; where a gain is not above zero there is none at all ("never", None).
No currency and no calendar: the caller sees to it that amounts are of one currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

WEEKS_PER_YEAR = 52.1775  # 365.2425 days


@dataclass(frozen=True, slots=True)
class Gain:
    """An amount (mostly per week) with the ends of its interval; None is an end that is open."""

    estimate: float
    low: float | None
    high: float | None

    def times(self, factor: float) -> Gain:
        """The gain `factor` (of any sign) times over."""
        ends = [None if end is None else end * factor for end in (self.low, self.high)]
        low, high = ends if factor >= 0 else reversed(ends)
        return Gain(self.estimate * factor, low, high)

    def less(self, cost: float) -> Gain:
        """What remains of it after a cost that is known."""
        return Gain(
            self.estimate - cost,
            None if self.low is None else self.low - cost,
            None if self.high is None else self.high - cost,
        )


@dataclass(frozen=True, slots=True)
class Weeks:
    """How long a payback takes: by the estimate, at the best and at the worst end of the effect.
    None is never."""

    estimate: float | None
    low: float | None
    high: float | None

    def is_within(self, limit: float) -> bool:
        """Whether the whole interval is."""
        return self.high is not None and self.high <= limit


@dataclass(frozen=True, slots=True)
class Case:
    """One way the effect may turn out in a store: what is left a week, and when it pays back."""

    net: float | None  # None: open below
    weeks: float | None  # None: never


@dataclass(frozen=True, slots=True)
class StoreEconomics:
    """A store of the roll-out: by the estimate, at the lower end, and at half of the estimate."""

    estimate: Case
    low: Case
    half: Case


@dataclass(frozen=True, slots=True)
class CustomerEconomics:
    """What a new customer brings: with the first order, in a lifetime, within a horizon."""

    first_order: float  # margin of the first order less what the customer cost
    lifetime_value: float
    value_within: float  # of the lifetime value, what the horizon sees
    ratio: float | None  # lifetime value over acquisition cost; None where that is nothing
    weeks: float | None  # until the acquisition cost is earned, at an even pace


def together(gains: Sequence[Gain]) -> Gain:
    """The sum of gains that are independent of each other, with its interval: each end lies as far
    from the sum as the root of the summed squares of the parts' own distances, which for normal
    estimates is exact (method of variance estimates recovery: Zou & Donner 2008, *Statistics in
    Medicine* 27, 1693-1702, for sums). An end that one of them leaves open stays open."""
    estimate = sum(gain.estimate for gain in gains)
    below = [None if g.low is None else g.estimate - g.low for g in gains]
    above = [None if g.high is None else g.high - g.estimate for g in gains]
    low = None if None in below else estimate - hypot(*(d for d in below if d is not None))
    high = None if None in above else estimate + hypot(*(d for d in above if d is not None))
    return Gain(estimate, low, high)


def weeks_until(cost: float, net: float | None) -> float | None:
    """When a net gain per week has earned `cost`: 0 where there is none, None for never."""
    if cost <= 0:
        return 0.0
    return cost / net if net is not None and net > 0 else None


def payback_weeks(cost: float, gain: Gain) -> Weeks:
    """When the gain per week has earned `cost`, with the ends turned round."""
    soonest = 0.0 if gain.high is None else weeks_until(cost, gain.high)
    return Weeks(weeks_until(cost, gain.estimate), soonest, weeks_until(cost, gain.low))


def store_economics(gain: Gain, *, one_off: float, running: float) -> StoreEconomics:
    """A store that gains so much margin a week, is fitted out for `one_off` and costs `running` a
    week from then on."""

    def case(weekly: float | None) -> Case:
        net = None if weekly is None else weekly - running
        return Case(net, weeks_until(one_off, net))

    return StoreEconomics(case(gain.estimate), case(gain.low), case(gain.estimate / 2))


def customer_economics(
    *,
    basket: float,
    margin: float,
    purchases_per_year: float,
    years: float,
    acquisition_cost: float,
    horizon_weeks: float | None = None,
) -> CustomerEconomics:
    """Lifetime value = basket x margin x purchases a year x years, against what winning the
    customer costs. `margin` is a fraction."""
    per_order = basket * margin
    per_year = per_order * purchases_per_year
    seen = years if horizon_weeks is None else min(years, horizon_weeks / WEEKS_PER_YEAR)
    return CustomerEconomics(
        first_order=per_order - acquisition_cost,
        lifetime_value=per_year * years,
        value_within=per_year * seen,
        ratio=per_year * years / acquisition_cost if acquisition_cost > 0 else None,
        weeks=weeks_until(acquisition_cost, per_year / WEEKS_PER_YEAR),
    )
