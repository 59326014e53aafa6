"""Is a change no worse than a margin, or as good as none? The questions a two-sided test of "no
difference" does not answer: a large p is not evidence of sameness.

Both start from any comparison with a standard error, so that each kind of metric has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hadi.stats.distributions import log_normal_two_sided, log_t_two_sided, p_from_log
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison

_LOG_2 = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Tost:
    """Two one-sided tests. A p-value is None where it underflows a float; `log10_p` holds the
    logarithm of the larger one."""

    p_lower: float | None  # of "the difference is at or below the lower end"
    p_upper: float | None  # of "the difference is at or above the upper end"
    p_value: float | None  # the larger of the two
    log10_p: float


def non_inferiority(comparison: Comparison, *, margin: float, sign: Literal[1, -1]) -> float | None:
    """One-sided p of "worse by the margin or more".

    Parameters
    ----------
    comparison : Comparison
        With a standard error; without degrees of freedom the normal distribution is used.
    margin : float
        How much worse is still acceptable, >= 0, in the metric's units. 0 asks for superiority.
    sign : {1, -1}
        1 where more is better, -1 where less is.

    Returns
    -------
    float or None
        At most alpha / 2 exactly when the oriented t interval at level 1 - alpha lies above
        -margin. None where it underflows a float (far below any alpha). Blackwelder (1982),
        Controlled Clinical Trials 3, 345-353.

    Raises
    ------
    NotEstimable
        ``no_standard_error``.
    ValueError
        For a negative margin.
    """
    if not margin >= 0.0:
        raise ValueError(f"a margin of {margin}")
    error = _error(comparison)
    return p_from_log(_log_upper((sign * comparison.estimate + margin) / error, comparison.df))[0]


def tost(comparison: Comparison, *, low: float, high: float) -> Tost:
    """Two one-sided tests of a difference outside [low, high].

    Parameters
    ----------
    comparison : Comparison
        With a standard error; without degrees of freedom the normal distribution is used.
    low, high : float
        The differences within which the arms count as equal, low < high, in the metric's units.

    Returns
    -------
    Tost
        Equal at level alpha when ``p_value <= alpha``: exactly when the 1 - 2 alpha interval lies
        within [low, high]. Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15,
        657-680.

    Raises
    ------
    NotEstimable
        ``no_standard_error``.
    ValueError
        Unless low < high.
    """
    if not low < high:
        raise ValueError(f"no stretch from {low} to {high}")
    error = _error(comparison)
    lower = _log_upper((comparison.estimate - low) / error, comparison.df)
    upper = _log_upper((high - comparison.estimate) / error, comparison.df)
    p_value, log10_p = p_from_log(max(lower, upper))
    return Tost(p_from_log(lower)[0], p_from_log(upper)[0], p_value, log10_p)


def _error(comparison: Comparison) -> float:
    error = comparison.standard_error
    if error is None or not error > 0.0:
        raise NotEstimable("no_standard_error")
    return error


def _log_upper(statistic: float, df: float | None) -> float:
    """log P(T >= statistic)."""
    both = log_normal_two_sided(statistic) if df is None else log_t_two_sided(statistic, df)
    half = both - _LOG_2
    return half if statistic > 0.0 else math.log1p(-math.exp(half))
