"""The order of tuning: inflow, then conversion, then check and frequency."""

from __future__ import annotations

from fractions import Fraction

from hadi.domain.levers import Lever
from hadi.domain.text import Text
from hadi.domain.tuning import early_text, next_lever, standings, tuned_early

TARGETS = {
    Lever.INFLOW: Fraction(100), Lever.CONVERSION: Fraction(1, 4), Lever.CHECK: Fraction(2000),
    Lever.FREQUENCY: Fraction(2),
}  # fmt: skip


def test_the_check_is_tuned_too_early_while_the_inflow_is_at_60_percent() -> None:
    found = standings({Lever.INFLOW: Fraction(60), Lever.CONVERSION: Fraction(1, 4)}, TARGETS)
    short = tuned_early(Lever.CHECK, found)
    assert [each.lever for each in short] == [Lever.INFLOW]
    assert short[0].share == Fraction(3, 5)
    said = str(early_text(Lever.CHECK, short, "Store 7"))
    assert "3a “Average check” is tuned while 1 “Inflow of leads” stands at 60.0%" in said
    assert "in Store 7" in said


def test_the_first_two_are_never_too_early() -> None:
    found = standings({Lever.INFLOW: Fraction(60)}, TARGETS)
    assert tuned_early(Lever.INFLOW, found) == ()
    assert tuned_early(Lever.CONVERSION, found) == ()


def test_what_is_not_known_holds_nobody_up() -> None:
    found = standings({}, {})
    assert all(each.is_open for each in found)
    assert tuned_early(Lever.FREQUENCY, found) == ()
    assert next_lever(found) is None


def test_two_that_fall_short_are_counted() -> None:
    now = {Lever.INFLOW: Fraction(60), Lever.CONVERSION: Fraction(1, 5)}
    short = tuned_early(Lever.FREQUENCY, standings(now, TARGETS))
    assert len(short) == 2
    assert "two levers" in str(early_text(Lever.FREQUENCY, short, Text("turnover_clients")))


def test_the_next_is_the_first_below_its_target() -> None:
    now = {Lever.INFLOW: Fraction(100), Lever.CONVERSION: Fraction(1, 5), Lever.CHECK: Fraction(1)}
    found = next_lever(standings(now, TARGETS))
    assert found is not None and found.lever is Lever.CONVERSION


def test_of_the_last_step_the_one_that_falls_shorter_is_next() -> None:
    now = {
        Lever.INFLOW: Fraction(100), Lever.CONVERSION: Fraction(1, 4), Lever.CHECK: Fraction(1900),
        Lever.FREQUENCY: Fraction(1),
    }  # fmt: skip
    found = next_lever(standings(now, TARGETS))
    assert found is not None and found.lever is Lever.FREQUENCY


def test_a_lever_that_reads_like_its_target_reaches_it() -> None:
    """29.96 % is written 30.0 %, as its target is; 29.9 % is not."""
    targets = {Lever.CONVERSION: Fraction(3, 10), Lever.CHECK: Fraction(2000)}
    found = standings({Lever.CONVERSION: Fraction(2996, 10_000)}, targets)
    assert found[1].share == 1 and next_lever(found) is None
    assert tuned_early(Lever.CHECK, found) == ()
    found = standings({Lever.CONVERSION: Fraction(299, 1_000)}, targets)
    assert found[1].is_below
    found = standings({Lever.CHECK: Fraction(199_987, 100)}, targets)
    assert found[2].share == 1, "it is written as 100.0 % of its target"
    found = standings({Lever.CHECK: Fraction(1_998)}, targets)
    assert found[2].is_below
