"""What people type of periods and targets, read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.lever_reading import read_period, read_targets

TODAY = date(2026, 2, 2)
PERIOD: dict[str, Any] = {
    "starts_on": "2025-12", "leads": "1 251", "clients": "100", "purchases": 120.0,
    "revenue": "240000", "currency": "eur",
}  # fmt: skip


def read(**parts: Any) -> dict[str, Any]:
    return read_period(PERIOD | parts, today=TODAY)


def test_numbers_as_people_write_them() -> None:
    found = read(leads="1,251", clients="1.000", purchases="2\u00a0000")
    assert (found["leads"], found["clients"], found["purchases"]) == (1251, 1000, 2000)
    assert found["currency"] == "EUR"
    assert read(leads=1.0)["leads"] == 1


@pytest.mark.parametrize("leads", ["12.5", "-1", "1e400", "NaN", True, [], 10**13, "ten"])
def test_what_is_no_count_is_refused(leads: object) -> None:
    with pytest.raises(Invalid) as refused:
        read(leads=leads)
    assert set(refused.value.fields) == {"leads"}


@pytest.mark.parametrize(
    ("written", "stages"),
    [
        ("Offer sent: 200", [["Offer sent", 200]]),
        ("Offer sent\t200\n\nCall 2: 1 500", [["Offer sent", 200], ["Call 2", 1500]]),
        ("КП отправлено — 200", [["КП отправлено —", 200]]),
        ([{"name": "A", "count": 3}], [["A", 3]]),
        ([("A", "3"), ["B", 2]], [["A", 3], ["B", 2]]),
        (None, []),
    ],
)
def test_stages_as_people_write_them(written: object, stages: list[list[object]]) -> None:
    assert read(stages=written)["stages"] == stages


def test_a_week_is_seven_days() -> None:
    found = read(starts_on="2026-W05")
    assert (found["starts_on"], found["ends_on"]) == (date(2026, 1, 26), date(2026, 2, 1))
    with pytest.raises(Invalid) as refused:
        read(starts_on="2026-W06")
    assert refused.value.fields["ends_on"].code == "period_not_over"


def test_too_many_stages_and_too_long_names() -> None:
    for stages in ([(f"s{n}", n) for n in range(13)], [("x" * 81, 1)]):
        with pytest.raises(Invalid) as refused:
            read(stages=stages)
        assert set(refused.value.fields) == {"stages"}


def test_targets_are_kept_exactly() -> None:
    body = {"inflow": "100,50", "conversion": 0.25, "check": "", "frequency": "1.2000000001"}
    assert read_targets(body) == ({"inflow": "100.5", "conversion": "0.25", "frequency": "1.2"}, "")
    for wrong in ({"inflow": 0}, {"conversion": 1.01}, {"frequency": "1e-9"}, {"check": True}):
        with pytest.raises(Invalid):
            read_targets(wrong)
