"""Ratios, rates, adjusted and winsorised means summed where the data are: NumPy's own numbers, the
same by row, by unit and in parts, and every cell that cannot be is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.samples import CoMoments, Conversion, Events, Moments
from tests.factories.tables import plan, table

Make = Callable[..., TableSource]
COLUMNS = {
    "u": "BIGINT",
    "arm": "VARCHAR",
    "c": "INTEGER",
    "y": "DOUBLE",
    "x": "DOUBLE",
    "z": "DOUBLE",
    "num": "DOUBLE",
    "den": "INTEGER",
    "ev": "INTEGER",
    "ex": "DOUBLE",
}
SPECS = (
    "c=conversion(c)",
    "y=mean(y)",
    "adjusted=mean(y);covariate=x",
    "two=mean(y);covariate=x,z",
    "ratio=ratio(num,den)",
    "ratio_x=ratio(num,den);covariate=x",
    "rate=rate(ev,ex)",
    "cut=mean(y);winsor=0.9",
    "cut_x=mean(y);winsor=0.95;covariate=x",
    "cut_ratio=ratio(num,den);winsor=0.8",
)
PARTS = {
    "adjusted": ("y", "x"),
    "two": ("y", "x", "z"),
    "ratio": ("num", "den"),
    "ratio_x": ("num", "den", "x"),
    "rate": ("ev", "ex"),
    "cut": ("y",),
    "cut_x": ("y", "x"),
    "cut_ratio": ("num", "den"),
    "y": ("y",),
}
CUTS = {"cut": 0.9, "cut_x": 0.95, "cut_ratio": 0.8}
Data = dict[str, Any]


def random_data(seed: int, n: int = 400, *, gaps: bool = False, offset: float = 0.0) -> Data:
    """Units of two arms; with gaps, cells of every metric's columns are missing here and there."""
    rng = np.random.default_rng(seed)
    x = rng.normal(10.0, 3.0, n)
    found: Data = {
        "u": np.arange(n),
        "arm": np.where(rng.random(n) < 0.5, "A", "B"),
        "c": (rng.random(n) < 0.3).astype(float),
        "y": offset + 0.7 * x + rng.lognormal(0.0, 1.0, n),
        "x": offset + x,
        "z": rng.random(n) * 1e-3,
        "num": rng.gamma(2.0, 20.0, n),
        "den": rng.poisson(3.0, n).astype(float),
        "ev": rng.poisson(2.0, n).astype(float),
        "ex": 0.1 + rng.random(n),
    }
    if gaps:
        for name in ("c", "y", "x", "num", "den", "ev", "ex"):
            found[name] = np.where(rng.random(n) < 0.1, np.nan, found[name])
    return found


def written(path: Path, data: Mapping[str, Any]) -> Path:
    """The data as a table; NaN as NULL."""
    lists = {
        name: [None if v != v else v for v in values.tolist()] for name, values in data.items()
    }
    return table(path, COLUMNS, list(zip(*(lists[name] for name in COLUMNS), strict=True)))


def caps_of(data: Data) -> dict[str, float]:
    """The caps by NumPy: of the complete units of all arms."""
    found = {}
    for metric, level in CUTS.items():
        own = [data[name] for name in PARTS[metric]]
        complete = ~np.isnan(np.sum(own, axis=0))
        found[metric] = float(np.quantile(own[0][complete], level))
    return found


def expected(data: Data, metric: str, arm: str) -> CoMoments:
    """Two passes by NumPy over the complete units."""
    own = np.array([data[name] for name in PARTS[metric]], dtype=np.longdouble)
    if metric in CUTS:
        cap = caps_of(data)[metric]
        own[0] = np.where(own[0] > cap, cap, own[0])
    own = own[:, (data["arm"] == arm) & ~np.isnan(own.sum(axis=0))]
    means = own.mean(axis=1)
    parts = own - means[:, None]
    return CoMoments(
        own.shape[1],
        tuple(float(mean) for mean in means),
        tuple(tuple(float(v) for v in row) for row in parts @ parts.T),
    )


