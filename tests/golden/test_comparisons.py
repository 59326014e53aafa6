"""Shares, means and sample ratio against values that independent libraries agree on."""

from __future__ import annotations

import math

import pytest

from hadi.stats import means, proportions, srm
from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import benjamini_hochberg, bonferroni, holm
from hadi.stats.samples import Conversion, Moments

pytestmark = pytest.mark.reference


def _conversions(case):
    given = case["input"]
    return Conversion(given["n_a"], given["x_a"]), Conversion(given["n_b"], given["x_b"])


def _summaries(case):
    given = case["input"]
    return tuple(
        Moments.from_sd(given[f"n_{arm}"], given[f"mean_{arm}"], given[f"sd_{arm}"]) for arm in "ab"
    )


def test_two_shares(reference_case, matches):
    case = reference_case("prop_z_pooled")
    found = proportions.compare(*_conversions(case), alpha=0.05)
    assert found.method == "newcombe_pooled_z"
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.statistic, case["expected"]["z"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    matches(found.log10_p, math.log10(case["expected"]["p_value"]), case)


def test_lift_of_shares(reference_case, matches):
    case = reference_case("prop_rel_lift_log")
    lift = proportions.compare(*_conversions(case), alpha=0.05).lift
    matches(lift.estimate, case["expected"]["lift"], case)
    matches([lift.interval.low, lift.interval.high], case["expected"]["ci"], case)


def test_fisher(reference_case, matches):
    case = reference_case("prop_fisher")
    found = proportions.compare(*_conversions(case), alpha=0.05)
    assert found.method == "newcombe_fisher"
    assert found.p_value == pytest.approx(case["expected"]["p_value"], rel=1e-12)


def test_a_control_without_success_hides_nothing(reference_case, matches):
    case = reference_case("edge_zero_control")
    found = proportions.compare(*_conversions(case), alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.p_value, case["expected"]["p_fisher"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["newcombe"], case)
    assert found.lift is None


def test_a_million_million_units(reference_case, matches):
    case = reference_case("edge_huge_n")
    found = proportions.compare(*_conversions(case), alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.estimate / found.standard_error, case["expected"]["z_unpooled"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def test_means_of_values(reference_case, matches):
    case = reference_case("mean_welch")
    samples = (Moments.of(case["input"]["a"]), Moments.of(case["input"]["b"]))
    found = means.compare(*samples, alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.statistic, case["expected"]["t"], case)
    matches(found.df, case["expected"]["df"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["ci"], case)


def test_means_of_summaries(reference_case, matches):
    case = reference_case("mean_welch_summary")
    found = means.compare(*_summaries(case), alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.statistic, case["expected"]["t"], case)
    matches(found.standard_error, case["expected"]["se"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["ci"], case)


def test_lift_of_means(reference_case, matches):
    case = reference_case("mean_rel_lift_fieller")
    lift = means.compare(*_summaries(case), alpha=0.05).lift
    matches(lift.estimate, case["expected"]["lift"], case)
    matches([lift.interval.low, lift.interval.high], case["expected"]["ci"], case)


def test_missing_values_are_not_counted(reference_case, matches):
    case = reference_case("edge_nulls")
    a, b = (Moments.of([v for v in case["input"][arm] if v is not None]) for arm in ("a", "b"))
    found = means.compare(a, b, alpha=0.05)
    assert (found.n_control, found.n_treatment) == (3, 4)
    matches(found.p_value, case["expected"]["p_value"], case)


@pytest.mark.parametrize("name", ["edge_all_equal_same", "edge_all_equal_diff", "edge_n1"])
def test_without_variation_there_is_no_answer(reference_case, name):
    case = reference_case(name)
    a, b = Moments.of(case["input"]["a"]), Moments.of(case["input"]["b"])
    with pytest.raises(NotEstimable) as refused:
        means.compare(a, b, alpha=0.05)
    assert refused.value.code == ("control_one_unit" if name == "edge_n1" else "no_variation")


def test_sample_ratio(reference_case, matches):
    case = reference_case("srm2")
    counts = dict(zip("ab", case["input"]["counts"], strict=True))
    shares = dict(zip("ab", case["input"]["weights"], strict=True))
    found = srm.sample_ratio(counts, shares)
    matches(found.statistic, case["expected"]["chi2"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def test_multiplicity(reference_case, matches):
    case = reference_case("multiplicity")
    p_values = case["input"]["p"]
    adjusted = benjamini_hochberg(p_values)
    matches(adjusted, case["expected"]["BH"], case)
    matches(holm(p_values), case["expected"]["holm"], case)
    matches(bonferroni(p_values), case["expected"]["bonferroni"], case)
    assert sum(p <= 0.05 for p in adjusted) == case["expected"]["bh_rejected_at_05"]
