"""The forms of feeds: what is read, which column is which, and when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from hadi.domain.plan import Plan
from hadi.domain.tags import ColumnTag
from hadi.models.connection import Schedule
from hadi.services.feed_choosing import QUERY_LENGTH
from hadi.web.hypotheses.data_forms import MappingForm, mapping_form, offer_days
from hadi.web.shared.forms import Form, choices

MOST_TAGGED = 200  # columns that are offered for marking


class ChoiceForm(Form):
    """A table of the connection, or one SELECT."""

    table = StringField(
        _l("Table"),
        validators=[Length(max=255)],
        render_kw={"list": "tables", "autocomplete": "off", "spellcheck": "false"},
    )
    query = TextAreaField(
        _l("Query"),
        validators=[Length(max=QUERY_LENGTH)],
        render_kw={"rows": 8, "spellcheck": "false"},
    )


class ScheduleForm(Form):
    """When a feed asks by itself."""

    schedule = SelectField(_l("Ask by itself"), validate_choice=False)


class FeedMappingForm(MappingForm):
    """Made for one plan and one source by `feed_mapping_form`."""

    @property
    def tag_fields(self) -> list[tuple[str, SelectField]]:
        """Each column with the field that marks it."""
        return [(column, cast("SelectField", self[name])) for name, column in self._tagged.items()]

    def tags(self) -> dict[str, str]:
        """The marked columns."""
        return {column: str(field.data) for column, field in self.tag_fields if field.data}

    def chosen_schedule(self) -> Schedule:
        return schedule_of(self["schedule"].data)

    _tagged: dict[str, str] = {}  # noqa: RUF012 - of each form made below


def feed_mapping_form(
    plan: Plan, columns: Sequence[str], days: Sequence[str] = (), **options: Any
) -> FeedMappingForm:
    """The form that maps the columns of a source to a plan, marks them, and says when it asks;
    `days` are those that hold days."""
    plain = type(mapping_form(plan, columns))
    tagged = {f"tag_{place}": column for place, column in enumerate(columns[:MOST_TAGGED])}
    fields = {
        name: SelectField(column, validate_choice=False, choices=_tags())
        for name, column in tagged.items()
    }
    fields["schedule"] = SelectField(
        _("Ask by itself"), validate_choice=False, choices=schedule_choices()
    )
    made = type("FeedPlanForm", (FeedMappingForm, plain), {**fields, "_tagged": tagged})
    form: FeedMappingForm = made(**options)
    for need, field in form.needs:
        nothing = _("None: every row is a unit") if need.is_optional else _("Choose a column")
        field.choices = choices([("", nothing), *((column, column) for column in columns)])
    offer_days(form, plan, days)
    return form


def schedule_form(schedule: Schedule, version: int) -> ScheduleForm:
    """The form, filled with what is stored."""
    form = ScheduleForm(schedule=schedule.value, version=str(version))
    form.schedule.choices = schedule_choices()
    return form


def schedule_of(written: object) -> Schedule:
    """What was chosen; by hand, where it is nothing we know."""
    known = {each.value: each for each in Schedule}
    return known.get(str(written or ""), Schedule.MANUAL)


def schedule_word(schedule: Schedule) -> str:
    """When a feed asks by itself, in words."""
    return {
        Schedule.MANUAL: str(_("only when somebody asks")),
        Schedule.HOURLY: str(_("every hour")),
        Schedule.DAILY: str(_("every morning at six")),
        Schedule.WEEKLY: str(_("every week, on the morning of its first day")),
    }[schedule]


def schedule_choices() -> list[Any]:
    return choices((each.value, schedule_word(each)) for each in Schedule)


def _tags() -> list[Any]:
    words = {
        ColumnTag.MONEY: _("money"),
        ColumnTag.MARGIN: _("margin"),
        ColumnTag.PERSONAL: _("personal"),
    }
    return choices([("", _("everybody may see it")), *((t.value, words[t]) for t in ColumnTag)])
