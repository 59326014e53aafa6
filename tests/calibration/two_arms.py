"""Scenarios of two arms seen once: every kind of metric, without and with an effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hadi.stats import adjustment, lin, means, proportions, quantiles, ranks, rates, ratios
from hadi.stats.arrays import Distribution
from hadi.stats.results import Comparison, Interval
from hadi.stats.samples import CoMoments, Conversion, Events, Moments
from tests.calibration.trial import ALPHA, Drawn, Promise, Scenario

Rng = np.random.Generator


def holds(interval: Interval, truth: float) -> bool:
    low = -np.inf if interval.low is None else interval.low
    high = np.inf if interval.high is None else interval.high
    return bool(low <= truth <= high)


def rejects(comparison: Comparison, alpha: float = ALPHA) -> bool:
    """As the verdict does: the test, and the interval beyond zero."""
    return (comparison.p_value is None or comparison.p_value <= alpha) and not holds(
        comparison.interval, 0.0
    )


def pair(
    compare: Callable[[Rng], Comparison], truth: float, *, lift: float | None = None
) -> Callable[[Rng], Drawn]:
    """A draw of two arms; with no effect the test may not reject. With `lift` it is the lift's
    interval that is asked."""

    def draw(rng: Rng) -> Drawn:
        found = compare(rng)
        if lift is not None:
            held = holds(found.lift.interval, lift) if found.lift else None
            return Drawn(held=held)
        rejected = (found.p_value is None or found.p_value <= ALPHA) if truth == 0.0 else None
        return Drawn(rejected, holds(found.interval, truth))

    return draw


def shares(n0: int, n1: int, p0: float, p1: float) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control = Conversion(n0, int(rng.binomial(n0, p0)))
        return proportions.compare(control, Conversion(n1, int(rng.binomial(n1, p1))), alpha=ALPHA)

    return compare


def averages(
    n0: int,
    n1: int,
    draw: Callable[[Rng, int], np.ndarray],
    *,
    plus: float = 0.0,
    spread: float = 1,
) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        return means.compare(
            moments(draw(rng, n0)), moments(plus + spread * draw(rng, n1)), alpha=ALPHA
        )

    return compare


def moments(values: np.ndarray) -> Moments:
    return Moments(len(values), float(values.mean()), float(((values - values.mean()) ** 2).sum()))


def comoments(*columns: np.ndarray) -> CoMoments:
    table = np.vstack(columns)
    middle = table.mean(axis=1)
    parts = table - middle[:, None]
    products = parts @ parts.T
    return CoMoments(
        table.shape[1], tuple(map(float, middle)), tuple(tuple(map(float, row)) for row in products)
    )


def _baskets(rng: Rng, n: int, plus: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Sums and visits of a client; those who come often spend more each time."""
    visits = 1 + rng.poisson(2.0, n)
    own = rng.normal(10.0, 2.0, n) + 0.3 * visits
    return visits * (own + plus) + rng.normal(0.0, 3.0, n) * np.sqrt(visits), visits


_RATIO = (
    10.0 + 0.3 * (1 + 2 * 2 + 2 + 4) / 3.0
)  # sum of visits^2 over visits, visits = 1 + Poisson(2)


def _ratio(n: int, plus: float) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control, treatment = comoments(*_baskets(rng, n)), comoments(*_baskets(rng, n, plus))
        return ratios.compare(control, treatment, alpha=ALPHA)

    return compare


def _rate(exposure: float, n: int, rate0: float, rate1: float) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        return rates.compare(
            Events(n, int(rng.poisson(rate0 * exposure)), exposure),
            Events(n, int(rng.poisson(rate1 * exposure)), exposure),
            alpha=ALPHA,
        )

    return compare


def _ranked(
    n0: int, n1: int, draw: Callable[[Rng, int], np.ndarray], plus: float = 0.0, spread: float = 1.0
) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control = Distribution.of(draw(rng, n0))
        return ranks.compare(control, Distribution.of(plus + spread * draw(rng, n1)), alpha=ALPHA)

    return compare


def _quantile(n: int, q: float, plus: float = 0.0) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control = Distribution.of(rng.lognormal(2.0, 0.6, n))
        treatment = Distribution.of(plus + rng.lognormal(2.0, 0.6, n))
        return quantiles.compare(control, treatment, q=q, alpha=ALPHA)

    return compare


def _before_and_after(rng: Rng, n: int, plus: float, k: int = 1) -> CoMoments:
    """An outcome and k values known before it."""
    before = rng.lognormal(1.0, 0.5, (k, n))
    after = 0.8 * before.sum(axis=0) + rng.normal(0.0, 1.0, n) + plus
    return comoments(after, *before)


def _cuped(n: int, plus: float) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control, treatment = (_before_and_after(rng, n, p) for p in (0.0, plus))
        return adjustment.cuped_mean(control, treatment, alpha=ALPHA)

    return compare


def _cuped_ratio(n: int) -> Callable[[Rng], Comparison]:
    def arm(rng: Rng) -> CoMoments:
        visits, earlier = 1 + rng.poisson(3.0, n), 1 + rng.poisson(3.0, n)
        own = rng.normal(10.0, 2.0, n)
        return comoments(
            visits * own + rng.normal(0, 2, n), visits, earlier * own + rng.normal(0, 2, n), earlier
        )

    return lambda rng: adjustment.cuped_ratio(arm(rng), arm(rng), alpha=ALPHA)


