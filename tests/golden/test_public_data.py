"""Public experiments, from the file to the verdict, against their published results.

The data stay where HADI_REFERENCE_DIR says. The numbers are those of the catalogue beside them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.analysis.run import analyse
from hadi.domain.plan import Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest.counts import CountsSource
from hadi.ingest.files import open_table
from hadi.ingest.tables import TableSource

pytestmark = pytest.mark.reference

Judge = Callable[..., dict[str, Any]]


@pytest.fixture
def judge(reference_dir: Path, tmp_path: Path) -> Judge:
    """The record of data files (one table) under metrics."""

    def run(
        names: str | list[str], variant: str, control: str, metrics: list[str], **more: Any
    ) -> dict[str, Any]:
        files = [reference_dir / "data" / n for n in ([names] if isinstance(names, str) else names)]
        stored = [open_table(file, file.name, folder=tmp_path) for file in files]
        plan = Plan(variant=variant, control=control, metrics=parse_metrics(metrics), **more)
        return analyse(TableSource([s.path for s in stored]), plan).as_json()

    return run


def comparison(answer: dict[str, Any], metric: str, arm: str | None = None) -> dict[str, Any]:
    return next(
        c
        for c in answer["comparisons"]
        if c["metric"] == metric and (arm is None or c["arm"] == arm)
    )


def status(answer: dict[str, Any], code: str) -> str:
    return str(next(c["status"] for c in answer["checks"] if c["code"] == code))


@pytest.mark.parametrize("unit", [None, "userid"])
def test_cookie_cats(judge: Judge, unit: str | None) -> None:
    metrics = ["d7=conversion(retention_7)", "d1=conversion(retention_1)", "r=mean(sum_gamerounds)"]
    split = {"gate_30": 0.5, "gate_40": 0.5}
    answer = judge(
        "cookie_cats/cookie_cats.csv", "version", "gate_30", metrics, unit=unit, split=split
    )
    seven, one = comparison(answer, "d7"), comparison(answer, "d1")
    assert seven["p_value"] == pytest.approx(0.001554, abs=5e-7)
    assert one["p_value"] == pytest.approx(0.07441, abs=5e-6)
    assert seven["difference"]["estimate"] == pytest.approx(-0.0082, abs=5e-5)
    assert seven["difference"]["low"] == pytest.approx(-0.0133, abs=5e-5)
    assert seven["difference"]["high"] == pytest.approx(-0.0031, abs=5e-5)
    assert answer["verdict"] == "harmful"
    ratio = next(c for c in answer["checks"] if c["code"] == "sample_ratio")
    assert ratio["p_value"] == pytest.approx(0.0086, abs=5e-5)
    assert ratio["status"] == "pass"
    assert status(answer, "mixed_units") == status(answer, "duplicates") == "pass"


def test_hillstrom_three_arms(judge: Judge) -> None:
    metrics = ["visit=conversion(visit)", "spend=mean(spend)", "bought=conversion(conversion)"]
    answer = judge("hillstrom_email/hillstrom_data.csv", "segment", "No E-Mail", metrics)
    assert {arm["name"]: arm["units"] for arm in answer["arms"]} == {
        "No E-Mail": 21306,
        "Mens E-Mail": 21307,
        "Womens E-Mail": 21387,
    }
    assert (answer["verdict"], answer["arm"]) == ("confirmed", "Mens E-Mail")
    mens, womens = (comparison(answer, "spend", f"{who} E-Mail") for who in ("Mens", "Womens"))
    assert mens["difference"]["estimate"] == pytest.approx(0.7698, abs=5e-5)
    assert mens["standard_error"] == pytest.approx(0.1452, abs=5e-5)
    assert mens["p_value"] == pytest.approx(1.2e-7, rel=0.05)
    assert womens["difference"]["estimate"] == pytest.approx(0.4244, abs=5e-5)
    assert womens["standard_error"] == pytest.approx(0.1303, abs=5e-5)
    assert womens["p_value"] == pytest.approx(0.0011, abs=5e-5)
    visit = comparison(answer, "visit", "Womens E-Mail")
    assert visit["control"]["value"] == pytest.approx(0.1062, abs=5e-5)
    assert visit["treatment"]["value"] == pytest.approx(0.1514, abs=5e-5)
    # two comparisons share alpha
    assert visit["alpha"] == pytest.approx(0.025)


def test_hillstrom_the_other_pair(judge: Judge) -> None:
    """Rows that are alike are different customers: none is dropped."""
    split = {"Womens E-Mail": 0.5, "Mens E-Mail": 0.5}
    file = "hillstrom_email/hillstrom_data.csv"
    answer = judge(file, "segment", "Womens E-Mail", ["s=mean(spend)"], split=split)
    spend = comparison(answer, "s")
    assert spend["difference"]["estimate"] == pytest.approx(0.3454, abs=5e-5)
    assert spend["p_value"] == pytest.approx(0.030, abs=5e-4)
    assert status(answer, "unknown_arms") == "fail"
    assert answer["verdict"] == "invalid"


def test_campaigns_in_two_files(judge: Judge) -> None:
    files = [f"facebook_campaign/{name}_group.csv" for name in ("control", "test")]
    metrics = [
        "bought=mean(# of Purchase)",
        "spend=mean(Spend [USD])",
        "cart=mean(# of Add to Cart)",
    ]
    answer = judge(files, "Campaign Name", "Control Campaign", metrics)
    bought = comparison(answer, "bought")
    assert bought["control"] == {"n": 29, "value": pytest.approx(522.8, abs=0.05)}
    assert bought["p_value"] == pytest.approx(0.976, abs=5e-4)
    assert comparison(answer, "spend")["p_value"] == pytest.approx(0.0043, abs=5e-5)
    assert comparison(answer, "cart")["p_value"] == pytest.approx(8.7e-5, abs=5e-7)


def test_a_workbook_with_a_sheet_an_arm(judge: Judge) -> None:
    metrics = ["purchase=mean(Purchase)", "earning=mean(Earning)"]
    answer = judge("bidding_ab_xlsx/ab_testing.xlsx", "sheet", "Control Group", metrics)
    purchase, earning = comparison(answer, "purchase"), comparison(answer, "earning")
    # the published .34933 pools the variances; ours, Welch's, agrees to three digits
    assert purchase["p_value"] == pytest.approx(0.3494214, abs=5e-8)
    assert purchase["p_value"] == pytest.approx(0.34933, abs=1e-4)
    assert purchase["control"]["value"] == pytest.approx(550.89, abs=0.005)
    assert purchase["treatment"]["value"] == pytest.approx(582.11, abs=0.005)
    assert earning["p_value"] == pytest.approx(3.5e-14, rel=0.02)
    assert answer["verdict"] == "not_enough_data"


@pytest.mark.parametrize(
    ("split", "verdict"),
    [({"psa": 0.04, "ad": 0.96}, "confirmed"), ({"psa": 1, "ad": 1}, "invalid")],
)
def test_typed_counts(reference_dir: Path, split: dict[str, float], verdict: str) -> None:
    file = reference_dir / "data" / "marketing_ab_counts" / "counts.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        counts = [
            {"arm": row["test_group"], "units": row["n"], "successes": row["converted"]}
            for row in csv.DictReader(stream)
        ]
    plan = Plan(control="psa", metrics=parse_metrics(["bought=conversion(x)"]), split=split)
    answer = analyse(CountsSource(counts), plan).as_json()
    bought = comparison(answer, "bought")
    assert bought["p_value"] == pytest.approx(1.70528e-13, rel=1e-5)
    assert bought["statistic"] == pytest.approx(7.37008, abs=5e-6)
    # the published interval [.60, .94] pp is Wald's; ours, Newcombe's, is within .02 pp of it
    assert bought["difference"]["estimate"] == pytest.approx(0.0077, abs=5e-5)
    assert bought["difference"]["low"] == pytest.approx(0.0060, abs=2e-4)
    assert bought["difference"]["high"] == pytest.approx(0.0094, abs=2e-4)
    assert answer["verdict"] == verdict
