"""Shrinkage against reference cases and two classics."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from hadi.stats.shrinkage import fit, james_stein

pytestmark = pytest.mark.reference


@pytest.mark.parametrize("method", ["DL", "REML"])
def test_twelve_experiments(reference_case, matches, method):
    case = reference_case(f"eb_{method}")
    found = fit(case["input"]["est"], case["input"]["se"], method.lower())
    matches(found.tau2, case["expected"]["tau2"], case)
    matches(found.mu, case["expected"]["mu"], case)
    matches(list(found.shrunk), case["expected"]["shrunk"], case)
    if "posterior_se" in case["expected"]:
        matches(list(found.posterior_se), case["expected"]["posterior_se"], case)


def test_eighteen_players(reference_case, matches):
    case = reference_case("eb_efron_morris")
    bats = case["input"]["at_bats"]
    averages = [hits / bats for hits in case["input"]["hits"]]
    mean = sum(averages) / len(averages)
    found = james_stein(averages, mean * (1 - mean) / bats)
    matches(found.grand_mean, case["expected"]["grand_mean"], case)
    matches(found.factor, case["expected"]["shrink_factor"], case)
    matches(found.shrunk[0], case["expected"]["clemente"], case)
    matches(found.shrunk[-1], case["expected"]["last"], case)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_efron_morris_predict_the_season(reference_dir):
    """Catalogue A16: what is shrunk is 3.5 times nearer to the rest of the season."""
    rows = _rows(reference_dir / "data/efron_morris/EfronMorris.csv")
    first = [int(row["r"]) / 45 for row in rows]
    rest = [float(row["p"]) for row in rows]

    def angle(share: float) -> float:
        return math.sqrt(45) * math.asin(2 * share - 1)

    def misses(guesses: list[float], truths: list[float]) -> float:
        return sum((g - t) ** 2 for g, t in zip(guesses, truths, strict=True))

    angles = [angle(share) for share in first]
    truths = [angle(share) for share in rest]
    found = james_stein(angles, 1.0)
    assert found.factor == pytest.approx(0.209, abs=5e-4)
    assert misses(angles, truths) == pytest.approx(17.571, abs=5e-4)
    assert misses(list(found.shrunk), truths) == pytest.approx(4.999, abs=5e-4)
    mean = sum(first) / len(first)
    plain = james_stein(first, mean * (1 - mean) / 45)
    assert misses(first, rest) == pytest.approx(0.0753, abs=5e-5)
    assert misses(list(plain.shrunk), rest) == pytest.approx(0.0213, abs=5e-5)
    assert misses(first, rest) / misses(list(plain.shrunk), rest) == pytest.approx(3.53, abs=5e-3)


@pytest.mark.parametrize("method", ["dl", "reml"])
def test_eight_schools_cannot_be_told_apart(reference_dir, method):
    """Catalogue A16: 7.871 -/+ 4.166, tau2 0."""
    rows = _rows(reference_dir / "data/eight_schools/eight_schools.csv")
    found = fit([float(r["est"]) for r in rows], [float(r["se"]) for r in rows], method)
    assert found.mu == pytest.approx(7.871, abs=5e-4)
    assert found.mu_se == pytest.approx(4.166, abs=5e-4)
    assert found.tau2 == 0
    assert set(found.shrunk) == {found.mu}
    assert found.posterior_se == pytest.approx([found.mu_se] * 8)
