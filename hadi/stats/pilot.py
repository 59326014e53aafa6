"""One or a few pilot sites against controls: difference-in-differences, with the site as the unit.

Each site gives one number, its change from before to after, whose difference is tested by Student's
t over sites and by all the ways in which the pilots could have been chosen. Errors clustered by
site would be the usual way; with few treated sites they are far too small (61 % false alarms with
one treated store), so they are not offered.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats import means, permutation
from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import (
    Panel,
    Scale,
    mean_there,
    period_means,
    scaled,
    site_changes,
    turned_back,
    usable,
)
from hadi.stats.samples import Moments

Floats = NDArray[np.float64]

_ROUNDING = 64.0 * sys.float_info.epsilon


@dataclass(frozen=True, slots=True)
class StoreTest:
    """The difference of changes: fractions on the log scale, units of the value on the linear.

    `p_value` is None where it underflows a float; `log10_p` then still holds it. `standard_error`
    is on the scale compared (logarithms on the log scale).
    """

    estimate: float
    low: float
    high: float
    p_value: float | None
    log10_p: float
    df: int
    standard_error: float
    n_treated: int
    n_controls: int


@dataclass(frozen=True, slots=True)
class Raw:
    """What the eye sees: the raw mean after beside the one before.

    Fractions (after / before - 1) on the log scale, differences on the linear; None without a
    positive mean before. `p_value` is None where there is none, or it underflows.
    """

    estimate: float | None
    p_value: float | None = None
    log10_p: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Placebo:
    """The real statistic among those of the other choices of as many pilots.

    `statistics` are those looked at, signed as the effect (of the real choice first); `seed` is
    None when every choice was looked at.
    """

    p_value: float
    assignments: int
    is_exact: bool
    smallest_attainable: float
    seed: int | None
    statistics: Floats


def store_test(panel: Panel, *, scale: Scale, alpha: float) -> StoreTest:
    """Student's t of the sites' changes, pilots against controls, variances pooled.

    With one pilot there is no variance of its own to take, so both groups share one: the test
    supposes that sites' changes are roughly normal and vary alike. Donald & Lang (2007), Review of
    Economics and Statistics 89, 221-233, section II: one difference for each group, t with
    n_treated + n_controls - 2 degrees of freedom. On the log scale estimate and ends are turned
    back by exp(x) - 1.

    Raises
    ------
    NotEstimable
        Those of `panel.usable` and `panel.scaled`; ``pilot_two_sites`` with one pilot and one
        control; ``pilot_no_variation`` when within both groups all sites changed alike.
    """
    panel = usable(panel)
    changes = site_changes(panel, scale=scale)
    pilots, controls = changes[list(panel.treated)], changes[list(panel.controls)]
    df = changes.size - 2
    if df < 1:
        raise NotEstimable("pilot_two_sites")
    difference = float(pilots.mean() - controls.mean())
    squares = float(((pilots - pilots.mean()) ** 2).sum())
    squares += float(((controls - controls.mean()) ** 2).sum())
    error = math.sqrt(squares / df * (1.0 / pilots.size + 1.0 / controls.size))
    if error <= _ROUNDING * float(np.abs(changes).max()):
        raise NotEstimable("pilot_no_variation")
    p_value, log10_p = p_from_log(log_t_two_sided(difference / error, df))
    reach = t_quantile_two_sided(alpha, df) * error
    return StoreTest(
        estimate=turned_back(difference, scale=scale),
        low=turned_back(difference - reach, scale=scale),
        high=turned_back(difference + reach, scale=scale),
        p_value=p_value,
        log10_p=log10_p,
        df=df,
        standard_error=error,
        n_treated=pilots.size,
        n_controls=controls.size,
    )


def placebo(panel: Panel, *, scale: Scale) -> Placebo:
    """Rank the difference of changes among those of every other choice of as many pilots.

    Two-sided by its size; ties count, the real choice counts, so p is never 0. Every choice up to
    100,000; beyond, 20,000 drawn with a fixed seed and p = (1 + b) / (1 + B) (Phipson & Smyth
    2010, Statistical Applications in Genetics and Molecular Biology 9, Article 39). With as many
    pilots as controls the mirror image ties, and the smallest p doubles. Fisher (1935), The Design
    of Experiments, section 21; for pilots and controls over time Conley & Taber (2011), Review of
    Economics and Statistics 93, 113-125.

    Raises
    ------
    NotEstimable
        Those of `panel.usable` and `panel.scaled`; ``pilot_no_variation`` when all sites changed
        alike.
    """
    panel = usable(panel)
    changes = site_changes(panel, scale=scale)
    if float(np.ptp(changes)) <= _ROUNDING * float(np.abs(changes).max()):
        raise NotEstimable("pilot_no_variation")
    return ranked(changes, panel.treated)


def ranked(changes: Floats, treated: tuple[int, ...]) -> Placebo:
    """`placebo` of changes at hand, one for each site."""
    controls = np.setdiff1d(np.arange(changes.size), treated)
    ordered = np.concatenate((changes[controls], changes[list(treated)]))
    # Differences do not change with the centre, and small numbers keep their digits.
    ordered = ordered - float(ordered.mean())
    found = permutation.permute(ordered, np.ones(ordered.size), n_control=controls.size)
    chosen = permutation.assignments_of(ordered.size, min(len(treated), controls.size))
    part = ordered[chosen].mean(axis=1)
    rest = (ordered.sum() - ordered[chosen].sum(axis=1)) / (ordered.size - chosen.shape[1])
    signed = part - rest if len(treated) <= controls.size else rest - part
    real = ordered[controls.size :].mean() - ordered[: controls.size].mean()
    return Placebo(
        p_value=found.p_value,
        assignments=found.assignments,
        is_exact=found.is_exact,
        smallest_attainable=found.smallest_p,
        seed=None if found.is_exact else permutation.SEED,
        statistics=np.concatenate(([real], signed)),
    )


def raw_changes(panel: Panel, *, scale: Scale) -> tuple[Raw, Raw]:
    """What a look at the raw means would say: (pilots, controls), after against before.

    The first with the p that a t-test of the pilots' weeks would give (Welch, of the raw values).
    It takes season and trend for an effect and weeks of one store for independent ones: shown
    beside the result as a warning, never as the result.
    """
    panel = usable(panel)
    before, after = period_means(panel, panel.values)
    pilots = _raw(before[list(panel.treated)], after[list(panel.treated)], scale)
    controls = _raw(before[list(panel.controls)], after[list(panel.controls)], scale)
    p_value, log10_p = _weekly_test(panel)
    return Raw(pilots, p_value, log10_p), Raw(controls)


def _raw(before: Floats, after: Floats, scale: Scale) -> float | None:
    with np.errstate(all="ignore"):
        old, new = float(before.mean()), float(after.mean())
        found = new / old - 1.0 if scale == Scale.LOG and old > 0.0 else new - old
    if (scale == Scale.LOG and old <= 0.0) or not math.isfinite(found):
        return None
    return found


def _weekly_test(panel: Panel) -> tuple[float | None, float | None]:
    """(p, log10 p) over the weeks in which every pilot has a value; None where there is none."""
    whole = panel.values[list(panel.treated)].mean(axis=0)
    arms = [week[~np.isnan(week)] for week in np.split(whole, [panel.first_post])]
    if min(arm.size for arm in arms) < 2:
        return None, None
    try:
        old, new = (
            Moments(a.size, float(a.mean()), float(((a - a.mean()) ** 2).sum())) for a in arms
        )
        found = means.compare(old, new, alpha=0.05)
    except NotEstimable:
        return None, None
    return found.p_value, found.log10_p


def gap_paths(panel: Panel, *, scale: Scale) -> Floats:
    """How far each site ran from the others, shape (sites, times); NaN where it has no value.

    Its value less its own mean before, minus the same averaged over the controls (of a control:
    over the other controls); logarithms on the log scale. The mean of the pilots' paths after is
    the difference-in-differences when nothing is missing.
    """
    values = scaled(panel, scale=scale)
    centred = values - mean_there(values[:, : panel.first_post])[:, np.newaxis]
    others = list(panel.controls)
    is_there = ~np.isnan(centred[others])
    totals = np.where(is_there, centred[others], 0.0).sum(axis=0)
    counts = is_there.sum(axis=0)
    paths = np.empty_like(centred)
    with np.errstate(all="ignore"):
        paths[list(panel.treated)] = centred[list(panel.treated)] - totals / counts
        left = np.where(is_there, totals - np.where(is_there, centred[others], 0.0), totals)
        paths[others] = centred[others] - left / (counts - is_there)
    return np.where(np.isfinite(paths), paths, math.nan)


def counterfactual(panel: Panel, *, scale: Scale) -> Floats:
    """What the average pilot would have had, had it moved as the controls did, for each time.

    In the metric's units: the pilots' mean before (the geometric mean on the log scale), moved by
    the controls' average distance from their own means before.
    """
    values = scaled(panel, scale=scale)
    start = mean_there(values[:, : panel.first_post])
    centred = values[list(panel.controls)] - start[list(panel.controls)][:, np.newaxis]
    path = mean_there(centred.T) + float(start[list(panel.treated)].mean())
    return np.asarray(np.exp(path)) if scale == Scale.LOG else path


def average_pilot(panel: Panel, *, scale: Scale) -> Floats:
    """The pilots' mean (geometric on the log scale) for each time, over the pilots that are there.

    A pilot that misses a week would else move the mean by its size: each is taken as its distance
    from its own mean before, which is added again on average.
    """
    values = scaled(panel, scale=scale)[list(panel.treated)]
    start = mean_there(values[:, : panel.first_post])
    path = mean_there((values - start[:, np.newaxis]).T) + float(start.mean())
    return np.asarray(np.exp(path)) if scale == Scale.LOG else path
