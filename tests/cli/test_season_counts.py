"""Counts and what they are counted from: a rate is no more for more visitors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.analysis.before_after import analyse_before_after
from hadi.cli.main import main
from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.weekly_effect import weekly_effect
from hadi.ingest.series import Cell, by_month, laid_out
from hadi.ingest.tables import TableSource

Call = Callable[..., tuple[int, str, str]]
SPANS = ("--before", "2025-02..2025-04", "--after", "2025-05..2025-12")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["season", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def months(effect: float = 0.0, times: float = 1.0) -> list[tuple[str, int, float]]:
    """Complaints and parcels of five years. The parcels double when the change begins; of so many
    parcels there are as many complaints as ever, and a season, and `effect`."""
    random = np.random.default_rng(11)
    found = []
    for place in range(60):
        parcels = (4000 + 600 * math.sin(place / 3)) * (2.0 if place >= 52 else 1.0) * times
        rate = 0.05 * math.exp(0.2 * math.sin(2 * math.pi * place / 12)) / times
        rate *= 1 + effect if place >= 52 else 1.0
        name = f"{2021 + place // 12}-{place % 12 + 1:02d}"
        found.append((name, int(random.poisson(parcels * rate)), parcels))
    return found


def written(path: Path, rows: list[tuple[str, int, float]]) -> Path:
    lines = ["month;complaints;parcels", *(f"{m};{n};{p:.3f}" for m, n, p in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def answered(call: Call, path: Path, *args: str) -> dict[str, Any]:
    code, out, err = call(path, "--time", "month", "--value", "complaints", *SPANS, *args, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_twice_the_parcels_are_no_effect(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path / "same.csv", months())
    naive = answered(call, path, "--counts")["regression"]["effect"]
    assert naive["low"] > 0.5  # the parcels are taken for the effect
    found = answered(call, path, "--exposure", "parcels")
    effect = found["regression"]["effect"]
    assert effect["low"] < 0.0 < effect["high"] and abs(effect["estimate"]) < 0.1
    assert abs(found["adjusted"]) < 0.1  # the coefficients are those of the rate
    assert found["regression"]["family"] == "poisson"


def test_an_effect_on_the_rate_is_found_in_whatever_unit_it_is_counted(
    call: Call, tmp_path: Path
) -> None:
    path = written(tmp_path / "more.csv", months(effect=0.3))
    effect = answered(call, path, "--exposure", "parcels")["regression"]["effect"]
    assert effect["low"] < 0.3 < effect["high"] and effect["low"] > 0.1
    rows = [(m, n, p * 1000) for m, n, p in months(effect=0.3)]
    other = answered(call, written(tmp_path / "k.csv", rows), "--exposure", "parcels")
    assert other["regression"]["effect"]["estimate"] == pytest.approx(effect["estimate"], rel=1e-4)


def test_the_report_has_the_line_of_the_counts(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path / "same.csv", months())
    code, out, _err = call(
        path, "--time", "month", "--value", "complaints", *SPANS, "--exposure", "parcels"
    )
    assert code == 0 and "Poisson regression  " in out


@pytest.mark.parametrize(
    ("args", "said"),
    [(("--exposure", "boxes"), "“boxes”"), (("--exposure", " "), "--exposure"),
     (("--exposure", "month"), "“month”")],
)  # fmt: skip
def test_an_exposure_that_is_none_is_one_sentence(
    call: Call, tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    path = written(tmp_path / "same.csv", months())
    code, out, err = call(path, "--time", "month", "--value", "complaints", *SPANS, *args)
    assert (code, out) == (2, "") and said in err
    assert len(err.strip().splitlines()) == 1


def test_a_count_that_is_no_count_is_refused(call: Call, tmp_path: Path) -> None:
    rows = [(m, n, p) for m, n, p in months()]
    path = written(tmp_path / "half.csv", rows)
    path.write_text(path.read_text(encoding="utf-8").replace(f";{rows[3][1]};", ";3.5;"), "utf-8")
    code, _out, err = call(
        path, "--time", "month", "--value", "complaints", *SPANS, "--exposure", "parcels"
    )
    assert code == 2 and "no whole numbers" in err


def plan(**more: Any) -> Plan:
    metric = {
        "name": "Complaints of a parcel", "kind": "rate", "role": "primary", "better": "lower",
        "threshold": "5%", "columns": ["complaints", "parcels"],
    }  # fmt: skip
    written = {
        "design": "before_after", "time": "month", "value": "complaints", "start": "2025-05",
        "method": "segmented", "metrics": [metric],
    }  # fmt: skip
    return Plan.from_json(written | more).bound({})


def source(tmp_path: Path, rows: list[tuple[str, int, float]]) -> TableSource:
    import duckdb

    path = tmp_path / "rows.parquet"
    values = ", ".join(f"('{m}', {n}, {p})" for m, n, p in rows)
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {values}) t(month, complaints, parcels)) TO '{path}'")
    return TableSource([path])


def test_a_plan_before_and_after_judges_the_rate(tmp_path: Path) -> None:
    record = analyse_before_after(source(tmp_path, months(effect=-0.4)), plan())
    told = record.as_json()
    (comparison,) = told["comparisons"]
    assert comparison["kind"] == "rate" and comparison["method"] == "segmented_poisson"
    assert comparison["lift"]["low"] < -0.4 < comparison["lift"]["high"]
    assert 0.02 < comparison["treatment"]["value"] < 0.04  # a rate, not a count
    assert told["verdict"] == "confirmed"
    assert max(told["season"]["regression"]["actual"]) < 0.2
    from hadi.domain.economics import Declaration

    asked = weekly_effect(told, Declaration())
    assert [text.code for text in asked.missing] == ["payback_needs_units"]
    gain = weekly_effect(told, Declaration(units_per_week=1000.0)).gain
    assert gain is not None and gain.estimate > 0  # fewer is better


def test_needs_and_columns_of_a_rate(tmp_path: Path) -> None:
    needs = plan().needs()
    assert [(need.key, need.part) for need in needs if need.part] == [
        ("complaints", "events"), ("parcels", "exposure")
    ]  # fmt: skip
    assert plan().exposure_column == "parcels"
    by_mapping = Plan.from_json(plan().as_json()).bound({"parcels": "boxes"})
    with pytest.raises(Unreadable, match="boxes"):
        source(tmp_path, months()).series(by_mapping)


def test_months_of_a_rate_are_divided_once() -> None:
    table = laid_out(
        [Cell("2025-01", 1.0, 1, 4.0), Cell("2025-01", 2.0, 1, 2.0), Cell("2025-02", 3.0, 1, 0.0)],
        "month",
    )
    series, _partial = by_month(table)
    assert series.values[0] == 0.5 and math.isnan(series.values[1])
