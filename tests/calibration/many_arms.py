"""Scenarios of clusters, of several arms, of segments and of margins."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hadi.stats import bayes, clusters, equivalence, means, omnibus
from hadi.stats import segments as segmented
from hadi.stats.arrays import Clusters, Distribution
from hadi.stats.multiplicity import benjamini_hochberg, holm, simultaneous_alpha
from hadi.stats.results import Comparison, Interval
from hadi.stats.samples import Conversion
from hadi.stats.srm import sample_ratio
from hadi.stats.trends import weighted_slope
from tests.calibration.trial import ALPHA, Drawn, Promise, Scenario
from tests.calibration.two_arms import Rng, averages, holds, moments, pair


def _stores(rng: Rng, n: int, plus: float = 0.0, *, between: float = 0.35) -> Clusters:
    """Stores of unlike size; `between` is the spread of their own means, that of a unit is 1."""
    sizes = rng.integers(8, 40, n).astype(float)
    own = rng.normal(5.0 + plus, between, n)
    totals = own * sizes + rng.normal(0.0, 1.0, n) * np.sqrt(sizes)
    within = rng.chisquare(sizes - 1)
    return Clusters(tuple(map(str, range(n))), sizes, totals, sizes, within)


def _clustered(n: int, plus: float = 0.0) -> Callable[[Rng], Comparison]:
    def compare(rng: Rng) -> Comparison:
        return clusters.compare(_stores(rng, n), _stores(rng, n, plus), alpha=ALPHA)

    return compare


def _parameter(name: str, n: int) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        p = clusters.compare(_stores(rng, n), _stores(rng, n), alpha=ALPHA).parameters[name]
        assert isinstance(p, float)
        return Drawn(rejected=p <= ALPHA)

    return draw


def _family(arms: int) -> Callable[[Rng], Drawn]:
    """Any arm called real though none is: simultaneous intervals and Holm's p together."""

    def draw(rng: Rng) -> Drawn:
        level = simultaneous_alpha(ALPHA, arms)
        control = moments(rng.normal(0, 1, 120))
        found = [means.compare(control, moments(rng.normal(0, 1, 120)), alpha=level)
                 for _ in range(arms)]  # fmt: skip
        adjusted = holm([f.p_value or 0.0 for f in found])
        held = all(holds(f.interval, 0.0) for f in found)
        return Drawn(any(p <= ALPHA for p in adjusted), held)

    return draw


def _discoveries(rng: Rng) -> Drawn:
    """With nothing there, any discovery is a false one: the rate of false discovery is that."""
    p_values = rng.uniform(0.0, 1.0, 12).tolist()
    return Drawn(rejected=min(benjamini_hochberg(p_values)) <= ALPHA)


def _omnibus(kind: str) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        if kind == "chi-square":
            drawn = rng.binomial(600, 0.2, 4).tolist()
            found = omnibus.conversions([Conversion(600, x) for x in drawn])
        elif kind == "Welch":
            spreads = (1.0, 2.0, 4.0)
            found = omnibus.means([moments(rng.normal(0, s, 40)) for s in spreads])
        elif kind == "Wald":
            errors = (0.5, 1.0, 0.8)
            found = omnibus.estimates([float(rng.normal(0, e)) for e in errors],
                                      [e * e for e in errors])  # fmt: skip
        else:
            found = omnibus.ranks([Distribution.of(rng.lognormal(0, 1, 50)) for _ in range(3)])
        return Drawn(rejected=(found.p_value or 0.0) <= ALPHA)

    return draw


def _interaction(rng: Rng) -> Drawn:
    errors = rng.uniform(0.5, 2.0, 6)
    found = segmented.interaction((0.7 + errors * rng.normal(0, 1, 6)).tolist(), errors.tolist())
    return Drawn(rejected=(found.p_value or 0.0) <= ALPHA)


def _fading(rng: Rng) -> Drawn:
    variances = rng.uniform(0.5, 2.0, 21)
    daily = 0.4 + np.sqrt(variances) * rng.normal(0, 1, 21)
    found = weighted_slope(list(range(21)), daily.tolist(), variances.tolist())
    return Drawn(rejected=(found.p_value or 0.0) <= ALPHA)


def _tost(rng: Rng) -> Drawn:
    """An effect that lies on the margin must not be called flat."""
    found = averages(80, 80, lambda r, n: r.normal(0, 1, n), plus=0.5)(rng)
    tested = equivalence.tost(found, low=-0.5, high=0.5)
    return Drawn(rejected=(tested.p_value or 0.0) <= ALPHA)


def _not_worse(rng: Rng) -> Drawn:
    found = averages(80, 80, lambda r, n: r.normal(0, 1, n), plus=-0.3)(rng)
    p = equivalence.non_inferiority(found, margin=0.3, sign=1)
    return Drawn(rejected=(p or 0.0) <= ALPHA)


def _split(rng: Rng) -> Drawn:
    counts = rng.multinomial(4000, [0.5, 0.3, 0.2]).tolist()
    names = dict(zip("ABC", counts, strict=True))
    found = sample_ratio(names, {"A": 0.5, "B": 0.3, "C": 0.2})
    return Drawn(rejected=found.is_below(ALPHA))


def _posterior(rng: Rng) -> Drawn:
    """Truths drawn from the prior: its interval holds them as often as it says."""
    truth = float(rng.normal(0.0, 0.1))
    seen = truth + float(rng.normal(0.0, 0.07))
    found = bayes.posterior(seen, 0.07, prior=bayes.Prior(0.0, 0.1), alpha=ALPHA)
    return Drawn(held=holds(Interval(found.low, found.high, 0.95), truth))


def scenarios() -> Iterator[Scenario]:
    """Every scenario of more than two plain arms."""
    at_most = Promise.AT_MOST
    twelve = pair(_clustered(12), 0.0)
    yield Scenario("clusters", "CR2 t, 12 stores a side", twelve, cost=20)
    thirty = pair(_clustered(30), 0.0)
    yield Scenario("clusters", "CR2 t, 30 stores a side", thirty, cost=4)
    effect = pair(_clustered(30, 0.3), 0.3)
    yield Scenario("clusters", "CR2 t, an effect", effect, cost=4)
    four = pair(_clustered(4), 0.0)
    yield Scenario("clusters", "permutation decides, 4 a side", four, at_most, cost=10)
    for name, key, n, promise in (
        ("permutation beside, 6 a side", "permutation_p", 6, at_most),
        ("wild cluster bootstrap, 8 a side", "bootstrap_p", 8, at_most),
    ):
        yield Scenario("clusters", name, _parameter(key, n), promise, cost=40)
    yield Scenario("several arms", "any of 4, Holm and intervals", _family(4), at_most)
    yield Scenario("several arms", "12 secondary, Benjamini–Hochberg", _discoveries)
    for kind in ("chi-square", "Welch", "Wald", "Kruskal–Wallis"):
        yield Scenario("several arms", f"all arms together, {kind}", _omnibus(kind))
    yield Scenario("segments", "interaction, 6 levels", _interaction)
    yield Scenario("quality of a result", "fading, 21 days", _fading)
    yield Scenario("sample ratio", "chi-square, three arms", _split)
    yield Scenario("equivalence and margins", "flat, truth on the margin", _tost, at_most)
    yield Scenario("equivalence and margins", "not worse, truth on the margin", _not_worse)
    yield Scenario("Bayesian view", "truths drawn from the prior", _posterior)
