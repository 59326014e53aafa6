"""A re-measurement held against the promise."""

from __future__ import annotations

import math

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.remeasurement import Realised


@pytest.mark.parametrize(
    ("realised", "fields"),
    [
        (Realised(), set()),
        (Realised(0.1), set()),
        (Realised(0.1, 0.1, 0.1), set()),
        (Realised(-0.2, None, 0.1), set()),
        (Realised(None, 0.1, 0.2), {"effect"}),
        (Realised(0.1, 0.2, 0.3), {"low"}),
        (Realised(0.1, 0.2, 0.0), {"low", "high"}),
        (Realised(math.inf, math.nan, 1.0), {"effect", "low"}),
    ],
)
def test_each_fault_is_said_of_its_part(realised: Realised, fields: set[str]) -> None:
    assert set(realised.faults()) == fields


def test_it_falls_short_when_the_whole_range_is_on_the_worse_side() -> None:
    promise = 17.75
    assert Realised(4.0, -2.7, 10.7).falls_short_of(promise, sign=1)
    assert not Realised(14.0, 5.0, 23.0).falls_short_of(promise, sign=1)
    assert not Realised(30.0, 20.0, 40.0).falls_short_of(promise, sign=1)  # more than promised
    assert not Realised(4.0, -2.7, None).falls_short_of(promise, sign=1)  # no end, no statement


def test_the_effect_of_a_wave_follows_from_those_of_its_stores() -> None:
    found = Realised.of_stores([9, -4, 6, 1, 8])
    assert found.effect == pytest.approx(4.0)
    # scipy.stats.t.interval(0.95, 4, loc=4, scale=5.4313902456 / sqrt(5))
    assert found.low == pytest.approx(-2.743961728, abs=1e-9)
    assert found.high == pytest.approx(10.743961728, abs=1e-9)
    assert found.falls_short_of(17.75, sign=1)
    assert Realised.of_stores([2.0, 2.0, 2.0]) == Realised(2.0)  # no spread, no range


@pytest.mark.parametrize("effects", [[], [1.0], [1.0, math.nan], [1e308, -1e308], [0.0] * 1001])
def test_stores_without_an_effect_are_refused(effects: list[float]) -> None:
    with pytest.raises(Invalid) as refusal:
        Realised.of_stores(effects)
    assert set(refusal.value.fields) == {"stores"}


def test_where_less_is_better_the_worse_side_is_above() -> None:
    assert Realised(-0.01, -0.02, 0.0).falls_short_of(-0.05, sign=-1)
    assert not Realised(-0.04, -0.06, -0.02).falls_short_of(-0.05, sign=-1)
