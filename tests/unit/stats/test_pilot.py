"""Pilots against controls: against scipy and brute force, what must always hold, and refusals."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats import pilot
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale, gaps, site_changes, usable
from hadi.stats.site_noise import noise
from tests.factories.panels import panel_of, retail

LOG, LINEAR = Scale.LOG, Scale.LINEAR


def small(seed: int = 1, sites: int = 8, treated: int = 2) -> Panel:
    return retail(np.random.default_rng(seed), sites, treated, before=6, after=4)


def code_of(work) -> str:
    with pytest.raises(NotEstimable) as refused:
        work()
    return refused.value.code


# --- Against other programs and brute force


@pytest.mark.parametrize("treated", [1, 2, 5])
@pytest.mark.parametrize("scale", [LOG, LINEAR])
def test_the_store_test_is_the_pooled_t(treated, scale):
    panel = retail(np.random.default_rng(3), 15, treated, effect=0.1)
    values = np.log(panel.values) if scale == LOG else panel.values
    changes = values[:, 26:].mean(axis=1) - values[:, :26].mean(axis=1)
    known = stats.ttest_ind(changes[:treated], changes[treated:])
    found = pilot.store_test(panel, scale=scale, alpha=0.1)
    ends = known.confidence_interval(0.9)
    back = np.expm1 if scale == LOG else float
    assert found.p_value == pytest.approx(known.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((back(ends.low), back(ends.high)), rel=1e-9)
    gap = changes[:treated].mean() - changes[treated:].mean()
    assert found.estimate == pytest.approx(back(gap), rel=1e-9)
    assert found.df == 13


@pytest.mark.parametrize(("sites", "treated"), [(8, 1), (8, 2), (9, 6), (8, 4)])
def test_the_placebo_is_every_choice_of_pilots(sites, treated):
    panel = small(5, sites, treated)
    changes = site_changes(panel, scale=LOG)
    every = []
    for chosen in combinations(range(sites), treated):
        mask = np.isin(np.arange(sites), chosen)
        every.append(changes[mask].mean() - changes[~mask].mean())
    real = abs(changes[:treated].mean() - changes[treated:].mean())
    found = pilot.placebo(panel, scale=LOG)
    assert found.is_exact
    assert found.seed is None
    assert found.assignments == math.comb(sites, treated)
    assert found.p_value == pytest.approx(np.mean(np.abs(every) >= real - 1e-12))
    assert sorted(found.statistics[1:]) == pytest.approx(sorted(every), abs=1e-12)
    ties = 2 if 2 * treated == sites else 1
    assert found.smallest_attainable == ties / math.comb(sites, treated)


def test_many_choices_are_drawn_with_a_seed():
    panel = retail(np.random.default_rng(8), 40, 5)
    found, again = pilot.placebo(panel, scale=LOG), pilot.placebo(panel, scale=LOG)
    assert not found.is_exact
    assert found.seed is not None
    assert found.p_value == again.p_value
    assert found.smallest_attainable == 1 / found.assignments
    assert found.p_value >= found.smallest_attainable


def test_raw_changes_are_those_of_the_means():
    panel = small()
    values = panel.values
    old, new = values[:, :6].mean(axis=1), values[:, 6:].mean(axis=1)
    pilots, controls = pilot.raw_changes(panel, scale=LOG)
    assert pilots.estimate == pytest.approx(new[:2].sum() / old[:2].sum() - 1)
    assert controls.estimate == pytest.approx(new[2:].sum() / old[2:].sum() - 1)
    weekly = values[:2].mean(axis=0)
    known = stats.ttest_ind(weekly[6:], weekly[:6], equal_var=False)
    assert pilots.p_value == pytest.approx(known.pvalue, rel=1e-9)
    assert controls.p_value is None
    linear, _ = pilot.raw_changes(panel, scale=LINEAR)
    assert linear.estimate == pytest.approx((new - old)[:2].mean())


def test_gap_paths_average_to_the_estimate():
    panel = small()
    paths = pilot.gap_paths(panel, scale=LOG)
    found = pilot.store_test(panel, scale=LOG, alpha=0.05)
    assert np.expm1(paths[:2, 6:].mean()) == pytest.approx(found.estimate, rel=1e-9)
    assert paths[:, :6].mean(axis=1) == pytest.approx(np.zeros(8), abs=1e-12)
    ratio = pilot.average_pilot(panel, scale=LOG) / pilot.counterfactual(panel, scale=LOG)
    assert np.log(ratio) == pytest.approx(paths[:2].mean(axis=0), abs=1e-12)


# --- What must always hold


@given(st.integers(0, 10_000), st.floats(0.01, 1000.0), st.floats(0.5, 2.0))
def test_the_unit_of_the_value_and_common_growth_change_nothing(seed, unit, growth):
    panel = small(seed)
    other = panel.values.copy() * unit
    other[:, 6:] *= growth
    moved = replace(panel, values=other)
    one, two = (pilot.store_test(p, scale=LOG, alpha=0.05) for p in (panel, moved))
    assert two.estimate == pytest.approx(one.estimate, rel=1e-6, abs=1e-9)
    assert two.p_value == pytest.approx(one.p_value, rel=1e-6)
    assert pilot.placebo(panel, scale=LOG).p_value == pilot.placebo(moved, scale=LOG).p_value


@given(st.integers(0, 10_000), st.permutations(range(8)))
def test_the_order_of_sites_changes_nothing(seed, order):
    panel = small(seed)
    where = tuple(order.index(row) for row in panel.treated)
    other = Panel(tuple(panel.sites[r] for r in order), panel.times, panel.values[order], where, 6)
    one, two = (pilot.store_test(p, scale=LOG, alpha=0.05) for p in (panel, other))
    assert two.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert pilot.placebo(other, scale=LOG).p_value == pilot.placebo(panel, scale=LOG).p_value


@given(st.integers(0, 10_000), st.floats(0.02, 0.5))
def test_a_larger_effect_shows_as_that_much_more(seed, effect):
    panel = small(seed)
    raised = panel.values.copy()
    raised[:2, 6:] *= 1 + effect
    before = pilot.store_test(panel, scale=LOG, alpha=0.05)
    after = pilot.store_test(replace(panel, values=raised), scale=LOG, alpha=0.05)
    assert after.estimate == pytest.approx((1 + before.estimate) * (1 + effect) - 1, rel=1e-9)


# --- Missing periods


def test_a_missing_week_is_no_zero():
    panel = small()
    holes = panel.values.copy()
    holes[0, 2] = holes[3, 8] = np.nan
    with_holes = replace(panel, values=holes)
    logs = np.log(holes)
    expected = np.nanmean(logs[:, 6:], axis=1) - np.nanmean(logs[:, :6], axis=1)
    assert site_changes(with_holes, scale=LOG) == pytest.approx(expected)
    assert [(g.site, g.before, g.before_of, g.after, g.after_of) for g in gaps(with_holes)] == [
        ("s01", 1, 6, 0, 4),
        ("s04", 0, 6, 1, 4),
    ]
    assert np.isnan(pilot.gap_paths(with_holes, scale=LOG)[0, 2])
    assert np.isfinite(pilot.average_pilot(with_holes, scale=LOG)).all()


def test_a_control_without_an_after_is_left_out_and_a_pilot_refused():
    panel = small()
    holes = panel.values.copy()
    holes[4, 6:] = np.nan
    kept = usable(replace(panel, values=holes))
    assert kept.sites == ("s01", "s02", "s03", "s04", "s06", "s07", "s08")
    assert kept.treated == (0, 1)
    assert pilot.store_test(replace(panel, values=holes), scale=LOG, alpha=0.05).n_controls == 5
    holes[1, 6:] = np.nan
    broken = replace(panel, values=holes)
    assert code_of(lambda: pilot.placebo(broken, scale=LOG)) == "pilot_site_no_after"
    holes[1, :] = panel.values[1]
    holes[1, :6] = np.nan
    assert code_of(lambda: pilot.placebo(broken, scale=LOG)) == "pilot_site_no_before"


# --- Refusals


def test_what_has_no_answer_is_refused():
    panel = small()
    zero = panel.values.copy()
    zero[3, 2] = 0.0
    with pytest.raises(NotEstimable) as refused:
        pilot.store_test(replace(panel, values=zero), scale=LOG, alpha=0.05)
    assert refused.value.code == "pilot_not_positive"
    assert refused.value.params == {"site": "s04", "time": "3"}
    assert pilot.store_test(replace(panel, values=zero), scale=LINEAR, alpha=0.05).df == 6
    for changed, code in (
        ({"treated": ()}, "pilot_no_treated"),
        ({"treated": tuple(range(8))}, "pilot_no_controls"),
        ({"first_post": 0}, "pilot_no_before"),
        ({"first_post": 10}, "pilot_no_after"),
    ):
        broken = replace(panel, **changed)
        for work in (
            lambda p=broken: pilot.store_test(p, scale=LOG, alpha=0.05),
            lambda p=broken: pilot.placebo(p, scale=LOG),
            lambda p=broken: pilot.raw_changes(p, scale=LOG),
        ):
            assert code_of(work) == code


def test_no_variation_is_no_certainty():
    alike = panel_of({f"s{n}": [3.3, 3.3, 9.9] for n in range(5)}, "s0", first_post=2)
    assert code_of(lambda: pilot.store_test(alike, scale=LOG, alpha=0.05)) == "pilot_no_variation"
    assert code_of(lambda: pilot.placebo(alike, scale=LOG)) == "pilot_no_variation"
    # Controls alike and another pilot: the placebo can rank, the t has no variance.
    rows = {f"s{n}": [3.0, 3.0, 9.0] for n in range(5)} | {"p": [3.0, 3.0, 12.0]}
    other = panel_of(rows, "p", first_post=2)
    assert code_of(lambda: pilot.store_test(other, scale=LOG, alpha=0.05)) == "pilot_no_variation"
    assert pilot.placebo(other, scale=LOG).p_value == pytest.approx(1 / 6)
    two = panel_of({"a": [1.0, 2.0], "b": [1.0, 3.0]}, "a", first_post=1)
    assert code_of(lambda: pilot.store_test(two, scale=LOG, alpha=0.05)) == "pilot_two_sites"
    assert pilot.placebo(two, scale=LOG).p_value == 1.0


def test_huge_numbers_are_refused():
    huge = panel_of(
        {"a": [1e308, -1e308], "b": [1.0, 3.0], "c": [-1e308, 1e308]}, "a", first_post=1
    )
    refused = code_of(lambda: pilot.store_test(huge, scale=LINEAR, alpha=0.05))
    assert refused == "numbers_too_large"
    past = replace(huge, first_post=2)
    assert code_of(lambda: pilot.raw_changes(huge, scale=LINEAR)) == "numbers_too_large"
    assert code_of(lambda: noise(past, scale=LINEAR)) == "numbers_too_large"
    infinite = panel_of({"a": [1.0, math.inf], "b": [1.0, 3.0]}, "a", first_post=1)
    assert code_of(lambda: pilot.placebo(infinite, scale=LOG)) == "numbers_too_large"
