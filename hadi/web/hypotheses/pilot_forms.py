"""The forms of the page that asks whether a pilot can succeed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from hadi.models import PilotHistory
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.typed_numbers import NumberField

MOST_DRAWN = 1000


class HistoryForm(Form):
    """Past periods of all sites: a file, pasted cells, or an earlier data set."""

    file = FileField(_l("Past weeks of all sites"))
    pasted = TextAreaField(_l("Pasted cells"))
    dataset = SelectField(_l("An earlier data set"), validate_choice=False)

    def offer(self, datasets: Iterable[tuple[str, str]]) -> None:
        self.dataset.choices = choices([("", _("Choose")), *datasets])


class ColumnsForm(Form):
    """What the columns of the past periods are."""

    site = SelectField(_l("The site"), validate_choice=False)
    time = SelectField(_l("The period"), validate_choice=False)
    value = SelectField(_l("The value"), validate_choice=False)
    divisor = SelectField(_l("Divided by"), validate_choice=False)
    stratum = SelectField(_l("What sorts the sites"), validate_choice=False)
    is_wide = BooleanField(_l("Each site has a column of its own"))

    def offer(self, history: PilotHistory) -> None:
        named = [(name, name) for name in history.columns]
        for field in (self.site, self.time, self.value):
            field.choices = choices([("", _("Choose")), *named])
        self.stratum.choices = self.divisor.choices = choices([("", _("Nothing")), *named])


class DrawForm(Form):
    """How many pilots are drawn, and from which sites."""

    count = NumberField(_l("How many pilots?"), is_whole=True)
    candidates = SelectMultipleField(_l("Drawn from"), validate_choice=False)
    seed = StringField(_l("Seed"), validators=[Length(max=20)])

    def offer(self, sites: Sequence[str]) -> None:
        self.candidates.choices = choices((site, site) for site in sites)


class ApplyForm(Form):
    """One change of the plan, at the press of a button: what is empty stays as it is."""

    treated = SelectMultipleField(validate_choice=False)
    controls = SelectMultipleField(validate_choice=False)
    part = HiddenField()  # which of the lists the ticks are for
    periods = HiddenField()
    alpha = HiddenField()
    decide = HiddenField()
    count = HiddenField()
