"""The form of a plan, in the order people think. Everything may stay open in a draft; what is
typed has to be readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

from hadi.domain.metric_rules import ADJUSTABLE
from hadi.domain.plan import (
    MOST_ARMS,
    MOST_METRICS,
    Better,
    Design,
    Looks,
    MetricKind,
    MetricRole,
    Spending,
)
from hadi.models import User
from hadi.web.hypotheses.plan_pilot import PilotFields
from hadi.web.hypotheses.plan_season import SeasonFields
from hadi.web.hypotheses.plan_words import (
    better_word,
    design_word,
    kind_word,
    looks_word,
    role_word,
    spending_word,
)
from hadi.web.hypotheses.worth_fields import MoneyFields, says_customer, says_money
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.typed_numbers import NumberField

LISTED = 2000  # characters of a field that takes several columns
# In the order of their cards.
DESIGNS = (Design.SPLIT, Design.CLUSTER, Design.PILOT, Design.BEFORE_AFTER)
SPREAD = (MetricKind.MEAN, MetricKind.RATIO, MetricKind.RANK, MetricKind.QUANTILE)


def _text(label: Any, limit: int = 200) -> StringField:
    return StringField(label, validators=[Length(max=limit)])


@dataclass(frozen=True, slots=True)
class Measure:
    """The fields that say what a metric is: the same for the primary one and those in rows."""

    kind: Field
    column: Field
    column2: Field
    covariate: Field
    winsor: NumberField
    q: NumberField

    @property
    def chosen(self) -> MetricKind | None:
        """The kind, where it is one."""
        return next((kind for kind in MetricKind if kind.value == self.kind.data), None)

    @property
    def is_share(self) -> bool:
        return self.chosen is MetricKind.CONVERSION

    def unasked(self, *, is_clustered: bool) -> Iterator[Field]:
        """What this kind has no use for: the page hides it, and what stands in it is not read."""
        kind = self.chosen
        if kind is None:
            return
        if len(kind.parts) == 1:
            yield self.column2
        if kind not in ADJUSTABLE:
            yield self.winsor
        if kind not in ADJUSTABLE or is_clustered:
            yield self.covariate
        if kind is not MetricKind.QUANTILE:
            yield self.q


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
    column2 = _text(_l("Second column in the data"))
    covariate = _text(_l("Columns known before the test"), LISTED)
    winsor = NumberField(_l("Cut the highest values at"))
    q = NumberField(_l("Which quantile?"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = (MetricRole.GUARDRAIL, MetricRole.SECONDARY)
        self.role.choices = choices((role.value, role_word(role)) for role in roles)
        self.kind.choices = choices((kind.value, kind_word(kind)) for kind in MetricKind)
        self.better.choices = choices(
            [("", _("Choose")), *((better.value, better_word(better)) for better in Better)]
        )

    @property
    def measure(self) -> Measure:
        return Measure(self.kind, self.column, self.column2, self.covariate, self.winsor, self.q)

    @property
    def is_blank(self) -> bool:
        written = (self.name.data, self.margin.data, self.column.data, self.column2.data)
        return not any(str(part or "").strip() for part in (*written, self.better.data))

    def unasked(self, *, is_clustered: bool) -> Iterator[Field]:
        """Fields that are hidden as this row stands."""
        yield from self.measure.unasked(is_clustered=is_clustered)
        if self.role.data != MetricRole.GUARDRAIL:
            yield self.margin


class PlanForm(PilotFields, SeasonFields, MoneyFields, Form):
    """Percent and percentage points are typed as such; `plan_typing` turns them into fractions."""

    metric_name = _text(_l("The metric that decides"), 80)
    metric_kind = RadioField(_l("What is it for each unit?"), validate_choice=False)
    metric_column = _text(_l("Its column in the data"))
    metric_column2 = _text(_l("Its second column in the data"))
    metric_covariate = _text(_l("Columns known before the test"), LISTED)
    metric_winsor = NumberField(_l("Cut the highest values at"))
    metric_q = NumberField(_l("Which quantile?"))
    is_proxy = BooleanField(_l("It is only an indirect sign of what you want"))
    better = RadioField(_l("Which way is better?"), validate_choice=False)
    baseline = NumberField(_l("What is it today?"))
    baseline_sd = NumberField(_l("How much do units differ? (standard deviation)"))
    exposure = NumberField(_l("How much exposure does a unit bring?"))
    threshold = NumberField(_l("How much is worth it?"))
    threshold_as = SelectField(_l("Counted in"), validate_choice=False)
    expected_effect = NumberField(_l("How much better do you honestly expect it to get?"))
    metrics = FieldList(FormField(MetricPart), max_entries=MOST_METRICS)
    design = RadioField(_l("How is it compared?"), validate_choice=False)
    cluster = _text(_l("Column of the store, team or seller"))
    cluster_size = NumberField(_l("Units of a cluster, on average"))
    cluster_cv = NumberField(_l("How much do clusters differ in size?"))
    icc = NumberField(_l("How alike are the units of a cluster?"))
    arms = FieldList(FormField(ArmPart), min_entries=2, max_entries=MOST_ARMS)
    variant = _text(_l("Column that names the arm"))
    unit = _text(_l("Column that names the unit"))
    segments = _text(_l("Segments"), LISTED)
    day = _text(_l("Column of the day"))
    group = _text(_l("Column of the seller or store"))
    alpha = NumberField(_l("Accepted risk of a false alarm"))
    power = NumberField(_l("Wanted chance to see the expected effect"))
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    planned_units = NumberField(_l("Planned units per arm"), is_whole=True)
    looks = RadioField(_l("When does the result open?"), validate_choice=False)
    look_count = NumberField(_l("How many looks, the last one included?"), is_whole=True)
    spending = SelectField(_l("How strict is each look?"), validate_choice=False)
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
        self.design.choices = choices((design.value, design_word(design)) for design in DESIGNS)
        self.looks.choices = choices((looks.value, looks_word(looks)) for looks in Looks)
        self.spending.choices = choices((rule.value, spending_word(rule)) for rule in Spending)
        named = choices([("", _("Choose a person")), *((user.id, user.name) for user in people)])
        self.owner.choices = self.steward.choices = named
        self.offer_season()

    @property
    def measure(self) -> Measure:
        """What the primary metric is."""
        return Measure(
            self.metric_kind, self.metric_column, self.metric_column2, self.metric_covariate,
            self.metric_winsor, self.metric_q,
        )  # fmt: skip

    @property
    def has_closer_look(self) -> bool:
        """Whether a column to look into is named, or wrongly named: the fold stands open then."""
        columns = (self.segments, self.day, self.group)
        return any(column.data or column.errors for column in columns)

    @property
    def is_clustered(self) -> bool:
        return bool(self.design.data == Design.CLUSTER)

    @property
    def is_pilot(self) -> bool:
        return bool(self.design.data == Design.PILOT)

    @property
    def is_season(self) -> bool:
        return bool(self.design.data == Design.BEFORE_AFTER)

    @property
    def is_of_periods(self) -> bool:
        """Whether periods are followed, and nobody is drawn."""
        return self.is_pilot or self.is_season

    @property
    def divided(self) -> MetricKind:
        """The kind of metric that has two columns where periods are followed."""
        return MetricKind.RATE if self.is_season else MetricKind.RATIO

    def unasked(self) -> Iterator[Field]:
        """Fields that are hidden as the form stands: what was typed in them stays on the page, and
        is neither read nor complained about."""
        if self.is_pilot:
            yield from (*self._unasked_of_a_pilot(), *self.season_only())
            return
        if self.is_season:
            asked = {self.pilot_threshold.id, self.pilot_effect.id}
            yield from self._unasked_of_a_pilot()
            yield from (field for field in self.pilot_only() if field.id not in asked)
            return
        yield from (*self.pilot_only(), *self.season_only())
        kind = self.measure.chosen
        yield from self.measure.unasked(is_clustered=self.is_clustered)
        if kind is not None and kind not in SPREAD:
            yield self.baseline_sd
        if kind is not None and kind is not MetricKind.RATE:
            yield self.exposure
        if not self.is_clustered:
            yield from (self.cluster_size, self.cluster_cv, self.icc)
        if self.looks.data != Looks.PLANNED:
            yield from (self.look_count, self.spending)
        for row in self.metrics:
            yield from row.form.unasked(is_clustered=self.is_clustered)

    def _unasked_of_a_pilot(self) -> Iterator[Field]:
        """A pilot follows one value (or ratio) of each site, and is looked at once."""
        measure = self.measure
        yield from (
            measure.column, measure.column2, measure.covariate, measure.winsor, measure.q,
            self.baseline, self.baseline_sd, self.exposure, self.threshold, self.expected_effect,
            self.cluster, self.cluster_size, self.cluster_cv, self.icc, self.variant, self.unit,
            self.segments, self.day, self.look_count, self.spending,
        )  # fmt: skip
        for arm in self.arms:
            yield from arm.form
        for row in self.metrics:
            each = row.form
            yield from (each.covariate, each.winsor, each.q)
            if each.measure.chosen is not self.divided:
                yield each.column2
            if each.role.data != MetricRole.GUARDRAIL:
                yield each.margin

    @property
    def has_money(self) -> bool:
        """Whether the fold of what the effect is worth stands open."""
        return says_money(self)

    @property
    def has_customer(self) -> bool:
        return says_customer(self)

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
