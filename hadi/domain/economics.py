"""What an effect is worth: declared in the plan before the data, or estimated beside the costs.

All amounts of a declaration are of one currency. What the locked plan says holds; an estimate only
fills in what the plan left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.money import read_amount, written_currency
from hadi.domain.numbers import finite
from hadi.domain.text import Text
from hadi.stats.payback import CustomerEconomics, customer_economics

MOST_WEEKS = 1040  # twenty years: what lies beyond is no plan
AMOUNTS = (
    "value_per_unit", "one_off_per_store", "running_per_week", "basket", "acquisition_cost",
)  # fmt: skip
CUSTOMER = ("basket", "purchases_per_year", "years", "acquisition_cost")


@dataclass(frozen=True, slots=True)
class Declaration:
    """Any part may be missing. `value_per_unit` is what one unit of the metric is worth (1 where
    the metric is money), `margin` the fraction of it that stays; `units_per_week` are the units
    that the change reaches in a week, in `stores` stores. Of customers that a test wins, the
    lifetime value stands in place of a value: `basket`, `purchases_per_year`, `years` and
    `acquisition_cost`, judged once `horizon_weeks` are over. Of a roll-out, a store costs
    `one_off_per_store` and `running_per_week`."""

    currency: str | None = None
    value_per_unit: Decimal | None = None
    margin: float | None = None
    units_per_week: float | None = None
    stores: int | None = None
    payback_limit_weeks: float | None = None
    horizon_weeks: float | None = None
    one_off_per_store: Decimal | None = None
    running_per_week: Decimal | None = None
    basket: Decimal | None = None
    purchases_per_year: float | None = None
    years: float | None = None
    acquisition_cost: Decimal | None = None

    def __bool__(self) -> bool:
        return bool(self.as_json())

    @property
    def is_of_customers(self) -> bool:
        """Whether a lifetime value is spoken of."""
        return any(getattr(self, name) is not None for name in CUSTOMER)

    @property
    def customer(self) -> CustomerEconomics | None:
        """What a customer brings; None until everything about them is declared."""
        if None in (self.basket, self.margin, self.purchases_per_year, self.years):
            return None
        if self.acquisition_cost is None:
            return None
        return customer_economics(
            basket=float(self.basket or 0), margin=self.margin or 0.0,
            purchases_per_year=self.purchases_per_year or 0.0, years=self.years or 0.0,
            acquisition_cost=float(self.acquisition_cost), horizon_weeks=self.horizon_weeks,
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """What is declared, and nothing else: the digest of a plan must not change with what can
        be said of money. Amounts are decimal texts."""
        found = {name: getattr(self, name) for name in NAMES}
        told = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in found.items()
            if value is not None
        }
        return told if told.keys() - {"currency"} else {}

    def over(self, estimate: Declaration) -> Declaration:
        """This, with what it leaves open filled in from an estimate."""
        gaps = {name: getattr(estimate, name) for name in NAMES if getattr(self, name) is None}
        if self.value_per_unit is not None:
            gaps = {name: value for name, value in gaps.items() if name not in CUSTOMER}
        elif self.is_of_customers:
            gaps.pop("value_per_unit", None)
        return replace(self, **gaps)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], prefix: str = "") -> Declaration:
        """Read a declaration, complete or not. Raises Invalid with every unusable field."""
        reader = _Reader(data)
        declared = reader.read()
        if reader.wrong:
            wrong = {prefix + name: text for name, text in reader.wrong.items()}
            raise Invalid(Text("economics_invalid", n=len(wrong)), wrong)
        return declared


NAMES = tuple(part.name for part in fields(Declaration))


@dataclass(slots=True)
class _Reader:
    data: Mapping[str, Any]
    wrong: dict[str, Text] = field(default_factory=dict)

    def read(self) -> Declaration:
        for name in self.data:
            if name not in NAMES:
                self.wrong[name] = Text("field_unknown", field=name)
        declared = Declaration(
            currency=self._currency(),
            **{name: self._amount(name) for name in AMOUNTS},
            margin=self._margin(),
            units_per_week=self._above_zero("units_per_week"),
            stores=self._stores(),
            payback_limit_weeks=self._weeks("payback_limit_weeks"),
            horizon_weeks=self._weeks("horizon_weeks"),
            purchases_per_year=self._above_zero("purchases_per_year"),
            years=self._above_zero("years", most=MOST_WEEKS / 52),
        )
        if declared.value_per_unit is not None and declared.is_of_customers:
            self.wrong.setdefault("value_per_unit", Text("economics_value_or_customer"))
        has_amount = any(getattr(declared, name) is not None for name in AMOUNTS)
        if declared.currency is None and has_amount:
            self.wrong.setdefault("currency", Text("currency_unreadable"))
        return declared

    def _given(self, name: str) -> bool:
        return self.data.get(name) not in (None, "")

    def _currency(self) -> str | None:
        if not self._given("currency"):
            return None
        return written_currency(self.data["currency"], "currency", self.wrong)

    def _amount(self, name: str) -> Decimal | None:
        return read_amount(self.data[name], name, self.wrong) if self._given(name) else None

    def _above_zero(self, name: str, most: float | None = None) -> float | None:
        if not self._given(name):
            return None
        value = finite(self.data[name], name, self.wrong, low=0)
        if value == 0:
            self.wrong[name] = Text("field_not_positive", field=name)
        elif value is not None and most is not None and value > most:
            self.wrong[name] = Text("field_out_of_range", field=name)
        return value or None

    def _weeks(self, name: str) -> float | None:
        return self._above_zero(name, most=MOST_WEEKS)

    def _margin(self) -> float | None:
        """A fraction above 0 and at most 1: of a value that is margin already, 1."""
        value = self._above_zero("margin")
        if value is not None and value > 1:
            self.wrong["margin"] = Text("margin_range")
            return None
        return value

    def _stores(self) -> int | None:
        value = self._above_zero("stores")
        if value is not None and value != int(value):
            self.wrong["stores"] = Text("field_not_whole", field="stores")
            return None
        return int(value) if value else None
