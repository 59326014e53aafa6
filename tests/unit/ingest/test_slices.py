"""Segments, days and groups: each holds what the whole test would, had it been of those alone."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import slices
from hadi.ingest.source import ArmSummary, Slice, Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.samples import CoMoments, Conversion, Events, Moments
from tests.factories.tables import plan, table
from tests.factories.unit_rows import COLUMNS, Row, cells, complete, of_arm, random_rows, units_of

Make = Callable[..., TableSource]
SPLIT = {"A": 0.5, "B": 0.5}
METRICS = (
    "m=mean(x)",
    "c=conversion(c)",
    "r=ratio(x,e)",
    "t=rate(k,e)",
    "a=mean(x);covariate=e,k",
)


def check(arm: ArmSummary, metric: str, units: Sequence[Row]) -> None:
    """One metric of one arm of a slice against its units by hand."""
    own = of_arm(units, arm.name)
    columns = {"m": "x", "c": "c", "r": "xe", "t": "ke", "a": "xek"}[metric]
    full = complete(own, *columns)
    assert arm.units == len(own)
    assert arm.missing[metric] == len(own) - len(full)
    values = [[unit[column] for unit in full] for column in columns]
    found = arm.samples[metric]
    if isinstance(found, Conversion):
        assert found == Conversion(len(full), sum(values[0]))
    elif isinstance(found, Moments):
        near(CoMoments(found.n, (found.mean,), ((found.m2,),), (found.rest,)), values)
    elif isinstance(found, CoMoments):
        near(found, values)
    else:
        assert isinstance(found, Events)
        assert (found.n, found.events) == (len(full), sum(values[0]))
        assert found.exposure == pytest.approx(sum(values[1]), rel=1e-12, abs=1e-12)
        assert found.by_unit is not None
        near(found.by_unit, values)


def near(found: CoMoments, values: Sequence[Sequence[float]]) -> None:
    assert found.n == len(values[0])
    if not found.n:
        return
    expected = CoMoments.of(*values)
    for i, mean in enumerate(found.means):
        exact = math.fsum(value - mean for value in values[i]) / found.n
        assert found.rests[i] == pytest.approx(exact, abs=1e-9 + 5e-17 * abs(mean))
        assert mean == pytest.approx(expected.means[i], rel=1e-14, abs=1e-12)
        for j in range(found.width):
            assert found.comoments[i][j] == pytest.approx(
                expected.comoments[i][j], rel=1e-8, abs=1e-6
            )


@pytest.mark.parametrize("offset", [0.0, 1e9])
@pytest.mark.parametrize(("unit", "units"), [(None, None), ("u", None), ("u", 80)])
def test_every_metric_in_every_segment(
    source: Make, unit: str | None, units: int | None, offset: float
) -> None:
    rows = random_rows(2, 240, units=units, offset=offset)
    asked = plan(*METRICS, unit=unit, segments=("region", "store"), split=SPLIT)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    by_hand = units_of(rows, by=unit)
    for column in ("region", "store"):
        levels = found.segments[column]
        sizes = {level.name: sum(arm.units for arm in level.arms) for level in levels}
        assert sizes == {
            name: sum((u[column] or "") == name for u in by_hand)
            for name in {u[column] or "" for u in by_hand}
        }
        assert list(sizes) == sorted(sizes, key=lambda name: (-sizes[name], name))
        for level in levels:
            inside = [u for u in by_hand if (u[column] or "") == level.name]
            assert [arm.name for arm in level.arms] == ["A", "B"]
            for arm in level.arms:
                assert list(arm.samples) == list("mcrta")
                for metric in arm.samples:
                    check(arm, metric, inside)


def test_segments_add_up_to_the_whole(source: Make) -> None:
    rows = random_rows(4, 240)
    found = source(COLUMNS, cells(rows)).summaries(plan(*METRICS, segments=("day",), split=SPLIT))
    for place, arm in enumerate(found.arms):
        parts = [level.arms[place] for level in found.segments["day"]]
        assert sum(part.units for part in parts) == arm.units
        for metric, sample in arm.samples.items():
            assert sum(part.samples[metric].n for part in parts) == sample.n


def test_small_levels_are_taken_together(source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MOST_LEVELS", 3)
    rows = random_rows(6, 240)
    asked = plan("m=mean(x)", segments=("store",), split=SPLIT)
    levels = source(COLUMNS, cells(rows)).summaries(asked).segments["store"]
    assert [level.name for level in levels][3:] == ["…"]
    by_hand = units_of(rows, by=None)
    named = {level.name for level in levels[:3]}
    for arm in levels[3].arms:
        check(arm, "m", [u for u in by_hand if (u["store"] or "") not in named])


def test_a_segment_that_one_arm_lacks(source: Make) -> None:
    rows = [["A", "n", 1.0], ["A", "s", 2.0], ["B", "n", None]]
    data = source({"arm": "VARCHAR", "region": "VARCHAR", "x": "DOUBLE"}, rows)
    asked = plan("m=mean(x)", "c=ratio(x,x)", segments=("region",), group="region")
    found = data.summaries(asked)
    assert [(level.name, [arm.units for arm in level.arms]) for level in found.segments["region"]] \
        == [("n", [1, 1]), ("s", [1, 0])]  # fmt: skip
    empty = found.segments["region"][1].arms[1]
    assert empty.samples["m"] == Moments(0, 0.0, 0.0)
    assert empty.samples["c"].n == 0
    assert found.segments["region"][0].arms[1].missing == {"m": 1, "c": 1}


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        ("INTEGER", [7, 7, 8, None], ["7", "", "8"]),
        ("DOUBLE", [7.0, 7.0, 7.5, math.nan], ["7", "", "7.5"]),
        ("BOOLEAN", [True, True, False, None], ["TRUE", "", "FALSE"]),
        ("VARCHAR", ["a", " a ", "", None], ["", "a"]),
        (
            "DATE",
            ["2026-01-02", "2026-01-02", "2026-01-01", None],
            ["2026-01-02", "", "2026-01-01"],
        ),
    ],
)
def test_levels_are_text(source: Make, kind: str, values: list[Any], names: list[str]) -> None:
    rows = [["AB"[i % 2], value, 1.0] for i, value in enumerate(values)]
    data = source({"arm": "VARCHAR", "s": kind, "x": "DOUBLE"}, rows)
    found = data.summaries(plan("m=mean(x)", segments=("s",)))
    assert [level.name for level in found.segments["s"]] == names


def test_a_unit_of_several_levels_belongs_to_the_first_by_name(source: Make) -> None:
    rows = [[1, "A", "s", 1.0], [1, "A", "n", 2.0], [1, "A", None, 4.0], [2, "B", "n", 1.0]]
    columns = {"u": "INTEGER", "arm": "VARCHAR", "region": "VARCHAR", "x": "DOUBLE"}
    found = source(columns, rows).summaries(plan("m=mean(x)", unit="u", segments=("region",)))
    (level,) = found.segments["region"]
    assert level.name == "n"
    assert level.arms[0].samples["m"] == Moments(1, 7.0, 0.0)


@pytest.mark.parametrize(("unit", "units"), [(None, None), ("u", 80)])
@pytest.mark.parametrize("spec", ["m=mean(x)", "c=conversion(c)", "r=ratio(x,e)", "t=rate(k,e)"])
def test_days_and_groups_hold_the_primary_metric(
    source: Make, unit: str | None, units: int | None, spec: str
) -> None:
    rows = random_rows(8, 240, units=units)
    asked = plan(spec, "o=mean(e)", unit=unit, day="day", group="store", split=SPLIT)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    by_hand = units_of(rows, by=unit)
    assert [day.name for day in found.days] == sorted({u["day"] for u in by_hand if u["day"]})
    assert {group.name for group in found.groups} == {u["store"] for u in by_hand if u["store"]}
    sizes = [-sum(arm.units for arm in group.arms) for group in found.groups]
    assert sizes == sorted(sizes)
    for slice, column in [*((d, "day") for d in found.days), *((g, "store") for g in found.groups)]:
        inside = [u for u in by_hand if u[column] == slice.name]
        for arm in slice.arms:
            assert list(arm.samples) == [spec[0]]
            check(arm, spec[0], inside)


def test_the_thousand_largest_groups(source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MOST_GROUPS", 2)
    rows = [["AB"[i % 2], store, 1.0] for i, store in enumerate("aabbbcccc")]
    data = source({"arm": "VARCHAR", "s": "VARCHAR", "x": "DOUBLE"}, rows)
    found = data.summaries(plan("m=mean(x)", group="s"))
    assert [group.name for group in found.groups] == ["c", "b"]


@pytest.mark.parametrize("kind", ["rank", "quantile"])
def test_ranks_have_no_days_and_groups(source: Make, kind: str) -> None:
    rows = [["A", "2026-01-01", "s", 1.0], ["B", "2026-01-01", "s", 2.0]]
    columns = {"arm": "VARCHAR", "d": "DATE", "s": "VARCHAR", "x": "DOUBLE"}
    found = source(columns, rows).summaries(plan(f"r={kind}(x)", day="d", group="s"))
    assert (found.days, found.groups, found.clusters) == ((), (), None)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("DATE", ["2026-01-02", "2026-01-01", None, "infinity"]),
        ("TIMESTAMP", ["2026-01-02 23:59:59", "2026-01-01 00:00:00", None, None]),
        ("TIMESTAMPTZ", ["2026-01-02 23:59:59+00", "2026-01-01 02:00:00+02", None, None]),
        ("VARCHAR", ["2026-01-02", " 2026-01-01 ", "", "x"]),
        ("VARCHAR", ["02.01.2026", "1.1.2026", None, "n/a"]),
        ("VARCHAR", ["2026-01-02T23:59:59", "2026-01-01 10:00", None, None]),
    ],
)
def test_what_a_day_may_be_written_as(source: Make, kind: str, values: list[str | None]) -> None:
    rows = [["AB"[i % 2], value, 1.0] for i, value in enumerate(values)]
    data = source({"arm": "VARCHAR", "d": kind, "x": "DOUBLE"}, rows)
    found = data.summaries(plan("m=mean(x)", day="d"))
    days = [(day.name, [arm.units for arm in day.arms]) for day in found.days]
    assert days == [("2026-01-01", [0, 1]), ("2026-01-02", [1, 0])]


@pytest.mark.parametrize(("kind", "value"), [("VARCHAR", "soon"), ("INTEGER", 7)])
def test_a_day_without_dates_is_refused(source: Make, kind: str, value: Any) -> None:
    rows = [["A", value, 1.0], ["B", value, 1.0]]
    data = source({"arm": "VARCHAR", "d": kind, "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="“d” holds no dates, so it"):
        data.summaries(plan("m=mean(x)", day="d"))


@pytest.mark.parametrize("field", ["segments", "group"])
def test_a_nul_is_named(source: Make, field: str) -> None:
    rows = [["A", "n", 1.0], ["B", "s\0", 1.0]]
    data = source({"arm": "VARCHAR", "s": "VARCHAR", "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="Column “s”, data row 2"):
        data.summaries(plan("m=mean(x)", **{field: ("s",) if field == "segments" else "s"}))


def test_a_nested_column_is_refused(source: Make) -> None:
    rows = [["A", [1], 1.0], ["B", [1], 1.0]]
    data = source({"arm": "VARCHAR", "s": "INTEGER[]", "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="nested"):
        data.summaries(plan("m=mean(x)", segments=("s",)))


def test_values_are_cut_at_the_cap_of_the_whole_test(source: Make) -> None:
    rows = random_rows(10, 240)
    asked = plan("m=mean(x);winsor=0.8", segments=("region",), day="day", split=SPLIT)
    found = source(COLUMNS, cells(rows)).summaries(asked)
    cap = found.caps["m"]
    by_hand = complete(units_of(rows, by=None), "x")
    assert any(u["x"] > cap for u in by_hand)
    cut = [{**u, "x": min(u["x"], cap)} for u in by_hand]
    levels: list[tuple[Slice, str]] = [(level, "region") for level in found.segments["region"]]
    levels += [(day, "day") for day in found.days]
    for level, column in levels:
        for arm in level.arms:
            own = [u["x"] for u in of_arm(cut, arm.name) if (u[column] or "") == level.name]
            sample = arm.samples["m"]
            assert isinstance(sample, Moments)
            near(CoMoments(sample.n, (sample.mean,), ((sample.m2,),), (sample.rest,)), [own])


def shown(found: Summaries) -> list[tuple[str, list[tuple[int, dict[str, int]]]]]:
    every = [*found.segments["region"], *found.days, *found.groups]
    return [(s.name, [(a.units, dict(a.missing)) for a in s.arms]) for s in every]


def test_the_order_of_rows_and_the_number_of_files_do_not_matter(tmp_path: Path) -> None:
    rows = cells(random_rows(12, 240, units=80))
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    one = table(tmp_path / "one.parquet", COLUMNS, rows)
    parts = [
        table(tmp_path / f"{i}.parquet", COLUMNS, part)
        for i, part in enumerate([shuffled[:70], shuffled[70:]])
    ]
    asked = plan(*METRICS, unit="u", segments=("region",), day="day", group="store", split=SPLIT)
    left, right = (TableSource(paths).summaries(asked) for paths in ([one], parts))
    assert shown(left) == shown(right)
    for one_level, other in zip(left.segments["region"], right.segments["region"], strict=True):
        for a, b in zip(one_level.arms, other.arms, strict=True):
            x, y = a.samples["a"], b.samples["a"]
            assert isinstance(x, CoMoments) and isinstance(y, CoMoments)
            assert x.means == pytest.approx(y.means, rel=1e-12)
