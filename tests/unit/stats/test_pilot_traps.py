"""What looks like an effect and is none: the rebound of the worst, a fading start, one seller."""

from __future__ import annotations

import numpy as np
import pytest

from hadi.stats.concentration import concentration, gains_of
from hadi.stats.errors import NotEstimable
from hadi.stats.fading import fading, weekly_effects
from hadi.stats.panel import Panel, Scale
from hadi.stats.pilot import store_test
from hadi.stats.regression_to_mean import expected_rebound, rebound_of_worst
from hadi.stats.site_noise import noise
from tests.factories.panels import retail

LOG = Scale.LOG


def code_of(work) -> str:
    with pytest.raises(NotEstimable) as refused:
        work()
    return refused.value.code


# --- The worst of fifteen


def test_the_worst_store_gets_better_by_itself():
    assert rebound_of_worst(15, 1, noise=0.05) == pytest.approx(0.096, abs=0.0005)
    assert rebound_of_worst(15, 1, noise=0.05, overlap=0.0) == 0.0
    # The four weeks are within the baseline of 26: little is left of it.
    assert rebound_of_worst(15, 1, noise=0.05, overlap=4 / 26) == pytest.approx(0.0136, abs=0.0005)
    assert rebound_of_worst(15, 15, noise=0.05) == pytest.approx(0.0025, abs=0.0001)
    assert rebound_of_worst(15, 1, noise=-0.05) < 0
    assert code_of(lambda: rebound_of_worst(15, 1, noise=0.3)) == "rebound_noise_too_large"


@pytest.mark.parametrize(("sites", "picked"), [(5, 1), (15, 3)])
def test_the_rebound_is_that_of_a_simulation(sites, picked):
    random = np.random.default_rng(1)
    before = 1 + 0.04 * random.normal(size=(40_000, sites))
    worst = np.sort(before, axis=1)[:, :picked]
    assert rebound_of_worst(sites, picked, noise=0.04) == pytest.approx(
        (1 / worst - 1).mean(), abs=0.001
    )


def equal_stores(seed: int) -> Panel:
    """Fifteen equal stores whose four-week means vary by 5 %, the worst of them the pilot."""
    values = 100 * (1 + 0.1 * np.random.default_rng(seed).normal(size=(15, 34)))
    worst = int(values[:, 22:26].mean(axis=1).argmin())
    names = tuple(f"s{n}" for n in range(15))
    return Panel(names, tuple(map(str, range(34))), values, (worst,), 26)


def test_the_past_says_how_much_of_a_gain_is_rebound():
    short, long, real = [], [], []
    for seed in range(80):
        panel = equal_stores(seed)
        past = noise(panel, scale=LOG)
        found = expected_rebound(panel, past, window=4, baseline=4, scale=LOG)
        assert found.place >= 13.0  # of logarithms, the worst may be another
        short.append(found.expected)
        long.append(expected_rebound(panel, past, window=4, baseline=26, scale=LOG).expected)
        own = panel.values[panel.treated[0]]
        real.append(own[26:].mean() / own[22:26].mean() - 1)
    assert np.mean(short) == pytest.approx(np.mean(real), abs=0.015)
    assert np.mean(short) == pytest.approx(0.096, abs=0.01)
    assert np.mean(long) == pytest.approx(0.0, abs=0.02)


def test_a_store_that_is_small_by_nature_does_not_rebound():
    panel = retail(np.random.default_rng(2), 15, 1, before=52)
    values = panel.values.copy()
    values[0] *= values.min() / values[0].max() / 2
    small = Panel(panel.sites, panel.times, values, (0,), 52)
    found = expected_rebound(small, noise(small, scale=LOG), window=8, baseline=52, scale=LOG)
    assert found.place == 15.0
    assert found.reliability > 0.99
    assert abs(found.expected) < 0.02


# --- Fading


def test_a_start_that_did_not_hold():
    effects = [0.31, 0.28, 0.24, 0.19, 0.15, 0.11, 0.08, 0.06]
    found = fading(effects)
    assert found.slope == pytest.approx(-0.038, abs=0.0005)
    assert found.p_value < 0.001
    assert found.mean == pytest.approx(0.1775)
    assert found.last_half == pytest.approx(0.10)
    assert found.is_fading
    # A harm that fades is fading, a growing effect is not.
    assert fading([-x for x in effects]).is_fading
    assert not fading(effects[::-1]).is_fading
    assert not fading([0.1, 0.12, 0.09, 0.11, 0.1, 0.12]).is_fading


def test_slopes_with_holes_and_without_noise():
    found = fading([0.3, float("nan"), 0.2, 0.15, 0.1])
    assert found.slope == pytest.approx(-0.05)
    assert found.is_fading
    still = fading([0.2, 0.2, 0.2, 0.2])
    assert (still.slope, still.p_value, still.is_fading) == (0.0, 1.0, False)
    assert code_of(lambda: fading([0.1, float("nan"), 0.1, 0.2])) == "fading_few_periods"


def test_weekly_effects_average_to_the_effect():
    panel = retail(np.random.default_rng(3), 12, 2, effect=0.2)
    effects = weekly_effects(panel, scale=LOG)
    assert effects.shape == (8,)
    whole = store_test(panel, scale=LOG, alpha=0.05).estimate
    assert np.expm1(np.log1p(effects).mean()) == pytest.approx(whole)
    random, alarms = np.random.default_rng(4), 0
    for _ in range(300):
        noisy = retail(random, 15, 1, effect=0.15)
        alarms += fading(weekly_effects(noisy, scale=LOG)).is_fading
    assert alarms / 300 < 0.09


# --- One seller


def test_one_seller_carries_it():
    found = concentration({"A": 15_500.0, "B": 1_500.0, "C": 1_000.0})
    assert (found.name, found.total, found.left) == ("A", 18_000.0, 2_500.0)
    assert found.share == pytest.approx(0.86, abs=0.005)
    assert found.is_carried
    assert not concentration({"A": 50.0, "B": 30.0, "C": 20.0}).is_carried


def test_losses_and_nothing():
    found = concentration({"A": 10.0, "B": -4.0, "C": -3.0})
    assert found.share == pytest.approx(10 / 3)
    loss = concentration({"A": -8.0, "B": 1.0, "C": -1.0})
    assert (loss.name, loss.share) == ("A", 1.0)
    assert code_of(lambda: concentration({"A": 1.0, "B": 2.0})) == "concentration_few"
    nothing = {"A": 1.0, "B": -3.0, "C": 2.0}
    assert code_of(lambda: concentration(nothing)) == "concentration_no_gain"
    assert gains_of({"A": 5.0, "B": 2.0}, {"A": 7.0, "C": 3.0}) == {"A": 2.0, "B": -2.0, "C": 3.0}
