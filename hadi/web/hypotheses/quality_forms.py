"""Forms about the quality of data: what the rows cannot say, and what is laid beside what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from hadi.domain.quality import COLUMN_SETTINGS, QualitySettings
from hadi.web.shared.forms import Form, choices

ACCEPTED = "accept"


class QualityForm(Form):
    """Settings of one data set's report."""

    duplicates_are_real = BooleanField(_l("Rows that repeat are real"))
    day = SelectField(_l("The column of the day"))
    store = SelectField(_l("The column of the store or the group"))
    entered_at = SelectField(_l("When a row was entered"))
    event_at = SelectField(_l("When it happened"))
    receipt = SelectField(_l("The number of the receipt"))
    shift_end = StringField(_l("The shift ends at"))
    accept = BooleanField(_l("What is red is right as it is"))
    reason = TextAreaField(_l("Why"))

    def offer(self, columns: Sequence[str]) -> None:
        """The columns that can be named."""
        for name in COLUMN_SETTINGS:
            self[name].choices = choices([("", "–"), *((each, each) for each in columns)])

    def chosen(self, red: Sequence[str], before: QualitySettings) -> dict[str, Any]:
        """What was said, as the service takes it; what is red now is accepted where it says so."""
        kept = [code for code in before.accepted if self.accept.data]
        return {
            "duplicates_are_real": bool(self.duplicates_are_real.data),
            **{name: self[name].data or None for name in COLUMN_SETTINGS},
            "shift_end": (self.shift_end.data or "").strip() or None,
            "accepted": [*kept, *red] if self.accept.data else [],
            "reason": self.reason.data or "",
        }


class BesideForm(Form):
    """A file attached as a log or as receipts: its columns by what they are for."""

    role = SelectField(_l("What is it?"))
    receipt = SelectField(_l("The number of the receipt"))
    store = SelectField(_l("The store"))
    item = SelectField(_l("The item"))
    entered_at = SelectField(_l("When it was entered"))
    event_at = SelectField(_l("When it was sold"))
    noted = SelectField(_l("Whether anything is noted in the row"))
    at = SelectField(_l("When the receipt was made"))
    core = SelectField(_l("Whether a line is of the core range"))

    def offer(self, columns: Sequence[str], roles: Sequence[tuple[str, str]]) -> None:
        self.role.choices = choices(roles)
        for name in PURPOSES:
            self[name].choices = choices([("", "–"), *((each, each) for each in columns)])

    def columns(self, known: Sequence[str]) -> Mapping[str, str]:
        """The columns of the purposes that this kind of data has."""
        return {name: self[name].data for name in known if self[name].data}


PURPOSES = ("receipt", "store", "item", "entered_at", "event_at", "noted", "at", "core")


def purpose_words() -> dict[str, str]:
    """What the columns of a log or of receipts are for, as the form of them says."""
    form = BesideForm(formdata=None)
    return {name: str(form[name].label.text) for name in PURPOSES}


class ReconcileForm(Form):
    """Which log, which receipts, and from when on an entry is late."""

    log = SelectField(_l("The log"))
    receipts = SelectField(_l("The receipts"))
    late_minutes = StringField(_l("Late after"))
    burst_entries = StringField(_l("Many at once from"))
    burst_minutes = StringField(_l("within"))
    shift_end = StringField(_l("The shift ends at"))

    def settings(self) -> dict[str, Any]:
        """What was typed, as the rules take it; a number that is none is left to them to refuse."""
        found: dict[str, Any] = {"shift_end": (self.shift_end.data or "").strip() or None}
        for name in ("late_minutes", "burst_entries", "burst_minutes"):
            written = (self[name].data or "").strip()
            if written:
                found[name] = int(written) if written.isdecimal() else written
        return found
