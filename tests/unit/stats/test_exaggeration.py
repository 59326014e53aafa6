"""Type M and type S errors: published examples, simulation, and the two ends of power."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hadi.stats.errors import NotEstimable
from hadi.stats.exaggeration import type_m


def test_beauty_and_sex_ratio():
    """Gelman & Carlin (2014): effects of 0.1, 0.3 and 1 points at an error of 3.3."""
    published = [(0.1, 0.05, 0.46, 77), (0.3, 0.05, 0.40, 25), (1.0, 0.06, 0.19, 8)]
    for effect, power, wrong_sign, ratio in published:
        found = type_m(effect, 3.3, 0.05)
        assert found.power == pytest.approx(power, abs=0.005)
        assert found.wrong_sign == pytest.approx(wrong_sign, abs=0.01)
        assert found.ratio == pytest.approx(ratio, rel=0.05)


def test_menstrual_cycle_and_votes():
    """Gelman & Carlin (2014): 2 points at an error of 8.1; their 9.7 is itself a simulation."""
    found = type_m(2.0, 8.1, 0.05)
    assert found.power == pytest.approx(0.06, abs=0.005)
    assert found.wrong_sign == pytest.approx(0.24, abs=0.005)
    assert found.ratio == pytest.approx(9.7, rel=0.02)


@pytest.mark.parametrize(("effect", "alpha"), [(0.3, 0.05), (1.0, 0.1), (2.8, 0.05), (3.5, 0.001)])
def test_it_is_what_simulation_finds(effect, alpha):
    drawn = np.random.default_rng(67).normal(effect, 1.0, 2_000_000)
    significant = drawn[np.abs(drawn) > stats.norm.isf(alpha / 2)]
    found = type_m(effect, 1.0, alpha)
    assert found.power == pytest.approx(significant.size / drawn.size, rel=0.02)
    assert found.ratio == pytest.approx(np.abs(significant).mean() / effect, rel=0.01)
    assert found.wrong_sign == pytest.approx((significant < 0).mean(), rel=0.05, abs=2e-5)


@given(st.floats(0.001, 40), st.floats(1e-6, 1e6), st.floats(1e-12, 0.5))
def test_scale_sign_and_more_power_less_exaggeration(effect, error, alpha):
    found = type_m(effect * error, error, alpha)
    same = type_m(-effect, 1.0, alpha)
    assert found.ratio == pytest.approx(same.ratio, rel=1e-9)
    assert found.wrong_sign == pytest.approx(same.wrong_sign, rel=1e-6, abs=1e-300)
    stronger = type_m(1.1 * effect, 1.0, alpha)
    assert stronger.ratio <= same.ratio * (1 + 1e-12)
    assert stronger.power >= same.power
    assert 0 <= stronger.wrong_sign <= same.wrong_sign <= 0.5


def test_the_two_ends():
    sure = type_m(1e9, 1.0, 0.05)
    assert (sure.power, sure.ratio) == (1.0, 1.0)
    assert sure.wrong_sign < 1e-300
    hopeless = type_m(1e-9, 1.0, 0.05)
    assert hopeless.power == pytest.approx(0.05)
    assert hopeless.wrong_sign == pytest.approx(0.5)
    assert hopeless.ratio == pytest.approx(2.337803 / 1e-9, rel=1e-6)  # E|Z| beyond 1.96
    impossible = type_m(1.0, 1.0, 1e-300)
    assert 0 < impossible.power < 1e-280
    assert impossible.ratio == pytest.approx(37.0, abs=0.5)
    assert type_m(1e300, 1e-300, 0.05).ratio == 1.0


@pytest.mark.parametrize("error", [0.0, -1.0, math.nan, math.inf])
def test_no_error(error):
    with pytest.raises(NotEstimable) as refused:
        type_m(1.0, error, 0.05)
    assert refused.value.code == "exaggeration_no_error"


@pytest.mark.parametrize("effect", [0.0, math.nan])
def test_no_effect(effect):
    with pytest.raises(NotEstimable) as refused:
        type_m(effect, 1.0, 0.05)
    assert refused.value.code == "exaggeration_no_effect"


def test_it_starts_on_the_standard_library():
    code = "import sys, hadi.stats.exaggeration; assert not {'numpy', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
