"""Numbers as people type them, in the language they read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hadi.web.shared.typed_numbers import hundredfold, read_number, written_number


@pytest.mark.parametrize(
    ("typed", "english", "russian"),
    [
        ("2.5", "2.5", "2.5"),
        ("2,5", "2.5", "2.5"),
        ("25 %", "25", "25"),
        ("1 250,5", "1250.5", "1250.5"),
        ("1\u00a0250", "1250", "1250"),
        ("1,250.5", "1250.5", "1250.5"),
        ("1.250,5", "1250.5", "1250.5"),
        ("1,250", "1250", "1.250"),
        ("1,250,000", "1250000", "1250000"),
        ("\u22123", "-3", "-3"),
        (".5", "0.5", "0.5"),
    ],
)
def test_a_number_is_read_in_the_readers_way(typed: str, english: str, russian: str) -> None:
    assert read_number(typed, language="en") == Decimal(english)
    assert read_number(typed, language="ru") == Decimal(russian)


@pytest.mark.parametrize("typed", ["", "a", "1e5", "1,2,3", "5 or 6", "--1", "1" * 60, "∞", "%"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed, language="en") is None


def test_units_are_whole_and_may_be_grouped_by_either_sign() -> None:
    assert read_number("1.250", language="hu", is_whole=True) == 1250
    assert read_number("1,250", language="ru", is_whole=True) == 1250


def test_fractions_come_back_as_they_were_typed() -> None:
    for share in (0.07, 0.1, 0.29, 0.011, 1.0, 0.0):
        shown = written_number(hundredfold(share), language="ru")
        read = read_number(shown, language="ru")
        assert read is not None and float(read / 100) == share
    assert written_number(hundredfold(0.025), language="hu") == "2,5"
    assert written_number(1e-7, language="en") == "0.0000001"
    assert written_number(None, language="en") == ""
