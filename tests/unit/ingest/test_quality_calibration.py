"""How often the quality report is wrong about data that nothing is wrong with.

Each test of the report on clean data of shapes that shops have, at a size that takes a second; the
rates that docs/explanation/data-quality.md states are of the same simulations with more rounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.random import Generator

from hadi.domain.quality import Level
from hadi.domain.reconciliation import Counts, Reconciled, Rules
from hadi.ingest.quality.panels import Cell, _gaps, shifted
from hadi.ingest.quality.profile import BASES, Heap, Numbers
from hadi.ingest.quality.values import LARGEST, heaped
from hadi.services.quality import GROSS
from hadi.stats import proportions
from hadi.stats.samples import Conversion

ROUNDS = 300
SHAPES: dict[str, Callable[[Generator, int], np.ndarray]] = {
    "receipts": lambda r, n: np.round(r.lognormal(6, 0.8, n)),
    "money with cents": lambda r, n: np.round(r.lognormal(4, 1.0, n), 2),
    "prices in tens": lambda r, n: np.round(r.lognormal(6, 0.8, n), -1),
    "sums of a day": lambda r, n: np.round(r.normal(48_000, 9_000, n)),
    "waiting times": lambda r, n: np.round(r.exponential(600, n)),
    "counts": lambda r, n: r.poisson(140, n).astype(float),
    "spread evenly": lambda r, n: np.floor(r.uniform(0, 5_000, n)),
}


def numbers(values: np.ndarray) -> Numbers:
    size = np.abs(values)
    heaps = tuple(
        Heap(
            base,
            int((size >= 10 * base).sum()),
            int(((size >= 10 * base) & (values % (base // 10) == 0)).sum()),
            int(((size >= 10 * base) & (values % base == 0)).sum()),
        )
        for base in BASES
    )
    return Numbers(
        len(values), float(values.min()), float(values.max()), float(values.std(ddof=1)), 0,
        float(size.sum()), float(size.max()), 0, 0, heaps,
    )  # fmt: skip


def is_heaped(values: np.ndarray) -> bool:
    found = numbers(values)
    return any(heaped(found, heap) is not None for heap in found.heaps)


def has_outlier(values: np.ndarray) -> bool:
    size = np.abs(values)
    return bool(size.max() / size.sum() > max(LARGEST, 10 / len(values)))


def rate(rounds: Iterator[bool]) -> float:
    found = list(rounds)
    return sum(found) / len(found)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [200, 2000])
def test_counted_values_are_not_called_rounded(shape: str, n: int) -> None:
    random = np.random.default_rng(7)
    assert rate(is_heaped(SHAPES[shape](random, n)) for _ in range(ROUNDS)) <= 0.01


def test_values_that_every_third_person_rounds_are() -> None:
    random = np.random.default_rng(7)

    def rounded() -> np.ndarray:
        values = np.round(random.lognormal(6, 0.8, 400))
        return np.where(random.random(400) < 0.33, np.round(values, -2), values)

    assert rate(is_heaped(rounded()) for _ in range(ROUNDS)) >= 0.9


@pytest.mark.parametrize("shape", SHAPES)
def test_skewed_money_has_few_false_outliers(shape: str) -> None:
    random = np.random.default_rng(8)
    assert rate(has_outlier(SHAPES[shape](random, 1000)) for _ in range(ROUNDS)) <= 0.01


def logs(values: np.ndarray) -> tuple[int, float, float]:
    found = np.log10(values[values > 0])
    return len(found), float(found.mean()), float(((found - found.mean()) ** 2).sum())


# Two are compared only where they are files; `spread`: of the stores, in natural logarithms.
@pytest.mark.parametrize(("groups", "spread"), [(2, 0.3), (5, 0.3), (5, 1.2), (40, 1.2)])
def test_stores_of_different_size_speak_the_same_unit(groups: int, spread: float) -> None:
    """With the larger spread one store in forty sells ten times as much as the usual one."""
    random = np.random.default_rng(9)

    def mistaken() -> bool:
        stores = {
            str(i): logs(random.lognormal(6 + random.normal(0, spread), 1.0, 30))
            for i in range(groups)
        }
        return any(True for _ in shifted(stores))

    assert rate(mistaken() for _ in range(ROUNDS)) <= 0.01


@pytest.mark.parametrize("times", [100, 1000, 0.001])
def test_a_store_in_thousands_is_seen(times: float) -> None:
    random = np.random.default_rng(9)

    def seen() -> bool:
        stores = {
            str(i): logs(random.lognormal(6 + random.normal(0, 0.3), 0.8, 30)) for i in range(12)
        }
        stores["off"] = logs(times * random.lognormal(6, 0.8, 30))
        return [name for name, _n, _p in shifted(stores)] == ["off"]

    assert rate(seen() for _ in range(ROUNDS)) >= 0.95


@pytest.mark.parametrize("a_week", [1.0, 6.0, 15.0])
def test_quiet_weeks_are_not_called_missing(a_week: float) -> None:
    random = np.random.default_rng(10)
    weeks = [date(2026, 3, 2) + timedelta(weeks=i) for i in range(12)]

    def mistaken() -> bool:
        rows = random.poisson(a_week, (15, 12))
        cells = [
            Cell(0, f"s{s}", week, int(rows[s, w]), ())
            for s in range(15)
            for w, week in enumerate(weeks)
            if rows[s, w]
        ]
        return any(finding.level is not Level.GREEN for finding in _gaps(cells, "store"))

    assert rate(mistaken() for _ in range(ROUNDS)) <= 0.01


@pytest.mark.parametrize("missing", [0.02, 0.3])
def test_values_that_are_missing_alike_are_never_red(missing: float) -> None:
    random = np.random.default_rng(11)

    def red() -> bool:
        arms = [Conversion(150, int(random.binomial(150, missing))) for _ in "AB"]
        arms.sort(key=lambda arm: arm.rate)
        if arms[0].successes + arms[1].successes == 0:
            return False
        low = proportions.compare(arms[0], arms[1], alpha=0.001).interval.low
        return low is not None and low > GROSS

    assert rate(red() for _ in range(ROUNDS)) == 0.0


def test_a_log_with_the_slips_of_every_day_is_not_red() -> None:
    """One entry in ten unsupported, one in four late, one add-on in four forgotten."""
    random = np.random.default_rng(12)

    def red() -> bool:
        bad, late, forgotten = random.binomial([60, 60, 70], [0.1, 0.25, 0.25])
        counts = Counts(
            entries=60, supported=60 - bad, unsupported=bad, real=70, unlogged=forgotten,
            timed=60, late=late, afterwards=late,
        )  # fmt: skip
        return Reconciled(counts, Rules()).level is Level.RED

    assert rate(red() for _ in range(ROUNDS)) == 0.0
    assert math.isclose(Rules().unsupported_red, 0.2)
