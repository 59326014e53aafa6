"""A mean or a ratio adjusted by what the same units did before the test (CUPED).

Part of the noise was there before: customers who spent much spend much. Taking away what the
earlier value foretells leaves the effect where it is and shortens the interval, often to what
twice the units would give. Several earlier values at once are `lin`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from hadi.stats import means, ratios
from hadi.stats.errors import NotEstimable
from hadi.stats.means import ArmValue
from hadi.stats.results import Comparison, Parameter
from hadi.stats.samples import CoMoments


@dataclass(frozen=True, slots=True)
class _Mean:
    """The mean of a column."""

    column: int

    def exists(self, sample: CoMoments) -> bool:
        return True

    def value(self, sample: CoMoments) -> float:
        return sample.means[self.column]

    def gap(self, one: CoMoments, other: CoMoments) -> float:
        return one.gap_to(other, self.column)

    def weights(self, sample: CoMoments) -> list[float]:
        return ratios.spread({self.column: 1.0}, sample.width)


@dataclass(frozen=True, slots=True)
class _Ratio:
    """The ratio of the sums of two columns."""

    numerator: int
    denominator: int

    def exists(self, sample: CoMoments) -> bool:
        return ratios.has_denominator(sample, self.denominator)

    def value(self, sample: CoMoments) -> float:
        return ratios.ratio(sample, self.numerator, self.denominator)

    def gap(self, one: CoMoments, other: CoMoments) -> float:
        return ratios.ratio_gap(one, other, self.numerator, self.denominator)

    def weights(self, sample: CoMoments) -> list[float]:
        columns = ratios.ratio_weights(sample, self.numerator, self.denominator)
        return ratios.spread(columns, sample.width)


_Quantity: TypeAlias = "_Mean | _Ratio"


def cuped_mean(control: CoMoments, treatment: CoMoments, *, alpha: float) -> Comparison:
    """Compare two means adjusted by one covariate.

    Parameters
    ----------
    control, treatment : CoMoments
        Columns (outcome, covariate) of the units complete in both. The covariate is measured
        before the test, so that the change cannot have moved it.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        Deng, Xu, Kohavi & Walker (2013), WSDM, eq. 4 and 5: the outcome less theta times the
        covariate's distance from its mean in both arms together; theta = cov / var over both arms
        together, the gap between the arms included. ``control`` and ``treatment`` are the adjusted
        means, ``estimate`` their difference, interval and p Welch's of the adjusted values, lift
        Fieller's; ``method`` is ``cuped_welch_t``. ``parameters``: ``theta``, ``correlation`` of
        outcome and covariate, ``variance_reduction`` (share of the squared standard error that
        the adjustment took away), ``unadjusted_control``, ``unadjusted_treatment``,
        ``unadjusted_estimate``, ``note``.

        A covariate without variation within the arms cannot adjust: then the answer is Welch's
        own (``welch_t``) with theta 0 and the note ``covariate_constant``.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``no_variation`` (of the outcome), ``covariate_explains_all`` (the covariate is the outcome
        or a multiple of it) or ``numbers_too_large``.
    """
    means.refuse_few(control.n, treatment.n)

    def plain() -> Comparison:
        return means.compare(control.marginal(0), treatment.marginal(0), alpha=alpha)

    return _cuped(control, treatment, _Mean(0), _Mean(1), plain, alpha, "cuped_welch_t")


def cuped_ratio(control: CoMoments, treatment: CoMoments, *, alpha: float) -> Comparison:
    """Compare two ratios of sums adjusted by a covariate, or by the same ratio before the test.

    Parameters
    ----------
    control, treatment : CoMoments
        Columns (numerator, denominator, covariate), or (numerator, denominator, numerator before,
        denominator before), of the units complete in all of them.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        As of `cuped_mean`, with every ratio replaced by its straight line (delta method; Deng, Xu,
        Kohavi & Walker 2013, appendix B): theta from both arms together, each arm's error from its
        own lines. ``method`` is ``cuped_delta_t``, or ``delta_welch_t`` with theta 0 and the note
        ``covariate_constant`` where the covariate does not vary, or its denominator cannot be told
        from 0.

    Raises
    ------
    NotEstimable
        As `cuped_mean`, and ``control_denominator_near_zero``,
        ``treatment_denominator_near_zero``.
    """
    means.refuse_few(control.n, treatment.n)

    def plain() -> Comparison:
        return ratios.compare(control, treatment, alpha=alpha)

    outcome = _Ratio(ratios.NUMERATOR, ratios.DENOMINATOR)
    for role, sample in (("control", control), ("treatment", treatment)):
        if not outcome.exists(sample):
            raise NotEstimable(f"{role}_denominator_near_zero")
    covariate: _Quantity = _Mean(2) if control.width == 3 else _Ratio(2, 3)
    return _cuped(control, treatment, outcome, covariate, plain, alpha, "cuped_delta_t")


def _cuped(
    control: CoMoments,
    treatment: CoMoments,
    outcome: _Quantity,
    covariate: _Quantity,
    plain: Callable[[], Comparison],
    alpha: float,
    method: str,
) -> Comparison:
    arms, both = (control, treatment), control + treatment
    unadjusted = [ratios.combined_error(arm, outcome.weights(arm)) for arm in arms]
    if not any(unadjusted):
        raise NotEstimable("no_variation")
    gap = outcome.gap(control, treatment)
    before: dict[str, Parameter] = {
        "unadjusted_control": outcome.value(control),
        "unadjusted_treatment": outcome.value(treatment),
        "unadjusted_estimate": gap,
    }
    if not _varies(covariate, arms, both):
        idle: dict[str, Parameter] = {"theta": 0.0, "correlation": None, "variance_reduction": 0.0}
        found = plain()
        return replace(found, parameters={**idle, **before, "note": "covariate_constant"})
    outcome_line, line = outcome.weights(both), covariate.weights(both)
    shared, own = ratios.combination(both, outcome_line, line), ratios.combination(both, line)
    theta = shared / own
    adjusted = [_adjusted(arm, both, outcome, covariate, theta) for arm in arms]
    if not any(arm.squared_error for arm in adjusted):
        raise NotEstimable("covariate_explains_all")
    kept = sum(arm.squared_error for arm in adjusted) / sum(unadjusted)
    spread = math.sqrt(ratios.combination(both, outcome_line)) * math.sqrt(own)
    gained: dict[str, Parameter] = {
        "theta": theta,
        "correlation": min(max(shared / spread, -1.0), 1.0) if spread else None,
        "variance_reduction": 1.0 - kept,
    }
    return means.welch(
        adjusted[0],
        adjusted[1],
        difference=gap - theta * covariate.gap(control, treatment),
        alpha=alpha,
        method=method,
        parameters={**gained, **before, "note": None},
    )


def _varies(covariate: _Quantity, arms: tuple[CoMoments, CoMoments], both: CoMoments) -> bool:
    """Whether the covariate can adjust: it exists everywhere and varies within an arm. A gap
    between two arms constant in themselves is no variation: it would explain the effect away."""
    if not all(covariate.exists(sample) for sample in (*arms, both)):
        return False
    return any(ratios.combined_error(arm, covariate.weights(arm)) for arm in arms)


def _adjusted(
    arm: CoMoments, both: CoMoments, outcome: _Quantity, covariate: _Quantity, theta: float
) -> ArmValue:
    pairs = zip(outcome.weights(arm), covariate.weights(arm), strict=True)
    error = ratios.combined_error(arm, [a - theta * b for a, b in pairs])
    # Moved by how far the covariate of both arms together lies above this arm's own.
    value = outcome.value(arm) + theta * covariate.gap(arm, both)
    return ArmValue(arm.n, value, error, arm.n - 1.0)
