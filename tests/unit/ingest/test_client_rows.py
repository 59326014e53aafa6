"""Clients counted by territory out of files of purchases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.client_rows import ClientCount, columns_of, count_clients
from hadi.ingest.files import open_table

FIRST, LAST = date(2025, 10, 1), date(2025, 12, 31)


def counted(folder: Path, text: str, **named: str) -> ClientCount:
    path = folder / "purchases.csv"
    path.write_text(text, encoding="utf-8")
    stored = open_table(path, path.name, folder=folder)
    columns = columns_of(stored.report.columns, **named)
    return count_clients([stored.path], columns, first=FIRST, last=LAST)


def test_active_ever_and_everyone(tmp_path: Path) -> None:
    found = counted(
        tmp_path,
        "client,date,territory\n"
        "a,2025-10-01,North\na,2025-12-31,North\nb,2024-03-01,North\nc,,North\n"
        "d,2026-01-01,South\nd,2025-09-30,South\ne,2025-11-05,\n,2025-11-05,South\n",
    )
    told = [(t.territory, t.active, t.ever, t.potential) for t in found.territories]
    assert told == [("", 1, 1, 1), ("North", 1, 2, 3), ("South", 0, 1, 1)]
    assert (found.rows, found.later, found.blank, found.several) == (8, 1, 1, 0)


def test_without_others_nobody_knows_who_could_buy(tmp_path: Path) -> None:
    found = counted(tmp_path, "клиент;дата\n1;2025-10-05\n2;2024-10-05\n")
    (only,) = found.territories
    assert (only.territory, only.active, only.ever, only.potential) == ("", 1, 2, None)


def test_columns_may_be_named(tmp_path: Path) -> None:
    text = "who,when,place\n1,2025-10-05,X\n1,2025-11-05,Y\n"
    found = counted(tmp_path, text, client="who", day="when", territory="place")
    assert [t.territory for t in found.territories] == ["X", "Y"]
    assert found.several == 1
    # The only column of days needs no name.
    assert counted(tmp_path, text, client="who").territories[0].active == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,date\nx,2025-10-05\n", "client_rows_no_client"),
        ("client,what\nx,y\n", "client_rows_no_day"),
        ("client,date\nx,soon\n", "client_rows_no_days"),
        ("client,date,n\n,2025-10-05,1\n,2025-10-06,2\n", "client_rows_empty"),
    ],
)
def test_what_cannot_be_counted_is_named(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        counted(tmp_path, text)
    assert refused.value.text.code == code


def test_a_territory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such column of territories"):
        counted(tmp_path, "client,date\nx,2025-10-05\n", territory="area")
