"""The verdict: from estimates, intervals and checks to one word. This page *is* the rule.

To change how HADI decides, change this file and its test, and raise `RULE_VERSION`. Everything
is oriented first, so that better is positive; an interval's unbounded end is None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hadi.domain.plan import Metric
from hadi.domain.text import Text
from hadi.stats.results import Comparison

RULE_VERSION = "1"

# An effect equal to its threshold reaches it: 0.3 - 0.1 is a hair below 0.2 to a computer.
ROUNDING = 1.0 - 1e-9


class Verdict(StrEnum):
    """In the order of the rule: the first that applies."""

    NOT_YET = "not_yet"
    INVALID = "invalid"
    NOT_ESTIMABLE = "not_estimable"
    HARMFUL = "harmful"
    CONFIRMED = "confirmed"
    BELOW_THRESHOLD = "below_threshold"
    REFUTED = "refuted"
    NOT_ENOUGH_DATA = "not_enough_data"


# What a look on the way may end a test with: the rule has answered.
DECISIVE = frozenset({Verdict.CONFIRMED, Verdict.BELOW_THRESHOLD, Verdict.REFUTED, Verdict.HARMFUL})


class CheckStatus(StrEnum):
    PASS = "pass"  # noqa: S105 - a status, not a password
    WARN = "warn"
    FAIL = "fail"


class GuardrailStatus(StrEnum):
    OK = "ok"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Check:
    """One validity check; one that fails invalidates the test."""

    code: str
    status: CheckStatus
    detail: Text
    p_value: float | None = None
    log10_p: float | None = None


@dataclass(frozen=True, slots=True)
class MetricVerdict:
    """The verdict on one metric in one arm. `estimate` is oriented, in the units judged: a
    fraction of the control where `is_on_lift`. `reason` says why there is no estimate."""

    verdict: Verdict
    estimate: float | None = None
    is_real: bool = False
    is_clear: bool = False
    is_on_lift: bool = False
    reason: Text | None = None
    guardrail: GuardrailVerdict | None = None  # the breached one that made it harmful


@dataclass(frozen=True, slots=True)
class GuardrailVerdict:
    """Whether a guardrail held in one arm."""

    metric: str
    arm: str
    status: GuardrailStatus


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """The verdict on the whole test: that of `arm`, the best one (None: no arm was judged)."""

    __test__ = False  # not a test of ours, whatever its name

    verdict: Verdict
    arm: str | None = None
    is_real: bool = False
    is_clear: bool = False
    failed_check: Check | None = None
    metric_verdict: MetricVerdict | None = None


def judge_metric(
    *,
    estimate: float,
    low: float | None,
    high: float | None,
    p_value: float | None,
    alpha: float,
    sign: int = 1,
    threshold: float = 0.0,
) -> MetricVerdict:
    """The table of verdicts, its rows in order.

    `estimate`, `low`, `high` as measured, `sign` -1 where less is better; `threshold` a magnitude
    in the same units; `p_value` None is one too small for a float.
    """
    value, low, high = _oriented(estimate, low, high, sign)
    is_real = low > 0.0 and (p_value is None or p_value <= alpha)
    if high < 0.0:
        verdict = Verdict.HARMFUL
    elif is_real and value >= threshold * ROUNDING:
        verdict = Verdict.CONFIRMED
    elif is_real and high < threshold:
        verdict = Verdict.BELOW_THRESHOLD
    elif high < threshold:
        verdict = Verdict.REFUTED
    else:
        verdict = Verdict.NOT_ENOUGH_DATA
    is_clear = verdict is Verdict.CONFIRMED and low >= threshold
    return MetricVerdict(verdict, value, is_real, is_clear)


def judge_comparison(
    comparison: Comparison | None, metric: Metric, *, alpha: float, reason: Text | None = None
) -> MetricVerdict:
    """Judge one arm on one metric; without a comparison, `reason` says why there is none.

    A relative threshold is judged on the lift and needs a control value above zero.
    """
    if comparison is None:
        return MetricVerdict(Verdict.NOT_ESTIMABLE, reason=reason)
    threshold = metric.threshold.value if metric.threshold else 0.0
    estimate, interval = comparison.estimate, comparison.interval
    is_on_lift = metric.threshold is not None and metric.threshold.is_relative and threshold > 0.0
    if is_on_lift:
        if comparison.control <= 0.0:
            return MetricVerdict(Verdict.NOT_ESTIMABLE, reason=Text("lift_control_not_positive"))
        if comparison.lift is None:
            return MetricVerdict(Verdict.NOT_ESTIMABLE, reason=Text("lift_control_near_zero"))
        estimate, interval = comparison.lift.estimate, comparison.lift.interval
    judged = judge_metric(
        estimate=estimate,
        low=interval.low,
        high=interval.high,
        p_value=comparison.p_value,
        alpha=alpha,
        sign=metric.sign,
        threshold=threshold,
    )
    return replace(judged, is_on_lift=is_on_lift)


def judge_guardrail(
    comparison: Comparison | None, *, sign: int = 1, margin: float | None = None
) -> GuardrailStatus:
    """Without a margin breached only when surely worse; with one, proven only when surely not
    worse by the margin. Without an estimate nothing is proven."""
    if comparison is None:
        return GuardrailStatus.UNPROVEN
    interval = comparison.interval
    _, low, high = _oriented(comparison.estimate, interval.low, interval.high, sign)
    if high < -(margin or 0.0):
        return GuardrailStatus.BREACHED
    if margin is None:
        return GuardrailStatus.OK
    return GuardrailStatus.PROVEN if low > -margin else GuardrailStatus.UNPROVEN


def judge_arm(primary: MetricVerdict, guardrails: Iterable[GuardrailVerdict]) -> MetricVerdict:
    """The arm's verdict: its primary metric's, harmful where one of its guardrails is breached."""
    breached = next((g for g in guardrails if g.status is GuardrailStatus.BREACHED), None)
    if breached is None or primary.verdict is Verdict.NOT_ESTIMABLE:
        return primary
    return replace(primary, verdict=Verdict.HARMFUL, is_clear=False, guardrail=breached)


def judge_test(
    checks: Sequence[Check],
    arms: Mapping[str, MetricVerdict],
    guardrails: Sequence[GuardrailVerdict] = (),
    *,
    is_final: bool = True,
) -> TestVerdict:
    """The verdict on the test.

    `arms` maps each treatment to the verdict on the primary metric there. Before the end
    (`is_final` False) there is none. A failed check invalidates every arm; otherwise the best
    arm's verdict stands.
    """
    failed = next((check for check in checks if check.status is CheckStatus.FAIL), None)
    if not is_final:
        return TestVerdict(Verdict.NOT_YET, failed_check=failed)
    if failed:
        return TestVerdict(Verdict.INVALID, failed_check=failed)
    judged = {
        arm: judge_arm(verdict, [g for g in guardrails if g.arm == arm])
        for arm, verdict in arms.items()
    }
    if not judged:
        return TestVerdict(Verdict.NOT_ESTIMABLE)
    best = max(judged, key=lambda arm: _rank(judged[arm]))
    verdict = judged[best]
    return TestVerdict(
        verdict.verdict, best, verdict.is_real, verdict.is_clear, metric_verdict=verdict
    )


_BEST_FIRST = (
    Verdict.CONFIRMED,
    Verdict.BELOW_THRESHOLD,
    Verdict.NOT_ENOUGH_DATA,
    Verdict.REFUTED,
    Verdict.HARMFUL,
    Verdict.NOT_ESTIMABLE,
)


def _rank(arm: MetricVerdict) -> tuple[int, int, float]:
    """Higher is better: a clear confirmation first, an effect that may still reach the
    threshold before one that cannot, and the larger estimate among equals."""
    place = len(_BEST_FIRST) - _BEST_FIRST.index(arm.verdict)
    if arm.verdict is Verdict.NOT_ENOUGH_DATA and arm.is_real:
        place = len(_BEST_FIRST) - _BEST_FIRST.index(Verdict.BELOW_THRESHOLD)
    may_reach = arm.is_clear or arm.verdict is Verdict.NOT_ENOUGH_DATA
    return place, int(may_reach), -math.inf if arm.estimate is None else arm.estimate


def _oriented(
    estimate: float, low: float | None, high: float | None, sign: int
) -> tuple[float, float, float]:
    """Better made positive, and an unbounded end infinite."""
    bottom = -math.inf if low is None else low
    top = math.inf if high is None else high
    return (estimate, bottom, top) if sign > 0 else (-estimate, -top, -bottom)
