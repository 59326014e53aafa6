"""Planned looks: how strict each must be for all of them together to keep the error promised.

The error is spent as information comes in (Lan & DeMets), so neither the number of the looks nor
their moments need be fixed in advance. Boundaries follow from integrating the distribution of the
running statistic from look to look; numpy does that, and is loaded only when asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.distributions import log_normal_two_sided, normal_cdf, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

HIGHEST_Z = 12.0  # P(|Z| > 12) = 4e-33: spends nothing that alpha could miss
SAME_INFORMATION = 1e-4  # relative growth below which a look brings nothing new
_PANEL_NODES = 16
_REACH = 13.0  # standard deviations


def spent(fraction: float, *, alpha: float, spending: str, exponent: float = 2.0) -> float:
    """The two-sided error that may have been spent at an information fraction.

    Parameters
    ----------
    fraction : float
        Information so far over the planned one, > 0; from 1 on all of `alpha` is spent.
    alpha : float
        Two-sided error of all looks together, 0 < alpha < 1.
    spending : str
        ``obrien_fleming``, ``pocock`` (Lan & DeMets 1983, Biometrika 70, 659-663: the functions
        alpha_1* and alpha_2*, half of alpha to each side) or ``power``, alpha * t^exponent (Kim &
        DeMets 1987, Biometrika 74, 149-154).
    exponent : float
        Of the power family, > 0.

    Returns
    -------
    float
        From 0 to `alpha`.
    """
    if not 0.0 < alpha < 1.0 or not fraction > 0.0:
        raise ValueError(f"alpha {alpha} of 0..1, fraction {fraction} > 0")
    if fraction >= 1.0:
        return alpha
    if spending == "obrien_fleming":
        deviate = two_sided_z(alpha / 2.0) / math.sqrt(fraction)
        return min(2.0 * math.exp(log_normal_two_sided(deviate)), alpha)
    if spending == "pocock":
        return alpha * math.log1p((math.e - 1.0) * fraction)
    if spending == "power" and exponent > 0.0:
        return float(alpha * fraction**exponent)
    raise ValueError(f"spending {spending!r}, exponent {exponent}")


def boundaries(
    fractions: Sequence[float], *, alpha: float, spending: str, exponent: float = 2.0
) -> list[float]:
    """How large |z| must be at each look to be called an effect.

    Parameters
    ----------
    fractions : sequence of float
        Information fractions of the looks (units so far over planned units), > 0, not falling.
        The last may exceed 1.
    alpha, spending, exponent
        As in `spent`.

    Returns
    -------
    list of float
        One z per look, at most 12. A look with no new information (less than 0.01 % more) has the
        boundary of the one before. After all of alpha is spent it is infinite.

    Raises
    ------
    NotEstimable
        ``looks_not_ascending`` when a look holds less information than an earlier one.

    Notes
    -----
    Lan & DeMets (1983), Biometrika 70, 659-663; the recursive integration is Armitage, McPherson
    & Rowe's (1969), JRSS A 132, 235-244, by composite Gauss-Legendre quadrature.
    """
    _refuse_falling(fractions)
    walk = _Walk()
    found: list[float] = []
    used = 0.0
    for i, fraction in enumerate(fractions):
        if not walk.is_new(fraction):
            found.append(found[-1])
            continue
        total = spent(fraction, alpha=alpha, spending=spending, exponent=exponent)
        allowed = max(total - used, 0.0)
        if used >= alpha:
            found.append(math.inf)
            continue
        z = walk.boundary(fraction, allowed)
        used = alpha if fraction >= 1.0 else used + max(allowed, walk.leaving(fraction, z))
        found.append(z)
        following = next((f for f in fractions[i + 1 :] if f > fraction), None)
        walk.step(fraction, z, following)
    return found


def nominal_alpha(
    fractions: Sequence[float], *, alpha: float, spending: str, exponent: float = 2.0
) -> float:
    """The two-sided alpha at which the last of these looks is to be tested.

    A comparison made at it has the repeated confidence interval of Jennison & Turnbull (1989), and
    rejects exactly when the look crosses its boundary.

    Parameters
    ----------
    fractions : sequence of float
        Information fractions of all looks so far, this one last.
    alpha, spending, exponent
        As in `spent`.

    Raises
    ------
    NotEstimable
        ``looks_not_ascending``, or ``looks_alpha_spent`` when an earlier look already had all of
        the planned information.
    """
    z = boundaries(fractions, alpha=alpha, spending=spending, exponent=exponent)[-1]
    if math.isinf(z):
        raise NotEstimable("looks_alpha_spent")
    return math.exp(log_normal_two_sided(z))


def repeated_interval(
    estimate: float,
    standard_error: float,
    fractions: Sequence[float],
    *,
    alpha: float,
    spending: str,
    exponent: float = 2.0,
) -> Interval:
    """The repeated confidence interval of the last look, estimate -/+ boundary * error.

    All looks' intervals together hold the truth with probability 1 - alpha. Jennison & Turnbull
    (1989), JRSS B 51, 305-361. Raises as `nominal_alpha` does.
    """
    level = nominal_alpha(fractions, alpha=alpha, spending=spending, exponent=exponent)
    half = two_sided_z(level) * standard_error
    return Interval(estimate - half, estimate + half, 1.0 - alpha)


def repeated_p_value(
    z: float, fractions: Sequence[float], *, spending: str, exponent: float = 2.0
) -> float:
    """The smallest alpha whose boundary at the last look is crossed by `z`: p <= alpha exactly
    when the look is significant at alpha.

    From 1e-12 (anything smaller is given as that) to 1. Jennison & Turnbull (2000), Group
    Sequential Methods, section 9.1. Raises as `boundaries` does, and ``looks_alpha_spent``.
    """

    def is_crossed(log_alpha: float) -> bool:
        alpha = math.exp(log_alpha)
        bounds = boundaries(fractions, alpha=alpha, spending=spending, exponent=exponent)
        if math.isinf(bounds[-1]):
            raise NotEstimable("looks_alpha_spent")
        return abs(z) >= bounds[-1]

    low, high = math.log(1e-12), math.log(1.0 - 1e-9)
    if is_crossed(low):
        return 1e-12
    if not is_crossed(high):
        return 1.0
    while high - low > 1e-7:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_crossed(middle) else (middle, high)
    return math.exp(high)


def crossing_probabilities(
    fractions: Sequence[float], bounds: Sequence[float], *, drift: float = 0.0
) -> list[float]:
    """The probability that each look is the first one whose |z| exceeds its boundary.

    Parameters
    ----------
    fractions : sequence of float
        Information fractions, > 0, not falling.
    bounds : sequence of float
        The boundary of each.
    drift : float
        The expected z at fraction 1 (0 without an effect): with a true effect, the effect over
        the standard error at the planned size.

    Returns
    -------
    list of float
        Their sum without drift is the error spent, with drift the power. Jennison & Turnbull
        (2000), chapter 19.
    """
    _refuse_falling(fractions)
    walk = _Walk(drift)
    found: list[float] = []
    for i, (fraction, z) in enumerate(zip(fractions, bounds, strict=True)):
        if not walk.is_new(fraction):
            found.append(0.0)
            continue
        found.append(walk.leaving(fraction, z))
        following = next((f for f in fractions[i + 1 :] if f > fraction), None)
        walk.step(fraction, z, following)
    return found


class _Walk:
    """The score process (variance and mean grow with information) among paths not yet stopped:
    its density, as weights at the nodes of a quadrature."""

    def __init__(self, drift: float = 0.0) -> None:
        self.drift = drift
        self.at = 0.0
        self.nodes: Floats | None = None
        self.weights: Floats | None = None  # density times quadrature weight

    def is_new(self, fraction: float) -> bool:
        return fraction - self.at > SAME_INFORMATION * fraction

    def leaving(self, fraction: float, z: float) -> float:
        """P(not stopped before, |z| exceeded at `fraction`)."""
        edge, growth = z * math.sqrt(fraction), fraction - self.at
        shift, spread = self.drift * growth, math.sqrt(growth)
        if self.nodes is None or self.weights is None:
            return normal_cdf((shift - edge) / spread) + normal_cdf((-shift - edge) / spread)
        import numpy as np
        from scipy.special import ndtr

        centre = self.nodes + shift
        tails = ndtr((centre - edge) / spread) + ndtr((-centre - edge) / spread)
        return float(np.sum(self.weights * tails))

    def boundary(self, fraction: float, allowed: float) -> float:
        """The z at which `allowed` leaves; bisection, since the probability falls with z."""
        low, high = 0.0, HIGHEST_Z
        if self.leaving(fraction, high) >= allowed:
            return high
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (
                (middle, high) if self.leaving(fraction, middle) > allowed else (low, middle)
            )
        return high

    def step(self, fraction: float, z: float, following: float | None) -> None:
        """Go on to `fraction`, keeping the paths within its boundary."""
        growth, self.at = fraction - self.at, fraction
        if following is None:
            return
        import numpy as np

        spread = math.sqrt(growth)
        finest = min(spread, math.sqrt(max(following - fraction, SAME_INFORMATION * fraction)))
        scale = math.sqrt(fraction)
        # Beyond the highest boundary, and so wide enough for the smallest alpha.
        centre = self.drift * fraction
        low = max(-z * scale, centre - _REACH * scale)
        high = min(z * scale, centre + _REACH * scale)
        if high <= low:  # the drift has carried all paths beyond the boundary
            low, high = -z * scale, z * scale
        nodes, weights = _quadrature(low, high, 3.0 * finest)
        if self.nodes is None or self.weights is None:
            steps = (nodes - self.drift * growth) / spread
            density = np.exp(-0.5 * steps * steps)
        else:
            steps = (nodes[:, None] - self.nodes[None, :] - self.drift * growth) / spread
            density = np.exp(-0.5 * steps * steps) @ self.weights
        self.nodes = nodes
        self.weights = weights * density / (spread * math.sqrt(2.0 * math.pi))


def _quadrature(low: float, high: float, width: float) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on panels no wider than `width`."""
    import numpy as np

    panels = max(math.ceil((high - low) / width), 1)
    nodes, weights = np.polynomial.legendre.leggauss(_PANEL_NODES)
    half = 0.5 * (high - low) / panels
    centres = low + half * (2.0 * np.arange(panels) + 1.0)
    return (centres[:, None] + half * nodes[None, :]).ravel(), np.tile(half * weights, panels)


def _refuse_falling(fractions: Sequence[float]) -> None:
    if not fractions or not all(math.isfinite(f) and f > 0.0 for f in fractions):
        raise ValueError(f"information fractions {list(fractions)}")
    if any(b < a for a, b in pairwise(fractions)):
        raise NotEstimable("looks_not_ascending")
