"""`hadi pilot` and `hadi power pilot` on a file with a column for each site, as it is printed."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(arg) for arg in args])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def found(call: Call, *args: object) -> dict[str, Any]:
    code, out, err = call(*args, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def values(*, sites: int = 24, weeks: int = 18) -> dict[str, list[float]]:
    """Stores over weeks; the first two gain 20 % from week 13 on."""
    made = {}
    for site in range(sites):
        made[f"s{site + 1:02}"] = [
            round(
                (100 + 7 * site)
                * math.exp(0.01 * week + 0.02 * math.sin(site * 2.4 + week * (1.3 + 0.1 * site)))
                * (1.2 if site < 2 and week >= 12 else 1.0),
                3,
            )
            for week in range(weeks)
        ]
    return made


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A column for each store, and one of the total."""
    path, stores = tmp_path / "wide.csv", values()
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["week", *stores, "total"])
        for week, row in enumerate(zip(*stores.values(), strict=True), start=1):
            writer.writerow([week, *row, round(sum(row), 3)])
    return path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["store", "week", "sales"])
        for site, line in values().items():
            writer.writerows([(site, week, value) for week, value in enumerate(line, start=1)])
    return path


CONTROLS = ",".join(f"s{n:02}" for n in range(3, 25))
ASKED = ("--time", "week", "--treated", "s01,s02", "--start", "13", "--threshold", "5%")
COLUMNS = ("--site", "store", "--value", "sales")


def test_columns_give_what_rows_give(call: Call, wide: Path, long: Path) -> None:
    one = found(call, "pilot", wide, "--wide", *ASKED, "--controls", CONTROLS)
    other = found(call, "pilot", long, *COLUMNS, *ASKED, "--controls", CONTROLS)
    for part in ("verdict", "effect", "placebo", "naive", "controls"):
        assert one[part] == other[part], part
    assert one["verdict"] == "confirmed"
    checks = {check["code"]: check["detail"] for check in one["checks"]}
    assert "24 columns were taken for sites" in checks["wide"]
    assert "left out: “total”" in checks["wide"]


@pytest.mark.parametrize("named", [COLUMNS, ()])
def test_a_file_without_the_column_of_the_site_is_recognised_and_that_is_said(
    call: Call, wide: Path, named: tuple[str, ...]
) -> None:
    text = wide.read_text(encoding="utf-8")
    wide.write_text("\n".join(line.rpartition(",")[0] for line in text.splitlines()) + "\n")
    code, out, _err = call("pilot", wide, *named, *ASKED)
    assert code == 0
    assert "24 columns were taken for sites" in out and "naming the controls" in out
    assert ("There is no column “store”" in out) is bool(named)


@pytest.mark.parametrize("share", [1.0, 1.0 / 24])
def test_a_sum_or_an_average_among_the_sites_is_warned_of(
    call: Call, wide: Path, share: float
) -> None:
    head, *lines = wide.read_text(encoding="utf-8").splitlines()
    told = [head]
    for line in lines:
        before, _comma, total = line.rpartition(",")
        told.append(f"{before},{float(total) * share:.3f}")
    wide.write_text("\n".join(told) + "\n", encoding="utf-8")
    checks = {
        check["code"]: check for check in found(call, "pilot", wide, "--wide", *ASKED)["checks"]
    }
    assert checks["wide"]["status"] == "warn"
    assert "The column “total” was taken for a site" in checks["wide"]["detail"]


def test_a_file_with_a_column_of_words_is_not_taken_for_one(call: Call, wide: Path) -> None:
    lines = wide.read_text("utf-8").splitlines()
    noted = [f"{lines[0]},note", *(f"{line},quiet" for line in lines[1:])]
    wide.write_text("\n".join(noted), "utf-8")
    code, _out, err = call("pilot", wide, *COLUMNS, *ASKED)
    assert code == 2 and "There is no column “store”" in err
    code, _out, err = call("pilot", wide, "--wide", *ASKED)
    assert code == 2 and "“note” holds something else than numbers" in err
    assert call("pilot", wide, "--wide", *ASKED, "--controls", CONTROLS)[0] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--wide", "--site", "store"), "“--wide” and “--site”"),
        (("--wide", "--value", "sales"), "--value"),
        (("--site", "store"), "--value is needed"),
        (("--value", "sales"), "--site is needed"),
        (("--wide", "--group", "seller"), "names no seller"),
    ],
)
def test_what_contradicts_itself_is_one_sentence(
    call: Call, wide: Path, more: tuple[str, ...], said: str
) -> None:
    code, out, err = call("pilot", wide, *ASKED, *more)
    assert (code, out) == (2, "")
    assert said.replace("“", "").replace("”", "") in err.replace("“", "").replace("”", "")
    assert len(err.strip().splitlines()) == 1


