"""Several arms at once against values that independent libraries agree on."""

from __future__ import annotations

import pytest

from hadi.stats import means, omnibus
from hadi.stats.arrays import Distribution
from hadi.stats.samples import Conversion, Moments

pytestmark = pytest.mark.reference


def test_three_shares(reference_case, matches):
    case = reference_case("abn_omnibus")
    given, expected = case["input"], case["expected"]
    arms = [Conversion(n, x) for n, x in zip(given["n"], given["x"], strict=True)]
    found = omnibus.conversions(arms)
    matches(found.statistic, expected["chi2"], case)
    assert found.df == expected["df"]
    matches(found.p_value, expected["p_value"], case)


def test_two_arms_are_the_pairs_own_test(reference_case, matches):
    case = reference_case("mean_welch")
    arms = [Moments.of(case["input"][arm]) for arm in "ab"]
    found = omnibus.means(arms)
    matches(found.statistic, case["expected"]["t"] ** 2, case)
    matches(found.df_within, case["expected"]["df"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    assert means.compare(*arms, alpha=0.05).p_value == pytest.approx(found.p_value)


def test_ranks_of_two_arms_with_ties(reference_case, matches):
    case = reference_case("mwu_ties")
    arms = [Distribution.of(case["input"][arm]) for arm in "ab"]
    matches(omnibus.ranks(arms).p_value, case["expected"]["p_value"], case)
