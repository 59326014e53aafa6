"""Synthetic controls and their placebos: recovery, exactness, holes, and the interval."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.stats.balanced import balanced
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale
from hadi.stats.synthetic import synthetic
from hadi.stats.synthetic_placebo import synthetic_with_placebos
from tests.factories.panels import panel_of, retail

LOG, LINEAR = Scale.LOG, Scale.LINEAR


def drawn(seed: int = 1, sites: int = 10, treated: int = 1, effect: float = 0.0) -> Panel:
    return retail(np.random.default_rng(seed), sites, treated, before=20, after=6, effect=effect)


@pytest.mark.parametrize("demeaned", [False, True])
def test_a_known_mix_is_found(demeaned):
    panel = drawn(3, 6)
    mixed = 0.7 * panel.values[2] + 0.3 * panel.values[5] + (40.0 if demeaned else 0.0)
    mixed[20:] += 11.0
    values = np.vstack((mixed, panel.values[1:]))
    found = synthetic(replace(panel, values=values), scale=LINEAR, demeaned=demeaned)
    assert found.weights["s03"] == pytest.approx(0.7, abs=1e-9)
    assert found.weights["s06"] == pytest.approx(0.3, abs=1e-9)
    assert found.estimate == pytest.approx(11.0)
    assert found.is_exact_fit
    assert found.relative == pytest.approx(11.0 / found.counterfactual[20:].mean())
    assert found.actual - found.counterfactual == pytest.approx(found.gaps + 0.0, abs=1e-9)


def test_on_the_log_scale_the_estimate_is_a_fraction():
    panel = drawn(4, 8)
    values = panel.values.copy()
    values[0, 20:] *= 1.2
    one = synthetic(panel, scale=LOG, demeaned=True)
    two = synthetic(replace(panel, values=values), scale=LOG, demeaned=True)
    assert two.estimate == pytest.approx(1.2 * (1 + one.estimate) - 1)
    assert two.weights == one.weights
    assert two.actual / two.counterfactual == pytest.approx(np.exp(two.gaps))


def test_several_pilots_are_their_mean():
    panel = drawn(5, 9, treated=3)
    mean = panel.values[:3].mean(axis=0)
    merged = Panel(
        ("m", *panel.sites[3:]), panel.times, np.vstack((mean, panel.values[3:])), (0,), 20
    )
    one = synthetic(panel, scale=LINEAR, demeaned=False)
    two = synthetic(merged, scale=LINEAR, demeaned=False)
    assert one.estimate == pytest.approx(two.estimate)
    assert one.weights == pytest.approx(two.weights)


@given(st.integers(0, 500), st.floats(0.01, 1e4))
@settings(max_examples=30)
def test_units_change_nothing(seed, unit):
    panel = drawn(seed, 7)
    one, rank = synthetic_with_placebos(panel, scale=LINEAR, demeaned=True, alpha=0.3)
    two, other = synthetic_with_placebos(
        replace(panel, values=panel.values * unit), scale=LINEAR, demeaned=True, alpha=0.3
    )
    assert two.estimate == pytest.approx(one.estimate * unit, rel=1e-6)
    assert other.p_value == rank.p_value
    if rank.low is not None and rank.high is not None:
        assert (other.low, other.high) == pytest.approx(
            (rank.low * unit, rank.high * unit), rel=1e-5
        )


# --- Placebos


@pytest.mark.parametrize(("treated", "demeaned"), [(1, False), (1, True), (2, True)])
def test_placebos_are_the_fits_of_every_other_choice(treated, demeaned):
    panel = drawn(6, 8, treated)
    found, rank = synthetic_with_placebos(panel, scale=LOG, demeaned=demeaned, alpha=0.05)
    ratios = {
        chosen: synthetic(replace(panel, treated=chosen), scale=LOG, demeaned=demeaned).ratio
        for chosen in combinations(range(8), treated)
    }
    real = ratios[tuple(range(treated))]
    assert found.ratio == pytest.approx(real)
    assert sorted(rank.ratios) == pytest.approx(sorted(ratios.values()))
    assert rank.p_value == np.mean([ratio >= real * (1 - 1e-9) for ratio in ratios.values()])
    assert rank.assignments == len(ratios)
    assert rank.chosen[0] == panel.sites[:treated]
    assert rank.paths.shape == (len(ratios), 26)


def test_the_real_pilot_always_counts():
    panel = drawn(7, 12, effect=9.0)
    _, rank = synthetic_with_placebos(panel, scale=LOG, demeaned=True, alpha=0.05)
    assert rank.p_value == rank.smallest_attainable == pytest.approx(1 / 12)


def test_many_choices_are_drawn():
    panel = drawn(8, 30, treated=5)
    _, rank = synthetic_with_placebos(panel, scale=LOG, demeaned=True, alpha=0.05)
    assert not rank.is_exact
    assert rank.seed is not None
    assert rank.assignments == 5001


@given(st.integers(0, 300), st.sampled_from([1, 2]))
@settings(max_examples=25)
def test_the_interval_holds_what_the_ranking_does_not_exclude(seed, treated):
    """Taking an effect away from the pilots and ranking again must agree with the interval."""
    panel = drawn(seed, 9, treated, effect=0.3)
    _, rank = synthetic_with_placebos(panel, scale=LINEAR, demeaned=True, alpha=0.23)
    if rank.low is None or rank.high is None:
        assert rank.no_interval is not None
        return
    width = rank.high - rank.low

    def p_at(effect: float) -> float:
        values = panel.values.copy()
        values[:treated, 20:] -= effect
        moved = replace(panel, values=values)
        return synthetic_with_placebos(moved, scale=LINEAR, demeaned=True, alpha=0.23)[1].p_value

    for outside in (rank.low - 1e-4 * width, rank.low - width, rank.high + 1e-4 * width, 1e9):
        assert p_at(outside) <= 0.23
    assert max(p_at(rank.low + 1e-6 * width), p_at(rank.low)) > 0.23
    assert max(p_at(rank.high - 1e-6 * width), p_at(rank.high)) > 0.23


def test_too_few_sites_have_no_interval():
    _, rank = synthetic_with_placebos(drawn(1, 15), scale=LOG, demeaned=True, alpha=0.05)
    assert (rank.low, rank.high) == (None, None)
    assert rank.no_interval == "synthetic_interval_unreachable"


# --- Holes


def test_what_misses_most_is_left_out_and_told():
    panel = drawn(2, 10)
    values = panel.values.copy()
    values[4, 3:19] = np.nan  # a store closed for most of the time before
    values[6, 7] = np.nan  # one week of another
    values[0, 22] = np.nan  # one of the pilot's own
    whole = balanced(replace(panel, values=values), scale=LOG)
    assert whole.left_sites == ("s05",)
    assert whole.left_times == ("8", "23")
    assert whole.first_post == 19
    assert not np.isnan(whole.values).any()
    found = synthetic(replace(panel, values=values), scale=LOG, demeaned=True)
    assert "s05" not in found.weights
    assert found.times == whole.panel.times


def refusal(panel: Panel) -> str:
    with pytest.raises(NotEstimable) as refused:
        synthetic(panel, scale=LOG, demeaned=True)
    return refused.value.code


def test_what_cannot_be_mixed_is_refused():
    short = retail(np.random.default_rng(1), 5, 1, before=2, after=3)
    assert refusal(short) == "synthetic_few_before"
    one = retail(np.random.default_rng(1), 2, 1, before=9, after=3)
    assert refusal(one) == "synthetic_few_controls"
    panel = drawn(1, 5)
    values = panel.values.copy()
    values[0, 20:23] = values[1, 23:] = values[2, 23:] = values[3, 23:] = values[4, 23:] = np.nan
    assert refusal(replace(panel, values=values)) == "synthetic_no_after"
    flat = panel_of({f"s{n}": [5.0] * 6 for n in range(5)}, "s0", first_post=4)
    with pytest.raises(NotEstimable) as refused:
        synthetic_with_placebos(flat, scale=LOG, demeaned=False, alpha=0.05)
    assert refused.value.code == "pilot_no_variation"
