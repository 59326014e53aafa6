"""A ratio of a pilot: both sums are made for a site and period, and divided once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.ingest import panel_json
from hadi.ingest.panels import PanelTable
from hadi.ingest.panels_wide import wide_panel
from hadi.ingest.tables import TableSource

Source = Callable[..., TableSource]
COLUMNS = {"store": "VARCHAR", "week": "INTEGER", "addon": "DOUBLE", "core": "DOUBLE"}
RATIO = {
    "name": "Attach rate", "kind": "ratio", "role": "primary", "columns": ["addon", "core"],
}  # fmt: skip


def read(
    source: Source,
    rows: Sequence[Sequence[Any]],
    metrics: Sequence[dict[str, Any]] = (RATIO,),
    columns: dict[str, str] = COLUMNS,
    **more: Any,
) -> PanelTable:
    written = {"design": "pilot", "site": "store", "time": "week", "value": "addon"}
    plan = Plan.from_json(written | {"metrics": list(metrics)} | more).bound({})
    return source(columns, rows).panel(plan)


def test_a_ratio_is_that_of_the_sums_and_no_mean_of_ratios(source: Source) -> None:
    rows = [("s1", 1, 1.0, 10.0), ("s1", 1, 9.0, 10.0), ("s1", 2, 3.0, 4.0), ("s2", 1, 1.0, 8.0)]
    found = read(source, rows)
    assert found.values["Attach rate"][0].tolist() == [0.5, 0.75]
    assert found.values["Attach rate"][1, 0] == 0.125
    assert np.isnan(found.values["Attach rate"][1, 1])


def test_rows_that_lack_either_part_count_for_neither(source: Source) -> None:
    whole = [("s1", 1, 1.0, 4.0), ("s1", 2, 1.0, 2.0)]
    rows = [*whole, ("s1", 1, 100.0, None), ("s1", 1, None, 100.0)]
    found = read(source, rows)
    assert (
        found.values["Attach rate"].tolist() == read(source, whole).values["Attach rate"].tolist()
    )


def test_beside_a_ratio_its_parts_are_metrics_of_all_their_rows(source: Source) -> None:
    rows = [("s1", 1, 1.0, 4.0), ("s1", 1, 7.0, None), ("s1", 2, 1.0, 2.0)]
    other = {"name": "Add-ons", "kind": "mean", "columns": ["addon"], "role": "guardrail"}
    found = read(source, rows, (RATIO, other))
    assert found.values["Attach rate"].tolist() == [[0.25, 0.5]]
    assert found.values["Add-ons"].tolist() == [[8.0, 1.0]]


def test_a_period_without_a_denominator_is_missing_and_never_zero(source: Source) -> None:
    found = read(source, [("s1", 1, 1.0, 0.0), ("s1", 2, 0.0, 5.0)])
    assert np.isnan(found.values["Attach rate"][0, 0])
    assert found.values["Attach rate"][0, 1] == 0.0


def test_a_denominator_below_zero_is_refused_with_its_place(source: Source) -> None:
    with pytest.raises(Unreadable, match=r"“core”.*below zero at the site “s1” in “2”"):
        read(source, [("s1", 1, 1.0, 2.0), ("s1", 2, 1.0, -2.0)])


def test_sellers_bring_numerators_and_denominators(source: Source) -> None:
    columns = COLUMNS | {"seller": "VARCHAR"}
    rows = [
        ("s1", 1, 1.0, 4.0, "Anna"), ("s1", 1, 2.0, 4.0, "Boris"), ("s1", 2, 3.0, 4.0, "Anna"),
        ("s2", 1, 9.0, 9.0, "Vera"), ("s1", 2, None, 4.0, "Boris"),
    ]  # fmt: skip
    found = read(source, rows, columns=columns, group="seller", treated=["s1"])
    assert found.groups is not None and found.groups.below is not None
    assert found.groups.names == ("Anna", "Boris")
    assert found.groups.values.tolist() == [[1.0, 3.0], [2.0, 0.0]]
    assert found.groups.below.tolist() == [[4.0, 4.0], [4.0, 0.0]]
    again = panel_json.read(panel_json.write(found))
    assert again.groups is not None and again.groups.below is not None
    assert again.groups.below.tolist() == found.groups.below.tolist()
    assert panel_json.write(again) == panel_json.write(found)


def test_a_day_that_the_calendar_lacks_is_no_label(source: Source) -> None:
    columns = COLUMNS | {"week": "VARCHAR"}
    rows = [("s1", "2026-02-23", 1.0, 4.0), ("s1", "2026-02-30", 1.0, 4.0)]
    with pytest.raises(Unreadable, match=r"“2026-02-30”.*no day of the calendar"):
        read(source, rows, columns=columns)


def test_a_wide_table_is_the_panel_of_a_long_one(source: Source) -> None:
    wide = source(
        {"week": "VARCHAR", "Store 7, north": "DOUBLE", "s2": "INTEGER"},
        [("w2", 3.0, 4), ("w1", 1.0, 2), ("w3", None, 6)],
    )
    found = wide_panel(wide.paths, time="week", sites=("Store 7, north", "s2"))
    assert found.sites == ("Store 7, north", "s2")
    assert found.periods.labels == ("w1", "w2", "w3")
    assert found.values["value"][1].tolist() == [2.0, 4.0, 6.0]
    assert found.values["value"][0, :2].tolist() == [1.0, 3.0]
    assert np.isnan(found.values["value"][0, 2])
    assert (found.rows, found.merged_rows, found.blank_rows) == (3, 0, 0)


def test_words_in_a_column_of_a_site_are_refused_with_its_name(source: Source) -> None:
    wide = source({"week": "INTEGER", "s1": "DOUBLE", "s2": "VARCHAR"}, [(1, 1.0, "two")])
    with pytest.raises(Unreadable, match="“s2”"):
        wide_panel(wide.paths, time="week", sites=("s1", "s2"))