def test_a_site_without_a_column_is_named_with_the_nearest(call: Call, wide: Path) -> None:
    for command in (("pilot",), ("power", "pilot")):
        args = (*command, wide, "--wide", "--time", "week", "--treated", "s1", "--start", "13")
        code, _out, err = call(*args)
        assert code == 2 and "“s1” has no column of its own; the nearest there: “s01”" in err


def test_cells_that_can_be_read_in_two_ways_are_asked_about(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    rows = [f"{n}\t{n},234\t{n + 1},345\t{n},{500 + n}" for n in range(1, 9)]
    file.write_text("\n".join(["week\ts01\ts02\ts03", *rows]) + "\n", "utf-8")
    args = ("pilot", file, "--wide", "--time", "week", "--treated", "s01", "--start", "5")
    code, _out, err = call(*args)
    assert code == 2 and "--decimal" in err
    assert call(*args, "--decimal", ",")[0] == 0


def test_the_past_of_columns_says_what_a_pilot_can_show(call: Call, wide: Path, long: Path) -> None:
    asked = ("--time", "week", "--treated", "s01", "--start", "13", "--controls", CONTROLS)
    one = found(call, "power", "pilot", wide, "--wide", *asked)
    assert one == found(call, "power", "pilot", long, *COLUMNS, *asked)
    _code, out, _err = call("power", "pilot", wide, "--wide", *asked)
    assert "23 columns were taken for sites" in out


def test_a_row_that_placebos_cannot_confirm_says_what_t_would_see(call: Call, wide: Path) -> None:
    few = ",".join(f"s{n:02}" for n in range(3, 12))
    asked = ("--time", "week", "--treated", "s01", "--start", "13", "--controls", few)
    answer = found(call, "power", "pilot", wide, "--wide", *asked)
    row = answer["detectable"][0]
    assert row["pilots"] == 1 and row["effect"] is None and row["by_t"] > 0.0
    _code, out, _err = call("power", "pilot", wide, "--wide", *asked)
    assert f"t: +{100 * row['by_t']:.1f}%" in out
    assert "could be confirmed by the placebo test" in out


# --- The printed numbers of fifteen stores, as they are printed


@pytest.mark.reference
def test_one_pilot_without_an_effect(call: Call, reference_dir: Path) -> None:
    file = reference_dir / "data" / "s01_A_no_effect.csv"
    asked = ("--time", "week", "--treated", "s07", "--start", "1", "--threshold", "10%")
    answer = found(call, "pilot", file, "--wide", *asked)
    effect = answer["effect"]
    assert answer["verdict"] == "not_enough_data"
    assert effect["estimate"] == pytest.approx(0.028, abs=0.0005)
    assert (effect["low"], effect["high"]) == pytest.approx((-0.055, 0.118), abs=0.0005)
    assert effect["p_value"] == pytest.approx(0.489, abs=0.0005)
    assert answer["placebo"]["p_value"] == pytest.approx(9 / 15)


@pytest.mark.reference
def test_two_pilots_with_an_effect_and_one_of_them(call: Call, reference_dir: Path) -> None:
    file = reference_dir / "data" / "s01_B_two_pilots.csv"
    asked = ("pilot", file, "--wide", "--time", "week", "--start", "1", "--threshold", "8%")
    answer = found(call, *asked, "--treated", "s07,s12")
    effect = answer["effect"]
    assert answer["verdict"] == "confirmed"
    assert effect["estimate"] == pytest.approx(0.143, abs=0.0005)
    assert (effect["low"], effect["high"]) == pytest.approx((0.067, 0.225), abs=0.0005)
    assert answer["placebo"]["p_value"] == pytest.approx(1 / 105)
    others = ",".join(f"s{n:02}" for n in range(1, 16) if n not in (7, 12))
    alone = found(call, *asked, "--treated", "s07", "--controls", others)
    assert alone["effect"]["estimate"] == pytest.approx(0.182, abs=0.0005)
    assert alone["placebo"]["p_value"] == pytest.approx(1 / 14)
    checks = {check["code"]: check["detail"] for check in alone["checks"]}
    assert "left out: “s12”" in checks["wide"]


@pytest.mark.reference
def test_weeks_that_hardly_help_are_explained(call: Call, reference_dir: Path) -> None:
    file = reference_dir / "data" / "s01_A_no_effect.csv"
    asked = ("power", "pilot", file, "--wide", "--time", "week", "--treated", "s07", "--start", "1")
    seen = {(row["pilots"], row["after"]): row for row in found(call, *asked)["detectable"]}
    assert seen[1, 8]["by_t"] == pytest.approx(0.12, abs=0.002)
    assert seen[2, 16]["effect"] > seen[2, 8]["effect"]
    _code, out, _err = call(*asked)
    assert "hardly help here" in out and "wandered apart" in out
