"""Forms about money: an entry of the ledger, a leader's decision, what the effect is worth."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from hadi.domain.costs import BudgetChoice, CostKind
from hadi.domain.economics import NAMES
from hadi.domain.errors import Invalid
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Cost
from hadi.web.hypotheses.worth_fields import PREFIX, MoneyFields
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_numbers import NumberField, written_number


class CostForm(Form):
    """An entry of the ledger."""

    amount = NumberField(_l("Amount"), is_amount=True)
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
    cap = NumberField(_l("The new cap"), is_amount=True)
    reason = TextAreaField(_l("Why"), render_kw={"maxlength": LIMIT, "rows": 3})

    def offer(self) -> None:
        self.choice.choices = choices(
            (choice.value, say(Text(f"budget_{choice.value}"))) for choice in BudgetChoice
        )

    @property
    def chosen(self) -> BudgetChoice | None:
        return next((each for each in BudgetChoice if each.value == self.choice.data), None)


class WorthForm(MoneyFields, Form):
    """What the plan leaves open of the effect's worth."""

    reason = TextAreaField(
        _l("Where do the numbers come from?"), render_kw={"maxlength": LIMIT, "rows": 2}
    )

    def put(self, refusal: Invalid) -> None:
        """What the rules refused, at its fields."""
        self.refuse(refusal, {name: PREFIX + name for name in NAMES})
