"""Two shares compared: the test of a conversion metric, safe where one arm has no success.

The interval (Newcombe) and the test (pooled z, or Fisher's exact for small data) are each the
best of their kind and may disagree by a hair at the border; the verdict asks for both.
"""

from __future__ import annotations

import math

from hadi.stats.distributions import log_normal_two_sided, p_from_log, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison, Interval, Lift, Parameter
from hadi.stats.samples import Conversion

SMALL_TOTAL = 400  # both arms together; below it the z test is not trusted
BOSCHLOO_TOTAL = 250  # both arms together; from here on its cost would be felt in a quick check
SMALL_EXPECTED = 10  # expected successes or failures of an arm


def compare(control: Conversion, treatment: Conversion, *, alpha: float) -> Comparison:
    """Compare two shares.

    Parameters
    ----------
    control, treatment : Conversion
        Successes among randomised units; whole numbers, exact up to 1e12 and beyond.
    alpha : float
        Two-sided error of the test and of the interval, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``estimate`` is treatment minus control as a fraction; ``interval`` is Newcombe's hybrid
        score interval (1998, Statistics in Medicine 17, method 10). ``method`` is
        ``newcombe_pooled_z`` or, with under 400 units in both arms together or an expected cell
        under 10, ``newcombe_fisher`` (Fisher 1935, the two-sided p summing every table no
        likelier than the one seen). ``lift`` has the log interval of Katz et al. (1978,
        Biometrics 34), or where a share is 0 or 1 that of Donner & Zou (2012), and is None when
        the control has no success. Where Fisher's test decides,
        ``parameters`` show beside it, deciding nothing, ``mn_low`` and ``mn_high``, the interval
        of Miettinen & Nurminen, and ``boschloo_p``, Boschloo's exact test (None from 250 units on,
        where it takes long).

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``, or
        ``no_variation`` (every unit converted, or none did).
    """
    _refuse_undefined(control, treatment)
    n0, x0, n1, x1 = control.n, control.successes, treatment.n, treatment.successes
    z = two_sided_z(alpha)
    # Whole-number products: shares of 1e12 units must not lose the difference to rounding.
    difference = (x1 * n0 - x0 * n1) / (n0 * n1)
    below, above = newcombe_reach(control, treatment, z)
    statistic: float | None = None
    parameters: dict[str, Parameter] = {}
    if is_small(control, treatment):
        method = "newcombe_fisher"
        log_p = fisher_log_p(control, treatment)
        parameters = _beside_fisher(control, treatment, alpha)
    else:
        method = "newcombe_pooled_z"
        pooled = (x0 + x1) / (n0 + n1)
        spread = math.sqrt(pooled * ((n0 + n1 - x0 - x1) / (n0 + n1)) * (1 / n0 + 1 / n1))
        statistic = difference / spread
        log_p = log_normal_two_sided(statistic)
    p_value, log10_p = p_from_log(log_p)
    return Comparison(
        n_control=n0,
        n_treatment=n1,
        control=x0 / n0,
        treatment=x1 / n1,
        estimate=difference,
        interval=Interval(difference - below, difference + above, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=_lift(control, treatment, alpha),
        method=method,
        statistic=statistic,
        standard_error=math.sqrt(_variance(control) + _variance(treatment)),
        parameters=parameters,
    )


def newcombe_reach(control: Conversion, treatment: Conversion, z: float) -> tuple[float, float]:
    """How far Newcombe's interval reaches (below, above) the difference of two shares.

    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    control_below, control_above = _wilson_reach(control, z)
    treatment_below, treatment_above = _wilson_reach(treatment, z)
    return math.hypot(treatment_below, control_above), math.hypot(treatment_above, control_below)


def is_small(control: Conversion, treatment: Conversion) -> bool:
    """Whether Fisher's exact test decides: under 400 units, or an expected cell under 10."""
    total = control.n + treatment.n
    successes = control.successes + treatment.successes
    rarest = min(control.n, treatment.n) * min(successes, total - successes)
    return total < SMALL_TOTAL or rarest < SMALL_EXPECTED * total


def fisher_log_p(control: Conversion, treatment: Conversion) -> float:
    """log of Fisher's exact two-sided p: the probability of all tables with the same margins
    that are no likelier than the one seen (ties within 1e-7 count, as in R).

    Walks the hypergeometric distribution by the ratio of neighbours, so that nothing cancels
    even where log-gammas of 1e12 would, and over the cell with the smallest expectation, whose
    far tail can be cut off: beyond 200 steps it holds less than 1e-30 of what is summed.
    """
    import numpy as np

    total = control.n + treatment.n
    successes = control.successes + treatment.successes
    small, large = sorted((control, treatment), key=lambda arm: arm.n)
    few = min(successes, total - successes)
    seen = small.successes if few == successes else small.n - small.successes
    first, last = max(0, few - large.n), min(few, small.n)
    last = min(last, max(seen, 60) + 200)
    k = np.arange(first, last, dtype=np.float64)
    steps = np.log((few - k) / (k + 1.0)) + np.log((small.n - k) / (large.n - few + k + 1.0))
    weights = np.concatenate(([0.0], np.cumsum(steps)))
    top = float(weights.max())
    is_no_likelier = weights <= weights[seen - first] + 1e-7
    tail_top = float(weights[is_no_likelier].max())
    tail = tail_top + math.log(float(np.exp(weights[is_no_likelier] - tail_top).sum()))
    return min(tail - top - math.log(float(np.exp(weights - top).sum())), 0.0)


def _refuse_undefined(control: Conversion, treatment: Conversion) -> None:
    for role, arm in (("control", control), ("treatment", treatment)):
        if not 0 <= arm.successes <= arm.n:
            raise ValueError(f"{arm.successes} successes of {arm.n} units")
        if arm.n < 2:
            raise NotEstimable(f"{role}_one_unit" if arm.n else f"{role}_empty")
    if control.successes + treatment.successes in (0, control.n + treatment.n):
        raise NotEstimable("no_variation")


def _wilson_reach(sample: Conversion, z: float) -> tuple[float, float]:
    """How far Wilson's score interval of one share (1927, JASA 22, eq. 5) reaches (below, above)
    it, without cancellation."""
    failures = sample.n - sample.successes
    weight = sample.n + z * z
    half = z * math.sqrt(sample.successes / sample.n * failures + z * z / 4.0) / weight
    shift = z * z * ((failures - sample.successes) / (2 * sample.n)) / weight
    below = half + -shift if sample.successes else 0.0
    above = half + shift if failures else 0.0
    return max(below, 0.0), max(above, 0.0)


def _beside_fisher(
    control: Conversion, treatment: Conversion, alpha: float
) -> dict[str, Parameter]:
    from hadi.stats.exact_proportions import boschloo, miettinen_nurminen

    low, high = miettinen_nurminen(control, treatment, alpha=alpha)
    is_quick = control.n + treatment.n < BOSCHLOO_TOTAL
    p = boschloo(control, treatment) if is_quick else None
    return {"boschloo_p": p, "mn_low": low, "mn_high": high}


def _variance(sample: Conversion) -> float:
    """Of the share itself."""
    return sample.successes / sample.n * ((sample.n - sample.successes) / sample.n) / sample.n


def _lift(control: Conversion, treatment: Conversion, alpha: float) -> Lift | None:
    """Difference over the control's share. The control's Wilson interval holds 0 only when it
    has no success; then there is no lift."""
    if control.successes == 0:
        return None
    z = two_sided_z(alpha)
    # Whole numbers again, so that a lift equal to its threshold is not lost to rounding.
    n0, x0, n1, x1 = control.n, control.successes, treatment.n, treatment.successes
    estimate = (x1 * n0 - x0 * n1) / (x0 * n1)
    if treatment.successes == 0 or n0 == x0 or n1 == x1:
        # The logarithm of 0 has no interval, and an arm in which every unit converted no variance
        # of it, as if its share were known.
        difference = (x1 * n0 - x0 * n1) / (n0 * n1)
        low, high = _lift_ends(control, treatment, difference, z)
        return Lift(estimate, Interval(low, high, 1.0 - alpha))
    error = math.sqrt(_log_variance(control) + _log_variance(treatment))
    centre = math.log1p(estimate)
    low, high = math.expm1(centre - z * error), math.expm1(centre + z * error)
    return Lift(estimate, Interval(low, high, 1.0 - alpha))


def _lift_ends(
    control: Conversion, treatment: Conversion, difference: float, z: float
) -> tuple[float, float]:
    """The interval of treatment share / control share, less one, from Wilson's limits of each; the
    control has a success. Donner & Zou (2012), Statistical Methods in Medical Research 21,
    347-359, eq. 9, written in the reaches of the limits and in the difference of the shares, so
    that nothing cancels between two shares of nearly 1."""
    p0, p1 = control.rate, treatment.rate
    (below0, above0), (below1, above1) = _wilson_reach(control, z), _wilson_reach(treatment, z)
    low = -1.0
    if treatment.successes:
        reach = math.sqrt((p1 * above0) ** 2 + (p0 * below1) ** 2 - (below1 * above0) ** 2)
        low = (p1 * difference - below1 * below1 - reach) / (p1 * p0 + reach)
    reach = math.sqrt((p1 * below0) ** 2 + (p0 * above1) ** 2 - (above1 * below0) ** 2)
    high = (p0 * difference + below0 * below0 + reach) / ((p0 - below0) * (p0 + below0))
    return low, high


def _log_variance(sample: Conversion) -> float:
    """Of the logarithm of the share: 1/x - 1/n."""
    return (sample.n - sample.successes) / (sample.successes * sample.n)
