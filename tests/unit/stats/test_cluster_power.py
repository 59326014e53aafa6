"""Planning with clusters: what must hold, what few clusters cannot do, and the promise kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats import cluster_power
from hadi.stats.cluster_power import (
    cluster_conversion_units,
    cluster_mean_units,
    clusters_needed,
    design_effect,
    power_at,
    smallest_attainable_p,
    smallest_effect,
)
from hadi.stats.errors import NotEstimable

PLAN = {"sd": 1.0, "icc": 0.05, "cluster_size": 20.0}
correlations = st.floats(0.0, 1.0)
sizes = st.floats(1.0, 500.0)


def test_design_effect():
    assert design_effect(1.0, 0.3) == 1.0
    assert design_effect(20.0, 0.0, 0.7) == 1.0
    assert design_effect(20.0, 1.0) == 20.0  # a cluster says no more than one unit
    sizes = np.array([5.0, 20.0, 35.0, 100.0])
    cv = sizes.std() / sizes.mean()
    weighted = (sizes**2).sum() / sizes.sum()
    assert design_effect(sizes.mean(), 0.1, cv) == pytest.approx(1 + (weighted - 1) * 0.1)


@pytest.mark.parametrize(
    ("control", "treatment", "p"),
    [(1, 14, 1 / 15), (4, 4, 2 / 70), (3, 3, 2 / 20), (2, 6, 1 / 28), (6, 2, 1 / 28), (0, 9, 1)],
)
def test_smallest_attainable_p(control, treatment, p):
    assert smallest_attainable_p(control, treatment) == pytest.approx(p, rel=1e-15)


def test_smallest_attainable_p_is_never_zero():
    assert 0.0 < smallest_attainable_p(5_000, 5_000) < 1e-300


def test_few_clusters_can_never_confirm():
    assert power_at(3, effect=1e9, **PLAN) == 0.0  # two in twenty
    assert power_at(4, effect=1e9, **PLAN) == 1.0
    assert power_at(2, effect=1e9, clusters_treatment=6, **PLAN) == 1.0  # one in twenty-eight
    assert power_at(1, effect=1e9, clusters_treatment=60, **PLAN) == 0.0
    assert smallest_effect(3, **PLAN) is None
    assert clusters_needed(1e9, **PLAN) == 4
    assert clusters_needed(1e9, alpha=0.01, **PLAN) == 5


@given(st.floats(0.05, 2.0), correlations, sizes, st.floats(0.0, 1.5))
def test_the_number_needed_is_the_smallest(effect, icc, size, cv):
    plan = {"sd": 1.0, "icc": icc, "cluster_size": size, "cv": cv}
    needed = clusters_needed(effect, **plan)
    assert power_at(needed, effect=effect, **plan) >= 0.8
    assert power_at(needed - 1, effect=effect, **plan) < 0.8


@given(correlations, sizes, st.integers(4, 500))
def test_the_smallest_effect_has_the_wanted_power(icc, size, clusters):
    plan = {"sd": 2.5, "icc": icc, "cluster_size": size}
    effect = smallest_effect(clusters, **plan)
    assert power_at(clusters, effect=effect, **plan) == pytest.approx(0.8, abs=1e-6)
    assert power_at(clusters, effect=-effect, **plan) == power_at(clusters, effect=effect, **plan)


def test_clusters_of_one_unit_are_a_plain_t_test():
    clustered = power_at(150, effect=0.2, sd=1.0, icc=0.3, cluster_size=1.0)
    plain = stats.nct.sf(stats.t.isf(0.025, 298), 298, 0.2 / math.sqrt(2 / 150))
    assert clustered == pytest.approx(plain, rel=1e-9)


def test_units_and_clusters_agree_where_clusters_are_many():
    units = cluster_mean_units(effect=0.05, **PLAN)
    assert units.design_effect == pytest.approx(1.95)
    assert units.units == pytest.approx(units.individual * 1.95)
    assert units.clusters == pytest.approx(units.units / 20.0, rel=0.01)
    shares = cluster_conversion_units(baseline=0.2, effect=0.05, icc=0.05, cluster_size=20.0)
    sd = math.sqrt((0.2 * 0.8 + 0.25 * 0.75) / 2)
    assert shares == cluster_mean_units(effect=0.05, sd=sd, icc=0.05, cluster_size=20.0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sd": 0.0}, "power_sd_not_positive"),
        ({"sd": math.nan}, "power_sd_not_positive"),
        ({"icc": -0.1}, "power_icc_outside"),
        ({"icc": math.nan}, "power_icc_outside"),
        ({"cluster_size": 0.5}, "power_cluster_size"),
        ({"cluster_size": math.inf}, "power_cluster_size"),
        ({"cv": -1.0}, "power_cluster_size"),
        ({"effect": 0.0}, "power_no_effect"),
        ({"effect": 1e-300}, "power_out_of_reach"),
    ],
)
def test_what_cannot_be_planned_says_why(change, code):
    with pytest.raises(NotEstimable, match=code):
        clusters_needed(**{"effect": 0.5, **PLAN, **change})
    if code not in ("power_no_effect", "power_out_of_reach"):
        with pytest.raises(NotEstimable, match=code):
            power_at(1, **{"effect": 0.5, **PLAN, **change})


def test_shares_stay_shares():
    with pytest.raises(NotEstimable, match="power_share_outside"):
        cluster_power.conversion_sd(0.9, 0.2)


@pytest.mark.parametrize("df", [2.0, 6.0, 20.0, 500.0, 3e5, 2e6])
def test_power_grows_with_the_effect_and_is_never_undefined(df):
    away = np.geomspace(1e-3, 1e4, 2_000)
    found = np.array([cluster_power._t_power(float(x), df, 0.05) for x in away])
    assert np.diff(found).min() >= -1e-12
    assert found[-1] == pytest.approx(1.0)
