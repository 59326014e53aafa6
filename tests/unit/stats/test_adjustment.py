"""CUPED: what must always hold, what cannot be answered, and extreme inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import means, ratios
from hadi.stats.adjustment import cuped_mean, cuped_ratio
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import CoMoments, Moments

amount = st.floats(-100, 100).map(lambda v: round(v, 2))
pairs = st.lists(st.tuples(amount, amount), min_size=4, max_size=40)
orders = st.tuples(amount, st.integers(3, 9).map(float), amount, st.integers(3, 9).map(float))
four = st.lists(orders, min_size=5, max_size=40)


def _sample(rows):
    return CoMoments.of(*zip(*rows, strict=True))


def _compared(compare, a, b):
    """None where there is no answer."""
    try:
        return compare(_sample(a), _sample(b), alpha=0.05)
    except NotEstimable:
        return None


def _ends(found):
    return [found.interval.low, found.interval.high]


@given(pairs, pairs)
def test_it_is_welch_of_the_adjusted_values(a, b):
    found = _compared(cuped_mean, a, b)
    if found is None or found.method == "welch_t":
        return
    y, x = np.array([*a, *b]).T
    theta = np.cov(y, x)[0, 1] / x.var(ddof=1)
    left = y - theta * (x - x.mean())
    if found.standard_error < 1e-6:  # the values are left with little more than their rounding
        return
    theirs = means.compare(Moments.of(left[: len(a)]), Moments.of(left[len(a) :]), alpha=0.05)
    assert found.parameters["theta"] == pytest.approx(theta, rel=1e-7, abs=1e-9)
    assert found.control == pytest.approx(theirs.control, rel=1e-7, abs=1e-7)
    assert found.estimate == pytest.approx(theirs.estimate, rel=1e-7, abs=1e-7)
    assert _ends(found) == pytest.approx(_ends(theirs), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("compare", [cuped_mean, cuped_ratio])
@given(a=four, b=four)
def test_swapping_the_arms_negates(compare, a, b):
    if compare is cuped_mean:
        a, b = [row[:2] for row in a], [row[:2] for row in b]
    one, other = _compared(compare, a, b), _compared(compare, b, a)
    assert (one is None) == (other is None)
    if one and other:
        assert one.estimate == pytest.approx(-other.estimate, rel=1e-7, abs=1e-7)
        assert _ends(one) == pytest.approx([-v for v in _ends(other)[::-1]], rel=1e-7, abs=1e-7)


@given(pairs, pairs, st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_change_of_unit_scales_and_that_of_the_covariate_does_nothing(a, b, k, m):
    one = _compared(cuped_mean, a, b)
    other = _compared(cuped_mean, *[[(y * k, x * m) for y, x in rows] for rows in (a, b)])
    assert (one is None) == (other is None)
    if one and other:
        assert other.estimate == pytest.approx(one.estimate * k, rel=1e-6, abs=1e-6)
        assert _ends(other) == pytest.approx([v * k for v in _ends(one)], rel=1e-6, abs=1e-5)


@given(pairs, pairs, st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_constants_leave_the_difference(a, b, up, aside):
    one = _compared(cuped_mean, a, b)
    other = _compared(cuped_mean, *[[(y + up, x + aside) for y, x in rows] for rows in (a, b)])
    assert (one is None) == (other is None)
    if one and other:
        assert other.estimate == pytest.approx(one.estimate, rel=1e-6, abs=1e-6)
        assert _ends(other) == pytest.approx(_ends(one), rel=1e-6, abs=1e-5)


@given(four, four, four)
def test_merging_parts_is_the_whole(a, b, c):
    one = _compared(lambda x, y, alpha: cuped_ratio(x + _sample(b), y, alpha=alpha), a, c)
    other = _compared(cuped_ratio, [*a, *b], c)
    assert (one is None) == (other is None)
    if one and other:
        assert one.estimate == pytest.approx(other.estimate, rel=1e-7, abs=1e-7)
        assert one.standard_error == pytest.approx(other.standard_error, rel=1e-6)


@given(pairs, pairs)
def test_a_ratio_to_ones_is_a_mean(a, b):
    one = _compared(cuped_mean, a, b)
    for tail in ((), (1.0,)):
        other = _compared(cuped_ratio, *[[(y, 1.0, x, *tail) for y, x in r] for r in (a, b)])
        assert (one is None) == (other is None)
        if one and other:
            assert other.estimate == pytest.approx(one.estimate, rel=1e-9, abs=1e-9)
            assert other.parameters["theta"] == pytest.approx(one.parameters["theta"])
            assert _ends(other) == pytest.approx(_ends(one), rel=1e-9, abs=1e-9)


def _related(n, effect, seed, *, slope=2.0):
    random = np.random.default_rng(seed)
    before = random.normal(50.0, 10.0, n)
    return list(zip(slope * before + random.normal(effect, 5.0, n), before, strict=True))


def test_what_was_there_before_shortens_the_interval():
    found = _compared(cuped_mean, _related(2000, 0.0, 1), _related(2000, 1.0, 2))
    told = found.parameters
    assert told["theta"] == pytest.approx(2.0, abs=0.05)
    assert told["correlation"] == pytest.approx(20 / math.hypot(20, 5), abs=0.01)
    assert told["variance_reduction"] == pytest.approx(told["correlation"] ** 2, abs=0.01)
    assert found.estimate == pytest.approx(1.0, abs=0.5)
    assert abs(told["unadjusted_estimate"] - 1.0) > abs(found.estimate - 1.0)
    assert found.treatment - found.control == pytest.approx(found.estimate)


@pytest.mark.parametrize(
    ("compare", "plain"), [(cuped_mean, means.compare), (cuped_ratio, ratios.compare)]
)
def test_an_idle_covariate_leaves_the_plain_test(compare, plain):
    width = 2 if compare is cuped_mean else 4
    rows = [(4.0, 2.0, 7.0, 1.0), (9.0, 3.0, 7.0, 1.0), (2.0, 3.0, 7.0, 1.0), (1.0, 2.0, 7.0, 1.0)]
    other = [(4.0, 2.0, 6.0, 1.0), (9.0, 4.0, 6.0, 1.0), (5.0, 3.0, 6.0, 1.0)]
    # Constant within each arm, not over both: an adjustment would explain the effect away.
    cut = [[(row[0], row[2]) if width == 2 else row for row in arm] for arm in (rows, other)]
    found = compare(_sample(cut[0]), _sample(cut[1]), alpha=0.05)
    samples = [_sample(arm) for arm in (rows, other)]
    expected = plain(*([s.marginal(0) for s in samples] if width == 2 else samples), alpha=0.05)
    assert found.method == expected.method
    assert found.estimate == expected.estimate
    assert found.p_value == expected.p_value
    assert found.parameters["theta"] == 0.0
    assert found.parameters["note"] == "covariate_constant"


def test_a_ratio_before_without_a_denominator_is_idle():
    rows = [(4.0, 2.0, 1.0, 0.0), (9.0, 3.0, 2.0, 0.0), (2.0, 3.0, 3.0, 0.0)]
    found = cuped_ratio(_sample(rows), _sample(rows[::-1]), alpha=0.05)
    assert found.method == "delta_welch_t"
    assert found.parameters["note"] == "covariate_constant"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (lambda x: x, "covariate_explains_all"),
        (lambda x: 0.3 * x - 7.1, "covariate_explains_all"),
        (lambda x: 5.0, "no_variation"),
    ],
)
def test_nothing_left_to_compare(outcome, code):
    arms = [[(outcome(x), x) for x in xs] for xs in ((1.7, 2.3, 5.9, 4.4), (2.9, 8.1, 3.3))]
    with pytest.raises(NotEstimable) as refused:
        cuped_mean(_sample(arms[0]), _sample(arms[1]), alpha=0.05)
    assert refused.value.code == code


GOOD = [(4.0, 2.0, 5.0), (9.0, 3.0, 1.0), (2.0, 3.0, 7.0)]


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        ([], GOOD, "control_empty"),
        (GOOD, [], "treatment_empty"),
        (GOOD[:1], GOOD, "control_one_unit"),
        (GOOD, GOOD[:1], "treatment_one_unit"),
    ],
)
def test_too_few_units(control, treatment, code):
    for compare, width in ((cuped_mean, 2), (cuped_ratio, 3)):
        samples = [
            _sample([row[:width] for row in rows]) if rows else CoMoments.of(*[()] * width)
            for rows in (control, treatment)
        ]
        with pytest.raises(NotEstimable) as refused:
            compare(*samples, alpha=0.05)
        assert refused.value.code == code


def test_a_denominator_of_zero():
    empty = [(1.0, 0.0, 2.0), (2.0, 0.0, 3.0), (3.0, 0.0, 9.0)]
    for arms, code in (((empty, GOOD), "control"), ((GOOD, empty), "treatment")):
        with pytest.raises(NotEstimable) as refused:
            cuped_ratio(_sample(arms[0]), _sample(arms[1]), alpha=0.05)
        assert refused.value.code == f"{code}_denominator_near_zero"


def _moved(sample, offsets):
    """The same units with each column larger by an offset, to the last digit."""
    columns = [
        Moments.shifted(sample.n, mean, sample.comoments[i][i], offset)
        for i, (mean, offset) in enumerate(zip(sample.means, offsets, strict=True))
    ]
    rests = tuple(column.rest for column in columns)
    return CoMoments(sample.n, tuple(column.mean for column in columns), sample.comoments, rests)


def test_an_offset_of_a_thousand_million_takes_no_digit():
    plain = [_sample(_related(50, 0.0, 3)), _sample(_related(60, 1.0, 4))]
    one = cuped_mean(*plain, alpha=0.05)
    other = cuped_mean(*[_moved(s, (1e9, -1e9)) for s in plain], alpha=0.05)
    assert other.parameters["theta"] == pytest.approx(one.parameters["theta"], rel=1e-12)
    assert other.estimate == pytest.approx(one.estimate, rel=1e-10)
    assert _ends(other) == pytest.approx(_ends(one), rel=1e-10)


def test_a_million_million_units():
    n = 10**12
    table = ((400.0 * n, 190.0 * n), (190.0 * n, 100.0 * n))
    found = cuped_mean(
        CoMoments(n, (100.0, 50.0), table), CoMoments(n, (100.001, 50.0), table), alpha=0.05
    )
    assert found.estimate == pytest.approx(0.001, rel=1e-9)
    assert found.standard_error == pytest.approx(math.sqrt(2 * 39.0 / n), rel=1e-6)
    assert found.p_value is None
    assert found.log10_p < -300


def test_a_negative_baseline_still_has_more_as_positive():
    rows = [(y - 200.0, x) for y, x in _related(500, 0.0, 5)]
    better = [(y + 10.0, x) for y, x in rows]
    lift = cuped_mean(_sample(rows), _sample(better), alpha=0.05).lift
    assert lift.estimate == pytest.approx(0.1, rel=0.05)
    assert 0 < lift.interval.low < lift.estimate < lift.interval.high


def test_numbers_beyond_floats_are_refused():
    vast = CoMoments(10, (1.0, 1.0), ((math.inf, 1.0), (1.0, 3.0)))
    with pytest.raises(NotEstimable) as refused:
        cuped_mean(vast, vast, alpha=0.05)
    assert refused.value.code == "numbers_too_large"
