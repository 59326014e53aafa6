"""Synthetic difference-in-differences and ridge augmentation: their optima, limits and recovery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.stats.augmented import augmented
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, Scale
from hadi.stats.simplex import ridge_mix, shortfall
from hadi.stats.synthetic import synthetic
from hadi.stats.synthetic_did import synthetic_did
from tests.factories.panels import retail

LINEAR, LOG = Scale.LINEAR, Scale.LOG


def drawn(seed: int = 1, sites: int = 12, treated: int = 1, effect: float = 0.0) -> Panel:
    return retail(np.random.default_rng(seed), sites, treated, before=16, after=5, effect=effect)


# --- The mix with a penalty


@given(
    st.integers(0, 5000), st.integers(2, 25), st.integers(1, 60), st.sampled_from([1e-7, 0.01, 5.0])
)
def test_no_other_penalised_mix_is_better(seed, periods, sites, penalty):
    random = np.random.default_rng(seed)
    columns = random.normal(size=(periods, 1)) + random.normal(0, 0.5, (periods, sites))
    target = random.normal(size=periods)
    shares = ridge_mix(columns, target, penalty)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1, abs=1e-9)
    stacked = np.vstack((columns, np.sqrt(penalty) * np.eye(sites)))
    wanted = np.concatenate((target, np.zeros(sites)))
    assert shortfall(stacked, wanted, shares) <= 1e-9 * (wanted @ wanted)


def test_many_sites_with_a_penalty():
    random = np.random.default_rng(3)
    columns = random.normal(size=(60, 1)) + random.normal(0, 0.5, (60, 700))
    target = columns[:, :5].mean(axis=1) + random.normal(0, 0.2, 60)
    shares = ridge_mix(columns, target, 2.0, without=(1, 2))
    assert shares[1] == shares[2] == 0
    own = np.delete(np.arange(700), (1, 2))
    stacked = np.vstack((columns[:, own], np.sqrt(2.0) * np.eye(698)))
    wanted = np.concatenate((target, np.zeros(698)))
    assert shortfall(stacked, wanted, shares[own]) <= 1e-9 * (wanted @ wanted)


# --- Synthetic difference-in-differences


def test_site_and_period_effects_leave_the_effect():
    """With nothing but a level of each site and one of each period, the answer is exact."""
    random = np.random.default_rng(2)
    values = random.normal(50, 9, (10, 1)) + random.normal(0, 4, 21)
    values[:2, 16:] += 3.5
    panel = replace(drawn(1, 10, 2), values=values)
    found, rank = synthetic_did(panel, scale=LINEAR, alpha=0.05)
    assert found.found.estimate == pytest.approx(3.5, abs=1e-8)
    assert sum(found.found.weights.values()) == pytest.approx(1)
    assert sum(found.time_weights.values()) == pytest.approx(1)
    assert rank.p_value == pytest.approx(1 / 45)


@given(st.integers(0, 200), st.floats(-50, 50))
@settings(max_examples=20)
def test_a_level_of_the_pilot_changes_nothing(seed, level):
    panel = drawn(seed)
    values = panel.values.copy()
    values[0] += level
    one, _ = synthetic_did(panel, scale=LINEAR, alpha=0.1)
    two, _ = synthetic_did(replace(panel, values=values), scale=LINEAR, alpha=0.1)
    assert two.found.estimate == pytest.approx(one.found.estimate, abs=1e-5)
    assert two.standard_error == pytest.approx(one.standard_error, rel=1e-5)


def test_an_effect_is_found_and_counted():
    found, rank = synthetic_did(drawn(5, 30, 1, effect=0.6), scale=LOG, alpha=0.05)
    assert 0.4 < found.found.estimate < 0.85
    assert rank.p_value == rank.smallest_attainable == pytest.approx(1 / 30)
    assert rank.low is not None and rank.high is not None
    assert 0.0 < rank.low < found.found.estimate < rank.high


def test_all_but_a_few_sites_treated():
    found, rank = synthetic_did(drawn(6, 5, 3), scale=LOG, alpha=0.2)
    assert found.standard_error is None
    assert rank.assignments == 10
    assert np.isfinite(rank.ratios).all()


# --- Ridge augmentation


def test_the_augmented_shares_are_those_of_the_formula():
    panel = drawn(7)
    plain = synthetic(panel, scale=LINEAR, demeaned=False)
    found, _, used = augmented(panel, scale=LINEAR, alpha=0.05, ridge=900.0)
    before = panel.pre[1:] - panel.pre[1:].mean(axis=0)
    own = panel.pre[0] - panel.pre[1:].mean(axis=0)
    shares = np.array(list(plain.weights.values()))
    inverse = np.linalg.inv(before.T @ before + 900.0 * np.eye(16))
    expected = shares + before @ inverse @ (own - before.T @ shares)
    assert list(found.weights.values()) == pytest.approx(expected, abs=1e-7)
    assert used == 900.0
    assert sum(found.weights.values()) == pytest.approx(1)


def test_the_penalty_leads_from_the_mix_to_an_exact_fit():
    panel = drawn(8, sites=25)
    plain = synthetic(panel, scale=LINEAR, demeaned=False)
    strict, _, _ = augmented(panel, scale=LINEAR, alpha=0.05, ridge=1e15)
    assert strict.estimate == pytest.approx(plain.estimate, rel=1e-6)
    errors = [
        augmented(panel, scale=LINEAR, alpha=0.05, ridge=ridge)[0].pre_rmspe
        for ridge in (1e15, 1e5, 1e3, 1e1, 1e-6)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-6 * errors[0]


def test_the_penalty_is_chosen_for_each_placebo():
    panel = drawn(9)
    found, rank, used = augmented(panel, scale=LOG, alpha=0.05)
    assert used > 0
    assert rank.assignments == 12
    assert found.ratio == pytest.approx(rank.ratios[0])
    other = replace(panel, treated=(4,))
    assert augmented(other, scale=LOG, alpha=0.05)[0].ratio in [
        pytest.approx(r) for r in rank.ratios
    ]


def test_rounding_is_no_gap():
    """Sites that never moved differ by the last digit of a mix at most, which ranks nothing."""
    flat = replace(drawn(), values=np.full((12, 21), 5.0))
    with pytest.raises(NotEstimable) as refused:
        synthetic_did(flat, scale=Scale.LINEAR, alpha=0.05)
    assert refused.value.code == "pilot_no_variation"
