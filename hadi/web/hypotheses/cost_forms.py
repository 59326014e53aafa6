"""Forms about money: an entry of the ledger, a leader's decision, what the effect is worth."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from hadi.domain.costs import BudgetChoice, CostKind
from hadi.domain.economics import AMOUNTS, NAMES, Declaration
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Cost
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_numbers import NumberField, hundredfold, written_number

FRACTIONS = ("margin",)  # typed in percent
WHOLE = ("stores",)


class CostForm(Form):
    """An entry of the ledger."""

    amount = NumberField(_l("Amount"))
    currency = StringField(_l("Currency"), validators=[Length(max=3)])
    kind = SelectField(_l("What for"), validate_choice=False)
    spent_on = DateField(_l("Spent on"), validators=[Optional()])
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    def offer(self) -> None:
        """The kinds of costs."""
        kinds = [(kind.value, say(Text(f"cost_{kind.value}"))) for kind in CostKind]
        self.kind.choices = choices([("", _("Choose")), *kinds])

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        number = self.amount.number
        return {
            "amount": None if number is None else str(number),
            "currency": self.currency.data,
            "kind": self.kind.data,
            "spent_on": self.spent_on.data,
            "note": self.note.data,
        }


def cost_values(cost: Cost) -> dict[str, Any]:
    """What the form of an entry is opened with."""
    return {
        "amount": written_number(cost.amount, language=speaker().language),
        "currency": cost.currency,
        "kind": cost.kind.value,
        "spent_on": cost.spent_on,
        "note": cost.note,
        "version": str(cost.version),
    }


class BudgetForm(Form):
    """What happens with a test that costs more than it may."""

    choice = RadioField(_l("Does it go on?"), validate_choice=False)
    cap = NumberField(_l("The new cap"))
    reason = TextAreaField(_l("Why"), render_kw={"maxlength": LIMIT, "rows": 3})

    def offer(self) -> None:
        self.choice.choices = choices(
            (choice.value, say(Text(f"budget_{choice.value}"))) for choice in BudgetChoice
        )

    @property
    def chosen(self) -> BudgetChoice | None:
        return next((each for each in BudgetChoice if each.value == self.choice.data), None)


class WorthForm(Form):
    """What the plan leaves open of the effect's worth. The names are those of a declaration."""

    currency = StringField(_l("Currency"), validators=[Length(max=3)])
    value_per_unit = NumberField(_l("What is one unit of the metric worth?"))
    margin = NumberField(_l("Margin"))
    units_per_week = NumberField(_l("Units that the change reaches in a week"))
    stores = NumberField(_l("Stores they come from"), is_whole=True)
    payback_limit_weeks = NumberField(_l("It has to pay back within"))
    horizon_weeks = NumberField(_l("Judged after a horizon of"))
    one_off_per_store = NumberField(_l("A store of the roll-out costs once"))
    running_per_week = NumberField(_l("and every week"))
    basket = NumberField(_l("Average basket"))
    purchases_per_year = NumberField(_l("Purchases in a year"))
    years = NumberField(_l("Years a customer stays"))
    acquisition_cost = NumberField(_l("Winning a customer costs"))
    reason = TextAreaField(
        _l("Where do the numbers come from?"), render_kw={"maxlength": LIMIT, "rows": 2}
    )

    @property
    def has_customer(self) -> bool:
        """Whether something of a lifetime value is written, or wrong: its fold stands open then."""
        fields = (self.basket, self.purchases_per_year, self.years, self.acquisition_cost)
        return any(field.data or field.errors for field in fields)

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as a declaration takes it; nothing where only a currency stands."""
        return declared_of(self, {name: name for name in NAMES})


def declared_of(form: Form, fields: dict[str, str]) -> dict[str, Any]:
    """A declaration's JSON from the fields of a form, by its names."""
    told: dict[str, Any] = {}
    for name, field in fields.items():
        control = form[field]
        if not isinstance(control, NumberField):
            told[name] = (control.data or "").strip() or None
        elif name in AMOUNTS:
            told[name] = None if control.number is None else str(control.number)
        else:
            told[name] = control.fraction if name in FRACTIONS else control.value
    return {name: value for name, value in told.items() if value is not None}


def worth_values(declared: Declaration) -> dict[str, str]:
    """What the fields of a declaration are opened with."""
    language, found = speaker().language, {}
    for name in NAMES:
        value = getattr(declared, name)
        if name == "currency":
            found[name] = value or ""
        elif name in FRACTIONS:
            found[name] = written_number(hundredfold(value), language=language)
        else:
            number = float(value) if isinstance(value, int) else value
            found[name] = written_number(number, language=language)
    return found
