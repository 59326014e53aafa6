"""Can this pilot succeed? The smallest p and effect, the sites' own noise, rankings and draws."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.stats import pilot
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale
from hadi.stats.pilot_draw import draw, rank_controls, rank_pilots
from hadi.stats.pilot_power import (
    Design,
    Lever,
    attainable,
    controls_needed,
    detectable,
    options,
)
from hadi.stats.site_noise import Noise, noise
from tests.factories.panels import retail

LOG = Scale.LOG


def code_of(work) -> str:
    with pytest.raises(NotEstimable) as refused:
        work()
    return refused.value.code


# --- The smallest p


def test_what_placebos_can_reach():
    assert attainable(15, 1) == pytest.approx(0.067, abs=0.0005)
    assert attainable(15, 2) == 1 / 105
    assert attainable(8, 4) == 2 / 70  # the mirror image ties
    assert attainable(40, 5) == 1 / 20_001
    assert controls_needed(1, 0.05) == 19
    assert controls_needed(1, 0.10) == 9
    assert controls_needed(2, 0.05) == 5


@pytest.mark.parametrize(("sites", "treated"), [(15, 1), (15, 2), (8, 4), (9, 6), (40, 5)])
def test_it_is_what_the_test_itself_says(sites, treated):
    panel = retail(np.random.default_rng(1), sites, treated)
    found = pilot.placebo(panel, scale=LOG).smallest_attainable
    assert found == pytest.approx(attainable(sites, treated))


# --- The smallest effect


def test_fifteen_stores():
    """One, two and five pilots, with the spread of changes that such stores show (3.75 %)."""
    found = {k: detectable(0.0375, Design(k, 15 - k, 26, 8)) for k in (1, 2, 5)}
    assert found[1].by_t == pytest.approx(0.125, abs=0.0005)
    assert found[1].by_placebo is None
    assert found[1].effect is None
    assert found[2].by_t == pytest.approx(0.09, abs=0.0005)
    assert found[2].by_placebo == pytest.approx(0.09, abs=0.004)
    assert found[5].by_t == pytest.approx(0.07, abs=0.006)


def test_a_wider_alpha_opens_the_placebo():
    found = detectable(0.0375, Design(1, 14, 26, 8, alpha=0.1))
    assert found.by_placebo is not None
    assert 0.10 < found.by_placebo < 0.14


@pytest.mark.parametrize(
    ("treated", "by_placebo", "alpha"), [(1, False, 0.05), (1, True, 0.1), (2, True, 0.05)]
)
def test_the_power_is_what_was_wanted(treated, by_placebo, alpha):
    """Of tests of just that effect four in five find it."""
    design = Design(treated, 15 - treated, 26, 8, alpha=alpha, by_placebo=by_placebo)
    answer = detectable(0.0386, design)
    assert answer.effect is not None
    random, found, draws = np.random.default_rng(4), 0, 700
    for _ in range(draws):
        changes = random.normal(0, 0.0386, 15)
        changes[:treated] += math.log1p(answer.effect)
        values = np.exp(np.column_stack((np.zeros(15), changes)))
        panel = Panel(tuple(map(str, range(15))), ("1", "2"), values, tuple(range(treated)), 1)
        if by_placebo:
            p = pilot.placebo(panel, scale=LOG).p_value
        else:
            p = pilot.store_test(panel, scale=LOG, alpha=alpha).p_value
        found += p <= alpha
    assert found / draws == pytest.approx(0.8, abs=0.06)


@given(st.integers(1, 4), st.integers(3, 20), st.floats(0.005, 0.2))
@settings(max_examples=20)
def test_more_of_anything_never_hurts(treated, controls, sd):
    design = Design(treated, controls, 26, 8, by_placebo=False)
    base = detectable(sd, design).by_t
    assert base is not None
    for better in (
        replace(design, n_treated=treated + 1),
        replace(design, n_controls=controls + 1),
        replace(design, alpha=0.1),
        replace(design, power=0.7),
    ):
        other = detectable(sd, better).by_t
        assert other is not None and other <= base * (1 + 1e-9)


def test_without_a_scale_effects_are_units():
    one = detectable(10.0, Design(1, 14, 26, 8, scale=Scale.LINEAR, by_placebo=False))
    two = detectable(20.0, Design(1, 14, 26, 8, scale=Scale.LINEAR, by_placebo=False))
    assert one.effect is not None
    assert two.effect == pytest.approx(2 * one.effect)


def test_nonsense_is_refused():
    assert code_of(lambda: detectable(0.1, Design(0, 14, 26, 8))) == "power_pilot_needs_sites"
    assert code_of(lambda: detectable(0.0, Design(1, 14, 26, 8))) == "power_sd_not_positive"
    assert detectable(0.1, Design(1, 1, 26, 8, by_placebo=False)).effect is None


# --- The sites' own past


def test_the_past_foretells_the_spread_of_changes():
    random, said, seen = np.random.default_rng(9), [], []
    for _ in range(60):
        panel = retail(random, 15, 1)
        said.append(noise(panel, scale=LOG).change_sd(26, 8) ** 2)
        logs = np.log(panel.values)
        seen.append((logs[:, 26:].mean(axis=1) - logs[:, :26].mean(axis=1)).var(ddof=1))
    assert math.sqrt(np.mean(said)) == pytest.approx(math.sqrt(np.mean(seen)), rel=0.12)


def test_drift_is_why_a_longer_time_may_not_help():
    """Independent periods average away; of sites that wander a longer time shows no less."""
    steady = Noise(period=0.05, drift=0.0, sites=15, periods=26, relative=np.ones(15))
    wandering = replace(steady, drift=0.01)
    assert not steady.wanders(26, 8, 16)
    assert wandering.change_sd(26, 16) > wandering.change_sd(26, 8)
    assert wandering.wanders(26, 8, 16)
    assert replace(steady, period=0.0, drift=0.01).wanders(26, 8, 16)
    # With one period before there is little to gain from more after, drift or not.
    assert not steady.wanders(1, 8, 16)


def test_independent_periods_average_away():
    values = np.exp(np.random.default_rng(2).normal(6, 0.05, (60, 104)))
    found = noise(Panel(tuple(map(str, range(60))), tuple(map(str, range(104))), values), scale=LOG)
    assert found.period == pytest.approx(0.05, rel=0.05)
    assert found.drift < 0.003
    assert found.change_sd(52, 13) == pytest.approx(0.05 * math.sqrt(1 / 52 + 1 / 13), rel=0.25)
    assert found.relative == pytest.approx(np.ones(60), abs=0.5)


def test_a_noisy_site_is_known():
    panel = retail(np.random.default_rng(3), 20, 1, before=60)
    values = panel.values.copy()
    values[7] *= np.exp(np.random.default_rng(4).normal(0, 0.25, 68))
    panel = replace(panel, values=values)
    found = noise(panel, scale=LOG)
    assert found.relative.argmax() == 7
    ranked = rank_pilots(panel, found, Design(1, 19, 26, 8, by_placebo=False))
    assert ranked[-1].site == "s08"
    effects = [one.found.effect for one in ranked]
    assert effects == sorted(effects)
    assert sorted(one.last_place for one in ranked) == list(range(1, 21))
    assert sum(one.is_extreme for one in ranked) == 2


def test_holes_in_the_past_are_holes():
    panel = retail(np.random.default_rng(5), 12, 1, before=40)
    whole = noise(panel, scale=LOG)
    values = panel.values.copy()
    values[np.random.default_rng(6).random(values.shape) < 0.1] = np.nan
    values[3, :30] = np.nan
    holes = noise(replace(panel, values=values), scale=LOG)
    assert holes.period == pytest.approx(whole.period, rel=0.15)


def test_too_short_a_past_is_refused():
    panel = retail(np.random.default_rng(5), 2, 1)
    assert code_of(lambda: noise(panel, scale=LOG)) == "noise_few_sites"
    panel = retail(np.random.default_rng(5), 9, 1, before=3)
    assert code_of(lambda: noise(panel, scale=LOG)) == "noise_few_periods"
    flat = replace(panel, values=np.full((9, 11), 5.0), first_post=8)
    assert code_of(lambda: noise(flat, scale=LOG)) == "pilot_no_variation"


def test_what_helps_most_comes_first():
    past = noise(retail(np.random.default_rng(11), 15, 1, before=52), scale=LOG)
    design = Design(1, 14, 26, 8)
    found = options(past, design, spare_sites=10)
    effects = [one.found.effect for one in found]
    assert None not in effects
    assert effects == sorted(effects)
    assert found[0].lever is Lever.MORE_PILOTS
    levers = {one.lever for one in found}
    # Longer does not help a test that no data can decide.
    assert {Lever.ALPHA, Lever.STORE_T, Lever.MORE_CONTROLS} <= levers
    assert not levers & {Lever.LONGER_AFTER, Lever.LONGER_BEFORE}
    by_t = options(past, replace(design, by_placebo=False))
    now = detectable(past, replace(design, by_placebo=False)).effect
    assert all(one.found.effect < now for one in by_t)


# --- Which sites


def test_the_twin_is_the_best_control():
    panel = retail(np.random.default_rng(8), 10, 1)
    values = panel.values.copy()
    values[6] = 3 * values[0] * np.exp(np.random.default_rng(1).normal(0, 0.01, 34))
    ranked = rank_controls(replace(panel, values=values), "s01", scale=LOG)
    assert ranked[0].site == "s07"
    assert ranked[0].strays == pytest.approx(0.01, rel=0.5)
    assert ranked[0].correlation > 0.9
    assert len(ranked) == 9
    assert "s01" not in {one.site for one in ranked}
    assert [one.strays for one in ranked] == sorted(one.strays for one in ranked)


def test_a_draw_is_the_same_again():
    sites = tuple(f"s{n}" for n in range(20))
    strata = {site: "south" if n < 12 else "north" for n, site in enumerate(sites)}
    first = draw(sites, 5, strata=strata, seed=7)
    assert first == draw(sites, 5, strata=strata, seed=7)
    assert set(first) == set(draw(sites[::-1], 5, strata=strata, seed=7))
    assert Counter(strata[site] for site in first) == {"south": 3, "north": 2}
    assert first == tuple(site for site in sites if site in first)
    # Kept in plans: a draw has to come out so for ever.
    assert draw(tuple("abcdefgh"), 3, seed=1) == ("d", "f", "g")


def test_a_draw_is_fair():
    sites = tuple("abcdef")
    strata = dict(zip(sites, "xxxyyz", strict=True))
    counts = Counter(site for seed in range(3000) for site in draw(sites, 2, seed=seed))
    assert all(counts[site] == pytest.approx(1000, abs=110) for site in sites)
    counts = Counter(
        site for seed in range(3000) for site in draw(sites, 2, strata=strata, seed=seed)
    )
    assert sum(counts.values()) == 6000
    # x and y get one each by their shares 1 and 2/3; z, with 1/3, none.
    assert counts["f"] == 0
    assert counts["a"] == pytest.approx(1000, abs=110)
    assert code_of(lambda: draw(sites, 6, seed=1)) == "draw_too_many"
    assert code_of(lambda: draw(sites, 0, seed=1)) == "draw_too_many"
