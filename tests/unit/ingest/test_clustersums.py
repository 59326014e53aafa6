"""Clusters as they were drawn: their sums by hand, the mixed and the blank ones left out."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Design, Plan
from hadi.ingest.source import ArmSummary, Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.arrays import Clusters
from tests.factories.tables import plan, table
from tests.factories.unit_rows import (
    COLUMNS,
    Row,
    cells,
    complete,
    of_arm,
    random_rows,
    trimmed,
    units_of,
)

Make = Callable[..., TableSource]
METRICS = ("c=conversion(c)", "m=mean(x)", "r=ratio(x,e)", "t=rate(k,e)")
SPLIT = {"A": 0.5, "B": 0.5}


def clustered(*specs: str, **more: Any) -> Plan:
    return plan(*specs, **{"design": Design.CLUSTER, "cluster": "store", **more})


def sample(arm: ArmSummary, metric: str) -> Clusters:
    found = arm.samples[metric]
    assert isinstance(found, Clusters)
    return found


def drawn(rows: list[Row]) -> list[Row]:
    """The rows with the arm of their store, but for two of s3."""
    for row in rows:
        store = trimmed(row["store"])
        if store and trimmed(row["arm"]) in ("A", "B"):
            row["arm"] = "AB"[int(store[1:]) % 2]
    strays = [row for row in rows if trimmed(row["store"]) == "s3" and trimmed(row["u"])]
    strays[0]["arm"], strays[1]["arm"] = "A", "B"
    return rows


def unmixed(rows: Sequence[Row], by: str | None) -> tuple[list[Row], set[str], set[str]]:
    """The units of clusters that lie in one arm; all clusters and the mixed ones."""
    arms: dict[str, set[str]] = {}
    for row in rows:
        store, arm = trimmed(row["store"]), trimmed(row["arm"])
        if store and arm in ("A", "B") and not (by and trimmed(row[by]) is None):
            arms.setdefault(store, set()).add(arm)
    mixed = {store for store, found in arms.items() if len(found) > 1}
    units = units_of(
        [row for row in rows if trimmed(row["store"]) not in mixed], by=by, within="store"
    )
    return units, set(arms), mixed


def check(found: Clusters, units: Sequence[Row], value: str, size: str | None) -> None:
    """One arm's clusters of one metric against the sums by hand."""
    by_store: dict[str, list[Row]] = {}
    for unit in complete(units, value, *([size] if size else [])):
        by_store.setdefault(unit["store"], []).append(unit)
    assert found.names == tuple(sorted(by_store))
    for place, name in enumerate(found.names):
        own = by_store[name]
        values = [unit[value] for unit in own]
        wanted = math.fsum(unit[size] for unit in own) if size else len(own)
        assert found.sizes[place] == pytest.approx(wanted, rel=1e-12)
        assert found.totals[place] == pytest.approx(math.fsum(values), rel=1e-14, abs=1e-9)
        assert found.units[place] == len(own)
        if size is None:
            mean = math.fsum(values) / len(values)
            spread = math.fsum((v - mean) ** 2 for v in values)
            assert found.within is not None
            assert found.within[place] == pytest.approx(spread, rel=1e-7, abs=1e-9)
        else:
            assert found.within is None


@pytest.mark.parametrize("offset", [0.0, 1e9])
@pytest.mark.parametrize(("unit", "units"), [(None, None), ("u", None), ("u", 60)])
def test_the_sums_of_each_cluster(
    source: Make, unit: str | None, units: int | None, offset: float
) -> None:
    rows = drawn(random_rows(5, 200, units=units, offset=offset))
    found = source(COLUMNS, cells(rows)).summaries(clustered(*METRICS, unit=unit, split=SPLIT))
    by_hand, clusters, mixed = unmixed(rows, unit)
    assert mixed == {"s3"}
    assert (found.all_units, found.mixed_units) == (len(clusters), len(mixed))
    assert found.has_units
    for arm in found.arms:
        own = of_arm(by_hand, arm.name)
        stores = {u["store"] for u in own}
        assert arm.units == len(stores)
        assert found.cluster_units[arm.name] == len(own)
        check(sample(arm, "c"), own, "c", None)
        check(sample(arm, "m"), own, "x", None)
        check(sample(arm, "r"), own, "x", "e")
        check(sample(arm, "t"), own, "k", "e")
        for metric, columns in {"c": "c", "m": "x", "r": "xe", "t": "ke"}.items():
            has = {u["store"] for u in complete(own, *columns)}
            assert arm.missing[metric] == len(stores - has)