def as_comoments(sample: Any) -> CoMoments:
    if isinstance(sample, Moments):
        return CoMoments(sample.n, (sample.mean,), ((sample.m2,),), (sample.rest,))
    if isinstance(sample, Events):
        assert sample.by_unit is not None
        assert sample.n == sample.by_unit.n
        assert sample.events == round(sample.n * sample.by_unit.means[0])
        assert sample.exposure == pytest.approx(sample.n * sample.by_unit.means[1], rel=1e-12)
        return sample.by_unit
    assert isinstance(sample, CoMoments)
    return sample


def near(one: CoMoments, two: CoMoments, *, rel: float = 1e-9) -> None:
    """Equal but for rounding: products of deviations against the spread of both columns."""
    assert (one.n, one.width) == (two.n, two.width)
    spread = [max(two.comoments[i][i], 1e-300) ** 0.5 for i in range(two.width)]
    for i in range(two.width):
        assert abs(two.gap_to(one, i)) <= rel * spread[i] + 1e-15 * abs(two.means[i])
        for j in range(two.width):
            error = abs(one.comoments[i][j] - two.comoments[i][j])
            assert error <= rel * spread[i] * spread[j]


def check(found: Summaries, data: Data, *, rel: float = 1e-9) -> None:
    for arm in found.arms:
        is_own = data["arm"] == arm.name
        own = data["c"][is_own & ~np.isnan(data["c"])]
        assert arm.samples["c"] == Conversion(own.size, int(own.sum()))
        assert arm.units == int(is_own.sum())
        for metric in PARTS:
            sample = as_comoments(arm.samples[metric])
            near(sample, expected(data, metric, arm.name), rel=rel)
            assert arm.missing[metric] == arm.units - sample.n
    assert found.caps == pytest.approx(caps_of(data), rel=1e-12)


@pytest.mark.parametrize("unit", [None, "u"])
@pytest.mark.parametrize("gaps", [False, True])
def test_the_numbers_are_numpys(tmp_path: Path, unit: str | None, gaps: bool) -> None:
    data = random_data(1, gaps=gaps)
    source = TableSource(written(tmp_path / "t.parquet", data))
    check(source.summaries(plan(*SPECS, unit=unit)), data)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("unit", [None, "u"])
def test_an_offset_costs_covariances_no_digits(
    tmp_path: Path, unit: str | None, gaps: bool
) -> None:
    data = random_data(2, gaps=gaps, offset=1e9)
    # The first rows lie far from the rest, so that the constant taken from them is no help.
    data["y"][:300] = data["x"][:300] = 5.0
    data["arm"][:300] = "B"
    source = TableSource(written(tmp_path / "t.parquet", data))
    found = source.summaries(plan(*SPECS, unit=unit))
    check(found, data, rel=1e-6)


def split_rows(data: Data, seed: int) -> Data:
    """The same units in up to three rows each: parts that add up, some of them blank."""
    rng = np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for i in range(len(data["u"])):
        count = int(rng.integers(1, 4))
        for k in range(count):
            for name in COLUMNS:
                value = data[name][i]
                if name in ("u", "arm"):
                    rows[name].append(value)
                elif value != value or (k and name not in ("y", "num", "ex")):
                    rows[name].append(np.nan)
                elif name in ("y", "num", "ex"):
                    rows[name].append(value / count)
                else:
                    rows[name].append(value)
    return {name: np.array(values) for name, values in rows.items()}


@pytest.mark.parametrize("gaps", [False, True])
def test_rows_of_a_unit_are_summed_column_by_column(tmp_path: Path, gaps: bool) -> None:
    data = random_data(3, gaps=gaps)
    source = TableSource(written(tmp_path / "t.parquet", split_rows(data, 3)))
    found = source.summaries(plan(*SPECS, unit="u"))
    assert found.rows > found.all_units == len(data["u"])
    check(found, data)


