"""Two shares: known cases, what cannot be answered, and what must always hold."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.proportions import compare, fisher_log_p, is_small
from hadi.stats.samples import Conversion


@st.composite
def conversions(draw, most=3_000):
    n = draw(st.integers(2, most))
    return Conversion(n, draw(st.integers(0, n)))


def _varies(a, b):
    return 0 < a.successes + b.successes < a.n + b.n


@pytest.mark.parametrize(
    ("control", "treatment", "method", "p_value", "low", "high"),
    [
        ((1300, 325), (1300, 403), "newcombe_pooled_z", 0.00066, 0.025, 0.094),
        ((120, 18), (124, 26), "newcombe_fisher", 0.25, -0.038, 0.155),
        ((1300, 182), (1310, 189), "newcombe_pooled_z", 0.755, -0.023, 0.031),
        ((1930, 262), (1915, 279), "newcombe_pooled_z", 0.375, -0.012, 0.032),
        ((620, 93), (500, 97), "newcombe_pooled_z", 0.051, -0.0005, 0.089),
        ((1000, 0), (1000, 8), "newcombe_fisher", 0.0077, 0.0025, 0.0157),
    ],
)
def test_known_cases(control, treatment, method, p_value, low, high):
    found = compare(Conversion(*control), Conversion(*treatment), alpha=0.05)
    assert found.method == method
    assert found.p_value == pytest.approx(p_value, rel=0.02)
    assert found.interval.low == pytest.approx(low, abs=6e-4)
    assert found.interval.high == pytest.approx(high, abs=6e-4)
    assert found.log10_p == pytest.approx(math.log10(found.p_value))


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ((0, 0), (10, 3), "control_empty"),
        ((10, 3), (0, 0), "treatment_empty"),
        ((1, 1), (10, 3), "control_one_unit"),
        ((10, 3), (1, 0), "treatment_one_unit"),
        ((10, 0), (12, 0), "no_variation"),
        ((10, 10), (12, 12), "no_variation"),
    ],
)
def test_what_cannot_be_answered(control, treatment, code):
    with pytest.raises(NotEstimable) as refused:
        compare(Conversion(*control), Conversion(*treatment), alpha=0.05)
    assert refused.value.code == code


def test_more_successes_than_units_is_no_sample():
    with pytest.raises(ValueError, match="11 successes of 10"):
        compare(Conversion(10, 11), Conversion(10, 1), alpha=0.05)


def test_a_treatment_without_success_has_a_bounded_lift():
    lift = compare(Conversion(1000, 40), Conversion(1000, 0), alpha=0.05).lift
    assert lift.estimate == lift.interval.low == -1.0
    assert -1.0 < lift.interval.high < -0.8


def test_the_lift_is_exact():
    found = compare(Conversion(1000, 100), Conversion(1000, 400), alpha=0.05)
    assert found.lift.estimate == 3.0


def test_rare_successes_of_many_units_are_exact_and_quick():
    found = compare(Conversion(10_000_000, 0), Conversion(10_000_000, 8), alpha=0.05)
    assert found.method == "newcombe_fisher"
    # With equal arms each success is a fair coin's, all but exactly: 2 / 2^8.
    assert found.p_value == pytest.approx(2 / 2**8, rel=1e-5)
    vast = compare(Conversion(10**12, 0), Conversion(10**12, 8), alpha=0.05)
    assert vast.p_value == pytest.approx(2 / 2**8, rel=1e-9)


def test_a_million_million_units_keep_every_unit():
    found = compare(Conversion(10**12, 5 * 10**11), Conversion(10**12, 5 * 10**11 + 1), alpha=0.05)
    assert found.estimate == 1e-12


def test_a_p_beyond_floats_keeps_its_logarithm():
    found = compare(Conversion(10**6, 10**5), Conversion(10**6, 3 * 10**5), alpha=0.05)
    assert found.p_value is None
    assert found.log10_p < -20_000


@given(conversions(150), conversions(150))
def test_fisher_is_scipys(a, b):
    assume(_varies(a, b))
    table = [[a.successes, a.n - a.successes], [b.successes, b.n - b.successes]]
    expected = stats.fisher_exact(table).pvalue
    assert math.exp(fisher_log_p(a, b)) == pytest.approx(expected, rel=1e-9)


@given(conversions(), conversions(), st.sampled_from([0.01, 0.05]))
def test_swapping_the_arms_negates(a, b, alpha):
    assume(_varies(a, b))
    one, other = compare(a, b, alpha=alpha), compare(b, a, alpha=alpha)
    assert one.method == other.method
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.interval.low == pytest.approx(-other.interval.high, abs=1e-12)
    assert one.interval.high == pytest.approx(-other.interval.low, abs=1e-12)
    assert one.log10_p == pytest.approx(other.log10_p, rel=1e-9, abs=1e-12)


@given(conversions(), conversions())
def test_counting_failures_instead_negates(a, b):
    assume(_varies(a, b))
    failures = [Conversion(s.n, s.n - s.successes) for s in (a, b)]
    one, other = compare(a, b, alpha=0.05), compare(*failures, alpha=0.05)
    assert one.interval.low == pytest.approx(-other.interval.high, abs=1e-12)
    assert one.log10_p == pytest.approx(other.log10_p, rel=1e-9, abs=1e-12)


@given(conversions(), conversions())
def test_the_answer_is_always_a_number_within_its_range(a, b):
    assume(_varies(a, b))
    found = compare(a, b, alpha=0.05)
    tiny = 1e-12
    assert -1 - tiny <= found.interval.low <= found.estimate <= found.interval.high <= 1 + tiny
    assert found.log10_p <= 0
    assert found.p_value is None or 0 < found.p_value <= 1
    assert (found.lift is None) == (a.successes == 0)
    if found.lift:
        assert -1 <= found.lift.interval.low <= found.lift.estimate <= found.lift.interval.high


@given(conversions(200), conversions(200), st.integers(2, 50))
def test_more_of_the_same_data_narrows_the_interval(a, b, times):
    assume(_varies(a, b))
    more = [Conversion(s.n * times, s.successes * times) for s in (a, b)]
    once, often = compare(a, b, alpha=0.05).interval, compare(*more, alpha=0.05).interval
    assert often.high - often.low < once.high - once.low


@given(conversions(400), conversions(400))
def test_the_test_follows_size_and_rarity(a, b):
    assume(_varies(a, b))
    expected = stats.contingency.expected_freq(
        [[a.successes, a.n - a.successes], [b.successes, b.n - b.successes]]
    )
    assert is_small(a, b) == (a.n + b.n < 400 or expected.min() < 10)


@settings(max_examples=50)
@given(conversions(), conversions())
def test_a_stricter_level_widens(a, b):
    assume(_varies(a, b))
    loose, strict = (compare(a, b, alpha=alpha).interval for alpha in (0.05, 0.01))
    assert strict.low <= loose.low < loose.high <= strict.high
    assert strict.high - strict.low > loose.high - loose.low


def test_comparing_and_planning_shares_loads_no_scipy():
    program = (
        "import sys, hadi.stats.means, hadi.stats.power, hadi.stats.srm\n"
        "import hadi.stats.proportions as p\n"
        "from hadi.stats.samples import Conversion\n"
        "p.compare(Conversion(10**6, 10**5), Conversion(10**6, 101_000), alpha=0.05)\n"
        "hadi.stats.power.conversion_plan(baseline=0.2, effect=0.3)\n"
        "sys.exit(any(name.startswith('scipy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("control", "treatment"),
    [
        (Conversion(1000, 500), Conversion(10, 10)),
        (Conversion(30, 30), Conversion(20, 12)),
        (Conversion(1000, 8), Conversion(1000, 0)),
    ],
)
def test_an_arm_all_of_one_kind_keeps_its_uncertainty_in_the_lift(control, treatment):
    found = compare(control, treatment, alpha=0.05)
    (low0, high0), (low1, high1) = (
        stats.binomtest(arm.successes, arm.n).proportion_ci(method="wilson")
        for arm in (control, treatment)
    )
    p0, p1 = control.rate, treatment.rate

    def end(own, other, sign):
        """Donner & Zou (2012), equation 9, as printed."""
        below = other * (2 * p0 - other)
        inside = (p0 * p1) ** 2 - own * (2 * p1 - own) * below
        return (p0 * p1 + sign * math.sqrt(max(inside, 0.0))) / below - 1.0

    assert found.lift.interval.low == pytest.approx(end(low1, high0, -1))
    assert found.lift.interval.high == pytest.approx(end(high1, low0, 1))


def test_a_lift_of_nearly_everyone_keeps_its_digits():
    everyone, n = Conversion(10**12, 10**12), 10**12
    found = compare(everyone, Conversion(n, n - 9), alpha=0.05)
    assert found.lift.interval.low == pytest.approx(found.interval.low, rel=1e-6)
    assert found.lift.interval.high == pytest.approx(found.interval.high, rel=1e-6)