def _lin(n: int, plus: float) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        control, treatment = (_before_and_after(rng, n, p, 3) for p in (0.0, plus))
        return lin.compare(control, treatment, alpha=ALPHA)

    return compare


def _normal(rng: Rng, n: int) -> np.ndarray:
    return rng.normal(10.0, 2.0, n)


def _centred(rng: Rng, n: int) -> np.ndarray:
    return rng.normal(0.0, 1.0, n)


def _skewed(rng: Rng, n: int) -> np.ndarray:
    return rng.lognormal(3.0, 0.8, n)


def _scores(rng: Rng, n: int) -> np.ndarray:
    return np.clip(np.round(rng.normal(7.0, 1.6, n)), 1, 10)


_SKEWED_MEAN = float(np.exp(3.0 + 0.32))


def scenarios() -> Iterator[Scenario]:
    """Every scenario of two arms."""
    at_most = Promise.AT_MOST
    for name, found, truth, promise in (
        ("z test, 1,000 a side, 25 %", shares(1000, 1000, 0.25, 0.25), 0.0, Promise.EXACT),
        ("z test, 3,000 and 700, 10 %", shares(3000, 700, 0.1, 0.1), 0.0, Promise.EXACT),
        ("an effect of 3 points", shares(1200, 1200, 0.12, 0.15), 0.03, Promise.EXACT),
        ("Fisher’s test, 60 a side, 30 %", shares(60, 60, 0.3, 0.3), 0.0, at_most),
        ("Fisher’s test, 2,000 a side, 0.2 %", shares(2000, 2000, 0.002, 0.002), 0.0, at_most),
    ):
        yield Scenario("conversion", name, pair(found, truth), promise)
    lifted = pair(shares(1500, 1500, 0.1, 0.13), 0.03, lift=0.3)
    yield Scenario("conversion", "its lift of 30 %", lifted)
    for name, found, truth in (
        ("Welch, 12 and 40, spread 1 and 5", averages(12, 40, _centred, spread=5), 0.0),
        ("Welch, skewed values, 400 a side", averages(400, 400, _skewed), 0.0),
        ("Welch, an effect, 80 a side", averages(80, 80, _normal, plus=1.0), 1.0),
    ):
        yield Scenario("mean", name, pair(found, truth))
    lifted = pair(averages(60, 60, _normal, plus=1.0), 1.0, lift=0.1)
    yield Scenario("mean", "its lift of 10 % (Fieller)", lifted)
    yield Scenario("ratio", "delta method, 250 a side", pair(_ratio(250, 0.0), 0.0))
    yield Scenario("ratio", "an effect of 1.5", pair(_ratio(250, 1.5), 1.5))
    lifted = pair(_ratio(250, 1.5), 1.5, lift=1.5 / _RATIO)
    yield Scenario("ratio", "its lift (Fieller)", lifted)
    exact = pair(_rate(400.0, 100, 0.08, 0.08), 0.0)
    yield Scenario("rate", "exact, about 32 events a side", exact, at_most)
    effect = pair(_rate(1000.0, 100, 0.08, 0.11), 0.03)
    yield Scenario("rate", "exact, an effect", effect, at_most)
    many = pair(_rate(1e6, 10_000, 0.02, 0.02), 0.0)
    yield Scenario("rate", "normal, about 20,000 events a side", many)
    for name, found, truth in (
        ("Brunner–Munzel, 30 and 40", _ranked(30, 40, _normal), 0.0),
        ("Brunner–Munzel, spread 1 and 3, 40 a side", _ranked(40, 40, _centred, 0.0, 3.0), 0.0),
        ("Brunner–Munzel, skewed, a shift of 5", _ranked(60, 60, _skewed, 5.0), 5.0),
    ):
        yield Scenario("rank", name, pair(found, truth), cost=2)
    few = pair(_ranked(5, 6, _normal), 0.0)
    yield Scenario("rank", "exact, 5 and 6", few, at_most, cost=2)
    tied = pair(_ranked(150, 150, _scores), 0.0)
    yield Scenario("rank", "Brunner–Munzel, scores from 1 to 10", tied, at_most, cost=2)
    for n, q in ((200, 0.5), (800, 0.9)):
        yield Scenario("quantile", f"q = {q}, {n} a side", pair(_quantile(n, q), 0.0), at_most)
    moved = pair(_quantile(300, 0.5, 2.0), 2.0)
    yield Scenario("quantile", "q = 0.5, a shift of 2", moved, at_most)
    yield Scenario("covariates", "CUPED mean, 150 a side", pair(_cuped(150, 0.0), 0.0))
    yield Scenario("covariates", "CUPED mean, an effect", pair(_cuped(150, 0.4), 0.4))
    yield Scenario("covariates", "CUPED ratio, 250 a side", pair(_cuped_ratio(250), 0.0))
    yield Scenario("covariates", "Lin, three covariates, 150 a side", pair(_lin(150, 0.0), 0.0))
    yield Scenario("covariates", "Lin, an effect", pair(_lin(150, 0.4), 0.4))
