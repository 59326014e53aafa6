"""Amounts of money as they stand in the cells of a list."""

from __future__ import annotations

import pytest

from hadi.analysis.lever_lists import amount_in


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("€ 1.250,50", "1250.50"),
        ("1 250 руб.", "1250"),
        ("100 EUR", "100"),
        ("-5", "-5"),
        ("1.2E+06", "1200000"),  # a spreadsheet whose column is narrow
        ("1,25e3", "1250"),
    ],
)
def test_an_amount_is_read_as_it_is_written(cell: str, amount: str) -> None:
    assert amount_in(cell) == amount


@pytest.mark.parametrize("cell", ["1e308", "(100)", "12%", "1x5"])
def test_what_is_no_amount_stays_to_be_refused(cell: str) -> None:
    assert amount_in(cell) == cell
