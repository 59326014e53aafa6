"""Ranks and quantiles: every value of every arm, exactly, whichever way it was fetched."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import distributions
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.arrays import Distribution
from hadi.stats.samples import Moments
from tests.factories.tables import plan, table
from tests.factories.unit_rows import COLUMNS, cells, complete, of_arm, random_rows, units_of

Make = Callable[..., TableSource]


def values_of(summaries: Summaries, arm: int, metric: str) -> Distribution:
    sample = summaries.arms[arm].samples[metric]
    assert isinstance(sample, Distribution)
    return sample


def same(sample: Distribution, expected: list[float]) -> None:
    counted = sorted(Counter(expected).items())
    assert sample.values.tolist() == [value for value, _ in counted]
    assert sample.counts.tolist() == [n for _, n in counted]
    assert sample.values.dtype == np.float64
    assert sample.counts.dtype == np.int64


@pytest.mark.parametrize("repeats", [0, 10**9])
@pytest.mark.parametrize(("unit", "units"), [(None, None), ("u", None), ("u", 150)])
@pytest.mark.parametrize("column", ["x", "t", "k"])
def test_every_value_of_every_arm(
    source: Make,
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    unit: str | None,
    units: int | None,
    repeats: int,
) -> None:
    """Both ways of fetching give what counting by hand does."""
    monkeypatch.setattr(distributions, "_REPEATS", repeats)
    rows = random_rows(7, 160, units=units and 60)
    split = {"A": 0.5, "B": 0.5}
    asked = plan(f"r=rank({column})", "m=mean(e)", unit=unit, split=split)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    by_hand = units_of(rows, by=unit)
    for place, arm in enumerate("AB"):
        own = of_arm(by_hand, arm)
        expected = [u["x" if column == "t" else column] for u in own]
        same(values_of(found, place, "r"), [v for v in expected if v is not None])
        assert found.arms[place].units == len(own)
        assert found.arms[place].missing["r"] == expected.count(None)
        assert list(found.arms[place].samples) == ["r", "m"]


def test_a_large_table_is_counted_like_a_small_one(
    source: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first units may mislead about how often values repeat: both ways stay right."""
    rows: list[list[Any]] = [["AB"[i % 2], 1.0] for i in range(300)]
    rows += [["AB"[i % 2], float(i)] for i in range(1000)]
    columns = {"arm": "VARCHAR", "x": "DOUBLE"}
    monkeypatch.setattr(distributions, "_LOOKED_AT", 100)
    found = source(columns, rows).summaries(plan("q=quantile(x)"))
    for place, arm in enumerate("AB"):
        same(values_of(found, place, "q"), [row[1] for row in rows if row[0] == arm])


def test_two_metrics_of_one_column_share_its_values(source: Make) -> None:
    rows = [["A", 1.5], ["B", 2.5], ["B", 2.5]]
    asked = plan("r=rank(x)", "q=quantile(x);q=0.9", "m=mean(x)")
    found = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows).summaries(asked)
    assert values_of(found, 1, "r") is values_of(found, 1, "q")
    assert found.arms[1].samples["m"] == Moments(2, 2.5, 0.0)
    same(values_of(found, 1, "q"), [2.5, 2.5])


