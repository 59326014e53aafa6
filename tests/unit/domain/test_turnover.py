"""Revenue as a product of levers: its factors, and what a change of it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.domain.levers import Lever
from hadi.domain.turnover import NotComparable, Turnover, change, leads_per_week, shapley

JANUARY = Turnover(
    leads=400, stages=(("Offer sent", 200),), clients=100, purchases=120, revenue=Decimal("240000")
)
FEBRUARY = Turnover(
    leads=500, stages=(("Offer sent", 250),), clients=150, purchases=165, revenue=Decimal("346500")
)


def test_the_levers_come_in_the_order_of_tuning() -> None:
    assert [lever.order for lever in Lever] == ["1", "2", "3a", "3b"]
    assert [lever.step for lever in Lever] == [1, 2, 3, 3]


def test_revenue_is_the_product_of_its_levers() -> None:
    assert JANUARY.conversion == Fraction(1, 4)
    assert JANUARY.check == 2000
    assert JANUARY.frequency == Fraction(6, 5)
    steps = [step for _, step in JANUARY.steps]
    assert steps == [Fraction(1, 2), Fraction(1, 2)]
    product = JANUARY.leads * prod(steps) * JANUARY.check * JANUARY.frequency
    assert product == JANUARY.revenue


def test_the_parts_of_a_change_add_up_to_it() -> None:
    found = change(JANUARY, FEBRUARY)
    assert found.total == Decimal("106500")
    assert sum(part.amount for part in found.parts) == found.total
    by_lever = found.by_lever
    assert sum(by_lever.values()) == found.total
    assert by_lever[Lever.INFLOW] > 0
    assert by_lever[Lever.FREQUENCY] < 0  # 1.2 purchases a client became 1.1
    first, second = [part for part in found.parts if part.lever is Lever.CONVERSION]
    assert (first.name, first.amount) == ("Offer sent", Decimal("0.00"))
    assert second.amount == by_lever[Lever.CONVERSION]


def test_a_single_lever_that_moved_brought_everything() -> None:
    more = Turnover(500, clients=125, purchases=150, revenue=Decimal("300000"))
    found = change(Turnover(400, clients=100, purchases=120, revenue=Decimal("240000")), more)
    assert found.by_lever == {
        Lever.INFLOW: Decimal("60000.00"), Lever.CONVERSION: 0, Lever.CHECK: 0, Lever.FREQUENCY: 0,
    }  # fmt: skip


def test_two_levers_that_doubled_share_alike() -> None:
    # 10 × 2 became 20 × 4: each brings the mean of 20 (first) and 40 (last).
    assert shapley([Fraction(10), Fraction(2)], [Fraction(20), Fraction(4)]) == [30, 30]


def by_all_orders(before: list[Fraction], after: list[Fraction]) -> list[Fraction]:
    """The same by its definition."""
    brought = [Fraction(0)] * len(before)
    orders = list(permutations(range(len(before))))
    for order in orders:
        now = list(before)
        for place in order:
            was = prod(now)
            now[place] = after[place]
            brought[place] += prod(now) - was
    return [each / len(orders) for each in brought]


numbers = st.fractions(min_value=0, max_value=50, max_denominator=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_parts_are_the_mean_over_all_orders(pairs: list[tuple[Fraction, Fraction]]) -> None:
    before, after = [old for old, _ in pairs], [new for _, new in pairs]
    assert shapley(before, after) == by_all_orders(before, after)


counts = st.integers(min_value=1, max_value=10_000)
turnovers = st.builds(
    Turnover, counts, counts, counts, st.decimals(min_value=0, max_value=10**9, places=2)
)


@settings(max_examples=60, deadline=None)
@given(turnovers, turnovers)
def test_whole_cents_add_up_whichever_they_are(before: Turnover, after: Turnover) -> None:
    found = change(before, after)
    assert sum(part.amount for part in found.parts) == after.revenue - before.revenue
    back = change(after, before)
    for there, here in zip(found.parts, back.parts, strict=True):
        assert abs(there.amount + here.amount) <= Decimal("0.01")


def test_other_stages_are_taken_together() -> None:
    other = Turnover(500, 150, 165, Decimal(346500), stages=(("Call", 300), ("Meeting", 200)))
    found = change(JANUARY, other)
    assert [part.lever for part in found.parts] == list(Lever)
    assert sum(part.amount for part in found.parts) == found.total


def test_nothing_after_nothing_has_no_conversion() -> None:
    with pytest.raises(NotComparable, match="nobody reached"):
        change(Turnover(0, 0, 0, Decimal(0)), FEBRUARY)


def test_a_period_without_sales_is_taken_apart() -> None:
    nothing = Turnover(400, clients=100, purchases=120, revenue=Decimal(0))
    found = change(nothing, Turnover(400, clients=100, purchases=120, revenue=Decimal(240000)))
    assert found.by_lever[Lever.CHECK] == Decimal("240000.00")


def test_more_behind_a_stage_than_before_it_is_said() -> None:
    odd = Turnover(100, 90, 95, Decimal(1), stages=(("Offer", 80),))
    (said,) = odd.oddities()
    assert "“clients” counts 90" in str(said)
    assert JANUARY.oddities() == ()


def test_the_inflow_of_a_week_does_not_depend_on_the_month() -> None:
    four_weeks = leads_per_week(JANUARY, date(2026, 2, 2), date(2026, 3, 1))
    assert four_weeks == 100
