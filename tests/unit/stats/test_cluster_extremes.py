"""Clusters: too few, one giant, no variation, offsets, and numbers of all sizes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.domain.wording import WORDING
from hadi.stats import clusters
from hadi.stats.errors import NotEstimable
from tests.factories.clusters import compare, drawn, quotients, sums


@pytest.mark.parametrize(
    ("n0", "n1", "code"),
    [
        (0, 5, "control_empty"),
        (5, 0, "treatment_empty"),
        (1, 14, "control_one_cluster"),
        (14, 1, "treatment_one_cluster"),
    ],
)
def test_an_arm_of_one_cluster_has_no_answer(n0, n1, code):
    with pytest.raises(NotEstimable) as refused:
        compare(drawn([4] * n0, 1), drawn([4] * n1, 2))
    assert refused.value.code == code
    assert code in WORDING


@pytest.mark.parametrize("level", [0.0, 0.1, 7.3, 1e9 + 0.1])
def test_clusters_without_any_variation(level):
    control, treatment = ([[level] * n for n in sizes] for sizes in ((3, 7, 11), (7, 1, 1_000)))
    with pytest.raises(NotEstimable, match="no_variation"):
        compare(sums(control), sums(treatment))
    with pytest.raises(NotEstimable, match="no_variation"):
        clusters.cluster_means(sums(control), sums(treatment), alpha=0.05)


def test_equal_clusters_of_differing_units():
    control, treatment = sums([[1, 3]] * 5), sums([[2, 4]] * 5)
    with pytest.raises(NotEstimable, match="no_variation"):
        compare(control, treatment)
    assert clusters.naive(control, treatment, alpha=0.05).p_value < 0.1


def test_one_arm_without_variation_leaves_the_other():
    found = compare(sums([[5.0]] * 6), sums([[v] for v in (5, 6, 7, 8, 9, 10)]))
    assert found.estimate == pytest.approx(2.5)
    assert found.standard_error == pytest.approx(math.sqrt(3.5 / 6))


def test_two_against_two():
    found = compare(sums([[1, 2], [2, 3]]), sums([[11, 12], [12, 14]]))
    assert found.method == "cluster_permutation"
    assert found.p_value == pytest.approx(2 / 6)
    assert found.df == pytest.approx(2)
    assert found.parameters["cr2_p"] < 0.05  # which is why it does not decide
    assert 2 / 6**4 < found.parameters["bootstrap_p"] < 1


def test_five_against_five_is_the_first_to_go_by_t():
    assert compare(drawn([4] * 5, 1), drawn([4] * 5, 2)).method == "cluster_cr2_t"
    assert compare(drawn([4] * 4, 1), drawn([4] * 40, 2)).method == "cluster_permutation"


@pytest.mark.parametrize(
    ("share", "method"), [(0.45, "cluster_cr2_t"), (0.6, "cluster_permutation")]
)
def test_a_cluster_of_over_half_its_arm_leaves_the_permutation(share, method):
    sizes = np.array([7 * share / (1 - share), 1, 1, 1, 1, 1, 1, 1])
    quotient = np.array([1.0, 1.4, 0.9, 1.2, 0.7, 1.1, 1.0, 1.3])
    large, plain = quotients(sizes, sizes * quotient), quotients(np.ones(8), 2 * quotient[::-1])
    found = compare(large, plain)
    assert found.method == method
    assert found.parameters["largest_share"] == pytest.approx(share)
    decides = "permutation_p" if method == "cluster_permutation" else "cr2_p"
    assert found.p_value == pytest.approx(found.parameters[decides], rel=1e-12)
    assert 1 < found.df < 14


@pytest.mark.parametrize("size", [100.0, 1e12, 1e18])
def test_a_giant_cluster_is_an_arm_of_one(size):
    sizes, values = np.array([size, 1, 1, 2, 1, 1]), np.array([1.0, 1.5, 0.5, 1.1, 2.0, 1.0])
    giant, plain = quotients(sizes, sizes * values), quotients(np.ones(6), values)
    with pytest.raises(NotEstimable, match="control_giant_cluster"):
        compare(giant, plain)
    with pytest.raises(NotEstimable, match="treatment_giant_cluster"):
        compare(plain, giant)


def test_sizes_of_different_orders():
    sizes = np.array([4e12, 3.0, 3e12, 2e12, 5.0, 4e12, 1.0])
    values = np.array([1.0, 1.4, 0.9, 1.2, 0.7, 1.1, 1.0])
    found = compare(quotients(sizes, sizes * values), quotients(sizes[::-1], sizes[::-1] * values))
    near = [0, 2, 3, 5], [1, 3, 4, 6]
    kept = [
        quotients(s[i], (s * values)[i]) for s, i in zip((sizes, sizes[::-1]), near, strict=True)
    ]
    without = compare(*kept)
    assert found.estimate == pytest.approx(without.estimate)
    assert found.standard_error == pytest.approx(without.standard_error)
    assert found.df == pytest.approx(without.df)


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_an_offset_costs_no_digits(offset):
    steps0, steps1 = np.array([1, 5, 3, 2, 8, 4.0]), np.array([9, 3, 7, 12, 10, 6.0])
    sizes = np.array([4, 7, 2, 9, 5, 5.0])
    plain = compare(quotients(sizes, steps0), quotients(sizes, steps1))
    found = compare(
        quotients(sizes, steps0 + offset * sizes), quotients(sizes, steps1 + offset * sizes)
    )
    assert found.estimate == pytest.approx(plain.estimate, rel=1e-9)
    assert found.standard_error == pytest.approx(plain.standard_error, rel=1e-8)
    assert found.p_value == pytest.approx(plain.p_value, rel=1e-8)
    assert found.parameters["permutation_p"] == plain.parameters["permutation_p"]
    assert found.parameters["bootstrap_p"] == plain.parameters["bootstrap_p"]


@pytest.mark.parametrize("scale", [1e-120, 1e120])
def test_tiny_and_huge_numbers(scale):
    control, treatment = np.array([1, 5, 3, 2, 8.0]), np.array([9, 3, 7, 12, 10.0])
    sizes = np.ones(5)
    plain = compare(quotients(sizes, control), quotients(sizes, treatment))
    found = compare(quotients(sizes, control * scale), quotients(sizes, treatment * scale))
    assert found.p_value == pytest.approx(plain.p_value)
    assert found.parameters["bootstrap_p"] == plain.parameters["bootstrap_p"]


@pytest.mark.parametrize("number", [1e200, math.inf, math.nan])
def test_numbers_too_large(number):
    with pytest.raises(NotEstimable, match="numbers_too_large"):
        compare(quotients([1, 1, 1], [number, 1, 2]), quotients([1, 1, 1], [1, 2, 3]))


def test_quotients_have_no_units_to_compare():
    control, treatment = quotients([3, 4, 5, 9, 2], [2, 2, 3, 9, 1]), drawn([3] * 5, 1)
    with pytest.raises(NotEstimable, match="no_unit_values"):
        clusters.naive(control, treatment, alpha=0.05)
    found = compare(control, treatment).parameters
    assert found["naive_p"] is found["icc"] is found["design_effect"] is None
    assert found["units"] == 165.0


def test_p_that_no_float_can_hold():
    control, treatment = drawn([50] * 2_000, 1), drawn([50] * 2_000, 2, shift=5.0)
    found = compare(control, treatment)
    assert found.p_value is None
    assert found.log10_p < -400
    assert found.parameters["naive_p"] is None
    assert found.parameters["naive_log10_p"] < found.log10_p


def test_many_clusters_skip_what_few_need():
    found = compare(drawn([3] * 3_000, 1), drawn([5] * 3_000, 2))
    assert found.parameters["clusters"] == 6_000
    for name in ("permutation_p", "bootstrap_p", "smallest_p", "seed"):
        assert found.parameters[name] is None


def test_three_treated_of_thousands_are_permuted():
    found = compare(drawn([3] * 4_000, 1), drawn([3] * 3, 2, shift=9.0))
    assert found.method == "cluster_permutation"
    assert found.p_value == pytest.approx(1 / 20_001)
