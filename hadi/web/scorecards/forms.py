"""Forms of scorecards: a card, a criterion, a visit, a file of visits."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from hadi.domain.scorecards import Mark
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.ingest.visits import ROLES, VisitFile
from hadi.models import Scorecard, ScorecardCriterion, ScorecardVisit
from hadi.models.scorecard import FIRST, SECOND
from hadi.services.scorecards import PARTS, POINT, SHORT, told_of
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say

LONG = {"maxlength": LIMIT, "rows": 2}


class CardForm(Form):
    """A card: what it is called, and what for."""

    name = StringField(_l("Its name"), render_kw={"maxlength": SHORT})
    purpose = TextAreaField(_l("What it is for"), render_kw={"maxlength": LIMIT, "rows": 3})
    start = RadioField(_l("Begin with"), validate_choice=False, default="template")

    def offer(self) -> None:
        self.start.choices = choices(
            [("template", _("Twelve criteria of a conversation")), ("empty", _("An empty card"))]
        )


class CriterionForm(Form):
    """What is looked for, and what each answer means."""

    name = StringField(_l("What is looked for"), render_kw={"maxlength": SHORT})
    definition = TextAreaField(_l("Definition"), render_kw=LONG)
    met = TextAreaField(_l("1 – met, when"), render_kw=LONG)
    not_met = TextAreaField(_l("0 – not met, when"), render_kw=LONG)
    not_applicable = TextAreaField(_l("NA – does not apply, when"), render_kw=LONG)
    is_mandatory = BooleanField(_l("A step that the change asks of everyone"))
    check_who = StringField(_l("Who sees that it was done"), render_kw={"maxlength": POINT})
    check_when = StringField(_l("When"), render_kw={"maxlength": POINT})
    check_evidence = StringField(_l("By what"), render_kw={"maxlength": POINT})

    @property
    def body(self) -> dict[str, Any]:
        return {name: self._fields[name].data for name in PARTS}


def criterion_values(found: ScorecardCriterion) -> dict[str, Any]:
    return {**told_of(found), "version": str(found.version)}


class VisitForm(Form):
    """A visit; its marks are fields made for each criterion, `mark_3` and `second_3`."""

    visited_on = DateField(_l("Day of the visit"), validators=[Optional()])
    unit = StringField(_l("Store"), render_kw={"maxlength": SHORT, "list": "units"})
    code = StringField(_l("Number of the visit"), render_kw={"maxlength": 80})
    shopper = StringField(_l("Visitor"), render_kw={"maxlength": SHORT})
    second_coder = StringField(_l("Second coder"), render_kw={"maxlength": SHORT})
    note = TextAreaField(_l("Note"), render_kw=LONG)

    def offer(self) -> None:
        marks = [(mark.value, say(Text(f"mark_{mark.value}"))) for mark in Mark]
        for name, field in self._fields.items():
            if name.startswith("mark_"):
                field.choices = choices(marks)
            if name.startswith("second_") and name != "second_coder":
                field.choices = choices([("", "–"), *marks])

    @property
    def has_second(self) -> bool:
        """Whether anything of a second coder is said."""
        return any(
            field.data or field.errors
            for name, field in self._fields.items()
            if name.startswith("second_")
        )

    @property
    def body(self) -> dict[str, Any]:
        names = ("visited_on", "unit", "code", "shopper", "second_coder", "note")
        typed = {name: self._fields[name].data for name in names}
        return {**typed, "marks": self._marks("mark_"), "second": self._marks("second_")}

    def _marks(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): str(field.data)
            for name, field in self._fields.items()
            if name.startswith(prefix) and name != "second_coder" and field.data
        }

    @property
    def names(self) -> dict[str, str]:
        """A path of the rules to a field of this form."""
        numbers = [n.removeprefix("mark_") for n in self._fields if n.startswith("mark_")]
        paths = {f"marks.{n}": f"mark_{n}" for n in numbers}
        paths |= {f"second.{n}": f"second_{n}" for n in numbers}
        return paths


def visit_form(card: Scorecard) -> type[VisitForm]:
    """A form with a field for each criterion that is asked."""
    fields: dict[str, Any] = {}
    for each in card.asked:
        fields[f"mark_{each.number}"] = RadioField(each.name, validate_choice=False)
        fields[f"second_{each.number}"] = SelectField(each.name, validate_choice=False)
    return type("CardVisitForm", (VisitForm,), fields)


def visit_values(visit: ScorecardVisit, card: Scorecard) -> dict[str, Any]:
    """What the form of a visit is opened with."""
    first, second = visit.marks_of(FIRST), visit.marks_of(SECOND)
    marks: dict[str, Any] = {}
    for each in card.asked:
        if each.id in first:
            marks[f"mark_{each.number}"] = first[each.id].value
        if each.id in second:
            marks[f"second_{each.number}"] = second[each.id].value
    return {
        "visited_on": visit.visited_on,
        "unit": visit.unit,
        "code": visit.code or "",
        "shopper": visit.shopper,
        "second_coder": visit.second_coder,
        "note": visit.note,
        "version": str(visit.version),
        **marks,
    }


class ReasonForm(Form):
    """Why a visit does not count."""

    reason = TextAreaField(_l("Why"), render_kw={"maxlength": LIMIT, "rows": 3})


class ImportForm(Form):
    """Visits of a file, or pasted; `as_<role>` is the column that has a role."""

    lines = TextAreaField(_l("Lines"))
    named = HiddenField(validators=[Length(max=200)])  # the file that the lines came from
    file = FileField(_l("A file of visits"))
    as_visit = SelectField(_l("The visit"), validate_choice=False)
    as_day = SelectField(_l("The day"), validate_choice=False)
    as_unit = SelectField(_l("The store"), validate_choice=False)
    as_shopper = SelectField(_l("The visitor"), validate_choice=False)
    as_second = SelectField(_l("The second coder, or their mark"), validate_choice=False)
    as_criterion = SelectField(_l("The criterion"), validate_choice=False)
    as_score = SelectField(_l("The mark"), validate_choice=False)
    as_comment = SelectField(_l("The comment"), validate_choice=False)

    @property
    def is_sent(self) -> bool:
        return bool(self.file.data and self.file.data.filename)

    def offer(self, file: VisitFile | None = None) -> None:
        """The columns of what was read, those that were found or chosen."""
        names = [(name, name) for name in file.columns] if file else []
        for role in ROLES:
            field = self._fields[f"as_{role}"]
            field.choices = choices([("", _("none")), *names])
            if file is not None:
                field.data = file.roles.get(role, "")

    @property
    def chosen(self) -> dict[str, str]:
        """The columns that were chosen; only what was sent."""
        return {
            role: str(self._fields[f"as_{role}"].data or "")
            for role in ROLES
            if self._fields[f"as_{role}"].raw_data
        }
