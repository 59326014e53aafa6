"""The form of a plan, in the order people think. Everything may stay open in a draft; what is
typed has to be readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import Length, Optional

from hadi.domain.plan import MOST_ARMS, MOST_METRICS, Better, MetricKind, MetricRole
from hadi.models import User
from hadi.web.hypotheses.plan_words import better_word, kind_word, role_word
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.typed_numbers import NumberField


def _text(label: Any, limit: int = 200) -> StringField:
    return StringField(label, validators=[Length(max=limit)])


class ArmPart(Part):
    """An arm and the share of units it should get."""

    name = _text(_l("Arm, as it is written in the data"), 120)
    share = NumberField(_l("Share"))


class MetricPart(Part):
    """A guardrail or a secondary metric."""

    name = _text(_l("Name"), 80)
    role = SelectField(_l("What for"), validate_choice=False)
    kind = SelectField(_l("Kind"), validate_choice=False)
    better = SelectField(_l("Better is"), validate_choice=False)
    margin = NumberField(_l("May get worse by less than"))
    column = _text(_l("Column in the data"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = (MetricRole.GUARDRAIL, MetricRole.SECONDARY)
        self.role.choices = choices((role.value, role_word(role)) for role in roles)
        self.kind.choices = choices((kind.value, kind_word(kind)) for kind in MetricKind)
        self.better.choices = choices(
            [("", _("Choose")), *((better.value, better_word(better)) for better in Better)]
        )

    @property
    def is_blank(self) -> bool:
        written = (self.name.data, self.margin.data, self.column.data, self.better.data)
        return not any(str(part or "").strip() for part in written)


class PlanForm(Form):
    """Percent and percentage points are typed as such; `plan_typing` turns them into fractions."""

    metric_name = _text(_l("The metric that decides"), 80)
    metric_kind = RadioField(_l("What is it for each unit?"), validate_choice=False)
    metric_column = _text(_l("Its column in the data"))
    is_proxy = BooleanField(_l("It is only an indirect sign of what you want"))
    better = RadioField(_l("Which way is better?"), validate_choice=False)
    baseline = NumberField(_l("What is it today?"))
    baseline_sd = NumberField(_l("How much do units differ? (standard deviation)"))
    threshold = NumberField(_l("How much is worth it?"))
    threshold_as = SelectField(_l("Counted in"), validate_choice=False)
    expected_effect = NumberField(_l("How much better do you honestly expect it to get?"))
    metrics = FieldList(FormField(MetricPart), max_entries=MOST_METRICS)
    arms = FieldList(FormField(ArmPart), min_entries=2, max_entries=MOST_ARMS)
    variant = _text(_l("Column that names the arm"))
    unit = _text(_l("Column that names the unit"))
    alpha = NumberField(_l("Accepted risk of a false alarm"))
    power = NumberField(_l("Wanted chance to see the expected effect"))
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    planned_units = NumberField(_l("Planned units per arm"), is_whole=True)
    owner = SelectField(_l("Owner"), validate_choice=False)
    steward = SelectField(_l("Data steward"), validate_choice=False)
    budget_amount = NumberField(_l("At most"))
    budget_currency = _text(_l("Currency"), 3)
    reason = TextAreaField(_l("Why does the plan change?"), validators=[Length(max=1000)])

    def offer(self, people: Sequence[User]) -> None:
        """Fill in what can be chosen."""
        self.metric_kind.choices = choices((kind.value, kind_word(kind)) for kind in MetricKind)
        self.better.choices = choices((better.value, better_word(better)) for better in Better)
        self.threshold_as.choices = choices(
            [
                ("absolute", _("points, or units")),
                ("relative", _("percent of today’s value")),
            ]
        )
        named = choices([("", _("Choose a person")), *((user.id, user.name) for user in people)])
        self.owner.choices = self.steward.choices = named

    def every_field(self) -> Iterator[Field]:
        """The fields down to those of the rows."""
        for field in self:
            if isinstance(field, FieldList):
                for row in field:
                    yield from row.form
            else:
                yield field

    def all_errors(self) -> tuple[tuple[str | None, str], ...]:
        """(id of the field, sentence) for the summary above the form."""
        found: list[tuple[str | None, str]] = list(self.loose_errors)
        for field in self.every_field():
            found += [(field.id, str(message)) for message in field.errors]
        return tuple(found)


def with_row(sent: MultiDict[str, Any], name: str) -> MultiDict[str, Any]:
    """The form's data with an empty row more."""
    data = MultiDict(sent)
    used = [int(key.split("-")[1]) for key in sent if _is_row_of(key, name)]
    data[f"{name}-{max(used, default=-1) + 1}-name"] = ""
    return data


def without_row(sent: MultiDict[str, Any], row: str) -> MultiDict[str, Any]:
    """The form's data without the row named `metrics-2`."""
    return MultiDict(
        [(key, value) for key, value in sent.items(multi=True) if not key.startswith(f"{row}-")]
    )


def _is_row_of(key: str, name: str) -> bool:
    parts = key.split("-")
    return parts[0] == name and len(parts) == 3 and parts[1].isdigit()
