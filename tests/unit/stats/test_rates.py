"""Two rates: what must always hold, other libraries' numbers, and extreme inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats import ratios
from hadi.stats.errors import NotEstimable
from hadi.stats.rates import compare, conditional_log_p, exact_limits
from hadi.stats.samples import CoMoments, Events

counts = st.integers(0, 400)
exposures = st.floats(0.5, 5000.0).map(lambda v: round(v, 2))
arms = st.builds(Events, st.just(50), counts, exposures)


def _ends(interval):
    return [interval.low, interval.high]


@given(arms, arms)
def test_p_is_scipys_exact_binomial_test(a, b):
    total = a.events + b.events
    if total == 0:
        return
    theirs = stats.binomtest(b.events, total, b.exposure / (a.exposure + b.exposure)).pvalue
    found = compare(a, b, alpha=0.05)
    assert found.method == "rate_exact"
    if theirs > 1e-290:
        assert found.p_value == pytest.approx(theirs, rel=1e-7)


@given(arms, arms)
def test_the_ratio_interval_is_clopper_and_pearsons(a, b):
    total = a.events + b.events
    if total == 0:
        return
    share = b.exposure / (a.exposure + b.exposure)
    limits = stats.binomtest(b.events, total, share).proportion_ci(0.95, "exact")
    found = compare(a, b, alpha=0.05).parameters
    scale = a.exposure / b.exposure
    low = limits.low / (1 - limits.low) * scale if limits.low < 1 else math.inf
    assert found["rate_ratio_low"] == pytest.approx(low, rel=1e-8)
    if a.events == 0:
        assert found["rate_ratio_high"] is None
    elif limits.high < 1 - 1e-6:
        high = limits.high / (1 - limits.high) * scale
        assert found["rate_ratio_high"] == pytest.approx(high, rel=1e-8)


@given(arms, arms)
def test_swapping_the_arms_negates(a, b):
    if a.events + b.events == 0:
        return
    one, other = compare(a, b, alpha=0.05), compare(b, a, alpha=0.05)
    assert one.estimate == -other.estimate
    assert _ends(one.interval) == pytest.approx([-v for v in _ends(other.interval)[::-1]])
    assert one.log10_p == pytest.approx(other.log10_p, rel=1e-9, abs=1e-9)
    if a.events and b.events:
        turned = [1 / other.parameters["rate_ratio_high"], 1 / other.parameters["rate_ratio_low"]]
        mine = [one.parameters["rate_ratio_low"], one.parameters["rate_ratio_high"]]
        assert mine == pytest.approx(turned, rel=1e-9)


@given(arms, arms, st.floats(0.01, 100.0))
def test_another_unit_of_exposure_scales_and_keeps_the_lift(a, b, k):
    if a.events + b.events == 0:
        return
    one = compare(a, b, alpha=0.05)
    scaled = [Events(arm.n, arm.events, arm.exposure * k) for arm in (a, b)]
    other = compare(*scaled, alpha=0.05)
    assert other.estimate == pytest.approx(one.estimate / k, rel=1e-9, abs=1e-12)
    assert _ends(other.interval) == pytest.approx([v / k for v in _ends(one.interval)], rel=1e-9)
    assert other.log10_p == pytest.approx(one.log10_p, rel=1e-6, abs=1e-9)
    assert (one.lift is None) == (other.lift is None)
    if one.lift:
        assert _ends(other.lift.interval) == pytest.approx(_ends(one.lift.interval), rel=1e-6)


@given(arms, arms)
def test_the_estimate_lies_in_its_intervals(a, b):
    if a.events + b.events == 0:
        return
    found = compare(a, b, alpha=0.05)
    assert found.interval.low <= found.estimate <= found.interval.high
    assert (found.lift is None) == (a.events == 0)
    if found.lift:
        assert found.lift.interval.low <= found.lift.estimate <= found.lift.interval.high


unit = st.tuples(st.integers(0, 9), st.integers(1, 20).map(float))
units = st.lists(unit, min_size=3, max_size=40)


def _events(rows):
    events, exposure = zip(*rows, strict=True)
    return Events(len(rows), sum(events), sum(exposure), CoMoments.of(events, exposure))


@given(units, units, units)
def test_merging_parts_is_the_whole(a, b, c):
    parts, whole, other = _events(a) + _events(b), _events([*a, *b]), _events(c)
    if parts.events + other.events == 0:
        return
    one, two = compare(parts, other, alpha=0.05), compare(whole, other, alpha=0.05)
    assert one.estimate == pytest.approx(two.estimate, abs=1e-12)
    assert one.log10_p == pytest.approx(two.log10_p, abs=1e-12)
    for name, value in one.parameters.items():
        same = None if value is None else pytest.approx(value, rel=1e-6, abs=1e-9)
        assert two.parameters[name] == same, name


GOOD = Events(20, 12, 300.0)


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        (Events(0, 0, 0.0), GOOD, "control_empty"),
        (GOOD, Events(0, 0, 0.0), "treatment_empty"),
        (Events(1, 3, 9.0), GOOD, "control_one_unit"),
        (GOOD, Events(1, 3, 9.0), "treatment_one_unit"),
        (Events(9, 0, 0.0), GOOD, "control_no_exposure"),
        (GOOD, Events(9, 4, 0.0), "treatment_no_exposure"),
        (Events(9, 0, 90.0), Events(9, 0, 80.0), "no_events"),
        (GOOD, Events(9, 4, math.inf), "numbers_too_large"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        compare(control, treatment, alpha=0.05)
    assert refused.value.code == code


def test_impossible_counts_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="-1 events"):
        compare(Events(9, -1, 90.0), GOOD, alpha=0.05)


def test_no_event_in_the_treatment_is_a_fall_of_a_hundred_percent():
    found = compare(Events(20, 9, 100.0), Events(20, 0, 100.0), alpha=0.05)
    assert found.p_value == pytest.approx(2 * 0.5**9)
    assert found.lift.estimate == -1.0
    assert found.lift.interval.low == -1.0
    assert -1.0 < found.lift.interval.high < 0.0
    assert found.interval.high < 0.0


def test_no_event_in_the_control_has_no_lift_but_a_difference():
    found = compare(Events(20, 0, 100.0), Events(20, 9, 100.0), alpha=0.05)
    assert found.lift is None
    assert found.interval.low > 0.0
    assert found.parameters["rate_ratio"] is None
    assert found.parameters["rate_ratio_high"] is None


def test_the_limits_of_a_rate_are_garwoods():
    for events in (0, 1, 5, 99, 100, 1_000, 10_000):
        low, high = exact_limits(events, 0.05)
        assert high == pytest.approx(stats.chi2.isf(0.025, 2 * events + 2) / 2, rel=1e-12)
        expected = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
        assert low == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("events", [10_001, 1_000_000])
@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_the_cube_is_close_to_garwood(events, alpha):
    low, high = exact_limits(events, alpha)
    width = high - low
    assert low == pytest.approx(stats.chi2.ppf(alpha / 2, 2 * events) / 2, abs=5e-6 * width)
    assert high == pytest.approx(stats.chi2.isf(alpha / 2, 2 * events + 2) / 2, abs=5e-6 * width)


def test_large_counts_change_the_formula_but_hardly_the_answer():
    exact = compare(Events(50, 5000, 1000.0), Events(50, 5000, 960.0), alpha=0.05)
    wald = compare(Events(50, 5001, 1000.0), Events(50, 5000, 960.0), alpha=0.05)
    assert (exact.method, wald.method) == ("rate_exact", "rate_log_wald")
    assert wald.p_value == pytest.approx(exact.p_value, rel=0.05)
    assert wald.statistic == pytest.approx(
        math.log(5000 / 960 / 5.001) / math.sqrt(2 / 5000), rel=1e-3
    )
    low, high = _ends(wald.lift.interval)
    assert low == pytest.approx(exact.lift.interval.low, abs=1e-3)
    assert high == pytest.approx(exact.lift.interval.high, abs=1e-3)


def test_few_events_of_one_arm_stay_exact_beside_many():
    found = compare(Events(50, 3, 1.0), Events(50, 20_000, 5000.0), alpha=0.05)
    assert found.method == "rate_exact"
    theirs = stats.binomtest(3, 20_003, 1 / 5001).pvalue
    assert found.p_value == pytest.approx(theirs, rel=1e-9)


def test_a_p_beyond_floats_keeps_its_logarithm():
    exact = compare(Events(50, 0, 100.0), Events(50, 4000, 100.0), alpha=0.05)
    assert exact.p_value is None
    assert exact.log10_p == pytest.approx(math.log10(2) - 4000 * math.log10(2), rel=1e-12)
    far = compare(Events(50, 1, 100.0), Events(50, 10**6, 100.0), alpha=0.05)
    log_p = math.log(2) + math.log(10**6 + 2) - (10**6 + 1) * math.log(2)
    assert far.method == "rate_exact"
    assert far.log10_p == pytest.approx(log_p / math.log(10), rel=1e-12)


def test_a_million_million_events():
    control, treatment = Events(10**12, 10**12, 1e12), Events(10**12, 10**12 + 4 * 10**6, 1e12)
    found = compare(control, treatment, alpha=0.05)
    assert found.method == "rate_log_wald"
    assert found.estimate == pytest.approx(4e-6, rel=1e-9)
    assert found.statistic == pytest.approx(4 / math.sqrt(2), rel=1e-5)
    reach = found.interval.high - found.estimate
    assert reach == pytest.approx(1.959964 * math.sqrt(2) * 1e-6, rel=1e-5)
    assert found.standard_error == pytest.approx(math.sqrt(2) * 1e-6, rel=1e-5)


def test_exposures_far_apart_are_no_fault():
    tiny = compare(Events(9, 4, 1e-9), Events(9, 5, 1e9), alpha=0.05)
    assert tiny.log10_p < -60
    assert conditional_log_p(Events(9, 0, 1e-300), Events(9, 5, 1e300)) == 0.0


def test_dispersion_is_one_when_events_come_one_by_one():
    random = np.random.default_rng(7)
    samples = []
    for _ in range(2):
        exposure = random.uniform(1.0, 9.0, 20_000)
        rows = list(zip(random.poisson(0.4 * exposure).tolist(), exposure.tolist(), strict=True))
        samples.append(_events(rows))
    found = compare(*samples, alpha=0.05)
    assert found.parameters["dispersion"] == pytest.approx(1.0, abs=0.03)
    assert found.parameters["robust_p"] == pytest.approx(found.p_value, abs=0.03)


def test_bunches_are_told_and_the_robust_p_allows_for_them():
    random = np.random.default_rng(8)
    samples = []
    for _ in range(2):
        bunches = 5 * random.poisson(0.4, 3_000)
        samples.append(_events([(int(events), 1.0) for events in bunches]))
    found = compare(*samples, alpha=0.05)
    assert found.parameters["dispersion"] == pytest.approx(5.0, rel=0.1)
    robust = ratios.compare(*(sample.by_unit for sample in samples), alpha=0.05)
    assert found.parameters["robust_p"] == robust.p_value
    assert found.parameters["robust_p"] > found.p_value
    width = found.parameters["robust_high"] - found.parameters["robust_low"]
    assert width > 1.9 * (found.interval.high - found.interval.low)


def test_without_units_there_is_no_dispersion():
    found = compare(Events(20, 9, 100.0), Events(20, 12, 100.0), alpha=0.05)
    assert found.parameters["dispersion"] is None
    assert found.parameters["robust_p"] is None


def test_a_share_close_to_one_keeps_the_digits_of_its_odds():
    many = 10**9
    up = compare(Events(50, 0, 1.0), Events(50, many, 1.0), alpha=0.05).parameters
    odds = math.expm1(-math.log(0.025) / many)
    assert up["rate_ratio_low"] == pytest.approx(1 / odds, rel=1e-12)
    down = compare(Events(50, many, 1.0), Events(50, 0, 1.0), alpha=0.05).parameters
    assert down["rate_ratio_high"] == pytest.approx(odds, rel=1e-12, abs=0.0)


def test_dispersion_of_few_units_is_their_unbiased_variance_over_the_mean():
    sample = _events([(1, 1.0), (3, 1.0), (2, 1.0)])
    assert compare(sample, sample, alpha=0.05).parameters["dispersion"] == pytest.approx(0.5)
