"""Equivalence and non-inferiority against values that independent libraries agree on."""

from __future__ import annotations

import pytest

from hadi.stats import equivalence, means
from hadi.stats.samples import Moments

pytestmark = pytest.mark.reference


def test_two_one_sided_tests(reference_case, matches):
    case = reference_case("tost_welch")
    given, expected = case["input"], case["expected"]
    arms = [
        Moments.from_sd(given[f"n_{arm}"], given[f"mean_{arm}"], given[f"sd_{arm}"]) for arm in "ab"
    ]
    compared = means.compare(*arms, alpha=0.05)
    found = equivalence.tost(compared, low=given["low"], high=given["high"])
    matches(found.p_lower, expected["p_lower"], case)
    matches(found.p_upper, expected["p_upper"], case)
    matches(found.p_value, expected["p_tost"], case)
    one_sided = equivalence.non_inferiority(compared, margin=-given["low"], sign=1)
    matches(one_sided, expected["p_lower"], case)
