"""The forms of levers: a period, targets, a client base, why something is struck out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from hadi.domain.client_bases import BaseDefinition
from hadi.domain.errors import NotAllowed
from hadi.domain.levers import Lever
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import ClientBase, LeverPeriod, LeverTarget, Unit
from hadi.services import lever_targets
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_numbers import NumberField, hundredfold, written_number

WHOLE = ""
MOST_BYTES = 8_000_000


def unit_choices(units: Iterable[Unit | None]) -> list[tuple[str, str]]:
    """The whole (None) and units, by name."""
    return [
        (WHOLE, str(_("The whole business"))) if unit is None else (unit.id, unit.name)
        for unit in units
    ]


class PeriodForm(Form):
    """A period with the counts behind its revenue."""

    unit = SelectField(_l("Where"), validate_choice=False)
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    leads = NumberField(_l("Leads"), is_whole=True, is_amount=True)
    stages = TextAreaField(_l("Stages in between"), render_kw={"rows": 3, "maxlength": 2000})
    clients = NumberField(_l("Clients who bought"), is_whole=True, is_amount=True)
    purchases = NumberField(_l("Purchases"), is_whole=True, is_amount=True)
    revenue = NumberField(_l("Revenue"), is_amount=True)
    currency = StringField(_l("Currency"), validators=[Length(max=3)])
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    def offer(self, units: Iterable[Unit | None]) -> None:
        self.unit.choices = choices(unit_choices(units))

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        counts = {name: _exact(self[name]) for name in ("leads", "clients", "purchases")}
        return {
            "unit": self.unit.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "stages": self.stages.data or "",
            "revenue": _exact(self.revenue),
            "currency": self.currency.data,
            "note": self.note.data,
            **counts,
        }


def period_values(period: LeverPeriod) -> dict[str, Any]:
    """What the form of a period is opened with."""
    return {
        "unit": period.unit_id or WHOLE,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "leads": str(period.leads),
        "stages": "\n".join(f"{name}: {count}" for name, count in period.stages),
        "clients": str(period.clients),
        "purchases": str(period.purchases),
        "revenue": written_number(period.revenue, language=speaker().language),
        "currency": period.currency,
        "note": period.note,
        "version": str(period.version),
    }


class TargetsForm(Form):
    """What each lever is to reach; empty: no target."""

    inflow = NumberField(_l("Leads a week"), is_amount=True)
    conversion = NumberField(_l("Leads that become clients"))
    check = NumberField(_l("Average check"), is_amount=True)
    currency = StringField(_l("Currency"), validators=[Length(max=3)])
    frequency = NumberField(_l("Purchases of a client in a period"), is_amount=True)

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            lever.value: _exact(self[lever.value])
            for lever in Lever
            if lever is not Lever.CONVERSION
        }
        share = self.conversion.number
        found["conversion"] = None if share is None else str(share / 100)
        return found | {"currency": self.currency.data}


def target_values(target: LeverTarget | None, *, currency: str) -> dict[str, Any]:
    """What the form of targets is opened with."""
    language = speaker().language
    found: dict[str, Any] = {"version": "0", "currency": currency}
    if target is not None:
        found |= {"version": str(target.version), "currency": target.currency or currency}
    for lever, value in lever_targets.values(target).items():
        shown = hundredfold(float(value)) if lever is Lever.CONVERSION else float(value)
        found[lever.value] = written_number(shown, language=language)
    return found


class BaseForm(Form):
    """The clients of a territory in a period."""

    territory = StringField(_l("Territory"), validators=[Length(max=120)])
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    active = NumberField(_l("Active: bought in the period"), is_whole=True, is_amount=True)
    ever = NumberField(_l("Ever bought"), is_whole=True, is_amount=True)
    potential = NumberField(_l("Could buy"), is_whole=True, is_amount=True)
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    @property
    def body(self) -> dict[str, Any]:
        counts = {name: _exact(self[name]) for name in ("active", "ever", "potential")}
        return {
            "territory": self.territory.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "note": self.note.data,
            **counts,
        }


def base_values(base: ClientBase) -> dict[str, Any]:
    """What the form of a base is opened with."""
    counts = {name: getattr(base, name) for name in ("active", "ever", "potential")}
    return {
        "territory": base.territory,
        "starts_on": base.starts_on,
        "ends_on": base.ends_on,
        "note": base.note,
        "version": str(base.version),
        **{name: "" if count is None else str(count) for name, count in counts.items()},
    }


class DefinitionForm(Form):
    """Whom the whole base counts."""

    definition = RadioField(_l("The whole base counts"), validate_choice=False)

    def offer(self) -> None:
        self.definition.choices = choices(
            (each.value, say(Text(f"base_{each.value}"))) for each in BaseDefinition
        )

    @property
    def chosen(self) -> BaseDefinition | None:
        return next((each for each in BaseDefinition if each.value == self.definition.data), None)


def refuse_not_allowed(form: Form, refusal: NotAllowed) -> None:
    """Say it above the form, which keeps what was typed."""
    form.form_errors.append(say(refusal.text))


class StruckForm(Form):
    """Why an entry is struck out."""

    reason = TextAreaField(_l("Why"), render_kw={"maxlength": LIMIT, "rows": 3})


class ImportForm(Form):
    """Many periods, or many territories, at once."""

    rows = TextAreaField(_l("Rows as they are copied from a spreadsheet"))
    file = FileField(_l("Or a file"))
    unit = SelectField(_l("Where"), validate_choice=False)
    currency = StringField(_l("Currency"), validators=[Length(max=3)])
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])

    def offer(self, units: Iterable[Unit | None]) -> None:
        self.unit.choices = choices(unit_choices(units))


def _exact(field: Any) -> str | None:
    """A number as it was typed, without its signs of grouping; what is none, as it stands."""
    typed = str(field.data or "").strip()
    if not typed:
        return None
    return typed if field.number is None else f"{field.number:f}"
