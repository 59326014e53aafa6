"""Two rates of events compared: returns per thousand visits, accidents per shift.

Events that come one by one are Poisson, and given how many there were in both arms together the
treatment's are binomial: a test that is exact at any size, with no event in one arm as well.
Events that come in bunches (one customer returns five things) are not Poisson; where the units
are known, how bunched they are and the p that allows for it stand beside.
"""

from __future__ import annotations

import math

from hadi.stats import means, ratios
from hadi.stats.distributions import log_normal_two_sided, log_sum, p_from_log, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison, Interval, Lift, Parameter
from hadi.stats.samples import Events

EXACT_EVENTS = 10_000  # in both arms together; beyond it the log-Wald formula is as good
FEW_EVENTS = 100  # in one arm; below it the exact test is asked at any size

_WALK = 20_000  # mean count of the rarer arm beyond which a far tail is not walked


def compare(control: Events, treatment: Events, *, alpha: float) -> Comparison:
    """Compare two rates, events per unit of exposure.

    Parameters
    ----------
    control, treatment : Events
        Whole events over an exposure above 0 (any unit of time, visits, shifts).
    alpha : float
        Two-sided error of the test and of the intervals, 0 < alpha < 1.

    Returns
    -------
    Comparison
        ``estimate`` is the difference of the two rates; ``interval`` is its MOVER interval (Zou &
        Donner 2008, Statistics in Medicine 27, 1693-1702, eq. 5 and 6) from each rate's exact
        limits (Garwood 1936, Biometrika 28). ``method`` ``rate_exact``: p is the exact conditional
        test (Przyborowski & Wilenski 1940, Biometrika 31), summing every split of the events no
        likelier than the one seen, and the rate ratio's interval turns back that of Clopper &
        Pearson (1934, Biometrika 26). ``rate_log_wald``, beyond 10,000 events with 100 or more in
        each arm: p and the ratio's interval from log(ratio) with variance 1/x + 1/x.
        ``lift`` is the rate ratio less 1, None when the control has no event (then its own
        interval holds 0). ``standard_error`` is Poisson's, of the difference.
        ``parameters``: ``rate_ratio``, ``rate_ratio_low``, ``rate_ratio_high`` (None where
        unbounded); from ``by_unit`` of both arms, else None, ``dispersion`` (variance over mean
        per unit, 1 when events come one by one; McCullagh & Nelder 1989, section 6.2.3) and
        ``robust_p``, ``robust_log10_p``, ``robust_low``, ``robust_high`` of the difference by the
        delta method (`ratios.compare`), which needs no Poisson.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty``, ``control_one_unit``, ``treatment_one_unit``,
        ``control_no_exposure``, ``treatment_no_exposure`` or ``no_events`` (in neither arm).
    ValueError
        For negative events or exposure.
    """
    _refuse_undefined(control, treatment)
    rate0, rate1 = control.rate, treatment.rate
    difference = rate1 - rate0
    z = two_sided_z(alpha)
    few = min(control.events, treatment.events)
    is_exact = few < FEW_EVENTS or control.events + treatment.events <= EXACT_EVENTS
    statistic: float | None = None
    if is_exact:
        log_p = conditional_log_p(control, treatment)
        low, high = _exact_ratio_interval(control, treatment, alpha)
    else:
        error = math.sqrt(1.0 / control.events + 1.0 / treatment.events)
        centre = math.log(rate1 / rate0)
        statistic = centre / error
        log_p = log_normal_two_sided(statistic)
        low, high = math.exp(centre - z * error), math.exp(centre + z * error)
    p_value, log10_p = p_from_log(log_p)
    lift: Lift | None = None
    if control.events:
        top = None if high is None else high - 1.0
        lift = Lift(difference / rate0, Interval(low - 1.0, top, 1.0 - alpha))
    below, above = _mover_reach(control, treatment, alpha)
    return Comparison(
        n_control=control.n,
        n_treatment=treatment.n,
        control=rate0,
        treatment=rate1,
        estimate=difference,
        interval=Interval(difference - below, difference + above, 1.0 - alpha),
        p_value=p_value,
        log10_p=log10_p,
        lift=lift,
        method="rate_exact" if is_exact else "rate_log_wald",
        statistic=statistic,
        standard_error=math.hypot(
            math.sqrt(control.events) / control.exposure,
            math.sqrt(treatment.events) / treatment.exposure,
        ),
        parameters={
            "rate_ratio": rate1 / rate0 if control.events else None,
            "rate_ratio_low": low,
            "rate_ratio_high": high,
            **_bunching(control, treatment, alpha),
        },
    )


