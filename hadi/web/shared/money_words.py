"""Money and paybacks as pages write them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from hadi.charts.payback import PaybackCurve, payback_curve
from hadi.domain.economics import NAMES, Declaration
from hadi.domain.money import Money, amount_figure
from hadi.domain.payback import Assessment
from hadi.domain.payback_sentence import figure_of
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats.payback import Case, Gain
from hadi.web.shared.language import figure, say

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store of the roll-out, one way the effect may turn out; `is_loss`: it never pays back."""

    label: str
    net: str
    weeks: str
    is_loss: bool


@dataclass(frozen=True, slots=True)
class StoreTable:
    """What a store costs and brings; `effect` is the margin it gains a week."""

    one_off: str
    running: str
    rows: tuple[StoreRow, ...]


def money_words(money: Money) -> str:
    return figure(money.figure)


def amount_words(amount: Decimal | float, currency: str | None, *, is_signed: bool = False) -> str:
    return figure(amount_figure(amount, currency or "", is_signed=is_signed))


def gain_words(gain: Gain, currency: str | None) -> str:
    """An amount with the ends of its interval."""
    ends = [
        _("open") if end is None else amount_words(end, currency) for end in (gain.low, gain.high)
    ]
    middle = amount_words(gain.estimate, currency)
    return str(_("%(middle)s (%(low)s to %(high)s)", middle=middle, low=ends[0], high=ends[1]))


def sums_words(sums: tuple[Money, ...]) -> str:
    """Sums of several currencies side by side: nothing is converted."""
    return " + ".join(money_words(money) for money in sums)


def worth_rows(declared: Declaration) -> Pairs:
    """What is declared of money, part by part."""
    return tuple(
        (part_word(name), _worth(name, value, declared.currency))
        for name in NAMES
        if name != "currency" and (value := getattr(declared, name)) is not None
    )


def part_word(name: str) -> str:
    """A part of a declaration, as a history and a sentence name it."""
    return say(Text(f"worth_{name}"))


def _worth(name: str, value: Decimal | float, currency: str | None) -> str:
    if isinstance(value, Decimal):
        return amount_words(value, currency)
    if name == "margin":
        return figure(Figure(FigureKind.SHARE, value))
    if name.endswith("_weeks"):
        return say(figure_of(value))
    return figure(Figure(FigureKind.COUNT if value == int(value) else FigureKind.NUMBER, value))


def store_table(
    found: Assessment, one_off: Decimal | None, running: Decimal | None
) -> StoreTable | None:
    """The three ways in which a store may turn out; None until what it costs is declared."""
    if found.store is None or one_off is None:
        return None
    currency = found.currency
    return StoreTable(
        one_off=amount_words(one_off, currency),
        running=amount_words(running or Decimal(0), currency),
        rows=(
            _row(_("By the estimate"), found.store.estimate, currency),
            _row(_("At the lower end of the effect"), found.store.low, currency),
            _row(_("At half the effect"), found.store.half, currency),
        ),
    )


def _row(label: str, case: Case, currency: str | None) -> StoreRow:
    net = _("open") if case.net is None else amount_words(case.net, currency, is_signed=True)
    return StoreRow(str(label), str(net), say(figure_of(case.weeks)), case.weeks is None)


def curve_of(found: Assessment) -> PaybackCurve | None:
    """The picture of a payback; None while there is nothing to draw."""
    gain, cost = found.gain, found.cost
    if gain is None or cost is None or found.weeks is None or not cost.amount:
        return None
    if gain.low is None or gain.high is None:
        return None
    return payback_curve(
        one_off=float(cost.amount),
        per_week=(gain.estimate, gain.low, gain.high),
        limit_weeks=found.limit_weeks,
        currency=cost.currency,
    )
