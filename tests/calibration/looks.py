"""Scenarios of tests that are looked at again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hadi.stats import means, proportions, sequential
from hadi.stats.group_sequential import boundaries
from hadi.stats.samples import Conversion, Moments
from hadi.stats.sequential_srm import sample_ratio
from tests.calibration.trial import ALPHA, Drawn, Promise, Scenario
from tests.calibration.two_arms import Rng, holds

LOOKS = 100


def _anytime_means(per_look: int, tuning: float) -> Callable[[Rng], Drawn]:
    """100 looks at two growing arms without an effect: rejected at any, covered at all."""

    def draw(rng: Rng) -> Drawn:
        values = rng.normal(10.0, 3.0, (2, LOOKS * per_look))
        sums, squares = values.cumsum(axis=1), (values**2).cumsum(axis=1)
        is_covered, is_rejected = True, False
        for look in range(1, LOOKS + 1):
            n = look * per_look
            arms = [
                Moments(n, float(s[n - 1] / n), float(q[n - 1] - s[n - 1] ** 2 / n))
                for s, q in zip(sums, squares, strict=True)
            ]
            found = sequential.always_valid(
                means.compare(*arms, alpha=ALPHA), alpha=ALPHA, tuning=tuning
            )
            is_covered &= holds(found.interval, 0.0)
            is_rejected |= found.p_value is None or found.p_value <= ALPHA
        return Drawn(is_rejected, is_covered)

    return draw


def _anytime_shares(per_look: int, tuning: float) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        hits = rng.binomial(per_look, 0.12, (2, LOOKS)).cumsum(axis=1)
        is_covered, is_rejected = True, False
        for look in range(1, LOOKS + 1):
            n = look * per_look
            arms = [Conversion(n, int(own[look - 1])) for own in hits]
            found = sequential.always_valid(
                proportions.compare(*arms, alpha=ALPHA), alpha=ALPHA, tuning=tuning
            )
            is_covered &= holds(found.interval, 0.0)
            is_rejected |= found.p_value is None or found.p_value <= ALPHA
        return Drawn(is_rejected, is_covered)

    return draw


def _fixed_peeked(rng: Rng) -> Drawn:
    """What the same 100 looks do to a test made for one: shown, and promised to nobody."""
    values = rng.normal(0.0, 1.0, (2, LOOKS * 20))
    n = np.arange(20, LOOKS * 20 + 1, 20)
    gap = (values[1].cumsum() - values[0].cumsum())[n - 1] / n
    return Drawn(rejected=bool((np.abs(gap) > 1.959964 * np.sqrt(2.0 / n)).any()))


def _planned(fractions: tuple[float, ...], spending: str) -> Callable[[Rng], Drawn]:
    bounds = np.array(boundaries(fractions, alpha=ALPHA, spending=spending))
    steps = np.diff(np.array([0.0, *fractions]))

    def draw(rng: Rng) -> Drawn:
        walk = (rng.normal(0.0, 1.0, len(steps)) * np.sqrt(steps)).cumsum()
        return Drawn(rejected=bool((np.abs(walk) / np.sqrt(fractions) > bounds).any()))

    return draw


def _sequential_split(rng: Rng) -> Drawn:
    counts = rng.multinomial(60, [0.5, 0.5], LOOKS).cumsum(axis=0)
    shares = {"A": 0.5, "B": 0.5}
    return Drawn(
        rejected=any(
            sample_ratio({"A": int(a), "B": int(b)}, shares).is_below(ALPHA) for a, b in counts
        )
    )


def peeking() -> Scenario:
    """The contrast: a fixed test looked at 100 times."""
    return Scenario("looks", "a test for one look, seen 100 times", _fixed_peeked)


def scenarios() -> Iterator[Scenario]:
    """Every scenario with more than one look."""
    at_most = Promise.AT_MOST
    yield Scenario(
        "looks", "anytime, means, 100 looks, 20 a look",
        _anytime_means(20, 2000.0), at_most, cost=20,
    )  # fmt: skip
    yield Scenario(
        "looks", "anytime, shares, 100 looks, 100 a look",
        _anytime_shares(100, 5000.0), at_most, cost=20,
    )  # fmt: skip
    for spending, word in (("obrien_fleming", "O’Brien–Fleming"), ("pocock", "Pocock")):
        even = _planned((0.25, 0.5, 0.75, 1.0), spending)
        yield Scenario("looks", f"planned, four even looks, {word}", even)
        odd = _planned((0.2, 0.35, 0.8, 1.0), spending)
        yield Scenario("looks", f"planned, four uneven looks, {word}", odd)
    yield Scenario("sample ratio", "always valid, 100 looks", _sequential_split, at_most, cost=10)
