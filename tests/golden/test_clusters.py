"""Tests that randomise clusters, against R's clubSandwich, stats and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from hadi.stats import cluster_power, clusters
from hadi.stats.arrays import Clusters

pytestmark = pytest.mark.reference


def arm(given, treated):
    """The sums of each cluster of one arm, from the units."""
    cluster, treat, y = (np.array(given[name]) for name in ("cluster", "treat", "y"))
    names = np.unique(cluster[treat == treated])
    parts = [y[cluster == name] for name in names]
    sizes = np.array([float(part.size) for part in parts])
    return Clusters(
        names=tuple(str(name) for name in names),
        sizes=sizes,
        totals=np.array([part.sum() for part in parts]),
        units=sizes,
        within=np.array([((part - part.mean()) ** 2).sum() for part in parts]),
    )


def test_cr2_with_satterthwaite(reference_case, matches):
    case = reference_case("crt_cluster")
    expected = case["expected"]
    found = clusters.compare(arm(case["input"], 0), arm(case["input"], 1), alpha=0.05)
    assert found.method == "cluster_cr2_t"
    matches(found.estimate, expected["est"], case)
    matches(found.standard_error, expected["cr2"], case)
    matches(found.df, expected["cr2_df"], case)
    matches(found.p_value, expected["cr2_p"], case)


def test_t_of_cluster_means(reference_case, matches):
    case = reference_case("crt_cluster_means")
    expected = case["expected"]
    control, treatment = arm(case["input"], 0), arm(case["input"], 1)
    found = clusters.cluster_means(control, treatment, alpha=0.05)
    matches(found.estimate, expected["est"], case)
    matches(found.df, expected["df"], case)
    matches(found.p_value, expected["p_value"], case)
    matches([found.interval.low, found.interval.high], expected["ci"], case)
    parameters = clusters.compare(control, treatment, alpha=0.05).parameters
    matches(parameters["cluster_means_estimate"], expected["est"], case)
    matches(parameters["cluster_means_p"], expected["p_value"], case)


def test_design_effect_of_unequal_clusters(reference_case, matches):
    case = reference_case("ss_cluster")
    given, expected = case["input"], case["expected"]
    equal = cluster_power.design_effect(given["mean_cluster"], given["icc"])
    unequal = cluster_power.design_effect(given["mean_cluster"], given["icc"], given["cv_cluster"])
    matches(equal, expected["deff_equal"], case)
    matches(unequal, expected["deff_unequal"], case)
    matches(given["n_ind"] * equal, expected["n_per_arm"], case)
