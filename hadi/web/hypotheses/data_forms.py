"""The forms of data: files, the mapping of their columns, what they are to earlier data, or typed
counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import (
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, ValidationError

from hadi.domain.pilot_plan import WIDE
from hadi.domain.plan import MOST_ARMS, MetricKind, Need, NeedRole, Plan
from hadi.domain.text import Text
from hadi.models.dataset import Relation
from hadi.services import dataset_wide
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say
from hadi.web.shared.typed_numbers import NumberField


class FileForm(Form):
    """Files, or cells pasted from a spreadsheet; and the sheet of a workbook that has several."""

    file = MultipleFileField(_l("The file"))
    pasted = TextAreaField(_l("Pasted cells"))
    sheet = StringField(_l("Sheet"), validators=[Length(max=100)])


class TermsForm(Form):
    """What a file is to the data before it, and why: part of the form of its columns."""

    class Meta(Form.Meta):
        csrf = False  # the form that it is part of has its own

    relation = RadioField(
        _l("What is it to the data before?"),
        validators=[InputRequired(_l("What is it to the data before?"))],
        validate_choice=False,
    )
    reason = StringField(_l("Why?"), validators=[Length(max=1000)])


class ReasonForm(Form):
    """A reason that stays on record."""

    reason = StringField(_l("Why?"), validators=[Length(max=1000)])


class CheckForm(Form):
    """The button that runs the check; before the end a reason opens the result."""

    reason = StringField(_l("Why must it be opened before the end?"), validators=[Length(max=1000)])


# What typed counts of a kind hold beside the units.
COUNTED: dict[MetricKind, tuple[str, ...]] = {
    MetricKind.CONVERSION: ("successes",),
    MetricKind.MEAN: ("mean", "sd"),
    MetricKind.RATE: ("events", "exposure"),
}


class ArmCountPart(Part):
    """One arm of typed counts: its units with what the kind of the metric asks for."""

    arm = StringField(_l("Arm"), validators=[Length(max=120)])
    units = NumberField(_l("Units"), is_whole=True)
    successes = NumberField(_l("Successes"), is_whole=True)
    mean = NumberField(_l("Average"))
    sd = NumberField(_l("Standard deviation"))
    events = NumberField(_l("Events"), is_whole=True)
    exposure = NumberField(_l("Exposure"))

    def validate_successes(self, field: NumberField) -> None:
        """Said at the field, together with whatever else is wrong in the form."""
        units, successes = self.units.number, field.number
        if units is not None and successes is not None and successes > units:
            above = Text(
                "counts_successes_above", arm=self.arm.data or "?", successes=int(successes),
                units=int(units),
            )  # fmt: skip
            raise ValidationError(say(above))

    @property
    def is_blank(self) -> bool:
        return not any(str(field.data or "").strip() for field in self)

    def missing(self, kind: MetricKind) -> list[NumberField]:
        """The fields that are left blank; an arm that nobody was in needs its units alone."""
        asked = (self.units, *(() if self.units.number == 0 else self.asked(kind)))
        return [] if self.is_blank else [each for each in asked if not str(each.data or "").strip()]

    def asked(self, kind: MetricKind) -> tuple[NumberField, ...]:
        """What is asked beside the units."""
        return tuple(cast("NumberField", self[name]) for name in COUNTED[kind])


class CountsForm(Form):
    """Counts of a plan with one metric; what is asked depends on its kind."""

    rows = FieldList(FormField(ArmCountPart), min_entries=2, max_entries=MOST_ARMS)

    def counts(self, kind: MetricKind) -> list[dict[str, Any]]:
        """The rows that are not blank, as the service takes them."""
        return [
            {"arm": row.arm.data, "units": _plain(row.units)}
            | {field.short_name: _plain(field) for field in row.asked(kind)}
            for row in (entry.form for entry in self.rows)
            if not row.is_blank
        ]

    def has_numbers(self, kind: MetricKind) -> bool:
        """Whether each arm has all of its numbers; at a field that is blank this is said."""
        blank = [field for entry in self.rows for field in entry.form.missing(kind)]
        for field in blank:
            field.errors = [*field.errors, _("Write a number, such as 2.5 or 1250.")]
        return not blank

    def row_errors(self) -> tuple[tuple[str | None, str], ...]:
        """(id of the field, sentence) for the summary above the form."""
        found: list[tuple[str | None, str]] = list(self.loose_errors)
        for entry in self.rows:
            for field in entry.form:
                found += [(field.id, str(message)) for message in field.errors]
        return tuple(found)


class MappingForm(Form):
    """Made for one plan by `mapping_form`: a select for each of its needs, and one for the day
    where the plan names none and the file has days."""

    day = SelectField(_l("The day of a row"), validate_choice=False)

    @property
    def day_field(self) -> SelectField | None:
        return self.day if "day" in self else None

    @property
    def needs(self) -> list[tuple[Need, SelectField]]:
        return [(need, cast("SelectField", self[name])) for name, need in self._needs.items()]

    @property
    def asked(self) -> list[tuple[Need, SelectField, str | None]]:
        """Each need with its field and its line of help."""
        return [(need, field, self._help(need, field)) for need, field in self.needs]

    def _help(self, need: Need, field: SelectField) -> str | None:
        """The line of help; of a file with a column for each site what that means."""
        is_wide = any(value == WIDE for value, *_more in field.iter_choices())
        if need.role is NeedRole.SITE and is_wide:
            return str(
                _(
                    "Where a row is one site in one period, choose the column that names the site."
                    " Where a row is a period and each site has a column, choose “None”: if the"
                    " plan names its controls, other columns are left out."
                )
            )
        return need_help(need)

    def mapping(self) -> dict[str, str]:
        """The plan's name of a column to the file's."""
        return {need.key: str(field.data) for need, field in self.needs if field.data}

    _needs: dict[str, Need] = {}  # noqa: RUF012 - of each form made below


def mapping_form(
    plan: Plan, columns: Sequence[str], days: Sequence[str] = (), **options: Any
) -> MappingForm:
    """The form that maps the columns of one file to one plan; `days` are those that hold days."""
    needs = {f"need_{place}": need for place, need in enumerate(plan.needs())}
    fields = {
        name: SelectField(need_label(need), validate_choice=False) for name, need in needs.items()
    }
    made = type("PlanMappingForm", (MappingForm,), {**fields, "_needs": needs})
    form: MappingForm = made(**options)
    for need, field in form.needs:
        nothing = _("None: every row is a unit") if need.is_optional else _("Choose a column")
        more = _of_sites(need) if dataset_wide.can_be(plan) else ()
        field.choices = choices([("", nothing), *more, *((name, name) for name in columns)])
    offer_days(form, plan, days)
    return form


def _of_sites(need: Need) -> tuple[tuple[str, str], ...]:
    """What can be chosen where each site has a column of its own."""
    match need.role:
        case NeedRole.SITE:
            return ((WIDE, _("None: a column for each site, a row for each period")),)
        case NeedRole.METRIC:
            return ((WIDE, _("The columns of the sites")),)
    return ()


def offer_days(form: MappingForm, plan: Plan, days: Sequence[str]) -> None:
    """Ask for the day of a row only where the plan names none and there are days."""
    if plan.day is not None or not days:
        del form.day
    else:
        form.day.choices = choices([("", _("None")), *((column, column) for column in days)])


def terms_form(previous: int, *, can_grow: bool, **options: Any) -> TermsForm:
    """The form of what a file is to version `previous`; `can_grow`: this has rows to add to."""
    form = TermsForm(**options)
    offered = [
        (Relation.INCREMENT, _("Its rows are added to version %(n)s", n=previous)),
        (Relation.WHOLE, _("It has all of the rows: the newest data")),
        (Relation.CORRECTION, _("It corrects version %(n)s, which was wrong", n=previous)),
    ]
    form.relation.choices = choices(offered if can_grow else offered[1:])
    return form


def need_label(need: Need) -> str:
    """What a column is needed for."""
    match need.role:
        case NeedRole.VARIANT:
            return str(_("Who got what: the column of the arm"))
        case NeedRole.CLUSTER:
            return str(_("What was drawn as a whole: store, team or seller"))
        case NeedRole.UNIT:
            return str(_("The unit: customer, deal, receipt"))
        case NeedRole.METRIC if need.part in (None, "value"):
            return str(_("Metric: %(name)s", name=need.metric))
        case NeedRole.METRIC:
            part = say(Text(f"part_{need.part}"))
            return str(_("Metric: %(name)s, %(part)s", name=need.metric, part=part))
        case NeedRole.COVARIATE:
            return str(_("Known before the test, for %(name)s", name=need.metric))
        case NeedRole.SEGMENT:
            return str(_("Segment: %(name)s", name=need.key))
        case NeedRole.DAY:
            return str(_("The day"))
        case NeedRole.GROUP:
            return str(_("Who served the unit: seller or store"))
        case NeedRole.SITE:
            return str(_("The site: store, team or territory"))
        case NeedRole.TIME:
            return str(_("The period: week, month or day"))


def need_help(need: Need) -> str | None:
    """What the column does, and what the plan calls it where the label does not say so."""
    called = str(_("The plan calls it “%(name)s”.", name=need.key))
    match need.role:
        case NeedRole.VARIANT:
            return called
        case NeedRole.CLUSTER:
            found = _("Each belongs to one arm; one that is seen in two is found.")
            return f"{found} {called}"
        case NeedRole.UNIT:
            return str(
                _(
                    "Rows of the same unit are counted together,"
                    " and a unit seen in two arms is found."
                )
            )
        case NeedRole.METRIC:
            # A plan that names no column calls it by the metric, which the label says.
            return None if need.key in (need.metric, f"{need.metric}: {need.part}") else called
        case NeedRole.COVARIATE:
            return " ".join([_("It takes noise away."), called])
        case NeedRole.SEGMENT:
            return str(_("To explore: it never moves the verdict."))
        case NeedRole.DAY:
            return " ".join([_("Shows whether the effect fades."), called])
        case NeedRole.GROUP:
            return " ".join([_("Shows whether one of them carries the effect."), called])
        case NeedRole.SITE | NeedRole.TIME:
            return called


def _plain(field: NumberField) -> int | float | str | None:
    """The number, or what was typed instead of one, for the service to refuse by its arm."""
    if field.number is None:
        return str(field.data or "").strip() or None
    return int(field.number) if field.is_whole else float(field.number)
