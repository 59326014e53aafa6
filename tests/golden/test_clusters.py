"""Tests that randomise clusters, against R's clubSandwich, stats and closed forms."""

from __future__ import annotations

import pytest

from hadi.stats import cluster_power

pytestmark = pytest.mark.reference


def test_design_effect_of_unequal_clusters(reference_case, matches):
    case = reference_case("ss_cluster")
    given, expected = case["input"], case["expected"]
    equal = cluster_power.design_effect(given["mean_cluster"], given["icc"])
    unequal = cluster_power.design_effect(given["mean_cluster"], given["icc"], given["cv_cluster"])
    matches(equal, expected["deff_equal"], case)
    matches(unequal, expected["deff_unequal"], case)
    matches(given["n_ind"] * equal, expected["n_per_arm"], case)
