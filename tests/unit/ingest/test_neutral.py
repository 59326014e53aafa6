"""Cells that a spreadsheet would run."""

from __future__ import annotations

import pytest

from hadi.ingest.neutral import neutralise


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "-",
        "=1",
        "＝1",
        "\n=1",
    ],
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1,5", "1e5", "-1e-5", "", "a=b", "x", "-5%"])
def test_numbers_and_words_stay(cell: str) -> None:
    assert neutralise(cell) == cell


def test_other_values_stay() -> None:
    assert neutralise(-5) == -5
    assert neutralise(None) is None
