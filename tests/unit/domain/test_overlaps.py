"""Tests in each other's way, and what reaches some stores of a test alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.domain.overlaps import Closeness, Runs, days_within, new_share, overlap, uneven

MARCH = date(2026, 3, 2)


def runs(key: str = "H-1", **parts: Any) -> Runs:
    places = {"u3": "Shop 03"}
    whole: dict[str, Any] = {
        "first": MARCH, "last": date(2026, 4, 26), "changed": places, "watched": places,
        "metrics": frozenset({"revenue"}),
    }  # fmt: skip
    return Runs(key, **(whole | parts))


def test_the_same_stores_days_and_metric_collide() -> None:
    found = overlap(runs(), runs("H-2", first=date(2026, 4, 6), last=None))
    assert found is not None
    assert found.closeness is Closeness.COLLIDES
    assert (found.first, found.last) == (date(2026, 4, 6), date(2026, 4, 26))
    assert found.places == ("Shop 03",)


def test_without_one_of_the_three_they_do_not() -> None:
    elsewhere = {"u4": "Shop 04"}
    assert overlap(runs(), runs(changed=elsewhere, watched=elsewhere)) is None
    assert overlap(runs(), runs(first=date(2026, 4, 27), last=None)) is None
    beside = overlap(runs(), runs(metrics=frozenset({"returns"})))
    assert beside is not None and beside.closeness is Closeness.BESIDE


def test_a_store_that_stands_beside_a_pilot_counts_and_two_that_do_not_change_do_not() -> None:
    both = {"u3": "Shop 03", "u4": "Shop 04"}
    pilot = runs(watched=both)  # Shop 03 is changed, Shop 04 stands beside it
    other = runs("H-2", changed={"u4": "Shop 04"}, watched={"u4": "Shop 04"})
    found = overlap(pilot, other)
    assert found is not None and found.places == ("Shop 04",)
    third = runs("H-3", changed={"u5": "Shop 05"}, watched={"u5": "", "u4": "Shop 04"})
    assert overlap(pilot, third) is None


def test_where_a_test_runs_unsaid_it_may_collide_on_the_same_metric() -> None:
    nowhere = runs("H-2", changed={}, watched={})
    found = overlap(runs(), nowhere)
    assert found is not None and found.closeness is Closeness.POSSIBLE
    assert overlap(runs(metrics=frozenset({"returns"})), nowhere) is None


@given(st.integers(-90, 90), st.integers(0, 90), st.booleans())
def test_an_overlap_is_the_same_from_both_sides(shift: int, length: int, has_end: bool) -> None:
    first = MARCH + timedelta(days=shift)
    other = runs("H-2", first=first, last=first + timedelta(days=length) if has_end else None)
    assert overlap(runs(), other) == overlap(other, runs())


def test_what_reaches_the_pilot_alone_is_uneven() -> None:
    controls = [f"S{n:02}" for n in range(1, 15)]
    arms = {"pilot": ["S15"], "control": controls}
    found = uneven(arms, ["S15"])
    assert found is not None
    assert (found.most, found.most_share, found.least_share, found.names) == (
        "pilot", 1.0, 0.0, ("S15",),
    )  # fmt: skip
    assert uneven(arms, [*controls, "S15"]) is None
    assert uneven(arms, ["S01"]) is None  # one of fourteen
    assert uneven(arms, []) is None
    half = uneven(arms, [*controls[:7], "S15"])
    assert half is not None and half.least_share == 0.5
    assert uneven({"pilot": ["S15"]}, ["S15"]) is None


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [(None, None, 10), (date(2026, 3, 6), None, 6), (None, date(2026, 3, 4), 3),
     (date(2026, 4, 1), None, 0)],
)  # fmt: skip
def test_days_within(start: date | None, end: date | None, days: int) -> None:
    assert days_within(MARCH, date(2026, 3, 11), start, end) == days


def test_new_people_are_counted_against_those_there_were_on_average() -> None:
    assert new_share([(10, 1), (10, 0), (10, 3)]) == pytest.approx(0.4)
    assert new_share([(10, None), (None, 2)]) is None
    assert new_share([(0, 0)]) is None
