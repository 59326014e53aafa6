"""`hadi pilot` as it is called: the object it prints, and its one sentence for bad input."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]
COLUMNS = ("--site", "store", "--time", "week", "--value", "sales")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["pilot", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def long_file(path: Path, rows: list[tuple[str, object, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["store", "week", "sales"])
        writer.writerows(rows)
    return path


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    """24 stores, 12 weeks before and 6 after; s01 and s02 gain 20 %."""
    rows: list[tuple[str, object, object]] = []
    for store in range(24):
        for week in range(18):
            wiggle = 0.02 * math.sin(store * 2.4 + week * (1.3 + 0.1 * store))
            level = (100 + 7 * store) * math.exp(0.01 * week + wiggle)
            gain = 1.2 if store < 2 and week >= 12 else 1.0
            rows.append((f"s{store + 1:02}", week + 1, round(level * gain, 3)))
    return long_file(tmp_path / "stores.csv", rows)


def melted(reference_dir: Path, name: str, path: Path) -> Path:
    with (reference_dir / "data" / name).open(newline="", encoding="utf-8") as stream:
        head, *body = list(csv.reader(stream))
    rows = [
        (site, row[0], value) for row in body for site, value in zip(head[1:], row[1:], strict=True)
    ]
    return long_file(path, rows)


def found(call: Call, *args: object) -> dict[str, Any]:
    code, out, err = call(*args, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_the_object_has_what_was_promised(call: Call, stores: Path) -> None:
    answer = found(call, stores, *COLUMNS, "--treated", "s01,s02", "--start", 13)
    assert {
        "verdict", "sentence", "evidence", "effect", "placebo", "naive", "controls", "weights",
        "checks", "series", "warnings", "rule_version", "input_digest", "packages",
        "sentence_text",
    } <= answer.keys()  # fmt: skip
    assert (answer["verdict"], answer["evidence"]) == ("confirmed", "controlled_pilot")
    assert {"estimate", "low", "high", "p_value"} <= answer["effect"].keys()
    assert answer["effect"]["estimate"] == pytest.approx(0.2, abs=0.02)
    assert answer["placebo"] | {"seed": None} == {
        "p_value": pytest.approx(1 / 276), "assignments": 276, "exact": True,
        "smallest_attainable": pytest.approx(1 / 276), "seed": None,
    }  # fmt: skip
    assert sum(answer["weights"].values()) == pytest.approx(1.0)
    assert set(answer["weights"]) == {f"s{store:02}" for store in range(3, 25)}
    series = answer["series"]
    assert len(series["actual"]) == len(series["counterfactual"]) == len(series["times"]) == 18


def test_a_test_that_cannot_confirm_says_so(call: Call, stores: Path) -> None:
    few = ",".join(f"s{store:02}" for store in range(3, 12))
    answer = found(call, stores, *COLUMNS, "--treated", "s01", "--start", 13, "--controls", few)
    assert answer["effect"]["low"] > 0.1
    assert answer["placebo"]["p_value"] == pytest.approx(0.1)
    assert answer["verdict"] == "not_enough_data"
    assert "p 0.100 at the very best" in answer["sentence"]
    assert {c["code"]: c["status"] for c in answer["checks"]}["smallest_p"] == "warn"
    t = found(
        call, stores, *COLUMNS, "--treated", "s01", "--start", 13, "--controls", few,
        "--decide", "store_t",
    )  # fmt: skip
    assert t["verdict"] == "confirmed"


def test_the_linear_scale_answers_in_the_values_own_units(call: Call, stores: Path) -> None:
    args = (stores, *COLUMNS, "--treated", "s01,s02", "--start", 13, "--scale", "linear")
    answer = found(call, *args, "--threshold", "10")
    assert 15 < answer["effect"]["estimate"] < 30
    assert 15 < answer["naive"]["estimate"] < 40
    assert answer["verdict"] == "confirmed"
    relative = found(call, *args, "--threshold", "40%")
    assert relative["verdict"] in ("below_threshold", "not_enough_data")


def test_missing_weeks_and_repeated_rows_are_told(call: Call, stores: Path) -> None:
    lines = stores.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith(("s05,3,", "s05,4,"))]
    lines.append("s06,3,1.5")
    stores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer = found(call, stores, *COLUMNS, "--treated", "s01,s02", "--start", 13)
    checks = {c["code"]: c for c in answer["checks"]}
    assert checks["missing_periods"]["status"] == "warn"
    assert "“s05” misses 2 of 18" in checks["missing_periods"]["detail"]
    assert checks["several_rows"]["status"] == "warn"
    assert "“s06” in “3”" in checks["several_rows"]["detail"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--treated": "s1"}, "“s01”"),
        ({"--treated": "Moscow"}, "is not in the column"),
        ({"--controls": "s03,s99"}, "“s99”"),
        ({"--controls": "s01,s03"}, "“s01” is named both"),
        ({"--start": "1"}, "no “before”"),
        ({"--start": "99"}, "no “after”"),
        ({"--start": "May"}, "is not written like"),
        ({"--value": "turnover"}, "“turnover”"),
        ({"--treated": " , "}, "--treated"),
        ({"--alpha": "2"}, "--alpha"),
        ({"--threshold": "much"}, "“much”"),
        ({"--threshold": "5000"}, "linear scale"),
        ({"--method": "synthetic", "--decide": "store_t"}, "placebo"),
        ({"--treated": ",".join(f"s{n:02}" for n in range(1, 25))}, "No control site"),
    ],
)
def test_bad_input_is_one_sentence(
    call: Call, stores: Path, changed: dict[str, str], said: str
) -> None:
    options = {"--treated": "s01", "--start": "13"} | changed
    given = dict(zip(COLUMNS[::2], COLUMNS[1::2], strict=True)) | options
    code, out, err = call(stores, *(part for pair in given.items() for part in pair), "--json")
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_zeros_name_the_linear_scale(call: Call, stores: Path) -> None:
    text = stores.read_text(encoding="utf-8").replace("\ns03,4,", "\ns03,4,0\ns03,99,")
    stores.write_text(text, encoding="utf-8")
    code, out, err = call(stores, *COLUMNS, "--treated", "s01", "--start", 13)
    assert (code, out) == (2, "")
    assert "--scale linear" in err
    assert "“s03”" in err


def test_a_person_reads_a_sentence_first(call: Call, stores: Path) -> None:
    code, out, _ = call(stores, *COLUMNS, "--treated", "s01,s02", "--start", 13)
    assert code == 0
    assert out.startswith("CONFIRMED  It works: beside the other sites")


def test_it_starts_without_the_web_and_the_database(stores: Path) -> None:
    program = (
        "import sys; from hadi.cli.main import hadi;"
        f"hadi(['pilot', {str(stores)!r}, '--site', 'store', '--time', 'week', '--value', 'sales',"
        "'--treated', 's01,s02', '--start', '13'], standalone_mode=False);"
        "heavy = {'flask', 'sqlalchemy', 'pandas', 'statsmodels', 'scipy.stats'};"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


# --- The printed numbers of fifteen stores


@pytest.mark.reference
def test_neighbours_that_grew_as_well_are_no_effect(
    call: Call, reference_dir: Path, tmp_path: Path
) -> None:
    file = melted(reference_dir, "s01_A_no_effect.csv", tmp_path / "a.csv")
    answer = found(call, file, *COLUMNS, "--treated", "s07", "--start", "1", "--threshold", "10%")
    effect = answer["effect"]
    assert answer["verdict"] == "not_enough_data"
    assert answer["sentence_text"]["code"] == "sentence_pilot_neighbours_grew"
    assert "19.2" not in answer["sentence"]
    assert effect["estimate"] == pytest.approx(0.028, abs=0.0005)
    assert (effect["low"], effect["high"]) == pytest.approx((-0.055, 0.118), abs=0.0005)
    assert effect["p_value"] == pytest.approx(0.49, abs=0.005)
    assert answer["placebo"]["p_value"] == pytest.approx(9 / 15)
    assert answer["placebo"]["smallest_attainable"] == pytest.approx(1 / 15)
    assert answer["naive"]["estimate"] == pytest.approx(0.192, abs=0.0005)
    assert answer["naive"]["p_value"] == pytest.approx(0.00004, abs=0.000005)
    assert answer["controls"]["estimate"] == pytest.approx(0.161, abs=0.0005)


@pytest.mark.reference
def test_two_pilots_confirm_what_one_cannot(
    call: Call, reference_dir: Path, tmp_path: Path
) -> None:
    file = melted(reference_dir, "s01_B_two_pilots.csv", tmp_path / "b.csv")
    args = (file, *COLUMNS, "--start", "1", "--threshold", "8%")
    answer = found(call, *args, "--treated", "s07,s12")
    effect = answer["effect"]
    assert (answer["verdict"], answer["clear"]) == ("confirmed", False)
    assert effect["estimate"] == pytest.approx(0.143, abs=0.0005)
    assert (effect["low"], effect["high"]) == pytest.approx((0.067, 0.225), abs=0.0005)
    assert answer["placebo"]["p_value"] == pytest.approx(1 / 105)
    others = ",".join(f"s{n:02}" for n in range(1, 16) if n not in (7, 12))
    alone = found(call, *args, "--treated", "s07", "--controls", others)
    assert alone["effect"]["estimate"] == pytest.approx(0.182, abs=0.0005)
    assert alone["placebo"]["p_value"] == pytest.approx(1 / 14)
    assert alone["verdict"] == "not_enough_data"


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "estimate"), [("did", -27.349), ("synthetic", -19.514), ("synthetic_did", -15.604)]
)
def test_a_published_pilot_has_its_published_effect(
    call: Call, reference_dir: Path, tmp_path: Path, method: str, estimate: float
) -> None:
    """California's tobacco law of 1989, against 38 states (Abadie et al. 2010; Arkhangelsky et
    al. 2021, whose own synthetic control stops at -19.620, a little before its optimum)."""
    with (reference_dir / "data" / "prop99" / "california_prop99.csv").open(newline="") as stream:
        head, *body = list(csv.reader(stream))
    rows = [
        (state, year[0], packs)
        for year in body
        for state, packs in zip(head[1:], year[1:], strict=True)
    ]
    answer = found(
        call, long_file(tmp_path / "states.csv", rows), *COLUMNS, "--treated", "California",
        "--start", 1989, "--scale", "linear", "--better", "lower", "--method", method,
    )  # fmt: skip
    assert answer["effect"]["estimate"] == pytest.approx(estimate, rel=1e-3)
    assert answer["placebo"]["assignments"] == 39


# --- Can it succeed at all?


@pytest.fixture
def power(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["power", "pilot", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def test_a_pilot_that_cannot_succeed_is_told_before_it_runs(power: Call, stores: Path) -> None:
    few = ",".join(f"s{store:02}" for store in range(3, 12))
    args = (stores, *COLUMNS, "--start", 13, "--treated", "s01", "--controls", few)
    answer = found(power, *args, "--effect", "20%")
    assert {
        "n_per_arm", "power", "mde", "verdict_probabilities", "smallest_attainable_p", "sentence",
    } <= answer.keys()  # fmt: skip
    assert answer["mde"] is None
    assert answer["smallest_attainable_p"] == pytest.approx(0.1)
    assert answer["verdict_probabilities"]["confirmed"] == 0.0
    assert sum(answer["verdict_probabilities"].values()) == pytest.approx(1.0)
    assert "cannot be confirmed" in answer["sentence"]
    assert answer["n_per_arm"] == 2
    assert {help["lever"] for help in answer["helps"]} >= {"more_pilots", "alpha", "store_t"}


def test_more_pilots_and_more_weeks_see_smaller_effects(power: Call, stores: Path) -> None:
    answer = found(power, stores, *COLUMNS, "--start", 13, "--pilots", 2, "--after", 6)
    assert 0.0 < answer["mde"] < 0.2
    assert answer["power"] == pytest.approx(0.8, abs=0.05)
    seen = {(one["pilots"], one["after"]): one["effect"] for one in answer["detectable"]}
    assert seen[5, 6] < seen[2, 6]
    sure = found(power, stores, *COLUMNS, "--start", 13, "--pilots", 2, "--effect", "30%")
    assert sure["verdict_probabilities"]["confirmed"] > 0.95


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--treated", "s1"), "“s01”"),
        (("--pilots", "24"), "24"),
        (("--pilots", "0"), "--pilots"),
        (("--alpha", "0.7"), "--alpha"),
        (("--effect", "10%", "--scale", "linear"), "--effect"),
        (("--start", "2"), "period"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_sentence(
    power: Call, stores: Path, more: tuple[str, ...], said: str
) -> None:
    code, out, err = power(stores, *COLUMNS, *more)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.reference
def test_one_of_fifteen_stores_can_show_an_eighth_at_best(
    power: Call, reference_dir: Path, tmp_path: Path
) -> None:
    file = melted(reference_dir, "s01_A_no_effect.csv", tmp_path / "a.csv")
    answer = found(power, file, *COLUMNS, "--treated", "s07", "--start", 1)
    assert answer["mde"] is None
    assert answer["mde_by_t"] == pytest.approx(0.125, abs=0.01)
    seen = {(one["pilots"], one["after"]): one["effect"] for one in answer["detectable"]}
    assert seen[2, 8] == pytest.approx(0.09, abs=0.005)
    assert seen[5, 8] == pytest.approx(0.07, abs=0.01)


def test_a_site_that_nearly_vanished_is_no_crash(call: Call, tmp_path: Path) -> None:
    """The logarithm of the smallest float is finite, the change it makes is −100 %."""
    rows: list[tuple[str, object, object]] = [
        (f"s{store}", week, 100 + 7 * store + (store * week) % 5)
        for store in range(9)
        for week in range(8)
    ]
    near = [(*row[:2], "1e-320") if row[:2] == ("s1", 2) else row for row in rows]
    gone = [
        (*row[:2], "1e-320") if row[0] == "s0" and int(str(row[1])) > 3 else row for row in rows
    ]
    for name, written in (("near.csv", near), ("gone.csv", gone)):
        file = long_file(tmp_path / name, written)
        code, out, _ = call(file, *COLUMNS, "--treated", "s0", "--start", 4, "--json")
        assert code == 0 and json.loads(out)["verdict"]
