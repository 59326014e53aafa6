"""Seasons and interrupted series: reference cases, and public series in which nothing was done."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.analysis.season import season
from hadi.cli.main import main
from hadi.domain.months import read_when
from hadi.ingest.files import open_table
from hadi.ingest.series import Cell, SeriesTable, laid_out
from hadi.stats import interrupted
from hadi.stats.season_change import change
from hadi.stats.seasons import MonthSeries, coefficients, moving_average_index

pytestmark = pytest.mark.reference


@pytest.fixture(scope="session")
def sicily(reference_dir: Path) -> dict[str, np.ndarray]:
    places = (reference_dir / "reference.json", reference_dir / "reference" / "reference.json")
    file = next(place for place in places if place.is_file())
    series = json.loads(file.read_text(encoding="utf-8"))["data_sets"]["sicily"]
    return {name: np.array(values, dtype=float) for name, values in series.items()}


@pytest.fixture(scope="session")
def data(reference_dir: Path) -> Path:
    return reference_dir / "data"


def test_the_classical_index(reference_case: Any, matches: Any) -> None:
    case = reference_case("seasonal_index")
    values = np.array(case["input"]["y"], dtype=float)
    for kind in ("multiplicative", "additive"):
        found = moving_average_index(values, period=12, kind=kind)
        assert found.tolist() == pytest.approx(
            case["expected"][kind], rel=case["rel_tol"], abs=1e-9
        )
    # The rule chooses the moving average by itself: the passengers grow by 13 % a year.
    found = coefficients(MonthSeries(1949 * 12, values))
    assert (found.method, found.over) == ("trend", "mean")
    matches(list(found.values), case["expected"]["multiplicative"], case)


def test_the_smoking_ban(reference_case: Any, matches: Any, sicily: dict[str, np.ndarray]) -> None:
    case = reference_case("its_sicily")
    expected = case["expected"]
    time, after = sicily["time"], sicily["smokban"]
    plain = np.column_stack([np.ones(len(time)), after, time])
    fit = interrupted.poisson(plain, sicily["aces"], np.log(sicily["stdpop"]))
    weights = np.array([0.0, 1.0, 0.0])
    found = interrupted.effect_of(
        weights, fit, fit.covariance / fit.dispersion, is_log=True, alpha=0.05, df=None
    )
    matches(1.0 + found.estimate, expected["rr"], case)
    matches([1.0 + found.interval.low, 1.0 + found.interval.high], expected["ci"], case)

    turns = [2.0 * np.pi * time * (pair + 1) / 12.0 for pair in range(2)]
    waves = [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
    fit = interrupted.poisson(
        np.column_stack([plain, *waves]), sicily["aces"], np.log(sicily["stdpop"])
    )
    weights = np.eye(7)[1]
    found = interrupted.effect_of(weights, fit, fit.covariance, is_log=True, alpha=0.05, df=None)
    matches(fit.dispersion, expected["dispersion"], case)
    matches(1.0 + found.estimate, expected["rr_seasonal"], case)
    ends = [1.0 + found.interval.low, 1.0 + found.interval.high]
    matches(ends, expected["ci_seasonal"], case)


def test_the_smoking_ban_as_the_product_asks(sicily: dict[str, np.ndarray]) -> None:
    """The same model by its own rule: near the published 0.885, and real."""
    first = int(np.flatnonzero(sicily["smokban"])[0])
    found = interrupted.segmented(
        sicily["aces"], first_after=first, year=12.0, family="poisson", has_slope=False, waves=2,
        exposure=sicily["stdpop"], alpha=0.05,
    )  # fmt: skip
    assert 1.0 + found.effect.estimate == pytest.approx(0.885, abs=0.001)
    assert found.effect.p_value is not None
    assert found.effect.p_value < 0.01


def test_the_smoking_ban_in_the_terminal(
    data: Path, capsys: pytest.CaptureFixture[str], reference_case: Any
) -> None:
    """The published split, in which no whole year lies ahead of the months before."""
    file = data / "sicily_smoking_ban" / "sicily.csv"
    with pytest.raises(SystemExit) as end:
        main([
            "season", str(file), "--time", "year,month", "--value", "aces", "--exposure", "stdpop",
            "--before", "2002-01..2004-12", "--after", "2005-01..2006-11", "--json",
        ])  # fmt: skip
    assert not end.value.code
    told = json.loads(capsys.readouterr().out)
    case = reference_case("its_sicily")
    ratio = 1 + told["regression"]["effect"]["estimate"]
    assert ratio == pytest.approx(case["expected"]["rr_seasonal"], abs=0.001)
    assert {c["code"]: c["status"] for c in told["checks"]}["years_inside"] == "warn"
    assert [year["from"] for year in told["years"]] == ["2002-01", "2003-01", "2004-01"]


def test_years_of_monthly_files(data: Path, tmp_path: Path) -> None:
    """Decimal years, and months by their names: both files have whole years alone."""
    from hadi.domain.plan import Design, Plan
    from hadi.domain.season_plan import SeasonPlan
    from hadi.ingest.tables import TableSource

    for name, time, value, years in (
        ("AirPassengers.csv", "time", "value", 12),
        ("souvenirs.csv", "Month", "Sales", 7),
    ):
        stored = open_table(data / "seasonality" / name, name, folder=tmp_path)
        plan = Plan(design=Design.BEFORE_AFTER, season=SeasonPlan(time=time, value=value))
        found = season(TableSource(stored.path).series(plan)).found
        assert len(found.years.starts) == years
        assert (found.method, found.sum) == ("trend", pytest.approx(12.0))
    assert found.values[11] == pytest.approx(3.1, abs=0.1)  # souvenirs sell at Christmas


def _retail(data: Path) -> dict[str, SeriesTable]:
    rows: dict[str, list[Cell]] = defaultdict(list)
    with gzip.open(data / "seasonality" / "aus_retail.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["Series ID"]].append(Cell(row["Month"], float(row["Turnover"])))
    return {name: laid_out(cells, "Month") for name, cells in rows.items()}


def test_nothing_was_done_to_australian_retail(data: Path) -> None:
    """152 series, each asked three times, with five whole years and more behind it: a change is
    found no more often than chance may find one."""
    found, asked = 0, 0
    for table in _retail(data).values():
        values = table.values
        for end in (len(values), len(values) - 100, len(values) - 200):
            if end < 78 or not np.isfinite(values[end - 78 : end]).all():
                continue
            series = MonthSeries(table.start + end - 78, values[end - 78 : end])
            first = series.end - 6
            told = change(
                series, coefficients(series, until=first), before=(first, first + 2),
                after=(first + 3, first + 5), alpha=0.05,
            )  # fmt: skip
            interval = told.effect_interval
            if interval is not None and interval.low is not None and interval.high is not None:
                asked += 1
                found += not interval.low <= 0.0 <= interval.high
    assert asked > 400
    assert found / asked < 0.06


def test_the_sign_of_public_interventions(data: Path) -> None:
    """Where a regression beside other series sees nothing, one series alone should be as careful:
    90 days before, 18 after."""
    with (data / "causalimpact_examples" / "comparison_data.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = [read_when(row["DATE"]) for row in rows]
    start = read_when("2019-07-15")
    assert start is not None
    first = next(place for place, day in enumerate(days) if day and day >= start)
    values = np.array([float(row["CHANGED"]) for row in rows])
    found = interrupted.segmented(
        values, first_after=first, year=365.25, has_slope=False, alpha=0.05
    )
    assert found.effect.interval.low < -0.0083 < found.effect.interval.high
