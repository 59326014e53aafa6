"""Segments: a difference of effects is told from chance, small segments included."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from hadi.stats import means
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Moments
from hadi.stats.segments import interaction


def test_two_segments_are_a_z_test_of_their_difference():
    found = interaction([1.0, 3.0], [0.6, 0.8])
    assert found.method == "segments_cochran_q"
    assert found.statistic == pytest.approx(4.0)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(2.0))


def test_two_small_segments_are_welchs_test_of_their_difference():
    found = interaction([1.0, 3.0], [0.6, 0.8], [5.0, 9.0])
    df = 1.0 / (0.36**2 / 5 + 0.64**2 / 9)
    assert found.method == "segments_welch_f"
    assert found.df_within == pytest.approx(df)
    assert found.p_value == pytest.approx(2 * stats.t.sf(2.0, df))


def test_infinite_degrees_of_freedom_are_none():
    assert interaction([1.0, 3.0], [0.6, 0.8], [math.inf] * 2) == interaction([1, 3], [0.6, 0.8])
    mixed = interaction([1.0, 3.0], [0.6, 0.8], [5.0, math.inf])
    assert mixed.df_within == pytest.approx(5.0 / 0.36**2)


def test_the_same_effect_everywhere_is_no_interaction():
    found = interaction([2.0] * 4, [0.5, 1.0, 2.0, 0.1])
    assert found.statistic == 0.0
    assert found.p_value == 1.0


def test_small_segments_alike_are_found_different_at_alpha():
    random = np.random.default_rng(5)
    hits, loose, rounds = 0, 0, 2000
    for _ in range(rounds):
        found = []
        for _ in range(4):
            arms = [Moments.of(random.normal(0.0, sd, 6).tolist()) for sd in (1.0, 2.0)]
            found.append(means.compare(*arms, alpha=0.05))
        effects, errors = [f.estimate for f in found], [f.standard_error for f in found]
        hits += interaction(effects, errors, [f.df for f in found]).p_value <= 0.05
        loose += interaction(effects, errors).p_value <= 0.05
    assert hits / rounds == pytest.approx(0.05, abs=0.02)
    assert loose / rounds > 0.08


@pytest.mark.parametrize(
    ("effects", "errors", "code"),
    [
        ([1.0], [1.0], "nothing_to_compare"),
        ([1.0, 2.0], [0.0, 1.0], "no_variation"),
        ([1.0, 2.0], [math.inf, 1.0], "numbers_too_large"),
    ],
)
def test_what_cannot_be_answered(effects, errors, code):
    with pytest.raises(NotEstimable) as refused:
        interaction(effects, errors)
    assert refused.value.code == code
