"""A table summed per arm: the same numbers as by hand, and every bad cell named."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Unreadable
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.samples import Conversion, Moments
from tests.factories.tables import plan, table

Make = Callable[..., TableSource]
HALVES = {"split": {"A": 0.5, "B": 0.5}}


def samples(summaries: Summaries, arm: str) -> dict[str, Any]:
    found = summaries.arm(arm)
    assert found is not None
    return dict(found.samples)


def test_rows_are_units_without_a_unit_column(source: Make) -> None:
    rows = [["A", 1, 10.0], ["A", 0, None], ["B", 1, 30.0], ["B", None, 50.0]]
    data = source({"arm": "VARCHAR", "c": "INTEGER", "m": "DOUBLE"}, rows)
    found = data.summaries(plan("c=conversion(c)", "m=mean(m)"))
    assert samples(found, "A") == {"c": Conversion(2, 1), "m": Moments(1, 10.0, 0.0)}
    assert samples(found, "B") == {"c": Conversion(1, 1), "m": Moments(2, 40.0, 200.0)}
    assert [arm.units for arm in found.arms] == [2, 2]
    assert found.arms[0].missing == {"c": 0, "m": 1}
    assert found.duplicate_rows is None
    assert not found.has_units


def test_rows_of_a_unit_are_summed_and_a_conversion_is_any(source: Make) -> None:
    rows = [
        ["u1", "A", 0, 1.0],
        ["u1", "A", 1, 2.0],
        ["u2", "A", 0, None],
        ["u3", "B", 0, 5.0],
        ["u4", "B", None, None],
        ["u5", "A", 1, 9.0],
        ["u5", "B", 1, 9.0],
        ["", "B", 1, 9.0],
        [None, "B", 1, 9.0],
    ]
    columns = {"u": "VARCHAR", "arm": "VARCHAR", "c": "INTEGER", "m": "DOUBLE"}
    found = source(columns, rows).summaries(plan("c=conversion(c)", "m=mean(m)", unit="u"))
    assert samples(found, "A") == {"c": Conversion(2, 1), "m": Moments(1, 3.0, 0.0)}
    assert samples(found, "B") == {"c": Conversion(1, 0), "m": Moments(1, 5.0, 0.0)}
    assert [arm.units for arm in found.arms] == [2, 2]
    assert found.mixed_units == 1
    assert found.all_units == 5
    assert found.blank_unit_rows == 2
    assert found.duplicate_rows == 0


def test_rows_that_repeat_are_counted_and_kept(source: Make) -> None:
    rows = [
        ["u1", "A", 1.0, "x"],
        ["u1", "A", 1.0, "x"],
        ["u1", "A", 1.0, "y"],
        ["u2", "B", 1.0, "x"],
    ]
    columns = {"u": "VARCHAR", "arm": "VARCHAR", "m": "DOUBLE", "note": "VARCHAR"}
    found = source(columns, rows).summaries(plan("m=mean(m)", unit="u"))
    assert found.duplicate_rows == 1
    assert samples(found, "A")["m"].mean == 3.0


@pytest.mark.parametrize(
    ("kind", "values", "control"),
    [
        ("VARCHAR", [" A ", "A", "B", "B\u00a0"], "A"),
        ("INTEGER", [1, 1, 2, 2], "1"),
        ("DOUBLE", [1.0, 1.0, 2.0, 2.0], "1"),
        ("DOUBLE", [1.0, 1.0, 2.0, 2.0], "1.0"),
        ("DECIMAL(4,2)", [1, 1, 2, 2], "1"),
        ("BOOLEAN", [False, False, True, True], "False"),
        ("DATE", ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"], "2026-01-01"),
    ],
)
@pytest.mark.parametrize("unit", [None, "u"])
def test_arms_are_compared_as_text(
    source: Make, kind: str, values: list[Any], control: str, unit: str | None
) -> None:
    rows = [[i, value, i] for i, value in enumerate(values)]
    data = source({"u": "INTEGER", "arm": kind, "m": "INTEGER"}, rows)
    found = data.summaries(plan("m=mean(m)", control=control, unit=unit))
    assert found.arms[0].name == control
    assert [arm.units for arm in found.arms] == [2, 2]
    assert samples(found, control)["m"].mean == 0.5


@pytest.mark.parametrize("unit", [None, "u"])
def test_blank_and_unknown_arms_are_left_out_and_counted(source: Make, unit: str | None) -> None:
    arms = ["A", "B", "B", "X", "", None, " "]
    rows = [[i, arm, 1] for i, arm in enumerate(arms)]
    data = source({"u": "INTEGER", "arm": "VARCHAR", "c": "INTEGER"}, rows)
    split = {"A": 0.4, "B": 0.4, "C": 0.2}
    found = data.summaries(plan("c=conversion(c)", split=split, unit=unit))
    assert [(arm.name, arm.units) for arm in found.arms] == [("A", 1), ("B", 2), ("C", 0)]
    assert (found.rows, found.blank_arm_rows, found.unknown_arm_rows) == (7, 3, 1)
    assert found.unknown_arms == ("X",)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("BOOLEAN", [True, False, None]),
        ("DOUBLE", [1.0, 0.0, math.nan]),
        ("VARCHAR", ["TRUE", " false ", ""]),
        ("VARCHAR", ["1", "0", "n/a"]),
        ("VARCHAR", ["1.0", "0", None]),
        ("DECIMAL(3,1)", [1, 0, None]),
        ("UTINYINT", [1, 0, None]),
    ],
)
@pytest.mark.parametrize("unit", [None, "u"])
def test_what_a_conversion_may_be_written_as(
    source: Make, kind: str, values: list[Any], unit: str | None
) -> None:
    rows = [[f"{arm}{i}", arm, v] for arm in "AB" for i, v in enumerate(values)]
    data = source({"u": "VARCHAR", "arm": "VARCHAR", "c": kind}, rows)
    found = data.summaries(plan("c=conversion(c)", unit=unit))
    assert samples(found, "B")["c"] == Conversion(2, 1)
    assert found.arms[1].missing == {"c": 1}


@pytest.mark.parametrize(
    ("kind", "bad", "spec", "words"),
    [
        ("VARCHAR", "abc", "x=mean(x)", "“abc” is not a number"),
        ("VARCHAR", "abc", "x=conversion(x)", "“abc” is not a number"),
        ("VARCHAR", "1_0", "x=mean(x)", "“1_0” is not a number"),
        ("VARCHAR", "1\x000", "x=mean(x)", "NUL"),
        ("VARCHAR", "inf", "x=mean(x)", "infinite"),
        ("DOUBLE", math.inf, "x=mean(x)", "infinite"),
        ("DOUBLE", -math.inf, "x=conversion(x)", "infinite"),
        ("DOUBLE", 0.5, "x=conversion(x)", "“0.5” is neither 0 nor 1"),
        ("INTEGER", 2, "x=conversion(x)", "“2” is neither 0 nor 1"),
        ("INTEGER", -1, "x=conversion(x)", "“-1” is neither 0 nor 1"),
        ("HUGEINT", 2**100, "x=conversion(x)", "neither 0 nor 1"),
        ("VARCHAR", "2", "x=conversion(x)", "“2” is neither 0 nor 1"),
    ],
)
@pytest.mark.parametrize("unit", [None, "u"])
def test_a_bad_cell_is_named_by_row(
    source: Make, kind: str, bad: Any, spec: str, words: str, unit: str | None
) -> None:
    good: Any = "1" if kind == "VARCHAR" else 1
    rows = [["u1", "A", good], ["u2", "B", good], ["u3", "B", bad], ["u1", "A", None]]
    data = source({"u": "VARCHAR", "arm": "VARCHAR", "x": kind}, rows)
    with pytest.raises(Unreadable) as refusal:
        data.summaries(plan(spec, unit=unit))
    sentence = str(refusal.value)
    assert words in sentence
    assert "olumn “x”, data row 3 (row 4 with the header)" in sentence


@pytest.mark.parametrize("unit", [None, "u"])
def test_values_beyond_a_float_are_refused(source: Make, unit: str | None) -> None:
    rows = [[i % 4, "AB"[i % 2], 1e200 * (i + 1)] for i in range(8)]
    data = source({"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}, rows)
    with pytest.raises(Unreadable, match="too large"):
        data.summaries(plan("x=mean(x)", unit=unit))


@pytest.mark.parametrize(
    ("columns", "rows", "more", "words"),
    [
        ({"x": "INTEGER"}, [[1]], {}, "no column “arm”; the columns are “x”"),
        ({"arm": "VARCHAR"}, [["A"]], {}, "no column “x”; the columns are “arm”"),
        ({"arm": "VARCHAR", "X": "INTEGER"}, [["A", 1]], {}, "no column “x”"),
        ({"arm": "VARCHAR", "x": "DATE"}, [["A", "2026-01-01"]], {}, "holds date values"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["A", 1]], {}, "single arm (“A”)"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["A", 1], ["", 1]], {}, "single arm (“A”)"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["", 1]], {}, "blank in every row"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["B", 1], ["C", 1]], {}, "no arm “A”; the arms are"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["A", 1], ["X", 1]], HALVES, "single arm"),
        ({"arm": "INTEGER", "x": "INTEGER"}, [[i, 1] for i in range(200)], {}, "more than 100"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["A", 1], ["B", 1]], {"unit": "u"}, "no column “u”"),
        ({"arm": "VARCHAR", "x": "INTEGER"}, [["A", 1], ["B\0", 1]], {}, "NUL"),
        ({"arm": "INTEGER[]", "x": "INTEGER"}, [[[1], 1]], {}, "nested"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_answer(
    source: Make, columns: dict[str, str], rows: list[list[Any]], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        source(columns, rows).summaries(plan("x=mean(x)", **more))
    assert words in str(refusal.value)


def test_a_nul_in_a_unit_is_named(source: Make) -> None:
    rows = [["u1", "A", 1], ["u2\0", "B", 1]]
    data = source({"u": "VARCHAR", "arm": "VARCHAR", "x": "INTEGER"}, rows)
    with pytest.raises(Unreadable) as refusal:
        data.summaries(plan("x=mean(x)", unit="u"))
    assert "Column “u”, data row 2" in str(refusal.value)


def test_nan_counts_as_missing(source: Make) -> None:
    rows = [["A", 1.0], ["A", math.nan], ["B", 2.0], ["B", 4.0]]
    found = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows).summaries(plan("x=mean(x)"))
    assert samples(found, "A")["x"] == Moments(1, 1.0, 0.0)
    assert found.arms[0].missing == {"x": 1}


@pytest.mark.parametrize("unit", [None, "u"])
def test_nan_of_another_writer_counts_as_missing(tmp_path: Path, unit: str | None) -> None:
    """Such files have statistics that leave NaN out, which DuckDB takes for "none has it"."""
    import pyarrow
    from pyarrow import parquet

    columns = {
        "u": [1.0, 2.0, 3.0, 3.0, math.nan, 4.0],
        "arm": ["A", "A", "B", "B", "B", "A"],
        "x": [math.nan, 1.0, 2.0, 4.0, 2.0, math.nan],
        "c": [1.0, math.nan, 0.0, 1.0, 0.0, 1.0],
    }
    path = tmp_path / "other.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    found = TableSource(path).summaries(plan("x=mean(x)", "c=conversion(c)", unit=unit))
    assert samples(found, "A") == {"x": Moments(1, 1.0, 0.0), "c": Conversion(2, 2)}
    assert found.arms[0].missing == {"x": 2, "c": 1}
    assert [arm.units for arm in found.arms] == ([3, 1] if unit else [3, 3])
    assert found.blank_unit_rows == (1 if unit else 0)


def test_a_column_without_any_value_has_none(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "other.parquet"
    parquet.write_table(pyarrow.table({"arm": ["A", "B"], "x": pyarrow.nulls(2)}), path)
    found = TableSource(path).summaries(plan("x=mean(x)"))
    assert [arm.missing for arm in found.arms] == [{"x": 1}, {"x": 1}]


@pytest.mark.parametrize("unit", [None, "u"])
def test_a_bad_cell_in_a_row_of_no_arm_is_named_too(source: Make, unit: str | None) -> None:
    rows = [[1, "A", "1"], [1, "A", "2"], [2, "B", "3"], [3, None, "?"]]
    data = source({"u": "INTEGER", "arm": "VARCHAR", "x": "VARCHAR"}, rows)
    with pytest.raises(Unreadable) as refusal:
        data.summaries(plan("x=mean(x)", unit=unit))
    assert "data row 4" in str(refusal.value)


@pytest.mark.parametrize("unit", [None, "u"])
def test_an_arm_that_is_to_get_nothing_and_got_nothing_is_none(
    source: Make, unit: str | None
) -> None:
    data = source({"u": "INTEGER", "arm": "VARCHAR", "x": "INTEGER"}, [[1, "A", 1], [2, "B", 2]])
    asked = plan("x=mean(x)", unit=unit, split={"A": 0.5, "B": 0.5, "C": 0.0})
    assert [arm.name for arm in data.summaries(asked).arms] == ["A", "B"]


@pytest.mark.parametrize("unit", [None, "u"])
def test_an_offset_costs_the_difference_no_digits(source: Make, unit: str | None) -> None:
    rows: list[list[Any]] = [[i // 2, "AB"[i // 2 % 2], 5e8 + i % 7 / 2] for i in range(1400)]
    near = [[u, arm, x - 5e8] for u, arm, x in rows]
    columns = {"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}
    asked = plan("x=mean(x)", unit=unit)
    far_control, far = (a.samples["x"] for a in source(columns, rows).summaries(asked).arms)
    control, treatment = (a.samples["x"] for a in source(columns, near).summaries(asked).arms)
    expected = control.gap_to(treatment)  # type: ignore[union-attr,arg-type]
    assert far_control.gap_to(far) == pytest.approx(expected, rel=1e-12)  # type: ignore[union-attr,arg-type]


def test_an_offset_costs_no_digits(source: Make) -> None:
    """One arm near zero (and first in the file), the other far away with a tiny spread."""
    rows: list[list[Any]] = [["A", float(i % 2)] for i in range(300)]
    rows += [["B", 1e9 + (i % 3)] for i in range(300)]
    found = source({"arm": "VARCHAR", "x": "DOUBLE"}, rows).summaries(plan("x=mean(x)"))
    expected = Moments.of([1e9 + (i % 3) for i in range(300)])
    assert samples(found, "B")["x"].mean == pytest.approx(expected.mean, rel=1e-15)
    assert samples(found, "B")["x"].m2 == pytest.approx(expected.m2, rel=1e-9)


@pytest.mark.parametrize("unit", [None, "u"])
def test_one_repeated_value_has_exactly_no_spread(source: Make, unit: str | None) -> None:
    rows = [[i % 100, "AB"[i % 2], 0.1 if i % 2 else 0.7] for i in range(1000)]
    data = source({"u": "INTEGER", "arm": "VARCHAR", "x": "DOUBLE"}, rows)
    found = data.summaries(plan("x=mean(x)", unit=unit))
    assert [arm.samples["x"].m2 for arm in found.arms] == [0.0, 0.0]  # type: ignore[union-attr]


def test_two_files_are_one_table(tmp_path: Path) -> None:
    columns = {"arm": "VARCHAR", "x": "INTEGER"}
    one = table(tmp_path / "one.parquet", columns, [["A", 1], ["A", 3]])
    two = table(tmp_path / "two.parquet", {"x": "VARCHAR", "arm": "VARCHAR"}, [["5", "B"]])
    found = TableSource([one, two]).summaries(plan("x=mean(x)"))
    assert [(arm.name, arm.units) for arm in found.arms] == [("A", 2), ("B", 1)]
    bad = table(
        tmp_path / "bad.parquet", {"x": "VARCHAR", "arm": "VARCHAR"}, [["5", "B"], ["?", "B"]]
    )
    with pytest.raises(Unreadable) as refusal:
        TableSource([one, bad]).summaries(plan("x=mean(x)"))
    assert "data row 2 (row 3 with the header) of “bad.parquet”: “?”" in str(refusal.value)
    other = table(tmp_path / "other.parquet", {"y": "INTEGER", "arm": "VARCHAR"}, [[1, "B"]])
    with pytest.raises(Unreadable) as refusal:
        TableSource([one, other]).summaries(plan("x=mean(x)"))
    assert "“other.parquet” has no column “x”" in str(refusal.value)


@pytest.mark.parametrize("name", ['a"b', "x'); DROP", "filename", "file_row_number", "arm "])
def test_columns_of_any_name(source: Make, name: str) -> None:
    quoted = name.replace('"', '""')
    data = source({"arm": "VARCHAR", quoted: "INTEGER"}, [["A", 1], ["B", 0]])
    metric = plan("c=conversion(x)").metrics[0]
    used = replace(plan("c=conversion(x)"), metrics=(replace(metric, columns=(name,)),))
    assert samples(data.summaries(used), "A")["c"] == Conversion(1, 1)


@pytest.mark.parametrize(
    ("written", "asked"), [(" x", "x"), ("a  b", "a b"), ("a b", "a  b"), ("a\tb ", "a b")]
)
def test_blanks_make_no_other_column(source: Make, written: str, asked: str) -> None:
    data = source({"arm ": "VARCHAR", written: "INTEGER"}, [["A", 1], ["B", 0]])
    metric = replace(plan("c=conversion(x)").metrics[0], columns=(asked,))
    used = replace(plan("c=conversion(x)"), metrics=(metric,))
    assert samples(data.summaries(used), "A")["c"] == Conversion(1, 1)


values = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False, width=32))
data_rows = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 9), st.sampled_from([None, 0, 1]), values),
    min_size=2,
    max_size=40,
).map(lambda rows: [*rows, ("A", 100, 1, 1.0), ("B", 101, 0, 2.0)])
slow = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
COLUMNS = {"arm": "VARCHAR", "u": "INTEGER", "c": "INTEGER", "m": "DOUBLE"}


def close(one: Summaries, two: Summaries) -> None:
    assert [(a.name, a.units, a.missing) for a in one.arms] == [
        (a.name, a.units, a.missing) for a in two.arms
    ]
    for left, right in zip(one.arms, two.arms, strict=True):
        assert left.samples["c"] == right.samples["c"]
        a, b = left.samples["m"], right.samples["m"]
        assert isinstance(a, Moments) and isinstance(b, Moments)
        assert a.n == b.n
        assert a.mean == pytest.approx(b.mean, rel=1e-9, abs=1e-9)
        assert a.m2 == pytest.approx(b.m2, rel=1e-9, abs=1e-6)


@slow
@given(rows=data_rows, unit=st.sampled_from([None, "u"]), seed=st.integers(0, 999))
def test_the_order_of_rows_does_not_matter(
    tmp_path: Path, rows: list[Any], unit: str | None, seed: int
) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    both = [
        TableSource(table(tmp_path / f"{i}.parquet", COLUMNS, r)).summaries(
            plan("c=conversion(c)", "m=mean(m)", unit=unit)
        )
        for i, r in enumerate([rows, shuffled])
    ]
    close(*both)
    assert both[0].mixed_units == both[1].mixed_units


@slow
@given(rows=data_rows)
def test_blank_values_never_count(tmp_path: Path, rows: list[Any]) -> None:
    found = TableSource(table(tmp_path / "t.parquet", COLUMNS, rows)).summaries(
        plan("c=conversion(c)", "m=mean(m)")
    )
    for arm in found.arms:
        own = [row for row in rows if row[0] == arm.name]
        filled = [row[3] for row in own if row[3] is not None]
        assert arm.samples["c"].n == sum(row[2] is not None for row in own)
        assert arm.samples["m"].n == len(filled)
        expected, sample = Moments.of(filled), arm.samples["m"]
        assert isinstance(sample, Moments)
        if filled:
            assert sample.mean == pytest.approx(expected.mean, rel=1e-9, abs=1e-9)
            assert sample.m2 == pytest.approx(expected.m2, rel=1e-9, abs=1e-6)


@slow
@given(rows=data_rows, cut=st.integers(1, 20))
def test_parts_add_up_to_the_whole(tmp_path: Path, rows: list[Any], cut: int) -> None:
    ends: Sequence[Any] = [("A", 0, 1, 1.0), ("B", 0, 0, 2.0)]
    parts = [[*rows[:cut], *ends], [*rows[cut:], *ends]]
    asked = plan("c=conversion(c)", "m=mean(m)")
    whole = TableSource(table(tmp_path / "w.parquet", COLUMNS, [*parts[0], *parts[1]]))
    paths = [table(tmp_path / f"p{i}.parquet", COLUMNS, part) for i, part in enumerate(parts)]
    close(TableSource(paths).summaries(asked), whole.summaries(asked))
    one, two = (TableSource(path).summaries(asked) for path in paths)
    for arm in whole.summaries(asked).arms:
        a, b = samples(one, arm.name)["m"], samples(two, arm.name)["m"]
        merged, sample = a + b, arm.samples["m"]
        assert isinstance(sample, Moments)
        assert merged.n == sample.n
        assert merged.mean == pytest.approx(sample.mean, rel=1e-9, abs=1e-9)
        assert merged.m2 == pytest.approx(sample.m2, rel=1e-9, abs=1e-6)
