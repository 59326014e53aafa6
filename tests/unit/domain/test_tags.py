"""What a parse report still says to whoever may not see some of its columns."""

from __future__ import annotations

import json

from hadi.domain.tags import without_values
from hadi.domain.text import Text
from hadi.ingest.report import BadRow, ColumnReport, ColumnType, Decision, ParseReport

QUOTED = "31.02.1999"
SERIAL = Text("decided_serial_dates", value=QUOTED)
KIND = Text("column_type_number")
REPORT = ParseReport(
    rows=2,
    columns=(
        ColumnReport("born", ColumnType.TEXT, (QUOTED,), 0),
        ColumnReport("city", ColumnType.TEXT, ("Pécs",), 0),
    ),
    notes=(
        Text("note_no_day", column="born", value=QUOTED),
        Text("note_no_day", column="city", value="32.01.2026"),
    ),
    decisions=(
        Decision("date_order", None, ("dmy",), column="born", examples=(QUOTED,)),
        Decision("factor", "1", (), column="born", detail=SERIAL),
        Decision("totals", "leave_out", (), examples=(f"Total; {QUOTED}",)),
        Decision("date_order", "dmy", ("dmy",), column="city", examples=("01.02.2026",)),
    ),
    bad_rows=(
        BadRow(3, Text("bad_cell", column="born", value=QUOTED, type=KIND), f"{QUOTED}; Pécs"),
        BadRow(4, Text("bad_cell", column="city", value="Győr", type=KIND), f"{QUOTED}; Győr"),
    ),
    bad_row_count=2,
).as_json()  # fmt: skip


def test_nothing_of_a_hidden_column_is_quoted() -> None:
    told = without_values(REPORT, {"born"})
    assert QUOTED not in json.dumps(told, ensure_ascii=False)
    assert told["notes"][0]["sentence"] == "“born” was left as text: “…” is no day."
    assert [row["line"] for row in told["bad_rows"]] == [3, 4]


def test_the_others_stay_as_they_were() -> None:
    told = without_values(REPORT, {"born"})
    assert told["columns"][1] == REPORT["columns"][1]
    assert told["notes"][1] == REPORT["notes"][1]
    assert told["decisions"][3] == REPORT["decisions"][3]
    assert told["bad_rows"][1]["reason"] == REPORT["bad_rows"][1]["reason"]
    assert without_values(REPORT, set()) == REPORT
