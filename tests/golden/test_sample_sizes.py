"""Sample sizes against published tables and other libraries."""

from __future__ import annotations

import math

import pytest

from hadi.stats.power import conversion_plan, conversion_total_units, mean_plan, mean_total_units

pytestmark = pytest.mark.reference


def test_units_for_a_mean(reference_case, matches):
    case = reference_case("ss_mean_t")
    given = case["input"]
    total = mean_total_units(
        given["delta"], given["sd"], alpha=given["alpha"], power=given["power"]
    )
    matches(total / 2, case["expected"]["n_per_arm"], case)
    plan = mean_plan(
        sd=given["sd"], effect=given["delta"], alpha=given["alpha"], power=given["power"]
    )
    assert plan.n_per_arm == math.ceil(case["expected"]["n_per_arm"])


def test_smallest_effect_on_a_mean(reference_case, matches):
    case = reference_case("ss_mean_t")
    given = case["input"]
    plan = mean_plan(
        sd=given["sd"], effect=given["delta"], power=given["mde_power"], n_per_arm=given["mde_n"]
    )
    matches(plan.mde, case["expected"]["mde"], case)


def test_units_for_a_share(reference_case, matches):
    case = reference_case("ss_prop")
    given = case["input"]
    effect = given["p2"] - given["p1"]
    rules = {"alpha": given["alpha"], "power": given["power"]}
    total = conversion_total_units(given["p1"], effect, **rules)
    assert total / 2 == pytest.approx(case["expected"]["n_pooled"], rel=1e-9)
    plan = conversion_plan(baseline=given["p1"], effect=effect, **rules)
    assert plan.n_per_arm == math.ceil(case["expected"]["n_pooled"])


def test_units_for_unequal_arms(reference_case, matches):
    case = reference_case("ss_mean_unequal")
    given = case["input"]
    shares = (1.0, given["ratio_small_to_large"])
    rules = {"alpha": given["alpha"], "power": given["power"], "shares": shares}
    total = mean_total_units(given["effect_sd"], 1.0, **rules)
    matches(total * shares[0] / sum(shares), case["expected"]["n_large"], case)
