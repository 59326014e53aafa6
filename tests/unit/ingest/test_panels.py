"""A long table as sites over time: what is summed, what stays missing, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.ingest.panels import PanelTable
from hadi.ingest.tables import TableSource

Source = Callable[..., TableSource]
COLUMNS = {"store": "VARCHAR", "week": "INTEGER", "sales": "DOUBLE"}


def plan(**more: Any) -> Plan:
    metrics = [{"name": "Sales", "kind": "mean", "role": "primary"}, *more.pop("metrics", [])]
    written = {"design": "pilot", "site": "store", "time": "week", "value": "sales"}
    return Plan.from_json(written | {"metrics": metrics} | more).bound({})


def read(
    source: Source, rows: Sequence[Sequence[Any]], columns: dict[str, str] = COLUMNS, **more: Any
) -> PanelTable:
    return source(columns, rows).panel(plan(**more))


def test_rows_become_sites_over_time_in_their_order(source: Source) -> None:
    rows = [("s10", 2, 4.0), ("s2", 2, 2.0), ("s10", 1, 3.0), ("s2", 1, 1.0)]
    found = read(source, rows)
    assert found.sites == ("s2", "s10")
    assert found.periods.labels == ("1", "2")
    assert found.values["Sales"].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert (found.rows, found.merged_rows, found.merged, found.blank_rows) == (4, 0, None, 0)


def test_several_rows_of_a_site_and_period_are_summed_and_counted(source: Source) -> None:
    rows = [("s1", 1, 1.0), ("s1", 1, 2.0), (" s1 ", 1, 4.0), ("s1", 2, 1.0), ("s2", 1, 1.0)]
    found = read(source, rows)
    assert found.values["Sales"][0].tolist() == [7.0, 1.0]
    assert (found.merged_rows, found.merged) == (2, ("s1", "1"))


def test_what_is_missing_stays_missing(source: Source) -> None:
    rows = [
        ("s1", 1, 1.0),
        ("s1", 2, None),
        ("s2", 2, 2.0),
        ("s1", 3, float("nan")),
        ("s2", 3, 0.0),
    ]
    found = read(source, rows)
    values = found.values["Sales"]
    assert np.isnan(values).tolist() == [[False, True, True], [True, False, False]]
    assert values[1, 2] == 0.0


def test_rows_of_no_site_or_no_period_are_left_out(source: Source) -> None:
    rows = [("s1", 1, 1.0), (None, 1, 5.0), ("  ", 1, 5.0), ("s1", None, 5.0), ("s1", 2, 1.0)]
    found = read(source, rows)
    assert (found.rows, found.blank_rows) == (5, 3)
    assert found.values["Sales"].tolist() == [[1.0, 1.0]]


def test_days_moments_and_numbers_name_periods(source: Source) -> None:
    columns = COLUMNS | {"store": "INTEGER", "week": "TIMESTAMP"}
    rows = [(7, "2026-01-12 08:00:00", 1.0), (7, "2026-01-05 00:00:00", 2.0)]
    found = read(source, rows, columns)
    assert found.sites == ("7",)
    assert found.periods.labels == ("2026-01-05", "2026-01-12")


def test_labels_without_an_order_of_their_own_follow_the_rows(source: Source) -> None:
    columns = COLUMNS | {"week": "VARCHAR"}
    rows = [("s1", "spring", 1.0), ("s2", "autumn", 2.0), ("s1", "summer", 3.0)]
    assert read(source, rows, columns).periods.labels == ("spring", "autumn", "summer")


def test_every_metric_has_its_own_panel(source: Source) -> None:
    columns = COLUMNS | {"returns": "INTEGER"}
    more = [{"name": "Returns", "kind": "mean", "columns": ["returns"], "role": "guardrail"}]
    found = read(source, [("s1", 1, 1.0, 2), ("s1", 2, 1.0, 3)], columns, metrics=more)
    assert found.values["Returns"].tolist() == [[2.0, 3.0]]


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ({"store": "VARCHAR", "sales": "DOUBLE"}, [("s1", 1.0)], "There is no column “week”"),
        (COLUMNS | {"sales": "VARCHAR"}, [("s1", 1, "many")], "“many”"),
        (COLUMNS, [("s1", 1, float("inf"))], "infinit"),
        (COLUMNS, [(None, 1, 1.0)], "No row names both a site"),
        (COLUMNS | {"sales": "DATE"}, [("s1", 1, "2026-01-05")], "“sales”"),
    ],
)
def test_what_cannot_be_a_panel_is_refused(
    source: Source, columns: dict[str, str], rows: Sequence[Any], said: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(source, rows, columns)
    assert said in str(refused.value)


def test_what_each_seller_of_the_pilots_brought_is_laid_out(source: Source) -> None:
    columns = COLUMNS | {"seller": "VARCHAR"}
    rows = [
        ("s1", 1, 1.0, "Anna"), ("s1", 1, 2.0, " Boris "), ("s1", 2, 5.0, "Boris"),
        ("s2", 1, 9.0, "Anna"), ("s1", 2, 7.0, None), ("s1", 2, None, "Anna"),
    ]  # fmt: skip
    groups = read(source, rows, columns, treated=["s1"], group="seller").groups
    assert groups is not None
    assert groups.names == ("Anna", "Boris")
    assert groups.values.tolist() == [[1.0, 0.0], [2.0, 5.0]]


def test_rows_of_other_sellers_are_no_repetition(source: Source) -> None:
    columns = COLUMNS | {"seller": "VARCHAR"}
    rows = [
        ("s1", 1, 1.0, "Anna"), ("s1", 1, 2.0, "Boris"), ("s1", 2, 5.0, "Anna"),
        ("s2", 1, 9.0, "Anna"), ("s2", 1, 9.0, None), ("s2", 2, 4.0, "Vera"),
    ]  # fmt: skip
    found = read(source, rows, columns, treated=["s1"], group="seller")
    assert (found.merged_rows, found.merged) == (0, None)
    again = [*rows, ("s2", 1, 1.0, "Anna"), ("s2", 1, 1.0, " Anna"), ("s1", 2, 2.0, "Anna")]
    found = read(source, again, columns, treated=["s1"], group="seller")
    assert (found.merged_rows, found.merged) == (3, ("s1", "2"))
    found = read(source, rows, columns, treated=["s1"])
    assert (found.merged_rows, found.merged) == (2, ("s1", "1"))
