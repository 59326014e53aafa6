"""Which verdicts a planned pilot would get, were the true effect a given one: by simulation.

Sites' changes are drawn as they vary by themselves, the effect is added to the pilots', and every
draw is judged by the rule itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hadi.domain.verdict import Verdict, judge_metric
from hadi.stats import permutation
from hadi.stats.distributions import log_t_two_sided, t_quantile_two_sided
from hadi.stats.panel import Scale
from hadi.stats.pilot_power import Design

DRAWS = 2_000
SEED = 20_080_102
MOST_CHOICES = 2_000  # beyond, the placebo's p is taken for that of the t-test

Floats = NDArray[np.float64]


def verdict_odds(
    change_sd: float,
    design: Design,
    *,
    effect: float,
    threshold: float,
    sign: int = 1,
    relative: float = 1.0,
) -> tuple[Mapping[str, float], float]:
    """The chance of each verdict, and that of a real effect (the power).

    Parameters
    ----------
    change_sd : the standard deviation of a site's change, on the scale compared.
    effect, threshold : fractions on the log scale, units of the value on the linear; `effect`
        signed as measured, the threshold a magnitude.
    sign : -1 where less is better.
    relative : the pilots' own noise over that of all sites.
    """
    n1, n0 = design.n_treated, design.n_controls
    is_log = design.scale == Scale.LOG
    moved = math.log1p(effect) if is_log else effect
    drawn = np.random.default_rng(SEED).normal(0.0, change_sd, (DRAWS, n1 + n0))
    drawn[:, :n1] = drawn[:, :n1] * relative + moved
    pilots, controls = drawn[:, :n1], drawn[:, n1:]
    found = pilots.mean(axis=1) - controls.mean(axis=1)
    df = n1 + n0 - 2
    squares = ((pilots - pilots.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    squares += ((controls - controls.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    error = np.sqrt(squares / df * (1.0 / n1 + 1.0 / n0))
    reach = t_quantile_two_sided(design.alpha, df) * error
    p_values = _p_values(drawn, found, error, design)
    counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    real = 0
    ends = np.stack([found, found - reach, found + reach])
    with np.errstate(over="ignore"):  # beyond all numbers is far enough for a verdict
        told = np.expm1(ends) if is_log else ends
    for estimate, low, high, p_value in zip(*told.tolist(), p_values.tolist(), strict=True):
        judged = judge_metric(
            estimate=estimate, low=low, high=high, p_value=p_value, alpha=design.alpha,
            sign=sign, threshold=threshold,
        )  # fmt: skip
        counts[judged.verdict.value] += 1
        real += judged.is_real
    return {name: n / DRAWS for name, n in counts.items() if name in _POSSIBLE}, real / DRAWS


_POSSIBLE = frozenset(
    verdict.value
    for verdict in (
        Verdict.CONFIRMED, Verdict.BELOW_THRESHOLD, Verdict.NOT_ENOUGH_DATA, Verdict.REFUTED,
        Verdict.HARMFUL,
    )
)  # fmt: skip


def _p_values(drawn: Floats, found: Floats, error: Floats, design: Design) -> Floats:
    """The deciding test's p of every draw."""
    n1, n0 = design.n_treated, design.n_controls
    choices = math.comb(n1 + n0, n1)
    if not design.by_placebo or choices > MOST_CHOICES:
        ratios = (found / error).tolist()
        return np.array([math.exp(log_t_two_sided(t, n1 + n0 - 2)) for t in ratios])
    chosen = permutation.assignments_of(n1 + n0, min(n1, n0))
    is_in = np.zeros((choices, n1 + n0))
    np.put_along_axis(is_in, chosen, 1.0, axis=1)
    if n0 < n1:
        is_in = 1.0 - is_in
    contrast = is_in / n1 - (1.0 - is_in) / n0
    sizes = np.abs(drawn @ contrast.T)
    return np.asarray((sizes >= np.abs(found)[:, np.newaxis] * (1.0 - 1e-9)).mean(axis=1))
