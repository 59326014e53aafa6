"""A public experiment that gave each restaurant one of three promotions, for four weeks.

Public write-ups test its 548 weekly rows; the restaurants are what was drawn. The data stay where
HADI_REFERENCE_DIR says; the numbers are those of the catalogue beside them, whose test of the
restaurants is Welch's on their averages. Ours, CR2 with Satterthwaite's degrees of freedom, has
the same standard error (every restaurant has four weeks) and agrees to the third digit of p.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from hadi.analysis.run import analyse
from hadi.domain.plan import Design, Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest.files import open_table
from hadi.ingest.tables import TableSource
from hadi.stats import clusters
from hadi.stats.arrays import Clusters

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def promotions(reference_dir: Path) -> dict[str, Clusters]:
    """The restaurants of each promotion."""
    file = reference_dir / "data" / "fastfood_promo" / "WA_Marketing-Campaign.csv"
    weeks: dict[tuple[str, str], list[float]] = defaultdict(list)
    with file.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            weeks[row["Promotion"], row["LocationID"]].append(float(row["SalesInThousands"]))
    found = {}
    for promotion in sorted({promotion for promotion, _ in weeks}):
        shops = {shop: np.array(v) for (given, shop), v in weeks.items() if given == promotion}
        sizes = np.array([float(sales.size) for sales in shops.values()])
        found[promotion] = Clusters(
            names=tuple(shops),
            sizes=sizes,
            totals=np.array([sales.sum() for sales in shops.values()]),
            units=sizes,
            within=np.array([((sales - sales.mean()) ** 2).sum() for sales in shops.values()]),
        )
    return found


def test_promotions(promotions: dict[str, Clusters]) -> None:
    assert {name: arm.n for name, arm in promotions.items()} == {"1": 43, "2": 47, "3": 47}
    assert sum(arm.sizes.sum() for arm in promotions.values()) == 548
    means = {name: arm.value for name, arm in promotions.items()}
    assert means == pytest.approx({"1": 58.10, "2": 47.33, "3": 55.36}, abs=0.005)


@pytest.mark.parametrize(
    ("control", "treatment", "rows_p", "shops_p"),
    [("1", "2", 4.3e-10, 0.0013), ("1", "3", 0.121, 0.426), ("2", "3", 1.6e-6, 0.0136)],
)
def test_restaurants_and_not_their_weeks(
    promotions: dict[str, Clusters], control: str, treatment: str, rows_p: float, shops_p: float
) -> None:
    found = clusters.compare(promotions[control], promotions[treatment], alpha=0.05)
    assert found.method == "cluster_cr2_t"
    assert found.p_value == pytest.approx(shops_p, abs=5e-4 if shops_p > 0.1 else 1e-4)
    assert found.parameters["naive_p"] == pytest.approx(rows_p, rel=0.02)
    assert found.parameters["design_effect"] > 3.5  # four weeks say little more than one


def test_what_the_weeks_would_have_claimed(promotions: dict[str, Clusters]) -> None:
    """The rows call 2 against 3 near certain; the restaurants, at one in seventy."""
    found = clusters.naive(promotions["2"], promotions["3"], alpha=0.05)
    assert (found.n_control, found.n_treatment) == (188, 188)
    right = clusters.compare(promotions["2"], promotions["3"], alpha=0.05)
    assert found.estimate == pytest.approx(right.estimate, rel=1e-12)
    assert right.standard_error > 1.8 * found.standard_error


def test_from_the_file_to_the_verdict(reference_dir: Path, tmp_path: Path) -> None:
    file = reference_dir / "data" / "fastfood_promo" / "WA_Marketing-Campaign.csv"
    stored = open_table(file, file.name, folder=tmp_path)
    metrics = parse_metrics(["sales=mean(SalesInThousands)"])
    plan = Plan(
        variant="Promotion",
        control="2",
        metrics=metrics,
        design=Design.CLUSTER,
        cluster="LocationID",
    )
    answer = analyse(TableSource([stored.path]), plan).as_json()
    assert answer["evidence"] == "cluster_randomised"
    assert (answer["verdict"], answer["arm"]) == ("confirmed", "1")
    assert {arm["name"]: arm["units"] for arm in answer["arms"]} == {"1": 43, "2": 47, "3": 47}
    found = {comparison["arm"]: comparison for comparison in answer["comparisons"]}
    assert found["1"]["p_value"] == pytest.approx(0.0013, abs=1e-4)
    assert found["3"]["p_value"] == pytest.approx(0.0136, abs=1e-4)
    assert found["3"]["difference"]["estimate"] == pytest.approx(55.36 - 47.33, abs=0.01)
    assert found["3"]["parameters"]["naive_p"] == pytest.approx(1.6e-6, rel=0.02)
