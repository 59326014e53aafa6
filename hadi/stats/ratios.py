"""Two ratios of sums compared by the delta method: spend per order, orders per visit.

The unit that was randomised is a customer, not an order: an order's spend is no draw of its own.
So the ratio of an arm is a ratio of two means over its units, and its error is that of the
linear combination of the two columns that the ratio is, near its value.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from hadi.stats import means
from hadi.stats.errors import NotEstimable
from hadi.stats.means import ArmValue
from hadi.stats.results import Comparison
from hadi.stats.samples import CoMoments

NUMERATOR, DENOMINATOR = 0, 1

# A sum of squares that is left of terms this much larger is their rounding.
_ROUNDING = 1e-12
# Fixed, not of the asked alpha: whether a ratio exists must not hang on the level of a look.
_DENOMINATOR_Z = 1.959963984540054


def compare(control: CoMoments, treatment: CoMoments, *, alpha: float) -> Comparison:
    """Compare two ratios of sums.

    Parameters
    ----------
    control, treatment : CoMoments
        Columns (numerator, denominator) of the units complete in both.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``control`` and ``treatment`` are sum(numerator) / sum(denominator), ``estimate`` their
        difference. The squared error of a ratio R is var(numerator - R denominator) /
        (n mean(denominator)^2): the delta method (Deng, Knoblich & Lu 2018, KDD, eq. 6). Interval
        and p are Welch's with n - 1 degrees of freedom an arm; ``method`` is ``delta_welch_t``.
        ``lift`` is Fieller's interval of the two ratios, None when the control's own interval
        holds 0. ``parameters``: ``denominator_p_value``, Welch's test of the two mean
        denominators (None where it has no answer or underflows): a ratio can also rise because
        its denominator fell.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``;
        ``control_denominator_near_zero`` or ``treatment_denominator_near_zero`` (the mean
        denominator is 0, or its 95 % interval holds 0); ``no_variation``; ``numbers_too_large``.
    """
    means.refuse_few(control.n, treatment.n)
    arms = []
    for role, sample in (("control", control), ("treatment", treatment)):
        if not has_denominator(sample, DENOMINATOR):
            raise NotEstimable(f"{role}_denominator_near_zero")
        arms.append(_arm_value(sample))
    return means.welch(
        arms[0],
        arms[1],
        difference=ratio_gap(control, treatment, NUMERATOR, DENOMINATOR),
        alpha=alpha,
        method="delta_welch_t",
        parameters={"denominator_p_value": _denominator_p(control, treatment, alpha)},
    )


def ratio(sample: CoMoments, numerator: int, denominator: int) -> float:
    """One mean over the other."""
    return sample.means[numerator] / sample.means[denominator]


def ratio_gap(control: CoMoments, treatment: CoMoments, numerator: int, denominator: int) -> float:
    """The treatment's ratio less the control's, by the gaps of the means: nothing cancels."""
    rise = control.gap_to(treatment, numerator)
    fall = ratio(control, numerator, denominator) * control.gap_to(treatment, denominator)
    return (rise - fall) / treatment.means[denominator]


def has_denominator(sample: CoMoments, column: int) -> bool:
    """Whether a column's mean can be told from 0, so that a ratio to it has a meaning and the
    straight line of the delta method follows the curve; n >= 2."""
    mean = sample.means[column]
    error = math.sqrt(max(sample.covariance(column, column), 0.0) / sample.n)
    return abs(mean) > _DENOMINATOR_Z * error


def ratio_weights(sample: CoMoments, numerator: int, denominator: int) -> dict[int, float]:
    """Weights of the two columns in the straight line that a ratio is near its value."""
    mean = sample.means[denominator]
    return {numerator: 1.0 / mean, denominator: -ratio(sample, numerator, denominator) / mean}


def combination(
    sample: CoMoments, left: Sequence[float], right: Sequence[float] | None = None
) -> float:
    """Sum of products of the deviations of two linear combinations of all columns.

    Parameters
    ----------
    sample : CoMoments
    left, right : sequence of float
        One weight a column; `right` is `left` unless given, and the answer a sum of squares.

    Returns
    -------
    float
        0.0 where what is left of the terms is but their rounding; infinite where a float does
        not hold it.
    """
    right = left if right is None else right
    terms = [
        a * b * sample.comoments[i][j]
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if a and b
    ]
    if not math.isfinite(sum(map(abs, terms))):
        return math.inf
    total = math.fsum(terms)
    return total if abs(total) > _ROUNDING * math.fsum(map(abs, terms)) else 0.0


def combined_error(sample: CoMoments, weights: Sequence[float]) -> float:
    """Squared standard error of the mean of a linear combination of the columns; n >= 2. Spread
    below the rounding of the columns' own means is none, as in `means.squared_error`."""
    variance = max(combination(sample, weights), 0.0) / (sample.n - 1)
    largest = max(abs(w * mean) for w, mean in zip(weights, sample.means, strict=True))
    if math.sqrt(variance) <= 4.0 * sys.float_info.epsilon * largest:
        return 0.0
    return variance / sample.n


def spread(weights: dict[int, float], width: int) -> list[float]:
    """Weights by column as a list of all columns, 0 where a column takes no part."""
    return [weights.get(i, 0.0) for i in range(width)]


def _arm_value(sample: CoMoments) -> ArmValue:
    weights = spread(ratio_weights(sample, NUMERATOR, DENOMINATOR), sample.width)
    value = ratio(sample, NUMERATOR, DENOMINATOR)
    return ArmValue(sample.n, value, combined_error(sample, weights), sample.n - 1.0)


def _denominator_p(control: CoMoments, treatment: CoMoments, alpha: float) -> float | None:
    marginals = control.marginal(DENOMINATOR), treatment.marginal(DENOMINATOR)
    try:
        return means.compare(*marginals, alpha=alpha).p_value
    except NotEstimable:
        return None
