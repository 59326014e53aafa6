"""Amounts of money: a decimal number with its currency, and the rule that only like is added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from hadi.domain.text import Figure, FigureKind, Text

CENT = Decimal("0.01")
MOST = Decimal("1e13")
NO_CURRENCY = "XXX"  # ISO 4217: whichever it is, it is one
_FOR_TESTS = "XTS"  # ISO 4217: no money at all


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in an ISO currency."""

    amount: Decimal
    currency: str

    def as_json(self) -> dict[str, str]:
        return {"amount": str(self.amount), "currency": self.currency}

    @property
    def figure(self) -> Figure:
        """As it is written in a sentence, to its last digit."""
        return amount_figure(self.amount, self.currency)


def amount_figure(amount: Decimal | float, currency: str, *, is_signed: bool = False) -> Figure:
    """An amount in a sentence: to its last digit where it was typed, in whole units where it was
    computed."""
    named = None if currency == NO_CURRENCY else currency
    if isinstance(amount, Decimal):
        return Figure(FigureKind.AMOUNT, str(amount), is_signed, named)
    return Figure(FigureKind.MONEY, amount, is_signed, named)


def read_amount(value: object, name: str, wrong: dict[str, Text]) -> Decimal | None:
    """An amount of zero or more, to the cent; what is none is noted in `wrong`, and so is a part
    of a cent that would become nothing."""
    try:
        amount = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or not 0 <= amount <= MOST:
        wrong[name] = Text("amount_unreadable")
        return None
    rounded = amount.quantize(CENT)
    if amount and not rounded:
        wrong[name] = Text("amount_unreadable")
        return None
    return rounded


def read_currency(
    value: object, name: str, wrong: dict[str, Text], *, takes_none: bool = False
) -> str | None:
    """The code of a currency that there is; what is none is noted in `wrong`. `takes_none`: also
    the code of amounts of which nobody said what they are in."""
    currency = written_currency(value, name, wrong)
    if takes_none and currency == NO_CURRENCY:
        return currency
    if currency is not None and not is_currency(currency):
        wrong[name] = unknown_currency(currency)
        return None
    return currency


def written_currency(value: object, name: str, wrong: dict[str, Text]) -> str | None:
    """Three letters, whether or not they are a currency: what is stored already is read by that."""
    currency = str(value or "").strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        wrong[name] = Text("currency_unreadable")
        return None
    return currency


def is_currency(code: str) -> bool:
    """Whether ISO 4217 has that code, or had it: what was spent long ago was spent in it."""
    return code in _codes()


def unknown_currency(code: str) -> Text:
    return Text("workspace.currency_unknown", currency=code[:20])


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies  # here: `hadi check` starts without it

    return frozenset(list_currencies()) - {NO_CURRENCY, _FOR_TESTS}


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """The sum of each currency, by the currency's letters. Nothing is converted."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))


def refuse_to_add(sums: Iterable[Money]) -> Text:
    """Why amounts of several currencies have no sum."""
    return Text("currencies_not_added", currencies=", ".join(money.currency for money in sums))
