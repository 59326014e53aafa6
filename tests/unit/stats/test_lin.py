"""Lin's adjustment: ordinary least squares by another road, and extreme inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats import means
from hadi.stats.errors import NotEstimable
from hadi.stats.lin import compare, fits, of_values, robust_square
from hadi.stats.samples import CoMoments, Moments

amount = st.floats(-100, 100).map(lambda v: round(v, 2))
rows3 = st.lists(st.tuples(amount, amount, amount), min_size=6, max_size=30)


def _sample(rows):
    return CoMoments.of(*zip(*rows, strict=True))


def _compared(a, b, **given_):
    """None where there is no answer."""
    try:
        return compare(_sample(a), _sample(b), alpha=0.05, **given_)
    except NotEstimable:
        return None


def _ends(found):
    return [found.interval.low, found.interval.high]


def _rows(n, effect, seed, slopes=(2.0, -1.0, 0.5)):
    random = np.random.default_rng(seed)
    x = random.normal(10.0, (1.0, 5.0, 2.0), (n, 3))
    y = x @ np.array(slopes) + random.normal(effect, 1.0 + np.abs(x[:, 0] - 10.0), n)
    return y, x


@pytest.mark.parametrize("form", ["hc2", "hc3"])
def test_it_is_the_regression_with_interactions(form):
    (y0, x0), (y1, x1) = _rows(80, 0.0, 1), _rows(50, 2.0, 2, slopes=(1.0, -1.0, 3.0))
    found = of_values(y0, x0, y1, x1, alpha=0.05, form=form)
    y, x = np.concatenate((y0, y1)), np.concatenate((x0, x1))
    arm = np.concatenate((np.zeros(80), np.ones(50)))
    apart = x - x.mean(axis=0)
    design = np.column_stack((np.ones(130), arm, apart, apart * arm[:, None]))
    theirs = sm.OLS(y, design).fit(cov_type=form.upper())
    assert found.estimate == pytest.approx(theirs.params[1], rel=1e-10)
    assert found.standard_error == pytest.approx(theirs.bse[1], rel=1e-10)
    assert found.control == pytest.approx(theirs.params[0], rel=1e-10)


def test_the_moment_form_is_ordinary_least_squares_of_each_arm():
    arms, both = [_rows(80, 0.0, 3), _rows(50, 2.0, 4)], []
    centre = np.concatenate([x for _, x in arms]).mean(axis=0)
    for y, x in arms:
        both.append(sm.OLS(y, sm.add_constant(x - centre)).fit())
    samples = [CoMoments.of(y, *x.T) for y, x in arms]
    found = compare(*samples, alpha=0.05)
    assert found.estimate == pytest.approx(both[1].params[0] - both[0].params[0], rel=1e-10)
    errors = math.hypot(both[0].bse[0], both[1].bse[0])
    assert found.standard_error == pytest.approx(errors, rel=1e-10)
    assert [fit.df for fit in fits(*samples)] == [76.0, 46.0]


def test_squares_of_a_second_pass_are_used():
    (y0, x0), (y1, x1) = _rows(80, 0.0, 5), _rows(50, 2.0, 6)
    samples = CoMoments.of(y0, *x0.T), CoMoments.of(y1, *x1.T)
    pair = fits(*samples)
    squares = robust_square(pair[0], y0, x0), robust_square(pair[1], y1, x1)
    found = compare(*samples, alpha=0.05, squares=squares)
    whole = of_values(y0, x0, y1, x1, alpha=0.05)
    assert found.standard_error == pytest.approx(math.sqrt(sum(squares)), rel=1e-12)
    assert found.parameters["error_form"] == "hc2"
    assert found == whole
    assert compare(*samples, alpha=0.05).parameters["error_form"] == "moments"


@given(rows3, rows3)
def test_swapping_the_arms_negates(a, b):
    one, other = _compared(a, b), _compared(b, a)
    assert (one is None) == (other is None)
    if one and other:
        assert one.estimate == pytest.approx(-other.estimate, rel=1e-6, abs=1e-5)
        assert _ends(one) == pytest.approx([-v for v in _ends(other)[::-1]], rel=1e-5, abs=1e-4)


@given(rows3, rows3, st.floats(0.01, 100), st.integers(-100, 100))
def test_units_of_the_outcome_scale_and_constants_leave_the_difference(a, b, k, up):
    one = _compared(a, b)
    moved = [[(y * k + up, 3.0 * x + 5.0, z - 40.0) for y, x, z in rows] for rows in (a, b)]
    other = _compared(*moved)
    assert (one is None) == (other is None)
    if one and other and one.parameters["covariates"] == other.parameters["covariates"]:
        assert other.estimate == pytest.approx(one.estimate * k, rel=1e-5, abs=1e-3)
        assert other.standard_error == pytest.approx(one.standard_error * k, rel=1e-4, abs=1e-4)


def test_merging_parts_is_the_whole():
    (y0, x0), (y1, x1) = _rows(80, 0.0, 7), _rows(50, 2.0, 8)
    parts = CoMoments.of(y0[:30], *x0[:30].T) + CoMoments.of(y0[30:], *x0[30:].T)
    other = CoMoments.of(y1, *x1.T)
    one = compare(parts, other, alpha=0.05)
    two = compare(CoMoments.of(y0, *x0.T), other, alpha=0.05)
    assert one.estimate == pytest.approx(two.estimate, rel=1e-10)
    assert one.standard_error == pytest.approx(two.standard_error, rel=1e-10)


def test_a_covariate_that_says_nothing_new_is_left_out():
    (y0, x0), (y1, x1) = _rows(80, 0.0, 9), _rows(50, 2.0, 10)
    plain = of_values(y0, x0, y1, x1, alpha=0.05)
    more = [
        np.column_stack((x, x[:, 0] * 2.0 - x[:, 1], np.full(len(x), 7.0), 1e6 * x[:, 2]))
        for x in (x0, x1)
    ]
    found = of_values(y0, more[0], y1, more[1], alpha=0.05)
    assert found.parameters["covariates"] == 3
    assert found.parameters["covariates_left_out"] == 3
    assert found.parameters["note"] == "covariate_collinear"
    assert found.estimate == plain.estimate
    assert found.standard_error == plain.standard_error


def test_a_covariate_constant_in_one_arm_is_left_out_of_both():
    (y0, x0), (y1, x1) = _rows(80, 0.0, 11), _rows(50, 2.0, 12)
    x1[:, 1] = 4.0
    assert fits(CoMoments.of(y0, *x0.T), CoMoments.of(y1, *x1.T))[0].kept == (1, 3)


def test_only_constant_covariates_leave_the_plain_test():
    rows = [(4.0, 3.0, 1.0), (9.0, 3.0, 1.0), (2.0, 3.0, 1.0)], [(4.0, 3.0, 1.0), (7.0, 3.0, 1.0)]
    found = _compared(*rows, squares=(1.0, 1.0))
    plain = means.compare(*[Moments.of([row[0] for row in arm]) for arm in rows], alpha=0.05)
    assert found.method == "welch_t"
    assert found.parameters["note"] == "covariate_constant"
    assert found.p_value == pytest.approx(plain.p_value, rel=1e-12)


@pytest.mark.parametrize(
    ("control", "treatment", "code"),
    [
        (0, 9, "control_empty"),
        (9, 0, "treatment_empty"),
        (1, 9, "control_one_unit"),
        (9, 1, "treatment_one_unit"),
        (9, 4, "covariates_too_many"),
    ],
)
def test_too_few_units(control, treatment, code):
    samples = []
    for n, seed in ((control, 13), (treatment, 14)):
        y, x = _rows(n, 0.0, seed)
        samples.append(CoMoments.of(y, *x.T))
    with pytest.raises(NotEstimable) as refused:
        compare(*samples, alpha=0.05)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (lambda x: x[:, 1], "covariate_explains_all"),
        (lambda x: 0.1 * x[:, 0] - 7.3 * x[:, 2] + 5.1, "covariate_explains_all"),
        (lambda x: np.full(len(x), 5.0), "no_variation"),
    ],
)
def test_nothing_left_to_compare(outcome, code):
    samples = []
    for seed in (15, 16):
        _, x = _rows(40, 0.0, seed)
        samples.append(CoMoments.of(outcome(x), *x.T))
    with pytest.raises(NotEstimable) as refused:
        compare(*samples, alpha=0.05)
    assert refused.value.code == code


def test_an_offset_of_a_thousand_million_takes_no_digit():
    plain = [CoMoments.of(y, *x.T) for y, x in (_rows(80, 0.0, 17), _rows(50, 2.0, 18))]
    moved = []
    for sample in plain:
        columns = [
            Moments.shifted(sample.n, mean, sample.comoments[i][i], 1e9)
            for i, mean in enumerate(sample.means)
        ]
        whole, rests = tuple(c.mean for c in columns), tuple(c.rest for c in columns)
        moved.append(CoMoments(sample.n, whole, sample.comoments, rests))
    one, other = compare(*plain, alpha=0.05), compare(*moved, alpha=0.05)
    assert other.estimate == pytest.approx(one.estimate, rel=1e-9)
    assert _ends(other) == pytest.approx(_ends(one), rel=1e-9)


def test_a_million_million_units_and_a_p_beyond_floats():
    n = 10**12
    table = ((9.0 * n, 2.0 * n, 0.0), (2.0 * n, 1.0 * n, 0.0), (0.0, 0.0, 4.0 * n))
    arms = [CoMoments(n, (mean, 5.0, 7.0), table) for mean in (-3.0, -2.999)]
    found = compare(*arms, alpha=0.05)
    assert found.standard_error == pytest.approx(math.sqrt(2 * 5.0 / n), rel=1e-9)
    assert found.p_value is None
    assert found.log10_p < -300
    assert found.lift.estimate == pytest.approx(0.001 / 3.0, rel=1e-9)


def test_numbers_beyond_floats_are_refused():
    vast = CoMoments(10, (1.0, 1.0), ((3.0, 1.0), (1.0, math.inf)))
    with pytest.raises(NotEstimable) as refused:
        compare(vast, vast, alpha=0.05)
    assert refused.value.code == "numbers_too_large"


def test_a_covariate_that_varies_by_rounding_only_is_constant():
    table = ((90.0, 1e-9, 10.0), (1e-9, 1e-14, 0.0), (10.0, 0.0, 20.0))
    arms = [CoMoments(20, (mean, 1e9, 7.0), table) for mean in (5.0, 6.0)]
    assert fits(*arms)[0].kept == (2,)