def test_rows_that_name_no_cluster_or_no_unit_are_counted(source: Make) -> None:
    rows = [
        ["u1", "A", "s1", 1.0],
        ["u1", "A", "s1", 2.0],
        ["u1", "A", "s2", 4.0],
        ["u2", "B", "s3", 1.0],
        ["", "B", "s3", 1.0],
        ["u3", "B", None, 1.0],
        ["u4", "A", " ", 1.0],
        ["u5", "", "s4", 1.0],
    ]
    columns = {"u": "VARCHAR", "arm": "VARCHAR", "store": "VARCHAR", "x": "DOUBLE"}
    found = source(columns, rows).summaries(clustered("m=mean(x)", unit="u"))
    assert (found.rows, found.blank_unit_rows, found.blank_arm_rows) == (8, 3, 1)
    assert found.duplicate_rows == 0
    control = sample(found.arms[0], "m")  # one unit in two clusters is one in each
    assert control.names == ("s1", "s2")
    assert control.totals.tolist() == [3.0, 4.0]
    assert control.units.tolist() == [1.0, 1.0]
    rows.append(rows[0])
    again = source(columns, rows).summaries(clustered("m=mean(x)", unit="u"))
    assert again.duplicate_rows == 1


def test_a_cluster_without_size_is_missing(source: Make) -> None:
    rows = [["A", "s1", 1, 0.0], ["A", "s2", 1, 2.0], ["B", "s3", 1, None], ["B", "s4", 3, 2.0]]
    columns = {"arm": "VARCHAR", "store": "VARCHAR", "k": "INTEGER", "e": "DOUBLE"}
    found = source(columns, rows).summaries(clustered("r=ratio(k,e)"))
    assert [sample(arm, "r").names for arm in found.arms] == [("s2",), ("s4",)]
    assert [arm.missing["r"] for arm in found.arms] == [1, 1]
    assert [arm.units for arm in found.arms] == [2, 2]


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        ("INTEGER", [1, 1, 2, 2], ("1", "2")),
        ("DOUBLE", [1.0, 1.0, 2.0, math.nan], ("1", "2")),
        ("BOOLEAN", [True, True, False, False], ("TRUE", "FALSE")),
        ("VARCHAR", ["a", " a", "b\u00a0", "b"], ("a", "b")),
        ("DATE", ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"],
         ("2026-01-01", "2026-01-02")),
    ],
)  # fmt: skip
def test_clusters_are_named_as_text(
    source: Make, kind: str, values: list[Any], names: tuple[str, str]
) -> None:
    rows = [["AABB"[i], value, 1.0] for i, value in enumerate(values)]
    data = source({"arm": "VARCHAR", "store": kind, "x": "DOUBLE"}, rows)
    found = data.summaries(clustered("m=mean(x)"))
    assert [sample(arm, "m").names for arm in found.arms] == [(names[0],), (names[1],)]


@pytest.mark.parametrize("unit", [None, "u"])
def test_the_cap_is_of_the_units_of_all_arms(source: Make, unit: str | None) -> None:
    rows = drawn(random_rows(9, 200, units=70 if unit else None))
    asked = clustered("m=mean(x);winsor=0.9", "r=ratio(x,e);winsor=0.8", unit=unit, split=SPLIT)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    units, _, _ = unmixed(rows, unit)
    for metric, quantile, columns in (("m", 0.9, "x"), ("r", 0.8, "xe")):
        own = complete(units, *columns)
        cap = float(np.quantile([u["x"] for u in own], quantile))
        assert found.caps[metric] == pytest.approx(cap, rel=1e-12)
        cut = [{**u, "x": min(u["x"], cap)} for u in own]
        for arm in found.arms:
            size = "e" if metric == "r" else None
            check(sample(arm, metric), of_arm(cut, arm.name), "x", size)


