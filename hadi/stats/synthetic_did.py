"""Synthetic difference-in-differences: sites weighted to run parallel, periods to foretell.

Between the two: as in differences-in-differences a constant gap is allowed, as in a synthetic
control the sites count by how well they run beside the pilot. Beyond that the periods before count
by how well they foretell those after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats import permutation
from hadi.stats.balanced import Balanced, balanced
from hadi.stats.panel import Panel, Scale
from hadi.stats.simplex import mix, ridge_mix
from hadi.stats.synthetic import Fit, Fitter, Synthetic, described, path_of
from hadi.stats.synthetic_placebo import SyntheticPlacebo, in_space

Floats = NDArray[np.float64]

ERROR_DRAWS = 200

_TIME_PENALTY = 1e-6  # of the noise: it only decides between equally good weights


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDid:
    """The mix with its time weights; `standard_error`, of the placebos among the controls, is on
    the scale compared, and None with too few controls for any placebo."""

    found: Synthetic
    time_weights: dict[str, float]
    standard_error: float | None


def synthetic_did(
    panel: Panel, *, scale: Scale, alpha: float, most: int = permutation.MOST_ENUMERATED
) -> tuple[SyntheticDid, SyntheticPlacebo]:
    """Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111.

    Unit weights by their eq. 4 to 6 with the penalty zeta^2 (N_tr T_post)^(1/2) sigma^2 T_pre,
    sigma the spread of the controls' first differences; time weights by eq. 7. Both are the exact
    optimum; the authors' program stops a little before it. The standard error is their algorithm
    4, over all choices of pilots among the controls up to 200, otherwise 200 drawn with a fixed
    seed. The ranking is that of `synthetic_placebo`, except that placebos do not mix in the real
    pilots, whose values after would move the time weights.

    Raises
    ------
    NotEstimable
        Those of `balanced.balanced`.
    """
    whole = balanced(panel, scale=scale)
    weighting = _Weighting(whole)
    real = weighting.fit(whole.treated)
    times = weighting.time_weights(np.asarray(whole.panel.controls))
    names = whole.panel.times[: whole.first_post]
    found = SyntheticDid(
        found=described(whole, real, scale, method="pilot_synthetic_did"),
        time_weights=dict(zip(names, times.tolist(), strict=True)),
        standard_error=_standard_error(whole, weighting, min(ERROR_DRAWS, most)),
    )
    return found, in_space(whole, weighting.fit, scale=scale, alpha=alpha, most=most)


def fitter(whole: Balanced) -> Fitter:
    """How any choice of pilots in this panel is fitted."""
    return _Weighting(whole).fit


class _Weighting:
    """Fits any choice of pilots, with the other sites but the real pilots as donors."""

    def __init__(self, whole: Balanced) -> None:
        self._values = whole.values
        self._first = whole.first_post
        self._real = whole.treated

    def fit(self, treated: tuple[int, ...], *, donors: NDArray[np.intp] | None = None) -> Fit:
        values, first = self._values, self._first
        if donors is None:
            out = np.union1d(treated, self._real)
            donors = np.setdiff1d(np.arange(len(values)), out)
        if not donors.size:  # every control is a placebo: they have the real pilots alone beside
            donors = np.setdiff1d(np.asarray(self._real), treated)
        before = values[:, :first]
        centred = before - before.mean(axis=1, keepdims=True)
        after = values.shape[1] - first
        penalty = math.sqrt(len(treated) * after) * _noise(before[donors]) ** 2 * first
        target = centred[list(treated)].mean(axis=0)
        shares = np.zeros(len(values))
        shares[donors] = ridge_mix(
            np.ascontiguousarray(centred[donors].T), target, max(penalty, 1e-300)
        )
        path = path_of(values, shares, treated)
        return Fit(shares, path - float(self.time_weights(donors) @ path[:first]))

    def time_weights(self, donors: NDArray[np.intp]) -> Floats:
        """The mix of periods before whose difference from the mean after is most alike for all."""
        before = self._values[donors, : self._first]
        after = self._values[donors, self._first :].mean(axis=1)
        columns, target = before - before.mean(axis=0), after - after.mean()
        if donors.size > self._first + 1:
            return mix(columns, target)
        # With fewer sites than periods many weights fit alike: the most even of them.
        penalty = (_TIME_PENALTY * _noise(before)) ** 2 * donors.size
        return ridge_mix(columns, target, max(penalty, 1e-300))


def _noise(before: Floats) -> float:
    """The spread of the sites' first differences."""
    steps = np.diff(before, axis=1)
    return float(steps.std(ddof=1)) if steps.size > 1 else 0.0


def _standard_error(whole: Balanced, weighting: _Weighting, draws: int) -> float | None:
    controls, k = np.asarray(whole.panel.controls), len(whole.treated)
    if controls.size - k < 1 or controls.size < 3:
        return None
    rows = permutation.assignments_of(controls.size, k)
    if len(rows) > draws:
        chosen = np.random.default_rng(permutation.SEED).choice(len(rows), draws, replace=False)
        rows = rows[chosen]
    estimates = []
    for row in rows:
        donors = np.delete(controls, row)
        fit = weighting.fit(tuple(controls[row].tolist()), donors=donors)
        estimates.append(float(fit.path[whole.first_post :].mean()))
    return float(np.std(estimates))