def conditional_log_p(control: Events, treatment: Events) -> float:
    """log of the exact conditional two-sided p.

    Sums the probability of every split of all events between the arms that is no likelier than
    the one seen (ties within 1e-7 count, as in R's poisson.test), walking the binomial from
    neighbour to neighbour, so that nothing underflows. Where a rarer arm has fewer than 100 events
    and more than 20,000 were expected, its own tail is doubled instead: p is far below 1e-300
    there, and the other tail no larger.
    """
    rarer, other = sorted((control, treatment), key=lambda arm: arm.events)
    x, total = rarer.events, rarer.events + other.events
    log_odds = math.log(rarer.exposure) - math.log(other.exposure)
    # log P(no event in the rarer arm): each falls into the other's share of the exposure.
    start = -total * math.log1p(rarer.exposure / other.exposure)
    mean = total * (rarer.exposure / (rarer.exposure + other.exposure))
    is_far = total > EXACT_EVENTS and mean > _WALK
    last = total if total <= EXACT_EVENTS else int(max(x, mean + 40.0 * math.sqrt(mean))) + 200
    last = min(x if is_far else last, total)
    logs = [start]
    for k in range(last):
        logs.append(logs[-1] + math.log((total - k) / (k + 1.0)) + log_odds)
    if is_far:
        return math.log(2.0) + log_sum(logs)
    seen = logs[x] + 1e-7
    return min(log_sum([weight for weight in logs if weight <= seen]) - log_sum(logs), 0.0)


def exact_limits(events: int, alpha: float) -> tuple[float, float]:
    """Garwood's exact two-sided interval of a Poisson mean: (low, high), in events.

    Beyond 10,000 events by Wilson & Hilferty's cube (1931, PNAS 17), true to 1e-6 of its width.
    """
    below, above = _count_reach(events, alpha)
    return events - below, events + above


def _refuse_undefined(control: Events, treatment: Events) -> None:
    means.refuse_few(control.n, treatment.n)
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.events < 0 or arm.exposure < 0.0:
            raise ValueError(f"{arm.events} events over an exposure of {arm.exposure}")
        if not arm.exposure > 0.0:
            raise NotEstimable(f"{role}_no_exposure")
        if not math.isfinite(arm.exposure):
            raise NotEstimable("numbers_too_large")
    if control.events + treatment.events == 0:
        raise NotEstimable("no_events")


def _exact_ratio_interval(
    control: Events, treatment: Events, alpha: float
) -> tuple[float, float | None]:
    """Clopper & Pearson's limits of the treatment's share of all events, as rate ratios. A limit's
    odds p / (1 - p) are taken from the limit of the other share, so that neither is 1 - tiny."""
    from scipy.special import betaincinv

    x0, x1, scale = control.events, treatment.events, control.exposure / treatment.exposure
    low, high = 0.0, None
    if x1:
        share = float(betaincinv(x1, x0 + 1.0, alpha / 2.0))
        rest = float(betaincinv(x0 + 1.0, x1, 1.0 - alpha / 2.0)) if share > 0.5 else 1.0 - share
        low = share / rest * scale
    if x0:
        rest = float(betaincinv(x0, x1 + 1.0, alpha / 2.0))
        share = float(betaincinv(x1 + 1.0, x0, 1.0 - alpha / 2.0)) if rest > 0.5 else 1.0 - rest
        high = share / rest * scale
    return low, high


def _mover_reach(control: Events, treatment: Events, alpha: float) -> tuple[float, float]:
    """How far the interval of the difference reaches (below, above) it."""
    below0, above0 = (r / control.exposure for r in _count_reach(control.events, alpha))
    below1, above1 = (r / treatment.exposure for r in _count_reach(treatment.events, alpha))
    return math.hypot(below1, above0), math.hypot(above1, below0)


def _count_reach(events: int, alpha: float) -> tuple[float, float]:
    """How far the exact interval of a Poisson mean reaches (below, above) the count seen."""
    if events <= EXACT_EVENTS:
        from scipy.special import gammainccinv, gammaincinv

        low = float(gammaincinv(events, alpha / 2.0)) if events else 0.0
        return events - low, float(gammainccinv(events + 1.0, alpha / 2.0)) - events
    # The cubes multiplied out: beside 1e12 events the reach is not to lose its digits.
    z = two_sided_z(alpha)
    down = 1.0 / (9.0 * events) + z / (3.0 * math.sqrt(events))
    up = z / (3.0 * math.sqrt(events + 1.0)) - 1.0 / (9.0 * (events + 1.0))
    below = events * down * (3.0 - 3.0 * down + down * down)
    return below, 1.0 + (events + 1.0) * up * (3.0 + 3.0 * up + up * up)


def _bunching(control: Events, treatment: Events, alpha: float) -> dict[str, Parameter]:
    """How far from Poisson the units are, and the answer that does not need it."""
    names = ("dispersion", "robust_p", "robust_log10_p", "robust_low", "robust_high")
    if control.by_unit is None or treatment.by_unit is None:
        return dict.fromkeys(names)
    squares = expected = 0.0
    for arm, units in ((control, control.by_unit), (treatment, treatment.by_unit)):
        squares += ratios.combination(units, (1.0, -arm.rate))
        expected += units.means[0] * (units.n - 1)
    found: dict[str, Parameter] = dict.fromkeys(names)
    found["dispersion"] = squares / expected if expected > 0.0 else None
    try:
        robust = ratios.compare(control.by_unit, treatment.by_unit, alpha=alpha)
    except NotEstimable:
        return found
    answers = (robust.p_value, robust.log10_p, robust.interval.low, robust.interval.high)
    return found | dict(zip(names[1:], answers, strict=True))
