"""The forms of data: a file, the mapping of its columns, or typed counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FieldList, FormField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import Length

from hadi.domain.plan import MOST_ARMS, MetricKind, Need, NeedRole, Plan
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.typed_numbers import NumberField


class FileForm(Form):
    """A file, and the sheet of a workbook where it has several."""

    file = FileField(_l("The file"))
    sheet = StringField(_l("Sheet"), validators=[Length(max=100)])


class CheckForm(Form):
    """The button that runs the check; before the end a reason opens the result."""

    reason = StringField(_l("Why must it be opened before the end?"), validators=[Length(max=1000)])


class ArmCountPart(Part):
    """One arm of typed counts: its units with successes, or with mean and sd."""

    arm = StringField(_l("Arm"), validators=[Length(max=120)])
    units = NumberField(_l("Units"), is_whole=True)
    successes = NumberField(_l("Successes"), is_whole=True)
    mean = NumberField(_l("Average"))
    sd = NumberField(_l("Standard deviation"))

    @property
    def is_blank(self) -> bool:
        fields = (self.arm, self.units, self.successes, self.mean, self.sd)
        return not any(str(field.data or "").strip() for field in fields)


class CountsForm(Form):
    """Counts of a plan with one metric; what is asked depends on its kind."""

    rows = FieldList(FormField(ArmCountPart), min_entries=2, max_entries=MOST_ARMS)

    def counts(self, kind: MetricKind) -> list[dict[str, Any]]:
        """The rows that are not blank, as the service takes them."""
        names = ("successes",) if kind is MetricKind.CONVERSION else ("mean", "sd")
        return [
            {"arm": row.arm.data, "units": _plain(row.units)}
            | {name: _plain(cast("NumberField", row[name])) for name in names}
            for row in (entry.form for entry in self.rows)
            if not row.is_blank
        ]

    def row_errors(self) -> tuple[tuple[str | None, str], ...]:
        """(id of the field, sentence) for the summary above the form."""
        found: list[tuple[str | None, str]] = list(self.loose_errors)
        for entry in self.rows:
            for field in entry.form:
                found += [(field.id, str(message)) for message in field.errors]
        return tuple(found)


class MappingForm(Form):
    """Made for one plan by `mapping_form`: a select for each of its needs."""

    @property
    def needs(self) -> list[tuple[Need, SelectField]]:
        return [(need, cast("SelectField", self[name])) for name, need in self._needs.items()]

    def mapping(self) -> dict[str, str]:
        """The plan's name of a column to the file's."""
        return {need.key: str(field.data) for need, field in self.needs if field.data}

    _needs: dict[str, Need] = {}  # noqa: RUF012 - of each form made below


def mapping_form(plan: Plan, columns: Sequence[str], **options: Any) -> MappingForm:
    """The form that maps the columns of one file to one plan."""
    needs = {f"need_{place}": need for place, need in enumerate(plan.needs())}
    fields = {
        name: SelectField(need_label(need), validate_choice=False) for name, need in needs.items()
    }
    made = type("PlanMappingForm", (MappingForm,), {**fields, "_needs": needs})
    form: MappingForm = made(**options)
    for need, field in form.needs:
        nothing = _("None: every row is a unit") if need.is_optional else _("Choose a column")
        field.choices = choices([("", nothing), *((column, column) for column in columns)])
    return form


def need_label(need: Need) -> str:
    """What a column is needed for."""
    match need.role:
        case NeedRole.VARIANT:
            return str(_("Who got what: the column of the arm"))
        case NeedRole.UNIT:
            return str(_("The unit: customer, deal, receipt"))
        case NeedRole.METRIC:
            return str(_("Metric: %(name)s", name=need.metric))


def _plain(field: NumberField) -> int | float | str | None:
    """The number, or what was typed instead of one, for the service to refuse by its arm."""
    if field.number is None:
        return str(field.data or "").strip() or None
    return int(field.number) if field.is_whole else float(field.number)
