"""The Basque Country by the authors' own specification: a mix fitted to predictors, whose weights
are chosen by how well the mix then follows the outcome (Abadie & Gardeazabal 2003).

HADI's pilots have no predictors: their mixes follow the outcome itself, all of it. What is tested
here is that the exact solver under them, asked the nested question, gives the published answer
where general optimisers are known to stop elsewhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from hadi.stats.simplex import mix

pytestmark = pytest.mark.reference

Floats = NDArray[np.float64]
BASQUE, SPAIN = "Basque Country (Pais Vasco)", "Spain (Espana)"
SCHOOL = ("school.illit", "school.prim", "school.med", "school.high", "school.post.high")
SECTORS = (
    "sec.agriculture", "sec.energy", "sec.industry", "sec.construction", "sec.services.venta",
    "sec.services.nonventa",
)  # fmt: skip
FITTED = range(1960, 1970)  # the years by which predictors are weighted


class Basque:
    """The regions' predictors (the Basque Country first) and their outcome, as printed."""

    def __init__(self, file: Path) -> None:
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        self.cells = {(row["regionname"], int(float(row["year"]))): row for row in rows}
        names = dict.fromkeys(row["regionname"] for row in rows)
        self.donors = [name for name in names if name not in (BASQUE, SPAIN)]
        self.regions = [BASQUE, *self.donors]

    def mean(self, column: str, years: Iterable[int]) -> Floats:
        """Of every region; a year without a number does not count."""
        return np.array(
            [
                np.mean([float(cell) for y in years if (cell := self.cells[name, y][column])])
                for name in self.regions
            ]
        )

    def outcome(self, years: Iterable[int]) -> Floats:
        return np.array([self.mean("gdpcap", [year]) for year in years])

    def predictors(self) -> Floats:
        """In units of their standard deviation. Schooling is a percentage; its two highest levels
        are one."""
        school = np.array([self.mean(column, range(1964, 1970)) for column in SCHOOL])
        school = np.vstack([school[:3], school[3] + school[4]])
        rows = np.vstack(
            [
                100.0 * school / school.sum(axis=0),
                self.mean("invest", range(1964, 1970)),
                self.mean("gdpcap", FITTED),
                *(self.mean(sector, range(1961, 1970, 2)) for sector in SECTORS),
                self.mean("popdens", [1969]),
            ]
        )
        found: Floats = rows / rows.std(axis=1, ddof=1, keepdims=True)
        return found


def nested(predictors: Floats, outcome: Floats) -> tuple[Floats, float]:
    """The mix, and its mean squared error over the outcome: Nelder & Mead over the weights of the
    predictors, from equal ones, around the exact mix."""

    def shares(weights: Floats) -> Floats:
        root = np.sqrt(np.abs(weights) / np.abs(weights).sum())[:, np.newaxis]
        return mix((predictors * root)[:, 1:], (predictors * root)[:, 0])

    def error(weights: Floats) -> float:
        gap = outcome[:, 0] - outcome[:, 1:] @ shares(weights)
        return float(gap @ gap) / len(gap)

    start = np.full(len(predictors), 1.0 / len(predictors))
    options = {"maxiter": 6000, "maxfev": 9000, "xatol": 1e-10, "fatol": 1e-14}
    found = minimize(error, start, method="Nelder-Mead", options=options)
    return shares(found.x), float(found.fun)


@pytest.fixture(scope="module")
def basque(reference_dir: Path) -> Basque:
    return Basque(reference_dir / "data" / "basque" / "basque.csv")


def test_the_basque_country_with_predictors(basque: Basque, reference_case, matches) -> None:
    case = reference_case("sc_basque")
    expected = case["expected"]
    shares, error = nested(basque.predictors(), basque.outcome(FITTED))
    used = {name: float(w) for name, w in zip(basque.donors, shares, strict=True) if w > 1e-6}
    assert used.keys() == expected["weights"].keys()
    for name, share in expected["weights"].items():
        matches(used[name], share, case)
    matches(error, expected["loss_V"], case)
    for year in (1975, 1985, 1997):
        (values,) = basque.outcome([year])
        matches(values[0] - values[1:] @ shares, expected[f"gap_{year}"], case)


def test_a_mix_of_the_outcome_alone_follows_it_at_least_as_closely(basque: Basque) -> None:
    """What pilots take: no weighting of predictors can come nearer."""
    outcome = basque.outcome(FITTED)
    gap = outcome[:, 0] - outcome[:, 1:] @ mix(outcome[:, 1:], outcome[:, 0])
    _shares, error = nested(basque.predictors(), outcome)
    assert float(gap @ gap) / len(gap) < error
