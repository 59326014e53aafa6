"""`hadi season` as it is called: the object it prints, and its one sentence for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]
PROFILE = (700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900)
SPANS = ("--before", "2025-02..2025-04", "--after", "2025-05..2025-07")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["season", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def months(values: Sequence[float], first: int = 2022) -> list[tuple[str, float]]:
    return [(f"{first + n // 12}-{n % 12 + 1:02}", value) for n, value in enumerate(values)]


def written(path: Path, rows: Sequence[tuple[str, object]], head: str = "month;revenue") -> Path:
    lines = [head, *(f"{label};{value}" for label, value in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Three years alike and what follows them."""

    def make(*more: float) -> Path:
        return written(tmp_path / "months.csv", months([*PROFILE * 3, *more]))

    return make


def found(call: Call, file: Path, *args: object) -> dict[str, Any]:
    code, out, err = call(file, "--time", "month", "--value", "revenue", *args, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def status(answer: dict[str, Any], code: str) -> str | None:
    return next((c["status"] for c in answer["checks"] if c["code"] == code), None)


def test_summer_is_not_a_script(call: Call, file: Callable[..., Path]) -> None:
    answer = found(call, file(*PROFILE[:7]), *SPANS)
    assert answer["naive"] == pytest.approx(0.32157, abs=1e-5)
    assert answer["adjusted"] == pytest.approx(0.0, abs=1e-12)
    assert answer["sum"] == pytest.approx(12.0)
    assert answer["before"]["coefficient"] == pytest.approx(0.85)
    assert answer["after"]["coefficient"] == pytest.approx(1.12333, abs=1e-5)
    assert answer["indicative"] is True
    assert "The season explains all of it" in answer["sentence"]
    assert status(answer, "part_years") == "warn"  # January 2025


def test_a_series_that_never_moves_has_no_strongest_month(call: Call, tmp_path: Path) -> None:
    answer = found(call, written(tmp_path / "flat.csv", months([7.0] * 36)))
    assert set(answer["coefficients"].values()) == {1.0}
    assert "no season shows" in answer["sentence"] and "January" not in answer["sentence"]


def test_what_is_left_of_a_true_change(call: Call, file: Callable[..., Path]) -> None:
    answer = found(call, file(*PROFILE[:4], 1188, 1242, 1210), *SPANS)
    assert answer["naive"] == pytest.approx(0.427, abs=5e-4)
    assert answer["adjusted"] == pytest.approx(0.080, abs=5e-4)
    formula = answer["formula"]
    assert formula["own_fact"] == {"before": 1000.0, "after": 1000.0, "change": 0.0}
    assert formula["adjusted"]["before"] == pytest.approx(1000.0)
    assert formula["reciprocal"]["after"] == pytest.approx(1 / 1.12333, abs=1e-4)
    # Years that are exactly alike tell nothing of chance.
    assert (answer["low"], answer["high"]) == (None, None)
    assert status(answer, "range") == "warn"


def test_a_method_that_leaves_growth_in_is_told(call: Call, tmp_path: Path) -> None:
    values = [v * 1.1**year for year in range(4) for v in PROFILE]
    file = written(tmp_path / "m.csv", months(values))
    assert status(found(call, file), "growth") == "pass"
    answer = found(call, file, "--method", "level")
    assert status(answer, "growth") == "warn"


def test_part_years_are_left_out(call: Call, tmp_path: Path) -> None:
    """Thirty months with a growth of a tenth: thrown together they would add up to 12.14."""
    values = [v * growth for growth in (1.0, 1.1, 1.21) for v in PROFILE][:30]
    answer = found(call, written(tmp_path / "m.csv", months(values)))
    assert answer["coefficients"]["1"] == pytest.approx(0.70)
    assert answer["sum"] == pytest.approx(12.0)
    assert answer["pooled_sum"] == pytest.approx(12.14, abs=0.005)
    assert status(answer, "part_years") == "warn"
    assert len(answer["left_out"]) == 6
    assert answer["naive"] is None and answer["adjusted"] is None


def test_a_promotion_moves_the_mean_and_not_the_median(call: Call, tmp_path: Path) -> None:
    years = []
    for april in (1.10, 1.10, 1.90):
        others = (12.0 - april) / 11
        years += [1000 * (april if month == 3 else others) for month in range(12)]
    path = written(tmp_path / "m.csv", months(years))
    answer = found(call, path)
    assert answer["coefficients"]["4"] == pytest.approx(1.10)
    assert (answer["over"], status(answer, "spread")) == ("median", "warn")
    spread = next(c for c in answer["checks"] if c["code"] == "spread")["text"]["params"]
    told = {name: spread[name]["value"] for name in ("mean", "last_two", "median")}
    assert told == pytest.approx({"mean": 1.3667, "last_two": 1.5, "median": 1.1}, abs=1e-4)
    mean = found(call, path, "--over", "mean")
    assert mean["coefficients"]["4"] == pytest.approx(4.1 / 3)
    assert status(mean, "spread") == "warn"


@pytest.mark.parametrize("scale", [100, 1000, 1_000_000])
def test_thousands_beside_single_ones_are_no_change(
    call: Call, file: Callable[..., Path], scale: int
) -> None:
    months_after = [value * scale for value in PROFILE[4:7]]
    answer = found(call, file(*PROFILE[:4], *months_after), *SPANS)
    assert status(answer, "units") == "fail"
    assert (answer["adjusted"], answer["effect"]["estimate"]) == (None, None)
    assert f"about {scale:,} times the other" in answer["sentence"]


def test_years_in_another_unit_are_warned_of(call: Call, file: Callable[..., Path]) -> None:
    answer = found(call, file(*(value / 1000 for value in PROFILE[:7])), *SPANS)
    assert status(answer, "units") == "warn"
    assert answer["adjusted"] == pytest.approx(0.0)


def test_sums_of_three_months_beside_monthly_means(
    call: Call, file: Callable[..., Path], tmp_path: Path
) -> None:
    answer = found(call, file(*PROFILE[:4], 3370), *SPANS)
    assert status(answer, "units") == "fail"
    assert (answer["adjusted"], answer["effect"]["estimate"]) == (None, None)
    assert "3 months" in answer["sentence"]
    quarters = [(f"{2022 + n // 4}-{n % 4 * 3 + 1:02}", 2270 + n) for n in range(12)]
    path = written(tmp_path / "q.csv", quarters)
    code, out, err = call(path, "--time", "month", "--value", "revenue")
    assert (code, out) == (2, "")
    assert "one value for every three months" in err


def test_years_that_differ_give_a_range(call: Call, tmp_path: Path) -> None:
    import random

    chance = random.Random(4)
    values = [PROFILE[n % 12] * chance.gauss(1.0, 0.03) for n in range(5 * 12 + 7)]
    answer = found(call, written(tmp_path / "m.csv", months(values, 2020)), *SPANS)
    assert answer["low"] < answer["adjusted"] < answer["high"]
    assert answer["low"] < 0.0 < answer["high"]
    assert len(answer["earlier_years"]) == 5
    assert answer["effect"]["p_value"] > 0.05


NAMES = {
    "ru": ["янв", "фев", "мар", "апр", "май", "июня", "июл", "авг", "сен", "окт", "ноя", "дек"],
    "hu": ["jan", "feb", "már", "ápr", "máj", "jún", "júl", "aug", "szept", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"],
}


@pytest.mark.parametrize(
    ("label", "value"),
    [
        (lambda y, m: f"01.{m:02}.{y}", "{},5"),
        (lambda y, m: f"{m:02}.{y}", "{}"),
        (lambda y, m: f"{NAMES['ru'][m - 1]} {y}", "{}"),
        (lambda y, m: f"{y}. {NAMES['hu'][m - 1]}.", "{}"),
        (lambda y, m: f"{NAMES['en'][m - 1]} {y}", "{}"),
    ],
)
def test_months_as_people_write_them(
    call: Call, tmp_path: Path, label: Callable[[int, int], str], value: str
) -> None:
    rows = [(label(2022 + n // 12, n % 12 + 1), value.format(v)) for n, v in enumerate(PROFILE * 3)]
    answer = found(call, written(tmp_path / "m.csv", rows))
    assert answer["sum"] == pytest.approx(12.0)
    assert answer["coefficients"]["9"] == pytest.approx(1.2, abs=1e-3)


def test_weeks_are_spread_over_their_days(call: Call, tmp_path: Path) -> None:
    from datetime import date, timedelta

    monday = date(2021, 12, 27)
    rows = []
    for place in range(160):
        day = monday + timedelta(weeks=place)
        rows.append((day.isoformat(), PROFILE[(day + timedelta(days=3)).month - 1] * 7 / 30.4))
    answer = found(call, written(tmp_path / "w.csv", rows))
    assert status(answer, "summed") == "pass"
    assert status(answer, "partial_months") == "warn"
    assert answer["coefficients"]["9"] == pytest.approx(1.2, abs=0.03)


def test_gaps_and_repeated_months_are_told(call: Call, tmp_path: Path) -> None:
    rows = months([*PROFILE * 4])
    del rows[4]
    rows += [("2023-02", 10.0)]
    answer = found(call, written(tmp_path / "m.csv", rows))
    assert (status(answer, "gaps"), status(answer, "duplicates")) == ("warn", "warn")
    assert [year["from"] for year in answer["years"]] == ["2023-01", "2024-01", "2025-01"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--before", "2025-02..2025-04"), "name both"),
        (("--before", "2025-05", "--after", "2025-04"), "overlap"),
        (("--before", "spring", "--after", "2025-05"), "2026-02..2026-04"),
        (("--before", "2025-04..2025-02", "--after", "2025-05"), "ends before it begins"),
        (("--before", "2021-02", "--after", "2025-05"), "no whole year"),
        (("--before", "2025-02", "--after", "2025-12"), "months after"),
        (("--alpha", "0.7"), "--alpha"),
        (("--value", "month"), "does not hold numbers"),
        (("--time", "day"), "“day”"),
    ],
)
def test_bad_input_is_one_sentence(
    call: Call, file: Callable[..., Path], args: tuple[str, ...], said: str
) -> None:
    path = file(*PROFILE[:7])
    code, out, err = call(path, "--time", "month", "--value", "revenue", *args)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_the_report_is_for_people(call: Call, file: Callable[..., Path]) -> None:
    code, out, _ = call(file(*PROFILE[:7]), "--time", "month", "--value", "revenue", *SPANS)
    assert code == 0
    assert out.startswith("The season explains all of it")
    assert "As measured         +32.2%" in out
    assert "Sum          12.00" in out


def test_it_starts_without_the_heavy_libraries(file: Callable[..., Path]) -> None:
    path = file(*PROFILE[:7])
    code = (
        "import sys; from hadi.cli.main import main\n"
        f"try: main(['season', {str(path)!r}, '--time', 'month', '--value', 'revenue'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'flask','sqlalchemy','pandas','statsmodels','scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
