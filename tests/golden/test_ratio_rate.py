"""Ratios and rates against values that independent libraries agree on."""

from __future__ import annotations

import pytest

from hadi.stats import rates, ratios
from hadi.stats.samples import CoMoments, Events

pytestmark = pytest.mark.reference


def _events(case, n):
    given = case["input"]
    return (
        Events(n, given["count_a"], given["exposure_a"]),
        Events(n, given["count_b"], given["exposure_b"]),
    )


def test_ratio_of_sums(reference_case, matches):
    case = reference_case("ratio_delta_abs")
    given, expected = case["input"], case["expected"]
    arms = [CoMoments.of(given[f"num_{arm}"], given[f"den_{arm}"]) for arm in "ab"]
    found = ratios.compare(*arms, alpha=0.05)
    assert found.method == "delta_welch_t"
    matches(found.control, expected["ratio_a"], case)
    matches(found.treatment, expected["ratio_b"], case)
    matches(found.estimate, expected["diff"], case)
    matches(found.standard_error, expected["se"], case)
    matches([found.interval.low, found.interval.high], expected["ci"], case)
    matches(found.p_value, expected["p_value"], case)


def test_a_denominator_of_ones_is_a_mean(reference_case, matches):
    case = reference_case("mean_welch")
    arms = [CoMoments.of(case["input"][arm], [1.0] * len(case["input"][arm])) for arm in "ab"]
    found = ratios.compare(*arms, alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.df, case["expected"]["df"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def test_rate_ratio(reference_case, matches):
    case = reference_case("poisson_exact")
    found = rates.compare(*_events(case, 500), alpha=0.05)
    assert found.method == "rate_exact"
    matches(found.p_value, case["expected"]["p_value"], case)
    matches(1.0 + found.lift.estimate, case["expected"]["rate_ratio"], case)
    ends = [1.0 + found.lift.interval.low, 1.0 + found.lift.interval.high]
    matches(ends, case["expected"]["ci"], case)


def test_a_control_without_events(reference_case, matches):
    case = reference_case("edge_poisson_zero")
    found = rates.compare(*_events(case, 50), alpha=0.05)
    matches(found.p_value, case["expected"]["p_exact"], case)
    low, high = case["expected"]["ci"]
    matches(found.parameters["rate_ratio_low"], low, case)
    assert found.parameters["rate_ratio_high"] is high is None
    assert found.lift is None