def test_mixed_units_and_unknown_arms_set_no_cap(tmp_path: Path) -> None:
    data = random_data(4, 100)
    odd: list[Sequence[Any]] = []
    for arm in ("A", "B", "X", None):
        unit = {"A": 1000, "B": 1000, "X": 1001, None: 1002}[arm]
        odd.append([unit, arm, 1, 1e6, 1.0, 1.0, 1e6, 1, 1, 1.0])
    known = written(tmp_path / "known.parquet", data)
    more = table(tmp_path / "odd.parquet", COLUMNS, odd)
    asked = plan(*SPECS, unit="u", split={"A": 0.5, "B": 0.5})
    found = TableSource([known, more]).summaries(asked)
    assert found.mixed_units == 1
    check(found, data)
    by_row = plan(*SPECS, split={"A": 0.5, "B": 0.5})
    unknown = table(tmp_path / "unknown.parquet", COLUMNS, odd[2:])
    check(TableSource([known, unknown]).summaries(by_row), data)


def test_several_files_are_one_and_samples_add_up(tmp_path: Path) -> None:
    data = random_data(5, gaps=True)
    parts = [{k: v[i::3] for k, v in data.items()} for i in range(3)]
    paths = [written(tmp_path / f"{i}.parquet", part) for i, part in enumerate(parts)]
    asked = plan(*SPECS)
    check(TableSource(paths).summaries(asked), data)
    alone = [TableSource(path).summaries(asked) for path in paths]
    for place, arm in enumerate("AB"):
        for metric in PARTS:
            if metric not in CUTS:
                first, *rest = (one.arms[place].samples[metric] for one in alone)
                for sample in rest:
                    first = first + sample
                near(as_comoments(first), expected(data, metric, arm))


@pytest.mark.parametrize("unit", [None, "u"])
def test_neither_order_nor_threads_matter(
    tmp_path: Path, unit: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = random_data(6, gaps=True, offset=1e6)
    if unit:
        data = split_rows(data, 6)
    places = np.random.default_rng(7).permutation(len(data["u"]))
    shuffled = {name: values[places] for name, values in data.items()}
    asked = plan(*SPECS, unit=unit)
    one = TableSource(written(tmp_path / "one.parquet", data)).summaries(asked)
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda config: connect(config={**config, "threads": 1}))
    two = TableSource(written_by(connect, tmp_path / "two.parquet", shuffled)).summaries(asked)
    for left, right in zip(one.arms, two.arms, strict=True):
        assert (left.name, left.units, left.missing) == (right.name, right.units, right.missing)
        for metric in PARTS:
            near(as_comoments(left.samples[metric]), as_comoments(right.samples[metric]))
    assert one.caps == pytest.approx(two.caps, rel=1e-12)


