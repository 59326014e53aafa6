"""The rule: every row of the table, its borders, guardrails, several arms, and the known cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Threshold
from hadi.domain.text import Text
from hadi.domain.verdict import (
    Check,
    CheckStatus,
    GuardrailStatus,
    GuardrailVerdict,
    MetricVerdict,
    Verdict,
    judge_arm,
    judge_comparison,
    judge_guardrail,
    judge_metric,
    judge_test,
)
from hadi.stats import means, proportions, srm
from hadi.stats.samples import Conversion, Moments


def judged(estimate, low, high, *, p=0.01, sign=1, threshold=0.0, alpha=0.05):
    return judge_metric(
        estimate=estimate,
        low=low,
        high=high,
        p_value=p,
        alpha=alpha,
        sign=sign,
        threshold=threshold,
    )


@pytest.mark.parametrize(
    ("estimate", "low", "high", "p", "threshold", "verdict", "is_real", "is_clear"),
    [
        # harmful: U < 0, whatever the threshold and the p
        (-3, -5, -1, 0.01, 0, Verdict.HARMFUL, False, False),
        (-3, -5, -1, 0.9, 2, Verdict.HARMFUL, False, False),
        # confirmed: real and d >= T
        (6, 2, 10, 0.01, 5, Verdict.CONFIRMED, True, False),
        (6, 5, 7, 0.01, 5, Verdict.CONFIRMED, True, True),
        (6, 2, 10, 0.01, 0, Verdict.CONFIRMED, True, True),
        # below the threshold: real and U < T
        (2, 1, 3, 0.01, 5, Verdict.BELOW_THRESHOLD, True, False),
        # refuted: U < T and not real
        (1, -1, 3, 0.3, 5, Verdict.REFUTED, False, False),
        (2, 1, 3, 0.06, 5, Verdict.REFUTED, False, False),
        # the rest
        (4, 1, 7, 0.01, 5, Verdict.NOT_ENOUGH_DATA, True, False),
        (4, -1, 9, 0.2, 5, Verdict.NOT_ENOUGH_DATA, False, False),
        (6, -1, 13, 0.2, 5, Verdict.NOT_ENOUGH_DATA, False, False),
        (-1, -3, 1, 0.4, 0, Verdict.NOT_ENOUGH_DATA, False, False),
        # borders
        (5, 1, 9, 0.01, 5, Verdict.CONFIRMED, True, False),  # d = T reaches it
        (2, 0, 4, 0.01, 0, Verdict.NOT_ENOUGH_DATA, False, False),  # L = 0 is not above it
        (2, 0.01, 4, 0.05, 0, Verdict.CONFIRMED, True, True),  # p = alpha counts
        (2, 0.01, 4, 0.0501, 0, Verdict.NOT_ENOUGH_DATA, False, False),  # the test disagrees
        (2, -0.01, 4, 0.01, 0, Verdict.NOT_ENOUGH_DATA, False, False),  # the interval disagrees
        (3, 1, 5, 0.01, 5, Verdict.NOT_ENOUGH_DATA, True, False),  # U = T does not exclude it
        (-1, -2, 0, 0.05, 0, Verdict.NOT_ENOUGH_DATA, False, False),  # U = 0 does no harm
        # a p too small for a float, and unbounded ends
        (6, 5, 7, None, 5, Verdict.CONFIRMED, True, True),
        (6, None, None, 0.01, 5, Verdict.NOT_ENOUGH_DATA, False, False),
        (6, 2, None, 0.01, 5, Verdict.CONFIRMED, True, False),
        (1, None, 3, 0.3, 5, Verdict.REFUTED, False, False),
    ],
)
def test_the_table(estimate, low, high, p, threshold, verdict, is_real, is_clear):
    found = judged(estimate, low, high, p=p, threshold=threshold)
    assert (found.verdict, found.is_real, found.is_clear) == (verdict, is_real, is_clear)
    bottom, top = (None if end is None else -end for end in (high, low))
    mirrored = judged(-estimate, bottom, top, p=p, threshold=threshold, sign=-1)
    assert mirrored == found


numbers = st.floats(-10, 10)
reaches = st.floats(0.01, 5)
thresholds = st.floats(0, 8)


@given(numbers, reaches, thresholds, st.floats(0, 1))
def test_a_verdict_never_contradicts_its_interval(d, reach, threshold, p):
    found = judged(d, d - reach, d + reach, p=p, threshold=threshold)
    if found.verdict is Verdict.CONFIRMED:
        assert d - reach > 0
        assert d >= threshold
        assert p <= 0.05
    if found.verdict in (Verdict.REFUTED, Verdict.BELOW_THRESHOLD, Verdict.HARMFUL):
        assert d + reach < max(threshold, 1e-12)
    assert found.is_clear <= (found.verdict is Verdict.CONFIRMED)
    assert (found.verdict is Verdict.BELOW_THRESHOLD) <= found.is_real


_BETTER = {
    Verdict.HARMFUL: 0,
    Verdict.REFUTED: 1,
    Verdict.NOT_ENOUGH_DATA: 2,
    Verdict.BELOW_THRESHOLD: 2,
    Verdict.CONFIRMED: 3,
}


@given(numbers, reaches, thresholds, st.floats(0, 5))
def test_a_larger_effect_is_never_judged_worse(d, reach, threshold, more):
    one = judged(d, d - reach, d + reach, p=0.0, threshold=threshold)
    other = judged(d + more, d + more - reach, d + more + reach, p=0.0, threshold=threshold)
    assert _BETTER[other.verdict] >= _BETTER[one.verdict]


@given(numbers, reaches, thresholds, st.floats(0, 5))
def test_a_higher_threshold_is_never_easier(d, reach, threshold, more):
    easy = judged(d, d - reach, d + reach, p=0.0, threshold=threshold)
    hard = judged(d, d - reach, d + reach, p=0.0, threshold=threshold + more)
    assert (hard.verdict is Verdict.CONFIRMED) <= (easy.verdict is Verdict.CONFIRMED)
    assert (hard.verdict is Verdict.HARMFUL) == (easy.verdict is Verdict.HARMFUL)


def conversion(threshold=None, better=None, kind=MetricKind.CONVERSION):
    given_threshold = None if threshold is None else Threshold.parse(threshold, "threshold")
    return Metric("deals won", kind, ("won",), MetricRole.PRIMARY, given_threshold, better)


@pytest.mark.parametrize(
    ("control", "treatment", "threshold", "verdict", "is_clear"),
    [
        ((1300, 325), (1300, 403), 0.05, Verdict.CONFIRMED, False),
        ((120, 18), (124, 26), 0.05, Verdict.NOT_ENOUGH_DATA, False),
        ((1300, 182), (1310, 189), 0.04, Verdict.REFUTED, False),
        ((1930, 262), (1915, 279), 0.04, Verdict.REFUTED, False),
        ((1000, 0), (1000, 8), 0.0, Verdict.CONFIRMED, True),
    ],
)
def test_known_cases(control, treatment, threshold, verdict, is_clear):
    comparison = proportions.compare(Conversion(*control), Conversion(*treatment), alpha=0.05)
    found = judge_comparison(comparison, conversion(threshold), alpha=0.05)
    assert found.verdict is verdict
    assert found.is_clear is is_clear


@pytest.mark.parametrize(
    ("estimate", "threshold"), [(0.3 - 0.1, 0.2), (0.7 - 0.4, 0.3), (0.8 - 0.5, 0.3)]
)
def test_an_effect_equal_to_the_threshold_reaches_it(estimate, threshold):
    assert judged(estimate, 0.1, 0.4, threshold=threshold).verdict is Verdict.CONFIRMED
    assert judged(estimate - 1e-6, 0.1, 0.4, threshold=threshold).verdict is not Verdict.CONFIRMED


def test_a_relative_threshold_is_judged_on_the_lift():
    comparison = proportions.compare(Conversion(1300, 325), Conversion(1300, 403), alpha=0.05)
    found = judge_comparison(comparison, conversion("20%"), alpha=0.05)
    assert found.verdict is Verdict.CONFIRMED
    assert found.is_on_lift
    assert found.estimate == pytest.approx(0.24)
    assert judge_comparison(comparison, conversion("45%"), alpha=0.05).verdict is (
        Verdict.BELOW_THRESHOLD
    )
    assert not judge_comparison(comparison, conversion("0%"), alpha=0.05).is_on_lift


def test_a_relative_threshold_needs_a_control_value_above_zero():
    none = proportions.compare(Conversion(1000, 0), Conversion(1000, 8), alpha=0.05)
    found = judge_comparison(none, conversion("5%"), alpha=0.05)
    assert (found.verdict, found.reason.code) == (
        Verdict.NOT_ESTIMABLE,
        "lift_control_not_positive",
    )
    metric = conversion("5%", kind=MetricKind.MEAN)
    near = means.compare(Moments.from_sd(50, 1.0, 10.0), Moments.from_sd(50, 9.0, 10.0), alpha=0.05)
    assert judge_comparison(near, metric, alpha=0.05).reason.code == "lift_control_near_zero"
    negative = means.compare(
        Moments.from_sd(500, -9.0, 1.0), Moments.from_sd(500, -8.0, 1.0), alpha=0.05
    )
    assert judge_comparison(negative, metric, alpha=0.05).verdict is Verdict.NOT_ESTIMABLE


def test_without_an_estimate_the_reason_travels():
    reason = Text("no_variation")
    found = judge_comparison(None, conversion(), alpha=0.05, reason=reason)
    assert found == MetricVerdict(Verdict.NOT_ESTIMABLE, reason=reason)


def test_less_is_better_turns_everything_round():
    comparison = means.compare(
        Moments.from_sd(500, 10.0, 2.0), Moments.from_sd(500, 9.0, 2.0), alpha=0.05
    )
    less = conversion(0.5, Better.LOWER, MetricKind.MEAN)
    assert judge_comparison(comparison, less, alpha=0.05).verdict is Verdict.CONFIRMED
    more = conversion(0.5, Better.HIGHER, MetricKind.MEAN)
    assert judge_comparison(comparison, more, alpha=0.05).verdict is Verdict.HARMFUL
    relative = conversion("5%", Better.LOWER, MetricKind.MEAN)
    found = judge_comparison(comparison, relative, alpha=0.05)
    assert (found.verdict, found.is_on_lift) == (Verdict.CONFIRMED, True)


@pytest.mark.parametrize(
    ("after", "margin", "status"),
    [
        (9.0, None, GuardrailStatus.BREACHED),
        (9.9, None, GuardrailStatus.OK),
        (11.0, None, GuardrailStatus.OK),
        (9.0, 0.5, GuardrailStatus.BREACHED),
        (9.0, 1.0, GuardrailStatus.UNPROVEN),
        (9.9, 0.1, GuardrailStatus.UNPROVEN),
        (9.9, 0.5, GuardrailStatus.PROVEN),
        (11.0, 0.0, GuardrailStatus.PROVEN),
    ],
)
def test_guardrails(after, margin, status):
    comparison = means.compare(
        Moments.from_sd(500, 10.0, 2.0), Moments.from_sd(500, after, 2.0), alpha=0.05
    )
    assert judge_guardrail(comparison, margin=margin) is status
    mirrored = means.compare(
        Moments.from_sd(500, -10.0, 2.0), Moments.from_sd(500, -after, 2.0), alpha=0.05
    )
    assert judge_guardrail(mirrored, sign=-1, margin=margin) is status


@pytest.mark.parametrize("margin", [None, 0.5])
def test_a_guardrail_without_an_estimate_is_unproven(margin):
    assert judge_guardrail(None, margin=margin) is GuardrailStatus.UNPROVEN


CONFIRMED = MetricVerdict(Verdict.CONFIRMED, 0.06, True)
CLEAR = MetricVerdict(Verdict.CONFIRMED, 0.05, True, True)
OPEN = MetricVerdict(Verdict.NOT_ENOUGH_DATA, 0.09)
OPEN_REAL = MetricVerdict(Verdict.NOT_ENOUGH_DATA, 0.04, True)
LESS = MetricVerdict(Verdict.BELOW_THRESHOLD, 0.01, True)
REFUTED = MetricVerdict(Verdict.REFUTED, 0.00)
HARMFUL = MetricVerdict(Verdict.HARMFUL, -0.05)
UNKNOWN = MetricVerdict(Verdict.NOT_ESTIMABLE, reason=Text("no_variation"))
PASSED = Check("sample_ratio", CheckStatus.PASS, Text("ratio_no_units"), 0.4)
WARNED = Check("missing", CheckStatus.WARN, Text("ratio_no_units"))
FAILED = Check("sample_ratio", CheckStatus.FAIL, Text("ratio_no_units"), 0.0003)


def test_a_failed_check_invalidates_whatever_was_found():
    ratio = srm.sample_ratio({"a": 620, "b": 500}, {"a": 0.5, "b": 0.5})
    assert ratio.p_value == pytest.approx(0.00034, rel=0.02)
    found = judge_test([PASSED, FAILED], {"B": CLEAR, "C": HARMFUL})
    assert (found.verdict, found.arm, found.failed_check) == (Verdict.INVALID, None, FAILED)
    assert not found.is_real


def test_a_warning_invalidates_nothing():
    assert judge_test([PASSED, WARNED], {"B": CONFIRMED}).verdict is Verdict.CONFIRMED


def test_before_the_end_there_is_no_verdict():
    found = judge_test([PASSED], {"B": CLEAR}, is_final=False)
    assert (found.verdict, found.arm, found.is_real, found.is_clear) == (
        Verdict.NOT_YET,
        None,
        False,
        False,
    )
    assert judge_test([FAILED], {}, is_final=False).failed_check == FAILED


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (CLEAR, CONFIRMED),
        (CONFIRMED, OPEN_REAL),
        (OPEN_REAL, LESS),
        (LESS, OPEN),
        (OPEN, REFUTED),
        (REFUTED, HARMFUL),
        (HARMFUL, UNKNOWN),
        (CONFIRMED, MetricVerdict(Verdict.CONFIRMED, 0.055, True)),
    ],
)
def test_the_best_arm_speaks_for_the_test(better, worse):
    for arms in ({"B": better, "C": worse}, {"C": worse, "B": better}):
        found = judge_test([PASSED], arms)
        assert found.arm == "B"
        assert found.verdict is better.verdict
        assert (found.is_real, found.is_clear) == (better.is_real, better.is_clear)


def test_a_breached_guardrail_makes_its_own_arm_harmful():
    breach = GuardrailVerdict("returns", "B", GuardrailStatus.BREACHED)
    fine = GuardrailVerdict("returns", "C", GuardrailStatus.UNPROVEN)
    alone = judge_test([PASSED], {"B": CLEAR}, [breach])
    assert (alone.verdict, alone.is_real, alone.is_clear) == (Verdict.HARMFUL, True, False)
    assert alone.metric_verdict.guardrail == breach
    assert judge_test([PASSED], {"B": CLEAR, "C": LESS}, [breach, fine]).arm == "C"
    assert judge_arm(UNKNOWN, [breach]) == UNKNOWN


def test_without_any_arm_nothing_is_estimable():
    assert judge_test([PASSED], {}).verdict is Verdict.NOT_ESTIMABLE
