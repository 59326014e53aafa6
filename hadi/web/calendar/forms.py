"""Forms of the calendar: an entry, and a file of them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from hadi.domain.calendar import NAME_LIMIT, DayKind, DayScope
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import CalendarEntry
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say


class DaysForm(Form):
    """An entry. Days are read by the rules, so that a typed one is never lost."""

    name = StringField(_l("What is it?"), render_kw={"maxlength": NAME_LIMIT})
    kind = SelectField(_l("Kind"), validate_choice=False)
    starts_on = StringField(_l("First day"), validators=[Length(max=40)])
    ends_on = StringField(_l("Last day"), validators=[Length(max=40)])
    scope = RadioField(_l("Where?"), validate_choice=False)
    places = TextAreaField(_l("Which ones?"), render_kw={"rows": 2})
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    def offer(self) -> None:
        kinds = [(kind.value, say(Text(f"day_kind_{kind.value}"))) for kind in DayKind]
        scopes = [(scope.value, say(Text(f"day_scope_{scope.value}"))) for scope in DayScope]
        self.kind.choices = choices([("", _("Choose")), *kinds])
        self.scope.choices = choices(scopes)

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        names = ("name", "kind", "starts_on", "ends_on", "scope", "places", "note")
        return {name: self._fields[name].data for name in names}


def days_values(entry: CalendarEntry) -> dict[str, Any]:
    """What the form of an entry is opened with."""
    return {
        "name": entry.name,
        "kind": entry.kind.value,
        "starts_on": entry.starts_on.isoformat(),
        "ends_on": entry.ends_on.isoformat(),
        "scope": entry.scope.value,
        "places": ", ".join(entry.days.places),
        "note": entry.note,
        "version": str(entry.version),
    }


class ImportForm(Form):
    """A file of entries, or lines; `kind` is that of entries which do not say theirs."""

    file = FileField(_l("A calendar file or a table"))
    lines = TextAreaField(_l("Lines"))
    kind = SelectField(_l("What are they, where they do not say?"), validate_choice=False)

    def offer(self) -> None:
        self.kind.choices = choices(
            (kind.value, say(Text(f"day_kind_{kind.value}"))) for kind in DayKind
        )

    @property
    def chosen_kind(self) -> DayKind:
        return next((k for k in DayKind if k.value == self.kind.data), DayKind.HOLIDAY)

    @property
    def is_sent(self) -> bool:
        """Whether there is a file."""
        return bool(self.file.data and self.file.data.filename)