@pytest.mark.parametrize("unit", [None, "u"])
def test_slices_are_of_the_clusters_inside_them(source: Make, unit: str | None) -> None:
    rows = drawn(random_rows(13, 200, units=80 if unit else None))
    asked = clustered("m=mean(x)", segments=("region",), day="day", unit=unit, split=SPLIT)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    units, _, _ = unmixed(rows, unit)
    assert {level.name for level in found.segments["region"]} == {u["region"] or "" for u in units}
    for level in found.segments["region"]:
        inside = [u for u in units if (u["region"] or "") == level.name]
        for arm in level.arms:
            own = of_arm(inside, arm.name)
            assert arm.units == len({u["store"] for u in own})
            check(sample(arm, "m"), own, "x", None)
    assert [day.name for day in found.days] == sorted({u["day"] for u in units if u["day"]})
    for day in found.days:
        for arm in day.arms:
            own = of_arm([u for u in units if u["day"] == day.name], arm.name)
            check(sample(arm, "m"), own, "x", None)


def test_the_order_of_rows_and_the_number_of_files_do_not_matter(tmp_path: Path) -> None:
    rows = cells(drawn(random_rows(3, 200, units=60, offset=1e9)))
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    one = table(tmp_path / "one.parquet", COLUMNS, rows)
    parts = [
        table(tmp_path / f"{i}.parquet", COLUMNS, part)
        for i, part in enumerate([shuffled[:70], shuffled[70:]])
    ]
    asked = clustered("m=mean(x)", "r=ratio(x,e)", unit="u", split=SPLIT)
    both = [TableSource(paths).summaries(asked) for paths in ([one], parts)]
    assert both[0].mixed_units == both[1].mixed_units
    for arm in (0, 1):
        for metric in "mr":
            left, right = (sample(found.arms[arm], metric) for found in both)
            assert left.names == right.names
            assert left.totals == pytest.approx(right.totals, rel=1e-14)
            assert left.sizes == pytest.approx(right.sizes, rel=1e-14)
            if left.within is not None and right.within is not None:
                assert left.within == pytest.approx(right.within, rel=1e-6)


def test_a_hundred_thousand_clusters(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "many.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT CASE WHEN i % 2 = 0 THEN 'A' ELSE 'B' END AS arm, i AS store, "
            f"(i + j)::DOUBLE AS x FROM range(120000) a(i), range(2) b(j)) TO '{path}'"
        )
    found = TableSource(path).summaries(clustered("m=mean(x)"))
    control = sample(found.arms[0], "m")
    assert control.n == 60_000
    assert control.totals.sum() == 2 * sum(range(0, 120_000, 2)) + 60_000
    assert control.within is not None and set(control.within.tolist()) == {0.5}


def test_where_every_cluster_is_mixed_nobody_is_left(source: Make) -> None:
    rows = [["A", "s1", 1.0], ["B", "s1", 1.0]]
    data = source({"arm": "VARCHAR", "store": "VARCHAR", "x": "DOUBLE"}, rows)
    found = data.summaries(clustered("m=mean(x)", segments=("store",)))
    assert [arm.units for arm in found.arms] == [0, 0]
    assert [sample(arm, "m").n for arm in found.arms] == [0, 0]
    assert (found.all_units, found.mixed_units) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "bad", "spec", "words"),
    [
        ("VARCHAR", "abc", "m=mean(x)", "“abc” is not a number"),
        ("DOUBLE", math.inf, "m=mean(x)", "infinite"),
        ("INTEGER", 2, "m=conversion(x)", "neither 0 nor 1"),
        ("DOUBLE", math.inf, "m=ratio(x,x)", "infinite"),
        ("DOUBLE", 1.5, "m=rate(x,x)", "“1.5”"),
        ("DOUBLE", -1.0, "m=rate(x,x)", "“-1.0”"),
    ],
)
@pytest.mark.parametrize("store", ["s2", None])
def test_a_bad_cell_is_named_by_row(
    source: Make, kind: str, bad: Any, spec: str, words: str, store: str | None
) -> None:
    good: Any = "1" if kind == "VARCHAR" else 1
    rows = [["A", "s1", good], ["B", "s2", good], ["B", store, bad]]
    data = source({"arm": "VARCHAR", "store": "VARCHAR", "x": kind}, rows)
    with pytest.raises(Unreadable) as refusal:
        data.summaries(clustered(spec))
    assert words in str(refusal.value)
    assert "data row 3 (row 4 with the header)" in str(refusal.value)