def test_units_with_the_same_rows_tie_whatever_their_order(source: Make) -> None:
    parts = [0.1, 0.2, 0.3, 1e10, 0.7]
    rows: list[list[Any]] = []
    for unit in range(60):
        order = list(parts)
        random.Random(unit).shuffle(order)
        rows += [[unit, "AB"[unit % 2], part] for part in order]
    columns = {"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}
    found = source(columns, rows).summaries(plan("r=rank(x)", unit="u"))
    assert [values_of(found, arm, "r").values.size for arm in (0, 1)] == [1, 1]


@pytest.mark.parametrize("repeats", [0, 10**9])
def test_sums_that_are_equal_on_paper_tie_across_arms(
    source: Make, monkeypatch: pytest.MonkeyPatch, repeats: int
) -> None:
    monkeypatch.setattr(distributions, "_REPEATS", repeats)
    rows: list[list[Any]] = []
    for unit in range(40):  # 1.1 + 2.2 is a hair above 3.3 to a computer
        rows += [[unit, "AB"[unit % 2], part] for part in ((3.3,), (1.1, 2.2))[unit // 10 % 2]]
    rows += [[40, "A", 3.3 + 1e-12]]
    columns = {"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}
    found = source(columns, rows).summaries(plan("r=rank(x)", unit="u"))
    control, treatment = (values_of(found, arm, "r") for arm in (0, 1))
    assert control.counts.tolist() == [20, 1]
    assert treatment.counts.tolist() == [20]
    assert control.values[0] == treatment.values[0]


def test_the_order_of_rows_and_the_number_of_files_do_not_matter(tmp_path: Path) -> None:
    rows = cells(random_rows(3, 160, units=60, offset=1e9))
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    one = table(tmp_path / "one.parquet", COLUMNS, rows)
    parts = [
        table(tmp_path / f"{i}.parquet", COLUMNS, part)
        for i, part in enumerate([shuffled[:70], shuffled[70:]])
    ]
    asked = plan("r=rank(x)", unit="u", split={"A": 0.5, "B": 0.5})
    both = [TableSource(paths).summaries(asked) for paths in ([one], parts)]
    for arm in (0, 1):
        left, right = (values_of(found, arm, "r") for found in both)
        assert np.array_equal(left.values, right.values)
        assert np.array_equal(left.counts, right.counts)


def test_zero_has_no_sign(source: Make) -> None:
    rows = [["A", 0.0], ["A", -0.0], ["B", -0.0], ["B", 1.0]]
    found = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows).summaries(plan("r=rank(x)"))
    same(values_of(found, 0, "r"), [0.0, 0.0])


def test_an_arm_that_nobody_was_seen_in_has_no_values(source: Make) -> None:
    asked = plan("r=rank(x)", split={"A": 0.4, "B": 0.4, "C": 0.2})
    rows = [["A", 1.0], ["B", None]]
    found = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows).summaries(asked)
    assert [values_of(found, arm, "r").n for arm in (0, 1, 2)] == [1, 0, 0]
    assert [arm.missing["r"] for arm in found.arms] == [0, 1, 0]


@pytest.mark.parametrize(
    ("kind", "bad", "words"),
    [
        ("VARCHAR", "abc", "“abc” is not a number"),
        ("VARCHAR", "1\x000", "NUL"),
        ("VARCHAR", "inf", "infinite"),
        ("DOUBLE", math.inf, "infinite"),
        ("DOUBLE", -math.inf, "infinite"),
    ],
)
@pytest.mark.parametrize("arm", ["B", None])
@pytest.mark.parametrize("unit", [None, "u"])
def test_a_bad_cell_is_named_by_row(
    source: Make, kind: str, bad: Any, words: str, unit: str | None, arm: str | None
) -> None:
    good: Any = "1" if kind == "VARCHAR" else 1
    rows = [["u1", "A", good], ["u2", "B", good], ["u3", arm, bad], ["u1", "A", None]]
    data = source({"u": "VARCHAR", "arm": "VARCHAR", "x": kind}, rows)
    with pytest.raises(Unreadable) as refusal:
        data.summaries(plan("r=rank(x)", unit=unit))
    assert words in str(refusal.value)
    assert "olumn “x”, data row 3 (row 4 with the header)" in str(refusal.value)


def test_sums_of_rows_beyond_a_float_are_refused(source: Make) -> None:
    rows = [[1, "A", 1e308], [1, "A", 1e308], [2, "B", 1.0]]
    data = source({"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="too large"):
        data.summaries(plan("r=rank(x)", unit="u"))


def test_a_segment_has_values_of_its_own(source: Make) -> None:
    rows = random_rows(11, 160)
    asked = plan("r=rank(x)", segments=("region",), split={"A": 0.5, "B": 0.5})
    found = source(COLUMNS, cells(rows)).summaries(asked)
    by_hand = complete(units_of(rows, by=None), "x")
    for level in found.segments["region"]:
        for arm in level.arms:
            own = [u["x"] for u in of_arm(by_hand, arm.name) if (u["region"] or "") == level.name]
            sample = arm.samples["r"]
            assert isinstance(sample, Distribution)
            same(sample, own)
