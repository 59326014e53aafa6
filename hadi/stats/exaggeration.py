"""How much a significant result of a small test exaggerates, and how often it has the wrong sign.

A test with low power is significant only when chance helps; so its significant results are too
large on average, sometimes tenfold. That is said beside the verdict, with its size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hadi.stats.distributions import log_normal_two_sided, two_sided_z
from hadi.stats.errors import NotEstimable

_LOG_2 = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Exaggeration:
    """`power` of the test; expected |significant estimate| over the true one (`ratio`, >= 1); the
    probability that a significant estimate has the wrong sign. `power` is the smallest float where
    it would underflow."""

    power: float
    ratio: float
    wrong_sign: float


def type_m(effect: float, standard_error: float, alpha: float) -> Exaggeration:
    """The exaggeration (type M) and sign (type S) errors of a two-sided z test.

    Parameters
    ----------
    effect : float
        The effect supposed true (not the one estimated), not 0.
    standard_error : float
        Of the estimate, > 0, in the effect's units.
    alpha : float
        Two-sided error, 0 < alpha < 1.

    Returns
    -------
    Exaggeration

    Raises
    ------
    NotEstimable
        ``exaggeration_no_effect``, ``exaggeration_no_error``.

    Notes
    -----
    Gelman & Carlin (2014), Perspectives on Psychological Science 9, 641-651; closed form by Lu,
    Qiu & Deng (2019), British Journal of Mathematical and Statistical Psychology 72, 1-17.
    """
    if not (math.isfinite(standard_error) and standard_error > 0.0):
        raise NotEstimable("exaggeration_no_error")
    true = min(abs(effect / standard_error), 1e150)  # its square has to fit a float
    if not true > 0.0:
        raise NotEstimable("exaggeration_no_effect")
    z = two_sided_z(alpha)
    right, wrong = _log_tail(z - true), _log_tail(z + true)
    # Chances given a significant result; by logarithms, since both may underflow.
    wrong_sign = 1.0 / (1.0 + math.exp(min(right - wrong, 700.0)))
    # The mean of a normal beyond a border is its mean plus the hazard at the border.
    size = (1.0 - wrong_sign) * (true + _hazard(z - true)) + wrong_sign * (_hazard(z + true) - true)
    power = math.exp(right) + math.exp(wrong)
    return Exaggeration(min(max(power, 5e-324), 1.0), max(size / true, 1.0), wrong_sign)


def _log_tail(u: float) -> float:
    """log P(Z > u)."""
    if u > 0.0:
        return log_normal_two_sided(u) - _LOG_2
    return math.log1p(-0.5 * math.exp(log_normal_two_sided(u)))


def _hazard(u: float) -> float:
    """phi(u) / P(Z > u): the mean of a standard normal beyond u."""
    u = max(u, -1e3)
    return math.exp(-0.5 * u * u - 0.5 * math.log(2.0 * math.pi) - _log_tail(u))
