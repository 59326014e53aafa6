"""The fields that say what an effect is worth: in the form of a plan, and on the page beside the
costs. A field has the name of its part of a declaration, in a plan with a prefix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import Length

from hadi.domain.economics import AMOUNTS, CUSTOMER, NAMES, Declaration
from hadi.web.shared.forms import Form
from hadi.web.shared.language import speaker
from hadi.web.shared.typed_numbers import NumberField, hundredfold, written_number

PREFIX = "money_"  # in the form of a plan
_FRACTIONS = ("margin",)  # typed in percent


class MoneyFields:
    """What the effect is worth, mixed into the form of a plan."""

    money_currency = StringField(_l("Currency"), validators=[Length(max=3)])
    money_value_per_unit = NumberField(_l("What is one unit of the metric worth?"), is_amount=True)
    money_margin = NumberField(_l("Gross margin"))
    money_units_per_week = NumberField(
        _l("Units that the change reaches in a week"), is_amount=True
    )
    money_stores = NumberField(_l("Stores they come from"), is_whole=True)
    money_payback_limit_weeks = NumberField(_l("It has to pay back within"), is_amount=True)
    money_horizon_weeks = NumberField(_l("Judged after a horizon of"), is_amount=True)
    money_one_off_per_store = NumberField(_l("A store of the roll-out costs once"), is_amount=True)
    money_running_per_week = NumberField(_l("and every week"), is_amount=True)
    money_basket = NumberField(_l("Average basket"), is_amount=True)
    money_purchases_per_year = NumberField(_l("Purchases in a year"), is_amount=True)
    money_years = NumberField(_l("Years a customer stays"), is_amount=True)
    money_acquisition_cost = NumberField(_l("Winning a customer costs"), is_amount=True)


def money_places(form: Form) -> dict[str, Field]:
    """Which field each part of a plan's money came from."""
    return {f"money.{name}": form[PREFIX + name] for name in NAMES}


def says_money(form: Form, prefix: str = PREFIX) -> bool:
    """Whether anything but a currency is written, or wrong: the fold stands open then."""
    fields = (form[prefix + name] for name in NAMES if name != "currency")
    return any(field.data or field.errors for field in fields)


def says_customer(form: Form, prefix: str = PREFIX) -> bool:
    """Whether something of a lifetime value is."""
    return any(form[prefix + name].data or form[prefix + name].errors for name in CUSTOMER)


def typed_worth(form: Form, prefix: str = PREFIX) -> dict[str, Any]:
    """A declaration's JSON as typed; of parts that are left empty, nothing."""
    told = {name: _typed(form[prefix + name], name) for name in NAMES}
    return {name: value for name, value in told.items() if value is not None}


def _typed(field: Field, name: str) -> Any:
    if not isinstance(field, NumberField):
        return (field.data or "").strip() or None
    if name in AMOUNTS:  # exact
        return None if field.number is None else str(field.number)
    return field.fraction if name in _FRACTIONS else field.value


def worth_values(
    declared: Declaration | None, *, currency: str, prefix: str = PREFIX
) -> Mapping[str, str]:
    """What the fields are opened with."""
    declared = declared or Declaration()
    found = {prefix + name: _written(declared, name) for name in NAMES}
    return found | {prefix + "currency": declared.currency or currency}


def _written(declared: Declaration, name: str) -> str:
    value, language = getattr(declared, name), speaker().language
    if value is None or isinstance(value, str):
        return value or ""
    if name in _FRACTIONS:
        return written_number(hundredfold(value), language=language)
    return written_number(float(value) if isinstance(value, int) else value, language=language)
