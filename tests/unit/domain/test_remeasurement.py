"""A re-measurement held against the promise."""

from __future__ import annotations

import math

import pytest

from hadi.domain.errors import Blocked, Invalid
from hadi.domain.remeasurement import Follows, Realised, settled
from hadi.domain.text import FigureKind


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


@pytest.mark.parametrize(
    ("effect", "kind", "is_refused"),
    [
        (9e39, FigureKind.NUMBER, True),
        (70.0, FigureKind.NUMBER, False),
        (70.0, FigureKind.POINTS, True),  # 70 points are 0.7
        (-1.0, FigureKind.POINTS, False),
        (-1.2, FigureKind.PERCENT, True),  # nothing falls by more than what there was
        (1.2, FigureKind.PERCENT, False),
    ],
)
def test_an_effect_that_cannot_be_is_refused(
    effect: float, kind: FigureKind, *, is_refused: bool
) -> None:
    assert set(Realised(effect).faults(kind)) == ({"effect"} if is_refused else set())


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


@pytest.mark.parametrize(
    "effects", [[], [1.0], [1.0, math.nan], [1e308, -1e308], [9e39, 8e39], [0.0] * 1001]
)
def test_stores_without_an_effect_are_refused(effects: list[float]) -> None:
    with pytest.raises(Invalid) as refusal:
        Realised.of_stores(effects)
    assert set(refusal.value.fields) == {"stores"}


def test_where_less_is_better_the_worse_side_is_above() -> None:
    assert Realised(-0.01, -0.02, 0.0).falls_short_of(-0.05, sign=-1)
    assert not Realised(-0.04, -0.06, -0.02).falls_short_of(-0.05, sign=-1)


@pytest.mark.parametrize(
    ("realised", "promise", "sign", "expected"),
    [
        (Realised(4.0, -2.7, 10.7), 17.75, 1, Follows.DID_NOT_HOLD),
        (Realised(4.0, -2.7, 10.7), 10.7, 1, Follows.NOT_KNOWN),  # it reaches the promise
        (Realised(4.0, -2.7, 10.7), 8.0, 1, Follows.NOT_KNOWN),
        (Realised(9.0, 0.1, 18.0), 17.75, 1, Follows.HELD),
        (Realised(25.0, 20.0, 30.0), 17.75, 1, Follows.HELD),  # more than was promised
        (Realised(9.0, 0.0, 18.0), 17.75, 1, Follows.NOT_KNOWN),  # no effect is not excluded
        (Realised(-4.0, -10.7, 2.7), -17.75, -1, Follows.DID_NOT_HOLD),
        (Realised(-9.0, -18.0, -0.1), -17.75, -1, Follows.HELD),
        (Realised(-9.0, -18.0, 0.1), -17.75, -1, Follows.NOT_KNOWN),
        (Realised(9.0, 1.0, None), 17.75, 1, Follows.HELD),
        (Realised(9.0, None, 12.0), 17.75, 1, Follows.DID_NOT_HOLD),
        (Realised(9.0), 17.75, 1, Follows.NOTHING),  # without a range a number says nothing
        (Realised(9.0, low=-1.0), 17.75, 1, Follows.NOT_KNOWN),
        (Realised(9.0, 1.0, 18.0), None, 1, Follows.NOTHING),
        (Realised(), 17.75, 1, Follows.NOTHING),
    ],
)
def test_whether_it_held_follows_from_effect_and_range(
    realised: Realised, promise: float | None, sign: int, expected: Follows
) -> None:
    assert realised.follows(promise, sign=sign) is expected


def test_people_may_doubt_what_follows_but_not_deny_it() -> None:
    assert settled(Follows.HELD, None, reason="") is True
    assert settled(Follows.HELD, False, reason="") is False
    assert settled(Follows.DID_NOT_HOLD, None, reason="") is False
    with pytest.raises(Blocked):
        settled(Follows.DID_NOT_HOLD, True, reason="I am sure")
    assert settled(Follows.NOT_KNOWN, True, reason="a strike") is True
    assert settled(Follows.NOT_KNOWN, False, reason="") is False
    with pytest.raises(Blocked):
        settled(Follows.NOT_KNOWN, True, reason="")
    assert settled(Follows.NOTHING, True, reason="") is True
    for open_ in (Follows.NOT_KNOWN, Follows.NOTHING):
        with pytest.raises(Invalid):
            settled(open_, None, reason="")
