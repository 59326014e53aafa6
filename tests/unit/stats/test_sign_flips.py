"""The randomisation test of changes: by hand, against SciPy, and its error rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hadi.stats.sign_flips import sign_flips


def test_six_changes_one_way_are_two_of_sixty_four() -> None:
    found = sign_flips([0.1, 0.2, 0.3, 0.1, 0.2, 0.4])
    assert (found.p_value, found.smallest_p, found.is_exact) == (2 / 64, 2 / 64, True)


def test_no_change_is_no_evidence() -> None:
    assert sign_flips([0.0, 0.0, 0.0]).p_value == 1.0
    assert sign_flips([0.3]).p_value == 1.0


def test_it_is_scipys_permutation_test() -> None:
    changes = [0.12, -0.05, 0.31, 0.08, -0.11, 0.22, 0.17]
    theirs = stats.permutation_test(
        (np.array(changes),), lambda x, axis: np.abs(x.mean(axis=axis)), vectorized=True,
        permutation_type="samples", n_resamples=np.inf, alternative="greater",
    )  # fmt: skip
    assert sign_flips(changes).p_value == pytest.approx(theirs.pvalue)


def test_many_stores_are_drawn_with_a_fixed_seed() -> None:
    changes = list(np.random.default_rng(3).normal(0.1, 0.2, size=30))
    first, again = sign_flips(changes), sign_flips(changes)
    assert not first.is_exact
    assert first.p_value == again.p_value
    assert first.p_value == pytest.approx(stats.ttest_1samp(changes, 0.0).pvalue, abs=0.02)


def test_without_a_change_it_keeps_its_promise() -> None:
    random = np.random.default_rng(11)
    wrong = [sign_flips(random.normal(0, 1, size=8)).p_value <= 0.05 for _ in range(2_000)]
    assert np.mean(wrong) <= 0.062
