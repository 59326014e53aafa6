"""Kappa against its printed values, an independent implementation, and what it cannot say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.stats.agreement import cohens_kappa
from hadi.stats.errors import NotEstimable

CELLS = st.integers(min_value=0, max_value=40)


def test_twenty_visits_of_a_clear_and_of_a_vague_criterion() -> None:
    clear = cohens_kappa([[11, 1], [1, 7]])
    vague = cohens_kappa([[6, 5], [5, 4]])
    assert clear.kappa == pytest.approx(0.79, abs=0.005)
    assert vague.kappa == pytest.approx(-0.01, abs=0.005)
    assert (clear.n, clear.observed) == (20, 0.9)
    assert clear.low < 0.79 < clear.high <= 1.0


@given(st.integers(2, 4).flatmap(lambda k: st.lists(
    st.lists(CELLS, min_size=k, max_size=k), min_size=k, max_size=k)))  # fmt: skip
def test_it_is_statsmodels_kappa(table: list[list[int]]) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa as reference

    try:
        ours = cohens_kappa(table)
    except NotEstimable:
        return
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = reference(np.array(table, dtype=float))
    assert ours.kappa == pytest.approx(theirs.kappa, abs=1e-9)
    assert ours.standard_error**2 == pytest.approx(theirs.var_kappa, abs=1e-9)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=3, max_size=3))
def test_whoever_is_called_first_changes_nothing(table: list[list[int]]) -> None:
    try:
        one = cohens_kappa(table)
    except NotEstimable:
        return
    other = cohens_kappa([list(row) for row in zip(*table, strict=True)])
    assert one.kappa == pytest.approx(other.kappa)
    assert one.low == pytest.approx(other.low)
    assert -1.0 <= one.low <= one.kappa <= one.high <= 1.0


def test_full_agreement_of_a_few_is_not_certainty() -> None:
    few, many = cohens_kappa([[3, 0], [0, 3]]), cohens_kappa([[60, 0], [0, 60]])
    assert few.kappa == many.kappa == 1.0
    assert few.low == pytest.approx((0.025 ** (1 / 6) - 0.5) / 0.5)
    assert few.low < many.low < 1.0


@pytest.mark.parametrize(
    ("table", "code"),
    [([[0, 0], [0, 0]], "kappa_no_pairs"), ([[9, 0], [0, 0]], "kappa_one_answer")],
)
def test_what_cannot_be_said_has_a_reason(table: list[list[int]], code: str) -> None:
    with pytest.raises(NotEstimable) as refused:
        cohens_kappa(table)
    assert refused.value.code == code


@pytest.mark.parametrize("pairs", [20, 60])
def test_the_interval_covers(pairs: int) -> None:
    """Two coders of true kappa 0.6: the interval holds it about 95 % of the time."""
    random = np.random.default_rng(7)
    cells = np.array([0.5 * 0.8, 0.5 * 0.2, 0.5 * 0.2, 0.5 * 0.8])
    held = 0
    for a, b, c, d in random.multinomial(pairs, cells, size=2_000).tolist():
        found = cohens_kappa([[a, b], [c, d]])
        held += found.low <= 0.6 <= found.high
    assert 0.935 <= held / 2_000 <= 0.97
