"""Lists as people bring them: every cell as it stands."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_stay_what_they_are(delimiter: str) -> None:
    text = f"Code{delimiter}Name\r\n007{delimiter} Riga \r\n\r\n{delimiter}1.50\r\n"
    assert small_tables.from_text(text) == [
        Line(1, ("Code", "Name")), Line(2, ("007", "Riga")), Line(4, ("", "1.50")),
    ]  # fmt: skip


def test_a_cell_in_quotation_marks_holds_the_delimiter() -> None:
    text = '\ufeffcode,aliases\nS-1,"Riga, centre; ""R1"""\n'
    lines = small_tables.from_text(text)
    assert lines[1].cells == ("S-1", 'Riga, centre; "R1"')
    again = small_tables.from_text(small_tables.as_text(lines))
    assert [line.cells for line in again] == [line.cells for line in lines]


def test_cells_that_begin_with_a_quotation_mark_come_back() -> None:
    lines = [Line(1, ("code", "name")), Line(2, ("S-1", '"Riga" store'))]
    assert small_tables.from_text(small_tables.as_text(lines)) == lines


def test_text_of_another_time_is_decoded() -> None:
    file = io.BytesIO("Код;Название\n1;Рига\n".encode("cp1251"))
    assert small_tables.from_file(file, "магазины.csv")[1].cells == ("1", "Рига")


def test_the_first_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "empty"
    sheet = book.create_sheet("stores")
    for row in (["Code", "Name"], [7, "Riga"], ["08", 1.5]):
        sheet.append(row)
    path = tmp_path / "stores.xlsx"
    book.save(path)
    with path.open("rb") as file:
        lines = small_tables.from_file(file, "stores.xlsx")
    assert [line.cells for line in lines] == [("Code", "Name"), ("7", "Riga"), ("08", "1.5")]
    assert lines[2].number == 3


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(Unreadable):
        small_tables.from_file(io.BytesIO(b"PAR1" * 10), "stores.parquet")
    with pytest.raises(Unreadable) as refused:
        small_tables.from_text("a\n" * (small_tables.MOST_ROWS + 1))
    assert refused.value.text.code == "small_table_long"
    assert small_tables.from_text("  \n \n") == []
