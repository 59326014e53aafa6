"""Far-out values: above the pooled fence, and what share of an arm is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hadi.ingest import outliers
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from tests.factories.tables import plan
from tests.factories.unit_rows import COLUMNS, cells, complete, of_arm, random_rows, units_of

Make = Callable[..., TableSource]
SPLIT = {"A": 0.5, "B": 0.5}


@pytest.mark.parametrize(("unit", "units"), [(None, None), ("u", 90)])
@pytest.mark.parametrize("winsor", ["", ";winsor=0.97"])
def test_units_above_the_fence(
    source: Make, unit: str | None, units: int | None, winsor: str
) -> None:
    rows = random_rows(2, 260, units=units)
    for place in (20, 50, 51, 90, 130):
        rows[place]["x"] = 900.0 + place
    specs = (f"m=mean(x){winsor}", f"r=ratio(x,e){winsor}", "c=conversion(c)")
    found = source(COLUMNS, cells(rows)).summaries(plan(*specs, unit=unit, split=SPLIT))
    assert list(found.outliers) == ["m", "r"]
    for metric, columns in (("m", "x"), ("r", "xe")):
        full = complete(units_of(rows, by=unit), *columns)
        cap = found.caps.get(metric, np.inf)
        assert (cap < np.inf) == bool(winsor)
        values = {arm: [min(u["x"], cap) for u in of_arm(full, arm)] for arm in "AB"}
        low, high = np.quantile([*values["A"], *values["B"]], [0.25, 0.75])
        fence = high + 3 * (high - low)
        beyond = 0
        for arm, one in zip("AB", found.outliers[metric], strict=True):
            above = [v for v in values[arm] if v > fence]
            total = sum(abs(v) for v in values[arm])
            beyond += len(above)
            assert one.fence == pytest.approx(fence)
            assert one.units == len(above)
            assert one.share_of_total == pytest.approx(sum(above) / total)
            assert one.largest == pytest.approx(max(values[arm]))
            assert one.largest_share == pytest.approx(max(values[arm]) / total)
        assert winsor or beyond


def one_of(source: Make, rows: list[list[Any]]) -> Any:
    data = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows)
    return data.summaries(plan("m=mean(x)")).outliers["m"]


def test_shares_stay_shares_where_values_are_below_zero(source: Make) -> None:
    rows = [["AB"[i % 2], float(v)] for i, v in enumerate([-5, -5, 5, 5, -4, -4, 4, 4, 90, -90])]
    control, treatment = one_of(source, rows)
    assert (control.units, treatment.units) == (1, 0)
    assert control.share_of_total == pytest.approx(90 / 108)
    assert treatment.largest == 5.0


def test_nothing_but_zeros_has_no_share(source: Make) -> None:
    control, _ = one_of(source, [["A", 0.0], ["A", 0.0], ["B", 0.0], ["B", 1.0]])
    assert (control.share_of_total, control.largest_share, control.largest) == (0.0, 0.0, 0.0)


def test_a_metric_without_values_has_no_entry(source: Make) -> None:
    data = source({"arm": "VARCHAR", "x": "DOUBLE"}, [["A", None], ["B", None]])
    assert data.summaries(plan("m=mean(x)")).outliers == {}


def test_an_arm_without_values_has_none(source: Make) -> None:
    control, treatment = one_of(source, [["A", 1.0], ["A", 2.0], ["B", None]])
    assert (control.units, control.largest) == (0, 2.0)
    assert (treatment.units, treatment.largest, treatment.share_of_total) == (0, 0.0, 0.0)


def test_only_means_and_ratios_are_looked_at(source: Make) -> None:
    rows = [["A", 1, 1.0], ["B", 0, 2.0], ["A", 0, 3.0], ["B", 1, 4.0]]
    data = source({"arm": "VARCHAR", "c": "INTEGER", "x": "DOUBLE"}, rows)
    asked = plan("c=conversion(c)", "r=rank(x)", "t=rate(c,x)")
    assert data.summaries(asked).outliers == {}


def large(source: Make, monkeypatch: pytest.MonkeyPatch, *specs: str, **more: Any) -> Summaries:
    """A table of 400 rows taken for a large one: 300 and 500 are its largest values."""
    monkeypatch.setattr(outliers, "MOST_VALUES", 399)
    rows = [[i, "AB"[i % 2], 10.0 + i % 3, 1.0] for i in range(400)]
    rows[7][2], rows[10][2] = 500.0, 300.0
    columns = {"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE", "e": "DOUBLE"}
    return source(columns, rows).summaries(plan(*specs, **more))


@pytest.mark.parametrize("spec", ["m=mean(x)", "m=ratio(x,e)", "m=mean(x);covariate=e"])
@pytest.mark.parametrize("unit", [None, "u"])
def test_of_a_large_table_only_the_largest_value_is_looked_at(
    source: Make, monkeypatch: pytest.MonkeyPatch, spec: str, unit: str | None
) -> None:
    found = large(source, monkeypatch, spec, "e=mean(e)", unit=unit)
    assert list(found.outliers) == ["m"]
    control, treatment = found.outliers["m"]
    assert (control.fence, control.units, control.largest) == (None, 0, 300.0)
    assert treatment.largest == 500.0
    values = [10.0 + i % 3 for i in range(1, 400, 2) if i != 7]
    assert treatment.largest_share == pytest.approx(500 / (500 + sum(values)))


def test_what_cannot_matter_is_not_looked_at(source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    assert large(source, monkeypatch, "m=mean(x);winsor=0.9", "e=mean(e)").outliers == {}
