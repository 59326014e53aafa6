"""Published rules of a grocer's month: 9,835 baskets of 169 items (Hahsler, Hornik & Reutterer
2006, in the package arules)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from hadi.analysis.baskets import Basket, basket
from hadi.domain.baskets import read_spec
from hadi.ingest.bundles import open_tables

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def groceries(reference_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Basket:
    """A row for each item of each basket."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("basket", "item"))
    with (reference_dir / "data" / "groceries" / "groceries.csv").open(encoding="utf-8") as lines:
        for number, items in enumerate(csv.reader(lines)):
            writer.writerows((number, item.strip()) for item in items if item.strip())
    tables = open_tables(
        io.BytesIO(text.getvalue().encode()), "items.csv", folder=tmp_path_factory.mktemp("g")
    )
    spec = read_spec(
        {
            "columns": {"receipt": "basket", "item": "item"}, "core": ["other vegetables"],
            "periphery": ["whole milk"], "least": 69,
        },
        ["basket", "item"],
    )  # fmt: skip
    return basket([table.path for table in tables], spec)


def test_the_baskets_are_read_whole(groceries: Basket) -> None:
    seen = groceries.receipts.seen
    assert (seen.receipts, seen.rows) == (9_835, 43_367)
    assert groceries.receipts.whole.units / seen.receipts == pytest.approx(4.409, abs=5e-4)
    goods = {one.name: one.receipts for one in groceries.receipts.goods}
    assert len(goods) == 169 and goods["whole milk"] == 2_513


@pytest.mark.parametrize(
    ("a", "b", "support", "confidence", "lift"),
    [
        ("herbs", "root vegetables", 0.00702, 0.43125, 3.95648),
        ("other vegetables", "whole milk", 0.07483, 0.38676, 1.5136),
    ],
)
def test_the_published_rules(
    groceries: Basket, a: str, b: str, support: float, confidence: float, lift: float
) -> None:
    (found,) = [one.rule for one in groceries.rules if (one.a, one.b) == (a, b)]
    assert found.support == pytest.approx(support, abs=5e-6)
    assert found.confidence == pytest.approx(confidence, abs=5e-6)
    assert found.lift == pytest.approx(lift, abs=5e-5)


def test_core_and_periphery_is_the_same_rule(groceries: Basket) -> None:
    assert groceries.core is not None
    assert groceries.core.rule.lift == pytest.approx(1.5136, abs=5e-5)
