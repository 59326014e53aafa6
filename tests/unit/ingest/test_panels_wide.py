"""A table with a column for each site: the panel of a row for each site and period, exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hadi.analysis.pilot_checks import lay, validity
from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.ingest import panel_json
from hadi.ingest.tables import TableSource

Source = Callable[..., TableSource]
WIDE = {"week": "INTEGER", "s1": "DOUBLE", "s2": "DOUBLE", "s10": "DOUBLE", "total": "DOUBLE"}
ROWS = [
    (1, 1.0, 2.0, 10.0, 13.0),
    (2, 1.5, None, 11.0, 12.5),
    (3, 2.0, 2.5, 12.0, 16.5),
    (4, 4.0, 2.0, 0.0, 6.0),
]


def plan(**more: Any) -> Plan:
    metrics = [{"name": "Sales", "kind": "mean", "role": "primary"}, *more.pop("metrics", [])]
    written = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales", "treated": ["s1"],
        "start": "3", "metrics": metrics,
    }  # fmt: skip
    mapping = {"store": "*", "sales": "*"}
    return Plan.from_json(written | more).bound(mapping)


def test_columns_are_what_rows_of_each_site_are(source: Source) -> None:
    found = source(WIDE, ROWS).panel(plan())
    long = [
        (site, row[0], row[place])
        for row in ROWS
        for place, site in enumerate(list(WIDE)[1:], start=1)
    ]
    columns = {"store": "VARCHAR", "week": "INTEGER", "sales": "DOUBLE"}
    asked = Plan.from_json(
        {"design": "pilot", "site": "store", "time": "week", "value": "sales",
         "metrics": [{"name": "Sales", "kind": "mean", "role": "primary"}]}
    ).bound({})  # fmt: skip
    other = source(columns, long).panel(asked)
    assert found.sites == other.sites == ("s1", "s2", "s10", "total")
    assert found.periods.labels == other.periods.labels
    np.testing.assert_array_equal(found.values["Sales"], other.values["Sales"])
    assert np.isnan(found.values["Sales"][1, 1])  # a blank cell is none, a zero is one
    assert found.values["Sales"][2, 3] == 0.0
    assert (found.rows, found.merged_rows, found.blank_rows) == (4, 0, 0)
    assert found.is_wide and not found.left_out


def test_the_plans_controls_leave_a_total_out_and_that_is_said(source: Source) -> None:
    asked = plan(controls=["s2", "s10"])
    table = source(WIDE, ROWS).panel(asked)
    assert table.sites == ("s1", "s2", "s10") and table.left_out == ("total",)
    checks = {check.code: str(check.detail) for check in validity(lay(table, asked), asked)}
    assert "3 columns were taken for sites" in checks["wide"]
    assert "left out: “total”" in checks["wide"]
    every = validity(lay(source(WIDE, ROWS).panel(plan()), plan()), plan())
    said = next(str(check.detail) for check in every if check.code == "wide")
    assert "“total”" in said and "left out by naming the controls" in said


def test_without_a_list_of_controls_a_column_of_words_is_asked_about(source: Source) -> None:
    columns = {**WIDE, "region": "VARCHAR"}
    rows = [(*row, "north") for row in ROWS]
    with pytest.raises(Unreadable, match="“region” holds something else than numbers"):
        source(columns, rows).panel(plan())
    named = source(columns, rows).panel(plan(controls=["s2", "s10"]))
    assert named.left_out == ("total", "region")


def test_a_site_without_a_column_is_named_with_the_nearest(source: Source) -> None:
    asked = plan(treated=["S01"])
    with pytest.raises(Unreadable, match="“S01” has no column of its own; the nearest there: “s1”"):
        lay(source(WIDE, ROWS).panel(asked), asked)
    locked = plan(controls=["s2", "s11"])
    with pytest.raises(Unreadable, match="“s11” has no column"):
        lay(source(WIDE, ROWS).panel(locked), locked)
    with pytest.raises(Unreadable, match="None of the plan’s sites has a column"):
        source(WIDE, ROWS).panel(plan(treated=["north"], controls=["south"]))


@pytest.mark.parametrize(
    "more",
    [
        {"metrics": [{"name": "Returns", "kind": "mean", "columns": ["returns"]}]},
        {"metrics": [{"name": "Rate", "kind": "ratio", "columns": ["a", "b"]}]},
    ],
)
def test_it_holds_one_value_alone(source: Source, more: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="holds one value alone"):
        source(WIDE, ROWS).panel(plan(**more))


def test_a_period_twice_is_summed_and_counted_once(source: Source) -> None:
    found = source(WIDE, [*ROWS, ROWS[0], (None, 1.0, 1.0, 1.0, 1.0)]).panel(plan())
    assert found.values["Sales"][0, 0] == 2.0
    assert (found.merged_rows, found.blank_rows, found.rows) == (1, 1, 6)


def test_a_snapshot_knows_that_it_was_wide(source: Source) -> None:
    found = source(WIDE, ROWS).panel(plan(controls=["s2", "s10"]))
    again = panel_json.read(panel_json.write(found))
    assert again.is_wide and again.left_out == ("total",)
    assert panel_json.digest(again) == panel_json.digest(found)
