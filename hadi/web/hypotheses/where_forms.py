"""The form that says where a hypothesis runs and what it moves."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from hadi.domain.levers import Lever
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Hypothesis, Unit
from hadi.services import hypothesis_where, units
from hadi.services.hypothesis_where import TECHNOLOGY_LENGTH
from hadi.services.unit_reading import names_in
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say

MOST_TICKED = 200  # units that are listed to be ticked; more are pasted


class WhereForm(Form):
    """Units by ticking them or by pasting their codes; lever, technology, and why out of order."""

    units = SelectMultipleField(
        _l("Stores and teams"), validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    pasted = TextAreaField(_l("Or paste their codes or names"), render_kw={"rows": 2})
    lever = SelectField(_l("What it moves"), validate_choice=False)
    technology = StringField(
        _l("Technology"), render_kw={"maxlength": TECHNOLOGY_LENGTH, "list": "technologies"}
    )
    order_reason = TextAreaField(
        _l("Why now, out of order"), render_kw={"maxlength": LIMIT, "rows": 2}
    )

    shown: tuple[Unit, ...] = ()
    hidden: int = 0

    def offer(self, hypothesis: Hypothesis) -> None:
        """The units that are named already, the other open ones, and the levers in their
        order."""
        found = units.where_it_runs(hypothesis)  # first, or nobody sees what is ticked
        ids = {unit.id for unit in found}
        others = [unit for unit in units.everyone() if unit.id not in ids]
        self.shown = (*found, *others[:MOST_TICKED])
        self.hidden = max(0, len(others) - MOST_TICKED)
        self.units.choices = choices((unit.id, unit.name) for unit in self.shown)
        levers = [
            (lever.value, f"{lever.order}. {say(Text(f'lever_{lever.value}'))}") for lever in Lever
        ]
        self.lever.choices = choices([("", _("Not said")), *levers])

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it; what was pasted and means no unit is left as it
        is, so that it can be named."""
        pasted = names_in(str(self.pasted.data or ""))
        known = units.known_as(pasted)
        meant = [known[each].id if each in known else each for each in pasted]
        return {
            "units": [*(self.units.data or ()), *meant],
            "lever": self.lever.data,
            "technology": self.technology.data,
            "order_reason": self.order_reason.data,
        }


def where_values(hypothesis: Hypothesis) -> dict[str, Any]:
    """What the form is opened with."""
    stored = units.setting(hypothesis)
    return {
        "units": [unit.id for unit in units.where_it_runs(hypothesis)],
        "lever": stored.lever.value if stored and stored.lever else "",
        "technology": stored.technology if stored else "",
        "order_reason": stored.order_reason if stored else "",
        "version": str(hypothesis_where.version_of(hypothesis)),
    }