def test_a_nul_in_a_cluster_is_named(source: Make) -> None:
    rows = [["A", "s1", 1.0], ["B", "s2\0", 1.0]]
    data = source({"arm": "VARCHAR", "store": "VARCHAR", "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="Column “store”, data row 2"):
        data.summaries(clustered("m=mean(x)"))


def test_a_cluster_design_needs_a_column(source: Make) -> None:
    data = source({"arm": "VARCHAR", "x": "DOUBLE"}, [["A", 1.0], ["B", 1.0]])
    with pytest.raises(Unreadable, match="names no column for the cluster"):
        data.summaries(clustered("m=mean(x)", cluster=None))


def test_columns_may_bear_our_own_names(source: Make) -> None:
    names = {"arm": "VARCHAR", "unit": "VARCHAR", "cluster": "VARCHAR", "x0_0": "DOUBLE"}
    rows = [["A", "1", "s1", 1.0], ["A", "2", "s1", 2.0], ["B", "3", "s2", 4.0]]
    asked = clustered(
        "m=mean(x0_0)", cluster="cluster", unit="unit", segments=("unit", "arm"), group="cluster"
    )
    found = source(names, rows).summaries(asked)
    assert [sample(arm, "m").totals.tolist() for arm in found.arms] == [[3.0], [4.0]]
    assert [level.name for level in found.segments["unit"]] == ["1", "2", "3"]
    assert [group.name for group in found.groups] == ["s1", "s2"]


def likely(source: Make, rows: list[list[Any]], **more: Any) -> Summaries:
    columns = {"u": "INTEGER", "arm": "VARCHAR", "store": "VARCHAR", "x": "DOUBLE"}
    return source(columns, rows).summaries(plan("m=mean(x)", **{"cluster": "store", **more}))


def of_stores(n: int) -> list[list[Any]]:
    return [[i, "AB"[i % 10 % 2], f"s{i % 10}", float(i % 7)] for i in range(n)]


@pytest.mark.parametrize("more", [{}, {"unit": "u"}, {"cluster": None, "group": "store"}])
def test_clusters_that_lie_in_one_arm_are_likely_what_was_drawn(
    source: Make, more: dict[str, Any]
) -> None:
    rows = of_stores(400)
    rows[10][1] = "B"  # one stray customer of s0
    found = likely(source, rows, **more)
    assert found.clusters is not None
    assert [clusters.names for clusters in found.clusters] == [
        ("s0", "s2", "s4", "s6", "s8"),
        ("s1", "s3", "s5", "s7", "s9"),
    ]
    units = [{"arm": arm, "store": s, "x": x} for _, arm, s, x in rows if (arm, s) != ("B", "s0")]
    for clusters, arm in zip(found.clusters, "AB", strict=True):
        check(clusters, of_arm(units, arm), "x", None)
    assert not found.cluster_units


def test_clusters_across_arms_are_not(source: Make) -> None:
    rows = of_stores(400)
    for row in rows[:50:10]:
        row[1] = "B"
    assert likely(source, rows).clusters is None


def test_clusters_of_one_unit_each_tell_nothing(source: Make) -> None:
    rows = [[i, "AB"[i % 2], f"s{i}", 1.0 * i] for i in range(20)]
    assert likely(source, rows).clusters is None
    assert likely(source, of_stores(40), cluster=None).clusters is None
