"""Every site as if it were the pilot: how unusual the real gap is, and an interval from that.

Where nothing was changed, the real pilot is one site among others: its gap after, measured by its
own gap before, should rank anywhere. This holds for any number of sites and needs no distribution,
because every placebo is fitted as the real one is, with all other sites to mix from.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats import permutation
from hadi.stats.balanced import Balanced, balanced
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, turned_back
from hadi.stats.synthetic import Fitter, Synthetic, described, errors, fitter

Floats = NDArray[np.float64]

DRAWS = 5_000
KEPT_PATHS = 2_000

_TIE = 1e-9
_ROUNDING = 64.0 * sys.float_info.epsilon  # of the values: gaps that small are none
_FLOOR = 1e-9  # of the panel's variation: a smaller error before is rounding


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticPlacebo:
    """The real ratio of errors (after / before) among those of the other choices of pilots.

    `ratios` are those looked at, the real one first; `paths`, shape (up to 2,000, times), the gaps
    of the first of them on the scale compared, with `chosen` naming whose they are. `low` and
    `high` hold the effects that the ranking does not exclude at alpha (as `Synthetic.estimate`);
    both are None where `no_interval` says why: ``synthetic_interval_unreachable`` (even the
    smallest p exceeds alpha), ``synthetic_interval_unbounded``, ``synthetic_interval_empty``.
    """

    p_value: float
    assignments: int
    is_exact: bool
    smallest_attainable: float
    seed: int | None
    ratios: Floats
    paths: Floats
    chosen: tuple[tuple[str, ...], ...]
    low: float | None
    high: float | None
    no_interval: str | None


def synthetic_with_placebos(
    panel: Panel,
    *,
    scale: Scale,
    demeaned: bool,
    alpha: float,
    most: int = permutation.MOST_ENUMERATED,
) -> tuple[Synthetic, SyntheticPlacebo]:
    """`synthetic.synthetic` and its placebos.

    The statistic is the root mean squared gap after over that before (Abadie, Diamond &
    Hainmueller 2010, section 3.4). Every choice of as many pilots up to `most`; beyond, 5,000 (or
    `most`, if fewer) drawn with a fixed seed, p = (1 + b) / (1 + B). The real choice counts: p is
    never 0. Placebos may mix in the real pilot, as all sites are alike where nothing was changed:
    this makes p exact.
    """
    whole = balanced(panel, scale=scale)
    fit = fitter(whole, demeaned=demeaned)
    method = "pilot_synthetic_demeaned" if demeaned else "pilot_synthetic"
    found = described(whole, fit(whole.treated), scale, method=method)
    return found, in_space(whole, fit, scale=scale, alpha=alpha, most=most)


@dataclass(slots=True)
class _Moments:
    """Of each choice of pilots: squared error before; mean square, mean and slope after.

    Were the real effect t, its gap after would be g - slope * t, so that the squared error after
    is square - 2 slope * mean * t + slope^2 t^2.
    """

    before: Floats
    square: Floats
    mean: Floats
    slope: Floats


def in_space(
    whole: Balanced,
    fit: Fitter,
    *,
    scale: Scale,
    alpha: float,
    most: int = permutation.MOST_ENUMERATED,
) -> SyntheticPlacebo:
    """Rank the real choice of pilots among the others, by whatever method `fit` is."""
    count, k = len(whole.panel.sites), len(whole.treated)
    is_exact = math.comb(count, k) <= most
    others = _choices(count, k, is_exact=is_exact, real=whole.treated, most=most)
    looked, paths, moments = _fitted(whole, fit, others)
    rounding = _ROUNDING * float(np.abs(whole.values).max())
    if (moments.square <= rounding * rounding).all():
        raise NotEstimable("pilot_no_variation")
    ratios = np.sqrt(moments.square / moments.before)
    extreme = int((ratios >= ratios[0] * (1.0 - _TIE)).sum())  # the real one among them
    low, high, reason = _inverted(moments, alpha)
    return SyntheticPlacebo(
        p_value=extreme / looked,
        assignments=looked,
        is_exact=is_exact,
        smallest_attainable=1.0 / looked,
        seed=None if is_exact else permutation.SEED,
        ratios=ratios,
        paths=paths,
        chosen=tuple(
            tuple(whole.panel.sites[row] for row in rows)
            for rows in [whole.treated, *others[: len(paths) - 1]]
        ),
        low=None if low is None else turned_back(low, scale=scale),
        high=None if high is None else turned_back(high, scale=scale),
        no_interval=reason,
    )


def _choices(
    count: int, k: int, *, is_exact: bool, real: tuple[int, ...], most: int
) -> list[tuple[int, ...]]:
    """The choices beside the real one, or those drawn from them."""
    fewer = min(k, count - k)
    rows = permutation.assignments_of(count, fewer)
    own = sorted(real) if fewer == k else sorted(set(range(count)).difference(real))
    rows = rows[(np.sort(rows, axis=1) != own).any(axis=1)]
    draws = min(DRAWS, most)
    if not is_exact and len(rows) > draws:
        drawn = np.random.default_rng(permutation.SEED).choice(len(rows), draws, replace=False)
        rows = rows[drawn]
    if fewer == k:
        return [tuple(row) for row in rows.tolist()]
    every = set(range(count))
    return [tuple(sorted(every.difference(row))) for row in rows.tolist()]


def _fitted(
    whole: Balanced, fit: Fitter, others: list[tuple[int, ...]]
) -> tuple[int, Floats, _Moments]:
    looked, first = 1 + len(others), whole.first_post
    floor = (_FLOOR * float(whole.values[:, :first].std(axis=1).max())) ** 2
    paths = np.empty((min(looked, KEPT_PATHS), whole.values.shape[1]))
    moments = _Moments(*(np.empty(looked) for _ in range(4)))
    is_real = np.zeros(len(whole.panel.sites))
    is_real[list(whole.treated)] = 1.0
    for number, treated in enumerate([whole.treated, *others]):
        one = fit(treated)
        if number < len(paths):
            paths[number] = one.path
        before, after = errors(one.path, first)
        moments.before[number] = max(before * before, floor, 1e-300)
        moments.square[number] = after * after
        moments.mean[number] = one.path[first:].mean()
        moments.slope[number] = is_real[list(treated)].mean() - one.shares @ is_real
    return looked, paths, moments


def _inverted(moments: _Moments, alpha: float) -> tuple[float | None, float | None, str | None]:
    """The ends of the effects t whose p(t) exceeds alpha, or why there are none.

    p(t) is the share of choices whose ratio is as large as the real one's once t is taken away
    from the pilots after: Firpo & Possebom (2018), Journal of Causal Inference 6, section 4. Each
    comparison is a quadratic inequality in t, so p(t) changes only at their roots.
    """
    looked = moments.before.size
    if 1.0 / looked > alpha:
        return None, None, "synthetic_interval_unreachable"
    a = moments.slope**2 / moments.before
    b = -2.0 * moments.slope * moments.mean / moments.before
    c = moments.square / moments.before
    a, b, c = a - a[0], b - b[0], c - c[0]
    # As many as large at either far end: those whose squared term is no smaller than the real one.
    if ((a >= 0.0).sum()) / looked > alpha:
        return None, None, "synthetic_interval_unbounded"
    with np.errstate(all="ignore"):
        root = np.sqrt(b * b - 4.0 * a * c)
        # Without cancellation: q / a and c / q.
        q = -0.5 * (b + np.where(b >= 0.0, root, -root))
        ends = np.concatenate((q / a, c / q))
    ends = np.unique(ends[np.isfinite(ends)])
    centre = moments.mean[0] / moments.slope[0]
    points = np.unique(np.concatenate((ends, 0.5 * (ends[1:] + ends[:-1]), [centre])))
    held = points[_p_at(points, a, b, c) > alpha]
    if not held.size:
        return None, None, "synthetic_interval_empty"
    low, high = float(held.min()), float(held.max())
    # A point between two roots stands for all of their interval.
    if low not in ends:
        low = float(ends[ends < low].max(initial=low))
    if high not in ends:
        high = float(ends[ends > high].min(initial=high))
    return low, high, None


def _p_at(points: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """p(t) at each of the points: the share of choices with a t^2 + b t + c >= 0."""
    found = np.empty(points.size)
    for start in range(0, points.size, 256):
        t = points[start : start + 256, np.newaxis]
        terms = (a * t * t, b * t, np.broadcast_to(c, (t.size, c.size)))
        size = np.abs(terms[0]) + np.abs(terms[1]) + np.abs(terms[2])
        found[start : start + 256] = ((terms[0] + terms[1] + terms[2]) >= -_TIE * size).mean(axis=1)
    return found
