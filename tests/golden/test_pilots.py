"""Pilots on published data: fifteen stores with and without an effect, reference cases, walmart.

The data stay where HADI_REFERENCE_DIR says.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from hadi.stats import pilot
from hadi.stats.panel import Panel, Scale, site_changes
from tests.factories.panels import long_panel, wide_panel

pytestmark = pytest.mark.reference


# --- Fifteen stores, 26 weeks before and 8 after


def test_one_pilot_in_a_season_that_grew_everywhere(reference_dir: Path) -> None:
    panel = wide_panel(reference_dir / "data" / "s01_A_no_effect.csv", "s07", start="1")
    found = pilot.store_test(panel, scale=Scale.LOG, alpha=0.05)
    assert (found.estimate, found.p_value) == pytest.approx((0.028, 0.49), abs=0.0015)
    assert (found.low, found.high) == pytest.approx((-0.055, 0.118), abs=0.0005)
    assert found.df == 13
    ranked = pilot.placebo(panel, scale=Scale.LOG)
    assert ranked.p_value == pytest.approx(9 / 15)
    assert ranked.smallest_attainable == pytest.approx(1 / 15)
    naive, controls = pilot.raw_changes(panel, scale=Scale.LOG)
    assert naive.estimate == pytest.approx(0.192, abs=0.0005)
    assert naive.p_value == pytest.approx(0.00004, abs=0.000005)
    assert controls.estimate == pytest.approx(0.161, abs=0.0005)


def test_two_pilots_with_an_effect(reference_dir: Path) -> None:
    file = reference_dir / "data" / "s01_B_two_pilots.csv"
    panel = wide_panel(file, "s07", "s12", start="1")
    found = pilot.store_test(panel, scale=Scale.LOG, alpha=0.05)
    assert found.estimate == pytest.approx(0.143, abs=0.0005)
    assert (found.low, found.high) == pytest.approx((0.067, 0.225), abs=0.0005)
    assert pilot.placebo(panel, scale=Scale.LOG).p_value == pytest.approx(1 / 105)
    one = wide_panel(file, "s07", start="1", without=("s12",))
    alone = pilot.store_test(one, scale=Scale.LOG, alpha=0.05)
    assert alone.estimate == pytest.approx(0.182, abs=0.0005)
    assert pilot.placebo(one, scale=Scale.LOG).p_value == pytest.approx(1 / 14)


# --- Reference cases


def test_permutation_of_eight_stores(reference_case, matches) -> None:
    case = reference_case("did_permutation")
    given = case["input"]
    cells = zip(given["store"], given["week"], given["y"], strict=True)
    treated = {str(s) for s, t in zip(given["store"], given["treated"], strict=True) if t}
    start = min(w for w, t in zip(given["week"], given["treated"], strict=True) if t)
    panel = long_panel(((str(s), str(w), y) for s, w, y in cells), *treated, start=str(start))
    matches(site_changes(panel, scale=Scale.LINEAR), case["expected"]["store_changes"], case)
    found = pilot.placebo(panel, scale=Scale.LINEAR)
    assert found.assignments == case["expected"]["n_perm"]
    matches(found.p_value, case["expected"]["p_abs"], case)
    twfe = reference_case("did_twfe_cluster")
    estimate = pilot.store_test(panel, scale=Scale.LINEAR, alpha=0.05).estimate
    matches(estimate, twfe["expected"]["est"], twfe)


@pytest.fixture(scope="module")
def prop99(reference_dir: Path) -> Panel:
    file = reference_dir / "data" / "prop99" / "synthdid_california_prop99.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    cells = ((row["State"], row["Year"], float(row["PacksPerCapita"])) for row in rows)
    return long_panel(cells, "California", start="1989")


def test_difference_in_differences_of_prop99(prop99, reference_case, matches) -> None:
    case = reference_case("did_prop99")
    found = pilot.store_test(prop99, scale=Scale.LINEAR, alpha=0.05)
    matches(found.estimate, case["expected"]["did"], case)


# --- 45 stores in which nothing was changed


def test_any_store_declared_a_pilot(reference_dir: Path) -> None:
    """Every store in turn, at six starts: both tests cry wolf about as often as they say."""
    file = reference_dir / "data" / "walmart_weekly" / "Walmart_Sales.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        rows = [{k.strip(): v.strip() for k, v in row.items()} for row in csv.DictReader(stream)]
    cells = [
        (row["Store"], "-".join(reversed(row["Date"].split("-"))), float(row["Weekly_Sales"]))
        for row in rows
    ]
    whole = long_panel(cells, start=min(time for _, time, _ in cells))
    assert whole.values.shape == (45, 143)
    by_t, by_placebo = [], []
    for start in range(26, 135, 18):
        window = slice(start - 26, start + 8)
        for row in range(45):
            panel = Panel(whole.sites, whole.times[window], whole.values[:, window], (row,), 26)
            found = pilot.store_test(panel, scale=Scale.LOG, alpha=0.05)
            by_t.append(found.p_value <= 0.05)
            by_placebo.append(pilot.placebo(panel, scale=Scale.LOG).p_value <= 0.05)
    # Of 45 placebos exactly two have p = 1/45 or 2/45; the t depends on how normal stores are.
    assert np.mean(by_placebo) == pytest.approx(2 / 45)
    assert 0.02 <= np.mean(by_t) <= 0.08
