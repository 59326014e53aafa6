"""The second axis of a verdict: does it pay back? The rule, on numbers that others have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hadi.domain.economics import Declaration
from hadi.domain.money import Money, refuse_to_add
from hadi.domain.scaling import Payback
from hadi.domain.text import Text
from hadi.domain.weekly_effect import WeeklyEffect
from hadi.stats.payback import (
    CustomerEconomics,
    Gain,
    StoreEconomics,
    Weeks,
    payback_weeks,
    store_economics,
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that is known of the payback, also where too little is known for a verdict:
    `missing` then says what. Gains are margin, in `currency`; `earned` in the test, `share` of its
    costs; `matures_on` the first day on which the declared horizon is over."""

    payback: Payback
    missing: tuple[Text, ...]
    currency: str | None
    costs: tuple[Money, ...]
    gain: Gain | None = None
    test_weeks: float | None = None
    earned: Gain | None = None
    share: Gain | None = None
    weeks: Weeks | None = None
    limit_weeks: float | None = None
    store: StoreEconomics | None = None
    customer: CustomerEconomics | None = None
    matures_on: date | None = None
    fades: bool = False  # a week brings less than one of the test did

    @property
    def cost(self) -> Money | None:
        """What it cost, where that is one sum."""
        return self.costs[0] if len(self.costs) == 1 else None


def assess(
    declared: Declaration,
    effect: WeeklyEffect,
    costs: Sequence[Money],
    *,
    test_weeks: float | None,
    matures_on: date | None,
    today: date,
) -> Assessment:
    """Judge. `costs` are the sums of what was spent, one a currency; none: nothing is entered."""
    missing = (*effect.missing, *_missing(declared, costs))
    worth = _worth(declared)
    gain = effect.gain.times(worth) if effect.gain is not None and worth is not None else None
    cost = _cost(declared, costs)
    weeks = payback_weeks(cost, gain) if gain is not None and cost is not None else None
    earned = _earned(effect, worth, test_weeks)
    customer = declared.customer
    is_open = matures_on is not None and today < matures_on
    return Assessment(
        payback=_judge(declared, missing, weeks, earned, cost, customer, is_open=is_open),
        missing=missing,
        currency=declared.currency,
        costs=tuple(costs),
        gain=gain,
        test_weeks=test_weeks,
        earned=earned,
        share=earned.times(1 / cost) if earned is not None and cost else None,
        weeks=weeks,
        limit_weeks=declared.payback_limit_weeks,
        store=_store(declared, gain, effect.stores),
        customer=customer,
        matures_on=matures_on,
        fades=gain is not None and effect.in_test is not None,
    )


def _judge(
    declared: Declaration,
    missing: Sequence[Text],
    weeks: Weeks | None,
    earned: Gain | None,
    cost: float | None,
    customer: CustomerEconomics | None,
    *,
    is_open: bool,
) -> Payback:
    limit = declared.payback_limit_weeks
    if missing or weeks is None or limit is None or cost is None:
        return Payback.NOT_ASSESSED
    # A first order at a loss is judged by the orders that follow, when they have had their time.
    if is_open and customer is not None and customer.first_order < 0:
        return Payback.TOO_EARLY
    if weeks.is_within(limit):
        has_earned = earned is not None and earned.estimate >= cost
        return Payback.PAID_BACK if has_earned else Payback.WILL_PAY_BACK
    if is_open:
        return Payback.TOO_EARLY
    if weeks.estimate is not None and weeks.estimate <= limit:
        return Payback.MAY_PAY_BACK
    return Payback.DOES_NOT_PAY_BACK


def _earned(effect: WeeklyEffect, worth: float | None, weeks: float | None) -> Gain | None:
    """What the test itself brought: of an effect that fades all of it, not what is left."""
    then = effect.in_test or effect.gain
    if then is None or worth is None or weeks is None:
        return None
    return then.times(worth * weeks)


def _worth(declared: Declaration) -> float | None:
    """The margin of one unit of the metric: its value times the margin; of a customer, what they
    bring within the horizon less what they cost."""
    customer = declared.customer
    if customer is not None:
        return customer.value_within - float(declared.acquisition_cost or 0)
    if declared.value_per_unit is None or declared.margin is None:
        return None
    return float(declared.value_per_unit) * declared.margin


def _cost(declared: Declaration, costs: Sequence[Money]) -> float | None:
    if len(costs) != 1 or declared.currency not in (None, costs[0].currency):
        return None
    return float(costs[0].amount)


def _missing(declared: Declaration, costs: Sequence[Money]) -> tuple[Text, ...]:
    found: list[Text] = []
    if declared.is_of_customers:
        if declared.customer is None:
            found.append(Text("payback_needs_customer"))
        if declared.horizon_weeks is None:
            found.append(Text("payback_needs_horizon"))
    else:
        if declared.value_per_unit is None:
            found.append(Text("payback_needs_value"))
        if declared.margin is None:
            found.append(Text("payback_needs_margin"))
    if declared.payback_limit_weeks is None:
        found.append(Text("payback_needs_limit"))
    if not costs:
        found.append(Text("payback_needs_costs"))
    elif len(costs) > 1:
        found.append(refuse_to_add(costs))
    elif declared.currency not in (None, costs[0].currency):
        found.append(
            Text(
                "payback_two_currencies", costs=costs[0].currency, declared=declared.currency or ""
            )
        )
    return tuple(found)


def _store(declared: Declaration, gain: Gain | None, stores: int | None) -> StoreEconomics | None:
    """A store of the roll-out; None until what a store costs is declared."""
    if gain is None or declared.one_off_per_store is None:
        return None
    return store_economics(
        gain.times(1 / (stores or 1)),
        one_off=float(declared.one_off_per_store),
        running=float(declared.running_per_week or 0),
    )
