"""Kept coefficients of a season are twelve numbers that sum to twelve."""

from __future__ import annotations

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.season_plan import KeptSeason

FLAT = [1.0] * 12


def kept(coefficients: object) -> KeptSeason:
    return KeptSeason.from_json({"name": "shoes", "coefficients": coefficients})


def test_a_rounded_sum_is_made_twelve() -> None:
    assert sum(kept([1.001, *FLAT[1:]]).coefficients) == pytest.approx(12.0, abs=1e-12)


@pytest.mark.parametrize(
    "bad",
    [1e308, float("inf"), float("nan"), 10**400, -0.1, True, "1", None],
    ids=lambda value: str(value)[:9],
)
def test_what_is_no_coefficient_is_refused(bad: object) -> None:
    with pytest.raises(Invalid) as refusal:
        kept([bad, bad, *FLAT[2:]])
    assert refusal.value.text.code == "season_profile_unreadable"


def test_another_sum_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        kept([2.0] * 12)
    assert refusal.value.text.code == "season_profile_sum"
