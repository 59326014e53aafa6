"""Clusters: the closed forms against matrices, what must always hold, and the relative change."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats import clusters
from tests.factories.clusters import compare, drawn, quotients, sums

# --- Bell & McCaffrey's matrices, as published


def by_matrices(y, x, weights, groups):
    """(estimates, CR2 variance and Satterthwaite df of the last one) of weighted least squares."""
    root = np.sqrt(weights)
    x, y = x * root[:, None], y * root
    bread = np.linalg.inv(x.T @ x)
    estimates = bread @ x.T @ y
    residuals = y - x @ estimates
    left = np.eye(len(y)) - x @ bread @ x.T
    contrast = np.zeros(x.shape[1])
    contrast[-1] = 1.0
    scores, vectors = [], []
    for group in np.unique(groups):
        own = groups == group
        eigenvalues, eigenvectors = np.linalg.eigh(left[np.ix_(own, own)])
        power = np.where(eigenvalues > 1e-10, np.abs(eigenvalues), np.inf) ** -0.5
        adjust = eigenvectors @ np.diag(power) @ eigenvectors.T
        direction = adjust @ x[own] @ bread @ contrast
        scores.append(direction @ residuals[own])
        vectors.append(left[:, own] @ direction)
    products = np.array(vectors) @ np.array(vectors).T
    df = np.trace(products) ** 2 / (products**2).sum()
    return estimates, float((np.array(scores) ** 2).sum()), df


@pytest.mark.parametrize(
    ("sizes0", "sizes1"),
    [((5, 5, 5), (5, 5, 5)), ((1, 2, 9, 4, 4), (3, 30, 2)), ((8, 2), (1, 1, 1, 1, 20, 3))],
)
def test_cr2_of_units_is_that_of_the_matrices(sizes0, sizes1):
    random = np.random.default_rng(3)
    parts = [random.normal(size=n) + random.normal() for n in (*sizes0, *sizes1)]
    arm = np.repeat([0.0, 1.0], (sum(sizes0), sum(sizes1)))
    groups = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    design = np.column_stack((np.ones_like(arm), arm))
    estimates, variance, df = by_matrices(np.concatenate(parts), design, np.ones_like(arm), groups)
    found = compare(sums(parts[: len(sizes0)]), sums(parts[len(sizes0) :]))
    assert found.estimate == pytest.approx(estimates[1], rel=1e-10)
    assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-10)
    assert found.df == pytest.approx(df, rel=1e-9)
    expected = 2 * stats.t.sf(abs(estimates[1]) / math.sqrt(variance), df)
    assert found.parameters["cr2_p"] == pytest.approx(expected, rel=1e-9)


def test_cr2_of_quotients_is_weighted_least_squares():
    sizes = np.array([0.5, 3.25, 6.0, 1.5, 2.0, 12.0, 7.5, 3.0, 3.0, 11.0, 0.2])
    totals = sizes * np.random.default_rng(5).normal(2.0, 0.4, sizes.size)
    arm = np.repeat([0.0, 1.0], (5, 6))
    design = np.column_stack((np.ones_like(arm), arm))
    estimates, variance, df = by_matrices(totals / sizes, design, sizes, np.arange(sizes.size))
    found = compare(quotients(sizes[:5], totals[:5]), quotients(sizes[5:], totals[5:]))
    assert found.method == "cluster_cr2_t"
    assert found.control == pytest.approx(estimates[0], rel=1e-12)
    assert found.estimate == pytest.approx(estimates[1], rel=1e-10)
    assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-10)
    assert found.df == pytest.approx(df, rel=1e-9)
    assert found.p_value == pytest.approx(found.parameters["cr2_p"])


# --- permutation and bootstrap, the long way


@pytest.mark.parametrize(("n0", "n1", "smallest"), [(3, 4, 1 / 35), (4, 4, 2 / 70), (2, 6, 1 / 28)])
def test_permutation_is_the_share_of_assignments(n0, n1, smallest):
    control, treatment = drawn([7, 2, 5, 9][:n0], 1), drawn([3, 8, 4, 4, 6, 2][:n1], 2, shift=2)
    totals = np.concatenate((control.totals, treatment.totals))
    sizes = np.concatenate((control.sizes, treatment.sizes))

    def difference(treated):
        inside = np.isin(np.arange(n0 + n1), treated)
        values = [totals[which].sum() / sizes[which].sum() for which in (inside, ~inside)]
        return abs(values[0] - values[1])

    real = difference(range(n0, n0 + n1))
    every = [difference(chosen) for chosen in combinations(range(n0 + n1), n1)]
    share = sum(d >= real * (1 - 1e-9) for d in every) / len(every)
    found = compare(control, treatment)
    assert found.method == "cluster_permutation"
    assert found.p_value == found.parameters["permutation_p"] == pytest.approx(share, rel=1e-12)
    assert found.parameters["permutation_assignments"] == math.comb(n0 + n1, n0)
    assert found.parameters["permutation_exact"] is True
    assert found.parameters["smallest_p"] == pytest.approx(smallest)
    assert found.log10_p == pytest.approx(math.log10(share))


@pytest.mark.parametrize(("n0", "n1"), [(4, 4), (2, 5), (5, 2)])
def test_the_smallest_p_is_attained(n0, n1):
    found = compare(drawn([4] * n0, 1), drawn([4] * n1, 2, shift=100.0))
    assert found.p_value == pytest.approx(found.parameters["smallest_p"], rel=1e-12)


def test_many_assignments_are_drawn():
    control, treatment = drawn([5] * 10, 3), drawn([5] * 10, 4, shift=0.7)
    found = compare(control, treatment).parameters
    assert found["permutation_exact"] is False
    assert found["permutation_assignments"] == 20_001
    assert found["smallest_p"] == pytest.approx(1 / 20_001)
    assert isinstance(found["seed"], int)
    values = np.concatenate((control.means, treatment.means))
    every = np.array(list(combinations(range(20), 10)))
    picked = values[every].sum(axis=1)
    differences = np.abs(picked - (values.sum() - picked))
    share = (differences >= differences[-1] * (1 - 1e-9)).mean()
    assert found["permutation_p"] == pytest.approx(share, abs=4 * math.sqrt(share / 20_000))
    assert compare(control, treatment).parameters == found


@pytest.mark.parametrize(
    ("n0", "n1", "weights", "draws", "is_exact"),
    [
        (2, 3, "webb", 6**5, True),
        (4, 4, "webb", 9_999, False),
        (6, 6, "rademacher", 2**12, True),
        (9, 9, "rademacher", 9_999, False),
    ],
)
def test_bootstrap_of_units_drawn_one_by_one(n0, n1, weights, draws, is_exact):
    """Against a bootstrap that redraws every unit and fits each data set anew."""
    found = compare(drawn([3] * n0, 5), drawn([4] * n1, 6, shift=1.0)).parameters
    assert found["bootstrap_weights"] == weights
    assert found["bootstrap_draws"] == draws
    assert found["bootstrap_exact"] is is_exact
    random = np.random.default_rng(8)
    shapes = {"webb": [0.5, 1.0, 1.5], "rademacher": [1.0]}[weights]
    values, sizes, groups = (
        [],
        [3] * n0 + [4] * n1,
        np.repeat(np.arange(n0 + n1), [3] * n0 + [4] * n1),
    )
    control, treatment = drawn([3] * n0, 5), drawn([4] * n1, 6, shift=1.0)
    totals = np.concatenate((control.totals, treatment.totals))
    y = (totals / sizes)[groups]  # any units with these totals: the bootstrap sees no others
    arm = (groups >= n0).astype(float)

    def t(outcome):
        result = 0.0, 0.0
        for which, sign in ((arm == 0, -1), (arm == 1, 1)):
            inside = outcome[which]
            rest = inside - inside.mean()
            scores = [rest[groups[which] == g].sum() for g in np.unique(groups[which])]
            error = sum(s * s for s in scores) / inside.size**2
            result = result[0] + sign * inside.mean(), result[1] + error
        return abs(result[0]) / math.sqrt(result[1])

    real, rest = t(y), y - y.mean()
    for _ in range(1_500):
        factor = random.choice([-1, 1], n0 + n1) * np.sqrt(random.choice(shapes, n0 + n1))
        values.append(t(y.mean() + rest * factor[groups]) >= real * (1 - 1e-9))
    share = np.mean(values)
    slack = 4 * math.sqrt(max(share * (1 - share), 0.001) / 1_500)
    assert found["bootstrap_p"] == pytest.approx(share, abs=slack)


# --- what must always hold

values = st.lists(st.floats(-50, 50), min_size=1, max_size=5)
arms = st.lists(values, min_size=2, max_size=6)


def comparable(control, treatment):
    """The comparison, or nothing where there is none or where rounding would decide."""
    first, second = sums(control), sums(treatment)
    assume(np.ptp(first.means) > 1e-3 and np.ptp(second.means) > 1e-3)
    return first, second, compare(first, second)


@given(arms, arms)
def test_swapping_the_arms_negates(control, treatment):
    first, second, found = comparable(control, treatment)
    other = compare(second, first)
    assert other.estimate == pytest.approx(-found.estimate, abs=1e-9)
    assert other.standard_error == pytest.approx(found.standard_error)
    assert other.df == pytest.approx(found.df)
    assert other.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
    assert other.log10_p == pytest.approx(found.log10_p, abs=1e-9)


@given(arms, arms, st.floats(0.01, 100), st.sampled_from((-1, 1)))
def test_scaling_the_unit_scales(control, treatment, factor, sign):
    _, _, found = comparable(control, treatment)
    scale = factor * sign
    other = compare(*(sums([[v * scale for v in c] for c in a]) for a in (control, treatment)))
    assert other.estimate == pytest.approx(scale * found.estimate, rel=1e-7, abs=1e-7)
    assert other.standard_error == pytest.approx(factor * found.standard_error, rel=1e-6)
    assert other.p_value == pytest.approx(found.p_value, rel=1e-5)
    assert other.parameters["naive_p"] == pytest.approx(found.parameters["naive_p"], rel=1e-4)


@given(arms, arms, st.floats(-1e4, 1e4))
def test_a_constant_leaves_differences(control, treatment, constant):
    _, _, found = comparable(control, treatment)
    other = compare(*(sums([[v + constant for v in c] for c in a]) for a in (control, treatment)))
    assert other.estimate == pytest.approx(found.estimate, abs=1e-6)
    assert other.standard_error == pytest.approx(found.standard_error, rel=1e-4)
    assert other.df == pytest.approx(found.df)


@given(arms, arms, st.randoms())
def test_the_order_of_clusters_does_not_matter(control, treatment, random):
    _, _, found = comparable(control, treatment)
    random.shuffle(control)
    random.shuffle(treatment)
    other = compare(sums(control), sums(treatment))
    assert other.estimate == pytest.approx(found.estimate, abs=1e-9)
    assert other.standard_error == pytest.approx(found.standard_error)
    assert other.p_value == pytest.approx(found.p_value, rel=1e-9)


@given(st.integers(2, 30), st.integers(2, 30), st.integers(1, 9), st.integers(0, 10**6))
def test_equal_clusters_are_welch_on_their_means(n0, n1, size, seed):
    control, treatment = drawn([size] * n0, seed), drawn([size] * n1, seed + 1)
    found = compare(control, treatment)
    error = math.sqrt(control.means.var(ddof=1) / n0 + treatment.means.var(ddof=1) / n1)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.df <= n0 + n1 - 2 + 1e-9
    if n0 == n1:
        assert found.df == pytest.approx(n0 + n1 - 2)


def test_naive_is_welch_on_the_units():
    random = np.random.default_rng(2)
    control = [random.normal(5, 1, n) for n in (4, 9, 2, 6, 6)]
    treatment = [random.normal(6, 3, n) for n in (8, 3, 5, 7, 1)]
    found = clusters.naive(sums(control), sums(treatment), alpha=0.1)
    oracle = stats.ttest_ind(np.concatenate(treatment), np.concatenate(control), equal_var=False)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.interval.low == pytest.approx(oracle.confidence_interval(0.9).low)
    parameters = compare(sums(control), sums(treatment)).parameters
    assert parameters["naive_p"] == pytest.approx(oracle.pvalue, rel=1e-9)


def test_icc_is_the_analysis_of_variance_of_each_arm():
    random = np.random.default_rng(4)
    parts = [random.normal(size=6) + 0.7 * random.normal() for _ in range(20)]
    first, second = sums(parts[:10]), sums(parts[10:])
    between = 6 * (first.means.var(ddof=1) + second.means.var(ddof=1)) / 2
    within = np.mean([part.var(ddof=1) for part in parts])
    expected = (between - within) / (between + 5 * within)
    assert clusters.icc(first, second) == pytest.approx(expected)
    found = compare(first, second).parameters
    assert found["icc"] == pytest.approx(expected)
    assert found["design_effect"] == pytest.approx(1 + 5 * max(expected, 0))
    assert found["size_cv"] == 0.0


def test_icc_finds_what_was_put_in():
    sizes = np.random.default_rng(1).integers(5, 60, 3_000)
    first, second = (drawn(sizes, seed, between=1 / 3) for seed in (1, 2))
    assert clusters.icc(first, second) == pytest.approx(0.1, abs=0.01)


def test_clusters_that_are_alike_have_no_negative_design_effect():
    first = sums([[1, 5], [1, 5], [1, 5.1]])
    second = sums([[1, 5], [1, 5], [1, 5.2]])
    found = compare(first, second).parameters
    assert found["icc"] < 0
    assert found["design_effect"] == 1.0


# --- the relative change


def test_lift_divides_by_the_control():
    control, treatment = drawn([9] * 12, 1, level=20), drawn([9] * 12, 2, level=24)
    found = compare(control, treatment)
    lift = found.lift
    assert lift.estimate == pytest.approx(found.estimate / found.control)
    assert lift.interval.low < lift.estimate < lift.interval.high
    # Fieller's ends leave T of (treatment - ratio * control) on the quantile.
    quantile = stats.t.isf(0.025, found.df)
    squares = [arm.means.var(ddof=1) / 12 for arm in (control, treatment)]
    for end in (lift.interval.low, lift.interval.high):
        gap = found.treatment - (1 + end) * found.control
        error = math.sqrt(squares[1] + (1 + end) ** 2 * squares[0])
        assert abs(gap) / error == pytest.approx(quantile)


def test_no_lift_on_a_control_that_may_be_zero():
    assert compare(drawn([9] * 12, 1, level=0), drawn([9] * 12, 2)).lift is None


def test_lift_of_a_negative_control_keeps_its_direction():
    lift = compare(drawn([9] * 12, 1, level=-20), drawn([9] * 12, 2, level=-15)).lift
    assert lift.estimate > 0
    assert 0 < lift.interval.low < lift.estimate < lift.interval.high
