"""CR2 standard errors and their degrees of freedom from the sums of clusters, without a matrix.

Ordinary cluster-robust ("sandwich") errors are too small with few clusters, and their usual
degrees of freedom too many. Bell and McCaffrey's bias-reduced linearisation, CR2, mends the first
and Satterthwaite's approximation the second. Both are published with matrices as large as a
cluster. Where whole clusters are randomised these collapse.

Let arm a have clusters g of size n_g, N_a = sum n_g and shares s_g = n_g / N_a. Regressing the
units on the arm, the hat matrix within a cluster is 1 1'/N_a; on the vector of ones, the only
direction that the arm's score sees, (I - H)^(-1/2) is the number (1 - s_g)^(-1/2). With u_g the
sum of the cluster's residuals,

    Var(value_a) = sum u_g^2 / (1 - s_g) / N_a^2.

Under the working model of independent units of equal variance, the arm's vectors p_g of Bell and
McCaffrey have products p_g'p_h = (1[g=h] s_g - s_g s_h) / sqrt((1 - s_g)(1 - s_h)) / N_a, and none
across arms. So with q_g = s_g^2 / (1 - s_g) and k_a = sum s_g^2 + sum_{g != h} q_g q_h

    df = (1/N_0 + 1/N_1)^2 / (k_0 / N_0^2 + k_1 / N_1^2),

which for equal clusters is 2 (G - 1) of two arms of G, as it should be. All of it is linear in
the number of clusters.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.arrays import Clusters
from hadi.stats.errors import NotEstimable

Floats = NDArray[np.float64]

_ROUNDING = 64.0 * sys.float_info.epsilon


@dataclass(frozen=True, slots=True, eq=False)
class ArmSums:
    """One arm of at least two clusters, its totals taken from a common centre.

    `deviations` are totals - centre * sizes, `gap` is the arm's value less the centre,
    `residuals` totals - value * sizes (they sum to 0); `squared_error` is CR2's of the arm's
    value, `inverse_df` the reciprocal of that variance's own degrees of freedom (k_a above).
    """

    sizes: Floats
    deviations: Floats
    size: float
    gap: float
    value: float
    residuals: Floats
    squared_error: float
    inverse_df: float

    @property
    def n(self) -> int:
        return self.sizes.size

    @property
    def largest_share(self) -> float:
        """The share of the largest cluster in the arm's size."""
        return float(self.sizes.max()) / self.size

    @classmethod
    def of(cls, clusters: Clusters, centre: float) -> ArmSums:
        """From the clusters and a centre that both arms share."""
        sizes = clusters.sizes
        size = float(sizes.sum())
        deviations = clusters.totals - centre * sizes
        gap = float(deviations.sum()) / size
        value = centre + gap
        residuals = deviations - gap * sizes
        others = size - sizes
        # One cluster may hold nearly all of the arm: what is left of 1 then, and its residual,
        # are sums over the others, as differences would be rounding.
        largest = int(sizes.argmax())
        rest = np.delete(np.arange(sizes.size), largest)
        others[largest] = sizes[rest].sum()
        residuals[largest] = -residuals[rest].sum()
        # A residual below the rounding of its total is none: one value throughout must not turn
        # into a certainty.
        rounding = _ROUNDING * np.maximum(np.abs(clusters.totals), abs(value) * sizes)
        residuals = np.where(np.abs(residuals) <= rounding, 0.0, residuals)
        parts = (residuals / size) ** 2 * (size / others)
        return cls(
            sizes=sizes,
            deviations=deviations,
            size=size,
            gap=gap,
            value=value,
            residuals=residuals,
            squared_error=float(parts.sum()),
            inverse_df=_inverse_df(sizes / size, others / size, largest),
        )


def _inverse_df(shares: Floats, left: Floats, largest: int) -> float:
    q = shares * shares / left
    others = q.sum() - q
    others[largest] = np.delete(q, largest).sum()
    return float((shares * shares).sum() + (q * others).sum())


def arms_of(control: Clusters, treatment: Clusters) -> tuple[ArmSums, ArmSums]:
    """Both arms from their common centre; each has two clusters or more.

    The centre is near the value of both arms together and has few digits, so that its product
    with a size is exact and an offset of a thousand million costs no digits of the difference.

    Raises
    ------
    NotEstimable
        ``numbers_too_large``; ``no_variation`` when in both arms all clusters have one value.
    """
    with np.errstate(all="ignore"):
        totals = float(control.totals.sum() + treatment.totals.sum())
        sizes = float(control.sizes.sum() + treatment.sizes.sum())
        middle = totals / sizes
        if not math.isfinite(middle):
            raise NotEstimable("numbers_too_large")
        centre = _short(middle)
        arms = ArmSums.of(control, centre), ArmSums.of(treatment, centre)
    variance = arms[0].squared_error + arms[1].squared_error
    if not math.isfinite(variance) or not all(math.isfinite(arm.inverse_df) for arm in arms):
        raise NotEstimable("numbers_too_large")
    if variance <= 0.0:
        raise NotEstimable("no_variation")
    return arms


def _short(number: float) -> float:
    """The number in 24 binary digits."""
    fraction, exponent = math.frexp(number)
    return math.ldexp(round(math.ldexp(fraction, 24)), exponent - 24)


def satterthwaite_df(control: ArmSums, treatment: ArmSums) -> float:
    """Degrees of freedom of CR2's variance of the difference, under equal unit variances.

    Bell & McCaffrey (2002), Survey Methodology 28, 169-181, eq. 11; Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36, 672-683, section 3.1.
    """
    smaller = min(control.size, treatment.size)
    weight0, weight1 = smaller / control.size, smaller / treatment.size
    spread = weight0 * weight0 * control.inverse_df + weight1 * weight1 * treatment.inverse_df
    return (weight0 + weight1) ** 2 / spread
