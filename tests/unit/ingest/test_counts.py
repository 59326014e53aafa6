"""Typed counts: read strictly, and equal to the table they sum up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.plan import Design
from hadi.ingest.counts import CountsSource
from hadi.ingest.tables import TableSource
from hadi.stats.samples import Conversion, Events, Moments
from tests.factories.tables import plan, table

GOOD = [{"arm": "A", "units": 100, "successes": 10}, {"arm": "B", "units": "90", "successes": 12}]

MEAN = {"arm": "B", "units": 1, "mean": 1, "sd": 1}
RATE = {"arm": "A", "units": 4, "events": 7, "exposure": 30.5}


def test_counts_are_sums() -> None:
    found = CountsSource(GOOD).summaries(plan("c=conversion(c)"))
    assert [(arm.name, arm.units, arm.samples["c"]) for arm in found.arms] == [
        ("A", 100, Conversion(100, 10)),
        ("B", 90, Conversion(90, 12)),
    ]
    assert found.rows == 190


def test_means_and_deviations() -> None:
    source = CountsSource(
        [
            {"arm": "B", "units": 3, "mean": 2, "sd": 1},
            {"arm": "A", "units": 4, "mean": "2,5", "sd": 0},
        ]
    )
    found = source.summaries(plan("m=mean(m)"))
    assert found.arms[0].samples["m"] == Moments(4, 2.5, 0.0)
    assert found.arms[1].samples["m"] == Moments(3, 2.0, 2.0)


def test_events_over_exposure() -> None:
    nothing = {"arm": "B", "units": 0, "events": 0, "exposure": 0}
    source = CountsSource([RATE, nothing])
    found = source.summaries(plan("r=rate(e,x)"))
    assert found.arms[0].samples["r"] == Events(4, 7, 30.5)
    assert found.arms[1].samples["r"] == Events(0, 0, 0.0)
    assert [arm.units for arm in found.arms] == [4, 0]
    assert source.as_json() == [RATE, nothing]


def test_the_digest_knows_no_order() -> None:
    assert CountsSource(GOOD).digest == CountsSource(GOOD[::-1]).digest
    other = [GOOD[0], {"arm": "B", "units": 90, "successes": 13}]
    assert CountsSource(GOOD).digest != CountsSource(other).digest


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ("A", "a list"),
        ([], "at least two"),
        ([GOOD[0]], "at least two"),
        ([GOOD[0], 5], "Entry 2"),
        ([GOOD[0], {"units": 1, "successes": 1}], "Entry 2"),
        ([GOOD[0], GOOD[0]], "“A” stands twice"),
        ([GOOD[0], {"arm": "B", "units": 1.5, "successes": 1}], "“units” takes a whole number"),
        ([GOOD[0], {"arm": "B", "units": -1, "successes": 0}], "“units”"),
        ([GOOD[0], {"arm": "B", "units": True, "successes": 0}], "“units”"),
        ([GOOD[0], {"arm": "B", "units": "x", "successes": 0}], "“units”"),
        ([GOOD[0], {"arm": "B", "units": 10, "successes": "1.5"}], "“successes”"),
        ([GOOD[0], {"arm": "B", "units": 10, "successes": 11}], "more successes (11)"),
        ([GOOD[0], {"arm": "B", "units": 10}], "same fields"),
        ([GOOD[0], {"arm": "B", "units": 10, "mean": 1, "sd": 1}], "same fields"),
        ([GOOD[0], {"arm": "B", "units": 10, "sucesses": 1}], "“sucesses” is not a field"),
        (
            [{"arm": "A", "units": 1, "mean": "nan", "sd": 1}, MEAN],
            "“mean” takes a number",
        ),
        (
            [{"arm": "A", "units": 1, "mean": 1, "sd": -1}, MEAN],
            "“sd”",
        ),
        ([RATE, {**RATE, "arm": "B", "events": -1}], "“events” takes a whole number"),
        ([RATE, {**RATE, "arm": "B", "events": 1.5}], "“events”"),
        ([RATE, {**RATE, "arm": "B", "exposure": 0}], "“exposure” takes a number above 0"),
        ([RATE, {**RATE, "arm": "B", "exposure": "-1"}], "“exposure”"),
        ([RATE, {"arm": "B", "units": 0, "events": 1, "exposure": 0}], "“events”"),
        ([RATE, {"arm": "B", "units": 0, "events": 0, "exposure": 2}], "“exposure”"),
        ([RATE, {"arm": "B", "units": 4, "events": 1}], "same fields"),
        ([RATE, GOOD[1]], "same fields"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be(counts: Any, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        CountsSource(counts)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("specs", "more", "words"),
    [
        (["m=mean(m)"], {}, "units, mean, sd"),
        (["a=conversion(a)", "b=conversion(b)"], {}, "one metric"),
        (["c=rate(e,x)"], {}, "units, events, exposure"),
        (["c=ratio(a,b)"], {}, "needs a file"),
        (["c=rank(c)"], {}, "needs a file"),
        (["c=quantile(c)"], {}, "needs a file"),
        (["c=mean(c);covariate=x"], {}, "needs a file"),
        (["c=mean(c);winsor=0.9"], {}, "needs a file"),
        (["c=conversion(c)"], {"design": Design.CLUSTER, "cluster": "s"}, "needs a file"),
        (["c=conversion(c)"], {"control": "X"}, "no arm “X”"),
        (["c=conversion(c)"], {"split": {"A": 0.5, "Z": 0.5}}, "single arm"),
    ],
)
def test_counts_that_are_not_the_plans(specs: list[str], more: dict[str, Any], words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        CountsSource(GOOD).summaries(plan(*specs, **more))
    assert words in str(refusal.value)


def test_unknown_arms_are_counted() -> None:
    counts = [*GOOD, {"arm": "X", "units": 10, "successes": 1}]
    found = CountsSource(counts).summaries(plan("c=conversion(c)", split={"A": 0.5, "B": 0.5}))
    assert found.unknown_arm_rows == 10
    assert found.unknown_arms == ("X",)
    assert len(found.arms) == 2


@pytest.mark.parametrize("more", [[], [{"arm": "C", "units": 0, "successes": 0}]])
def test_an_arm_that_is_to_get_nothing_and_got_nothing_is_none(more: list[Any]) -> None:
    asked = plan("c=conversion(c)", split={"A": 0.5, "B": 0.5, "C": 0.0})
    found = CountsSource([*GOOD, *more]).summaries(asked)
    assert [arm.name for arm in found.arms] == ["A", "B"]
    assert found.unknown_arms == ()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_counts_equal_their_table(numbers: list[int]) -> None:
    import tempfile
    from pathlib import Path

    a, b, c, d = (n + 1 for n in numbers)
    rows = [["A", 1]] * a + [["A", 0]] * b + [["B", 1]] * c + [["B", 0]] * d
    counts = [
        {"arm": "A", "units": a + b, "successes": a},
        {"arm": "B", "units": c + d, "successes": c},
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "t.parquet", {"arm": "VARCHAR", "c": "INTEGER"}, rows)
        from_table = TableSource(path).summaries(plan("c=conversion(c)"))
    from_counts = CountsSource(counts).summaries(plan("c=conversion(c)"))
    assert from_table == from_counts