def written_by(connect: Callable[..., Any], path: Path, data: Data) -> Path:
    """As `written`, by an engine whose settings are its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", connect)
        return written(path, data)


@pytest.mark.parametrize("unit", [None, "u"])
def test_a_constant_column_has_exactly_no_spread(source: Make, unit: str | None) -> None:
    rows = [[i, "AB"[i % 2], 0.1 * i, 0.3 + 1e9 * (i % 2), 7] for i in range(50)]
    columns = {"u": "BIGINT", "arm": "VARCHAR", "y": "DOUBLE", "x": "DOUBLE", "den": "INTEGER"}
    found = source(columns, rows).summaries(
        plan("m=mean(y);covariate=x", "r=ratio(y,den)", unit=unit)
    )
    for arm in found.arms:
        assert arm.samples["m"].comoments[1] == (0.0, 0.0)  # type: ignore[union-attr]
        assert arm.samples["r"].comoments[1] == (0.0, 0.0)  # type: ignore[union-attr]


@pytest.mark.parametrize("unit", [None, "u"])
@pytest.mark.parametrize("kind", ["VARCHAR", "DECIMAL(12,4)", "FLOAT", "HUGEINT"])
def test_numbers_of_other_types(source: Make, kind: str, unit: str | None) -> None:
    values = [(3, 2), (4, 1), (8, 5), (None, 9), (7, None), (2, 4)]
    rows = [
        [i, "AB"[i % 2], *(str(v) if kind == "VARCHAR" and v is not None else v for v in pair)]
        for i, pair in enumerate([*values, *values])
        for i in (i,)
    ]
    data = source({"u": "BIGINT", "arm": "VARCHAR", "e": kind, "x": kind}, rows)
    found = data.summaries(plan("r=ratio(e,x)", "m=mean(e);covariate=x", "e=rate(e,x)", unit=unit))
    both = [(e, x) for e, x in values[::2] * 2 if e is not None and x is not None]
    by_hand = CoMoments.of(*(list(map(float, column)) for column in zip(*both, strict=True)))
    sample = found.arms[0].samples
    for metric in ("r", "m", "e"):
        near(as_comoments(sample[metric]), by_hand)
    assert found.arms[0].missing == {"r": 6 - by_hand.n, "m": 6 - by_hand.n, "e": 6 - by_hand.n}


@pytest.mark.parametrize("unit", [None, "u"])
def test_columns_without_any_value(source: Make, unit: str | None) -> None:
    rows = [[i, "AB"[i % 2], None, 1.0] for i in range(6)]
    data = source({"u": "BIGINT", "arm": "VARCHAR", "e": "DOUBLE", "x": "DOUBLE"}, rows)
    found = data.summaries(
        plan("r=ratio(e,x)", "c=mean(x);covariate=e", "w=mean(e);winsor=0.9", "e=rate(e,x)",
             unit=unit)
    )  # fmt: skip
    for arm in found.arms:
        assert {name: sample.n for name, sample in arm.samples.items()} == dict.fromkeys("rcwe", 0)
        assert arm.missing == dict.fromkeys("rcwe", 3)
    assert found.caps == {}


@pytest.mark.parametrize("unit", [None, "u"])
def test_nan_is_a_missing_value(source: Make, unit: str | None) -> None:
    rows = [[i, "AB"[i % 2], 2.0 + i, 1.0 + i] for i in range(8)]
    rows[2][2] = rows[3][3] = float("nan")
    data = source({"u": "BIGINT", "arm": "VARCHAR", "e": "DOUBLE", "x": "DOUBLE"}, rows)
    found = data.summaries(
        plan("r=ratio(e,x);winsor=0.99", "m=mean(e);covariate=x", "e=rate(e,x)", unit=unit)
    )
    for arm in found.arms:
        assert {name: sample.n for name, sample in arm.samples.items()} == dict.fromkeys("rme", 3)


@pytest.mark.parametrize("unit", [None, "u"])
def test_a_denominator_of_zeros_is_summed_as_it_is(source: Make, unit: str | None) -> None:
    rows = [[i, "AB"[i % 2], float(i), 0] for i in range(8)]
    data = source({"u": "BIGINT", "arm": "VARCHAR", "n": "DOUBLE", "d": "INTEGER"}, rows)
    sample = data.summaries(plan("r=ratio(n,d)", unit=unit)).arms[0].samples["r"]
    assert sample == replace(CoMoments.of([0.0, 2.0, 4.0, 6.0], [0.0] * 4), rests=(0.0, 0.0))


@pytest.mark.parametrize(
    ("kind", "column", "bad", "words"),
    [
        ("INTEGER", "e", -1, "“-1” is not a whole number of events of at least 0"),
        ("DOUBLE", "e", 1.5, "“1.5” is not a whole number"),
        ("DOUBLE", "e", -2.0, "“-2.0” is not a whole number"),
        ("VARCHAR", "e", "0.5", "“0.5” is not a whole number"),
        ("INTEGER", "x", 0, "“0” is not above 0, as an exposure"),
        ("DOUBLE", "x", 0.0, "“0.0” is not above 0"),
        ("DOUBLE", "x", -0.5, "“-0.5” is not above 0"),
        ("VARCHAR", "x", "-3", "“-3” is not above 0"),
        ("DOUBLE", "x", float("inf"), "infinite"),
        ("VARCHAR", "e", "few", "“few” is not a number"),
    ],
)
@pytest.mark.parametrize("unit", ["several", "own", None])
def test_a_bad_cell_of_a_rate_is_named(
    source: Make, kind: str, column: str, bad: Any, words: str, unit: str | None
) -> None:
    good: Any = "2" if kind == "VARCHAR" else 2
    rows = [[i, i % 3, "AB"[i % 3 % 2], good, good] for i in range(9)]
    rows[4]["ex".index(column) + 3] = bad
    columns = {"own": "BIGINT", "several": "BIGINT", "arm": "VARCHAR", "e": kind, "x": kind}
    with pytest.raises(Unreadable) as refusal:
        source(columns, rows).summaries(plan("r=rate(e,x)", unit=unit))
    sentence = str(refusal.value)
    assert words in sentence
    assert f"olumn “{column}”, data row 5 (row 6 with the header)" in sentence


def test_a_column_may_be_zero_where_it_is_no_exposure(source: Make) -> None:
    """One column, taken for two things: each metric asks its own of it."""
    rows = [[i, "AB"[i % 2], i % 3, 1 + i % 2] for i in range(12)]
    data = source({"u": "BIGINT", "arm": "VARCHAR", "e": "INTEGER", "x": "INTEGER"}, rows)
    found = data.summaries(plan("r=rate(e,x)", "m=mean(e)", "q=ratio(x,e)", "v=mean(x)"))
    assert found.arms[0].samples["r"].events == 6  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "units", "has_rows_of_its_own"),
    [
        ("BIGINT", [5, 9, 7, 6], True),
        ("BIGINT", [5, 9, 5, 6], False),
        ("BIGINT", [5, 10**15, -(10**15), 6], True),
        ("BIGINT", [5, 10**15, -(10**15), 5], False),
        ("TINYINT", [-128, 127, 0, 1], True),
        ("UBIGINT", [2**64 - 1, 2**64 - 2, 2**64 - 3, 2**64 - 4], True),
        ("HUGEINT", [2**40, 2**41, 2**42, 2**40], False),
        ("BIGINT", [1, 2, None, 3], False),
        ("VARCHAR", ["u1", "u2", "u3", "u4"], True),
        ("VARCHAR", ["u1", "u01", "u3", "u4"], True),
        ("VARCHAR", ["u1", "u2", "u3", " u1"], False),
        ("VARCHAR", ["u1", "u2", "u3", "u1\u00a0"], False),
        ("VARCHAR", ["u1", "u2", "u3", "u1 "], False),
        ("VARCHAR", ["77", "2", "3", " 77"], False),
        ("VARCHAR", ["7", "77", " 7", "8"], False),
        ("VARCHAR", ["u7", "77", " 77", "8"], False),
        ("VARCHAR", ["a", "b", "c", "d"], True),
        ("VARCHAR", ["a", "b", "c", ""], False),
        ("DOUBLE", [1.0, 2.0, float("nan"), 3.0], False),
        ("DOUBLE", [1.5, 2.5, 3.5, 4.5], True),
    ],
)
@pytest.mark.parametrize("ahead", [0, 3000])
def test_whether_each_row_is_a_unit_is_told_exactly(
    tmp_path: Path, kind: str, units: list[Any], has_rows_of_its_own: bool, ahead: int
) -> None:
    """`ahead`: so many units before these, beyond what the head of the file tells."""
    shown = "'u' || (i + 100)" if kind == "VARCHAR" else "i + 100"
    if kind == "TINYINT":
        ahead = 0  # there are no 3,000 of them
    path = tmp_path / "units.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t (i BIGINT, u {kind}, arm VARCHAR, y DOUBLE)")
        connection.execute(
            f"INSERT INTO t SELECT i, {shown}, 'AB'[1 + i % 2], i FROM range({ahead}) r(i)"
        )
        rows = [[ahead + i, unit, "AB"[i % 2], 1.0] for i, unit in enumerate(units)]
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        connection.execute(f"COPY (FROM t ORDER BY i) TO '{path}' (FORMAT parquet)")
    found = TableSource(path).summaries(plan("m=mean(y)", unit="u"))
    is_each = found.all_units == found.rows and not found.blank_unit_rows
    assert is_each is has_rows_of_its_own
    assert found.all_units == ahead + len(
        {u.strip() if isinstance(u, str) else u for u in units if u not in (None, "") and u == u}
    )
