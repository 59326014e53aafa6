"""From the chances at one size to a plan's answer: what is needed, what can be seen.

The searches are the same for every kind of metric; a kind brings its `Model`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from hadi.stats import planning_search as search
from hadi.stats.cluster_power import is_judged_by_permutation, smallest_attainable_p
from hadi.stats.distributions import normal_quantile, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.planning_frame import ANYTIME, FIXED, PLANNED, Frame, PowerAnswer
from hadi.stats.planning_odds import Model, Odds, odds_at

LOW_POWER = 0.5


def answer(frame: Frame, model: Model) -> PowerAnswer:
    """The plan's answer. Raises NotEstimable: ``power_no_effect``, ``power_wrong_direction``,
    ``power_out_of_reach``, ``power_cluster_kind``."""
    if frame.clusters is not None and not model.can_cluster:
        raise NotEstimable("power_cluster_kind")
    if frame.is_brief and frame.planned is not None:
        return _briefly(frame, model, frame.planned)
    needed = _needed(frame, model) if frame.size > 0.0 else None
    n = frame.planned if frame.planned is not None else needed
    if n is None:
        if frame.size == 0.0:
            raise NotEstimable("power_no_effect")
        raise NotEstimable("power_wrong_direction" if frame.size < 0.0 else "power_out_of_reach")
    odds = odds_at(frame, model, n, frame.size)
    last_alpha = frame.last_alpha()
    found = PowerAnswer(
        n_per_arm=needed,
        power=odds.found,
        mde=_smallest_effect(frame, model, n),
        verdict_probabilities=odds.verdicts,
        at_n_per_arm=n,
        units=frame.split.units(n, frame.least),
        alpha=last_alpha,
        expected_units=_expected_units(frame, model, n),
        draws=odds.draws,
        simulation_error=math.sqrt(0.25 / odds.draws) if odds.draws else None,
        exaggeration=_exaggeration(frame, model, n, odds, last_alpha),
    )
    return found if frame.clusters is None else _with_clusters(found, frame)


def _briefly(frame: Frame, model: Model, n: int) -> PowerAnswer:
    odds = odds_at(frame, model, n, frame.size)
    return PowerAnswer(
        n_per_arm=None,
        power=odds.found,
        mde=None,
        verdict_probabilities=odds.verdicts,
        at_n_per_arm=n,
        units=frame.split.units(n, frame.least),
        alpha=frame.last_alpha(),
        draws=odds.draws,
    )


def _needed(frame: Frame, model: Model) -> int | None:
    """Units (clusters) per arm for the expected effect: the published formula's, raised or
    lowered to what the test itself needs."""
    shape, alpha, arms = frame.clusters, frame.last_alpha(), len(frame.split.shares)
    used = frame.split.control + frame.split.treatment
    if model.both_units is not None and shape is None and frame.looks != PLANNED:
        start = model.both_units(frame, alpha) / used / arms
    else:
        reach = two_sided_z(alpha) + normal_quantile(frame.power)
        many = 1e6  # units per arm: the errors shrink with their root
        n0, n1 = many * arms * frame.split.control, many * arms * frame.split.treatment
        relative = model.spread(n0, n1, frame.size).error / frame.size
        start = many * (reach * relative) ** 2
        if shape is not None:
            start *= shape.effect / shape.size
    least = max(frame.least, 2)

    # The formula meets the wanted power to rounding; only what it leaves out is made up for.
    def enough(n: int) -> bool:
        return odds_at(frame, model, n, frame.size).found >= frame.power - 1e-6

    if not start <= search.MOST_UNITS:
        return None
    first = max(math.ceil(start - 1e-9), least)
    is_exact = model.exact is not None and frame.looks == FIXED and shape is None
    if is_exact and odds_at(frame, model, first, frame.size).draws is not None:
        # The formulas for ranks and quantiles are rough where units are few, in either direction.
        return search.raised(enough, 0.75 * start, least)
    if is_exact and model.both_units is not None:
        return search.raised(enough, start, least)
    return search.fewest(enough, start, least)


def _smallest_effect(frame: Frame, model: Model, n: int) -> float | None:
    if not frame.has_mde:
        return None

    def is_found(effect: float) -> bool:
        return odds_at(frame, model, n, effect).found >= frame.power

    rel = model.rel
    if frame.clusters is not None:
        k0, k1 = frame.pair(n)
        if min(k0, k1) < 2:
            return None
        if is_judged_by_permutation(k0, k1):
            if smallest_attainable_p(k0, k1) > frame.last_alpha():
                return None
            rel = max(rel, 5e-3)  # every step is simulated
    if frame.looks == PLANNED:
        rel = max(rel, 1e-3)
    reach = two_sided_z(frame.last_alpha()) + normal_quantile(frame.power)
    error = _error(frame, model, n)
    if not math.isfinite(error):  # the variance does not fit a float
        return None
    scale = abs(frame.size) or (model.most if math.isfinite(model.most) else 0.0)
    guess = max(max(reach, 0.1) * error, 1e-6 * scale)
    return search.smallest_effect(is_found, guess, model.most, rel)


def _expected_units(frame: Frame, model: Model, n: int) -> int | None:
    """Where a test of several looks ends on average, were the expected effect true."""
    if frame.looks == FIXED:
        return None
    odds = odds_at(frame, model, n, frame.size)
    ends_at = odds.ends_at
    if frame.looks == ANYTIME:
        from hadi.stats.planning_looks import anytime_schedule, look_odds

        arms = len(frame.split.shares)
        total = round(arms * (frame.split.control + frame.split.treatment), 9)
        plan = anytime_schedule(frame.alpha, total)
        ends_at = look_odds(frame.size, _error(frame, model, n), plan, frame.threshold).ends_at
    return None if ends_at is None else math.ceil(n * ends_at)


def _error(frame: Frame, model: Model, n: int) -> float:
    shape = frame.clusters
    n0, n1 = frame.pair(n)
    if shape is None:
        return model.spread(n0, n1, frame.size).error
    units = model.spread(n0 * shape.size, n1 * shape.size, frame.size)
    return units.error * math.sqrt(shape.effect)


def _exaggeration(
    frame: Frame, model: Model, n: int, odds: Odds, last_alpha: float
) -> float | None:
    if not 0.0 < odds.found < LOW_POWER or frame.size <= 0.0:
        return None
    from hadi.stats.exaggeration import type_m

    return type_m(frame.size, _error(frame, model, n), last_alpha).ratio


def _with_clusters(found: PowerAnswer, frame: Frame) -> PowerAnswer:
    """What only clusters have: their design effect, and how small a p so few can give."""
    shape = frame.clusters
    assert shape is not None
    k0, k1 = found.units[0], min(found.units[1:])
    smallest = smallest_attainable_p(k0, k1) if is_judged_by_permutation(k0, k1) else None
    return replace(
        found,
        design_effect=shape.effect,
        smallest_p=smallest,
        clusters_to_confirm=_clusters_to_confirm(frame),
    )


def _clusters_to_confirm(frame: Frame) -> int | None:
    """Clusters per arm from which on the deciding test can reach alpha at all."""
    alpha = frame.last_alpha()
    for clusters in range(2, 10_000):
        k0, k1 = frame.pair(clusters)
        if min(k0, k1) < 2:
            continue
        if not is_judged_by_permutation(k0, k1) or smallest_attainable_p(k0, k1) <= alpha:
            return clusters
    return None
