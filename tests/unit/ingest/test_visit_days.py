"""Days of visits where one of them is none: the column is text then, and the others still days."""

from __future__ import annotations

import io

import pytest

from hadi.ingest.visits import open_visits, read_visits

HEAD = "visit_id;visit_date;store_id;criterion_id;score"


def faults(*days: str) -> list[str]:
    rows = [f"V{place};{day};s07;1;1" for place, day in enumerate(days)]
    file = open_visits(io.BytesIO("\n".join([HEAD, *rows]).encode()), "mystery.csv")
    return [str(fault) for fault in read_visits(file, number_of=int).faults]


@pytest.mark.parametrize("none", ["31.02.2026", "soon", ""])
def test_one_bad_day_spoils_no_other(none: str) -> None:
    (fault,) = faults("01.03.2026", none, "2026-03-05", "7.3.2026")
    assert fault.startswith("Row 3")


def test_days_that_could_be_either_are_not_guessed() -> None:
    assert len(faults("03/04/2026", "soon", "04/03/2026")) == 3
