"""What a test costs against what it may cost: the cap, the alert, the leader's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hadi.domain.money import Money

ALERT_FROM = Decimal("1.0")  # of the cap: the owner is told
DECIDE_FROM = Decimal("1.2")  # a leader decides


class CostKind(StrEnum):
    """What money was spent on."""

    WORK = "work"
    TRAINING = "training"
    GOODS = "goods"
    DISCOUNT = "discount"
    ADVERTISING = "advertising"
    EQUIPMENT = "equipment"
    OTHER = "other"


class BudgetLevel(StrEnum):
    """How a test stands to its cap."""

    WITHIN = "within"
    REACHED = "reached"  # 100 %: its owner is told
    OVER = "over"  # 120 %: a leader has to decide
    STOPPED = "stopped"  # a leader decided that nothing more is spent


class BudgetChoice(StrEnum):
    """What a leader decides of a test that costs more than it may."""

    CONTINUE = "continue"  # with a new cap
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A test's costs against its cap. `others` are in currencies the cap is not in: they are not
    added, and `share` is then at least what it says."""

    cap: Money | None
    spent: Money | None  # in the currency of the cap
    others: tuple[Money, ...]
    level: BudgetLevel

    @property
    def share(self) -> float | None:
        """Of the cap; None where there is no cap, or one of nothing."""
        if self.cap is None or self.spent is None or not self.cap.amount:
            return None
        return float(self.spent.amount / self.cap.amount)

    @property
    def needs_decision(self) -> bool:
        return self.level is BudgetLevel.OVER


def budgeted(cap: Money | None, spent: Sequence[Money], *, is_stopped: bool = False) -> Budgeted:
    """How the sums of `spent` (one a currency) stand to the cap."""
    if cap is None:
        level = BudgetLevel.STOPPED if is_stopped else BudgetLevel.WITHIN
        return Budgeted(None, None, tuple(spent), level)
    ours = next((m for m in spent if m.currency == cap.currency), Money(Decimal(0), cap.currency))
    others = tuple(m for m in spent if m.currency != cap.currency)
    level = BudgetLevel.STOPPED if is_stopped else level_of(cap.amount, ours.amount)
    return Budgeted(cap, ours, others, level)


def level_of(cap: Decimal, spent: Decimal) -> BudgetLevel:
    """The level that so much of a cap is. Of a cap of nothing, anything is too much."""
    if not spent:
        return BudgetLevel.WITHIN
    if spent >= cap * DECIDE_FROM:
        return BudgetLevel.OVER
    return BudgetLevel.REACHED if spent >= cap * ALERT_FROM else BudgetLevel.WITHIN
