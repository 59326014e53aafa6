"""Ranks, quantiles and exact tests against values that independent libraries agree on."""

from __future__ import annotations

import pytest

from hadi.stats import quantiles, ranks
from hadi.stats.arrays import Distribution
from hadi.stats.exact_proportions import barnard, boschloo
from hadi.stats.samples import Conversion

pytestmark = pytest.mark.reference


def _arms(case):
    return Distribution.of(case["input"]["a"]), Distribution.of(case["input"]["b"])


def test_mann_whitney_with_ties(reference_case, matches):
    case = reference_case("mwu_ties")
    found = ranks.compare(*_arms(case), alpha=0.05).parameters
    assert not found["mann_whitney_exact"]
    matches(found["mann_whitney_u"], case["expected"]["U"], case)
    matches(found["mann_whitney_p"], case["expected"]["p_value"], case)


def test_brunner_munzel(reference_case, matches):
    case = reference_case("brunner_munzel")
    found = ranks.compare(*_arms(case), alpha=0.05)
    assert found.method == "hodges_lehmann_brunner_munzel"
    matches(found.statistic, case["expected"]["statistic"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    matches(found.parameters["superiority"], case["expected"]["prob_superiority"], case)


def test_medians_by_order_statistics(reference_case, matches):
    case = reference_case("quantile_gb")
    found = quantiles.compare(*_arms(case), q=case["input"]["q"], alpha=0.05)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.standard_error, case["expected"]["se"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["ci"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def _columns(case):
    """The columns of the table are the samples."""
    (won0, won1), (lost0, lost1) = case["input"]["table"]
    return Conversion(won0 + lost0, won0), Conversion(won1 + lost1, won1)


def test_boschloo(reference_case, matches):
    case = reference_case("prop_boschloo")
    first, second = _columns(case)
    matches(boschloo(second, first, alternative="greater"), case["expected"]["p_value"], case)
    matches(boschloo(first, second, alternative="less"), case["expected"]["p_value"], case)


def test_barnard(reference_case, matches):
    case = reference_case("prop_barnard")
    matches(barnard(*_columns(case)), case["expected"]["p_value"], case)
