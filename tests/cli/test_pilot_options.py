"""What `hadi pilot` and `hadi power pilot` take: ratios, sellers, and sites of any name."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]
PANEL = ("--site", "store", "--time", "week", "--start", "9")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(arg) for arg in args])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def written(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([head, *rows])
    return path


def answered(call: Call, *args: object) -> dict[str, Any]:
    code, out, err = call("pilot", *args, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def rate(store: int, week: int) -> float:
    lifted = 1.3 if store == 0 and week >= 9 else 1.0
    return 0.2 * lifted * math.exp(0.04 * math.sin(3.1 * store + 1.7 * week))


def receipts(times: int = 1) -> list[tuple[object, ...]]:
    """22 stores, 8 weeks before and 4 after; each week's receipts stand in `times` rows."""
    return [
        (f"s{store}", week, (100 + 10 * store) * rate(store, week) / times,
         (100 + 10 * store) / times, f"seller {row % 3}")
        for store in range(22)
        for week in range(1, 13)
        for row in range(times)
    ]  # fmt: skip


HEAD = ("store", "week", "addon", "core", "seller")


def test_a_ratio_is_judged_by_the_store_and_not_by_its_receipts(call: Call, tmp_path: Path) -> None:
    few = written(tmp_path / "few.csv", HEAD, receipts())
    many = written(tmp_path / "many.csv", HEAD, receipts(40))
    shares = [(*row[:2], float(str(row[2])) / float(str(row[3]))) for row in receipts()]
    known = written(tmp_path / "known.csv", ("store", "week", "share"), shares)
    args = (*PANEL, "--treated", "s0")
    one = answered(call, few, "--value", "addon/core", *args)
    assert one["effect"]["estimate"] == pytest.approx(0.3, abs=0.05)
    assert one["comparisons"][0]["kind"] == "ratio"
    for other in (
        answered(call, many, "--value", "addon / core", *args),
        answered(call, known, "--value", "share", *args),
    ):
        assert other["effect"]["p_value"] == pytest.approx(one["effect"]["p_value"], rel=1e-9)
        assert other["effect"]["low"] == pytest.approx(one["effect"]["low"], rel=1e-9)
        assert other["placebo"]["p_value"] == one["placebo"]["p_value"]


@pytest.mark.parametrize("method", ["synthetic", "synthetic_did", "augmented"])
def test_every_method_takes_a_ratio(call: Call, tmp_path: Path, method: str) -> None:
    file = written(tmp_path / "few.csv", HEAD, receipts())
    args = (*PANEL, "--treated", "s0", "--method", method)
    found = answered(call, file, "--value", "addon/core", *args)
    assert found["effect"]["estimate"] == pytest.approx(0.3, abs=0.06)


def test_a_column_with_a_slash_in_its_name_is_that_column(call: Call, tmp_path: Path) -> None:
    rows = [row[:3] for row in receipts()]
    file = written(tmp_path / "slash.csv", ("store", "week", "sum/1000"), rows)
    for value in ("sum/1000", '"sum/1000"'):
        found = answered(call, file, "--value", value, *PANEL, "--treated", "s0")
        assert found["comparisons"][0]["kind"] == "mean"


def test_three_columns_are_no_ratio(call: Call, tmp_path: Path) -> None:
    file = written(tmp_path / "few.csv", HEAD, receipts())
    code, out, err = call("pilot", file, "--value", "a/b/c", *PANEL, "--treated", "s0")
    assert (code, out) == (2, "")
    assert "--value takes one column, or two for a ratio" in err


@pytest.mark.parametrize("value", ["addon", "addon/core"])
def test_one_seller_who_carries_it_is_named(call: Call, tmp_path: Path, value: str) -> None:
    """The pilot's gain is Anna's alone; the others sell as before."""
    rows: list[tuple[object, ...]] = []
    for store, week, _addon, core, _seller in receipts():
        for seller in ("Anna", "Boris", "Vera"):
            mine = float(str(core)) / 3
            base = 0.2 * math.exp(0.02 * math.sin(3.1 * int(str(store)[1:]) + 1.7 * int(str(week))))
            gain = 2.0 if (store, seller) == ("s0", "Anna") and int(str(week)) >= 9 else 1.0
            rows.append((store, week, mine * base * gain, mine, seller))
    file = written(tmp_path / "sellers.csv", HEAD, rows)
    args = (*PANEL, "--value", value, "--treated", "s0")
    silent = answered(call, file, *args)
    assert "carried" not in [warning["code"] for warning in silent["warnings"]]
    told = answered(call, file, *args, "--group", "seller")
    carried = [each for each in told["warnings"] if each["code"] == "carried"]
    assert carried and "Anna" in json.dumps(carried, ensure_ascii=False)
    # A row is a seller of a store in a week: none of them repeats another.
    checks = [{c["code"]: c for c in each["checks"]}["several_rows"] for each in (silent, told)]
    assert [check["status"] for check in checks] == ["warn", "pass"]
    code, _out, err = call("pilot", file, *args, "--group", "nobody")
    assert code == 2 and "nobody" in err


def test_a_site_whose_name_holds_a_comma_is_named_in_quotes(call: Call, tmp_path: Path) -> None:
    names = {"s0": "Store 7, north", "s1": "Store 8, south"}
    rows = [(names.get(str(row[0]), row[0]), *row[1:3]) for row in receipts()]
    file = written(tmp_path / "commas.csv", ("store", "week", "sum"), rows)
    args = (*PANEL, "--value", "sum")
    found = answered(call, file, *args, "--treated", '"Store 7, north","Store 8, south"')
    assert found["sites"]["treated"] == ["Store 7, north", "Store 8, south"]
    again = answered(
        call, file, *args, "--treated", '"Store 7, north"', "--treated", "s2,s3",
        "--controls", '"Store 8, south",s4', "--controls", "s5",
    )  # fmt: skip
    assert again["sites"]["treated"] == ["Store 7, north", "s2", "s3"]
    assert again["sites"]["controls"] == ["Store 8, south", "s4", "s5"]


def test_pilots_beside_treated_are_refused(call: Call, tmp_path: Path) -> None:
    file = written(tmp_path / "few.csv", HEAD, receipts())
    args = ("--site", "store", "--time", "week", "--value", "addon/core")
    code, out, err = call("power", "pilot", file, *args, "--treated", "s0", "--pilots", "2")
    assert (code, out) == (2, "")
    assert "--pilots and --treated say the same in two ways" in err
    code, out, _err = call("power", "pilot", file, *args, "--pilots", "2", "--json")
    assert code == 0 and json.loads(out)["pilots"] == 2


def test_an_impossible_day_is_refused_in_words(call: Call, tmp_path: Path) -> None:
    days = ["2026-02-09", "2026-02-16", "2026-02-23", "2026-02-30"]
    rows = [(f"s{store}", day, 10 + store) for store in range(4) for day in days]
    file = written(tmp_path / "days.csv", ("store", "week", "sum"), rows)
    args = ("--site", "store", "--time", "week", "--value", "sum", "--treated", "s0")
    code, out, err = call("pilot", file, *args, "--start", "2026-02-23")
    assert (code, out) == (2, "")
    assert "“2026-02-30”" in err and "no day of the calendar" in err
