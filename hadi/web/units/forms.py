"""Forms of units: a unit, a week of its log, a list that is imported."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.domain.units import SalesModel, Technology, UnitKind
from hadi.models import Unit, UnitWeek, User
from hadi.services import unit_list, units, users
from hadi.services.unit_reading import LENGTHS, names_in
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say
from hadi.web.shared.typed_numbers import NumberField


def _line(label: Any, name: str, **attributes: Any) -> StringField:
    return StringField(label, render_kw={"maxlength": LENGTHS[name], **attributes})


class UnitForm(Form):
    """A store, a territory or a team."""

    kind = RadioField(_l("What is it?"), validate_choice=False)
    code = _line(_l("Code"), "code", autocapitalize="characters", spellcheck="false")
    name = _line(_l("Its name"), "name")
    aliases = TextAreaField(_l("Other names"), render_kw={"rows": 2, "spellcheck": "false"})
    region = _line(_l("Region"), "region", list="regions")
    format = _line(_l("Format"), "format", list="formats")
    head = _line(_l("Head"), "head")
    responsible = SelectField(_l("Responsible"), validate_choice=False)
    parent = SelectField(_l("Territory"), validate_choice=False)
    sales_model = SelectField(_l("Sales model"), validate_choice=False)
    technology = _line(_l("Technology"), "technology", list="technologies")

    def offer(self, unit: Unit | None = None) -> None:
        """Kinds, people, territories, models."""
        kinds = [(kind.value, say(Text(f"unit_kind_{kind.value}"))) for kind in UnitKind]
        models = [(model.value, say(Text(f"sales_model_{model.value}"))) for model in SalesModel]
        lands = [
            (other.id, other.name)
            for other in units.territories()
            if unit is None or other.id != unit.id
        ]
        if unit is not None and unit.parent is not None and unit.parent.is_closed:
            lands.append((unit.parent.id, unit.parent.name))
        self.kind.choices = choices(kinds)
        self.sales_model.choices = choices([("", _("Not chosen yet")), *models])
        self.parent.choices = choices([("", _("None")), *lands])
        self.responsible.choices = choices([("", _("Choose")), *people(unit)])

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        names = (
            "kind", "code", "name", "region", "format", "head", "responsible", "sales_model",
            "technology", "parent",
        )  # fmt: skip
        typed = {name: self._fields[name].data for name in names}
        return {**typed, "aliases": names_in(str(self.aliases.data or ""))}


def people(unit: Unit | None = None) -> list[tuple[str, str]]:
    """Whoever can be responsible: who has an account, and who is already."""
    found = users.everyone(is_active=True)
    if unit is not None and unit.responsible not in found:
        found.append(unit.responsible)
    return [(person.id, _named(person)) for person in found]


def _named(person: User) -> str:
    return person.name if person.active else str(_("%(name)s (left)", name=person.name))


def unit_values(unit: Unit) -> dict[str, Any]:
    """What the form of a unit is opened with."""
    return {
        "kind": unit.kind.value,
        "code": unit.code,
        "name": unit.name,
        "aliases": "; ".join(unit.aliases),
        "region": unit.region,
        "format": unit.format,
        "head": unit.head,
        "responsible": unit.responsible_id,
        "parent": unit.parent_id or "",
        "sales_model": unit.sales_model.value if unit.sales_model else "",
        "technology": unit.technology,
        "version": str(unit.version),
    }


def suggestions() -> dict[str, tuple[str, ...]]:
    """What is offered while one types."""
    technologies = (say(Text(f"technology_{each.value}")) for each in Technology)
    return {
        "regions": tuple(unit_list.regions()),
        "formats": tuple(unit_list.formats()),
        "technologies": tuple(technologies),
    }


class WeekForm(Form):
    """A week of the log."""

    week = DateField(_l("A day of the week"), validators=[Optional()])
    staff = NumberField(_l("People"), is_whole=True)
    staff_new = NumberField(_l("Of them began in this week"), is_whole=True)
    stock_out = BooleanField(_l("Goods ran out"))
    stock_note = StringField(_l("Which goods"), render_kw={"maxlength": LIMIT})
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    @property
    def body(self) -> dict[str, Any]:
        """Everything, as the service takes it."""
        return {
            "week": self.week.data,
            "staff": _whole(self.staff),
            "staff_new": _whole(self.staff_new),
            "stock_out": bool(self.stock_out.data),
            "stock_note": self.stock_note.data,
            "note": self.note.data,
        }

    def corrected(self, entry: UnitWeek) -> dict[str, Any]:
        """The same of a week that is there. Whoever names goods where none had run out says that
        they did; whoever takes the tick away and leaves the goods contradicts."""
        body = self.body
        if body["stock_note"] and not entry.stock_out:
            body["stock_out"] = True
        return body

    @property
    def filled(self) -> dict[str, Any]:
        """What was filled in: a week that is there already keeps the rest."""
        kept = {name: value for name, value in self.body.items() if value not in (None, "", False)}
        return {"week": self.week.data, **kept}


def _whole(field: NumberField) -> str | None:
    return None if field.number is None else str(int(field.number))


def week_values(entry: UnitWeek) -> dict[str, Any]:
    """What the form of a week is opened with."""
    return {
        "week": entry.week,
        "staff": "" if entry.staff is None else str(entry.staff),
        "staff_new": "" if entry.staff_new is None else str(entry.staff_new),
        "stock_out": entry.stock_out,
        "stock_note": entry.stock_note,
        "note": entry.note,
        "version": str(entry.version),
    }


class ImportForm(Form):
    """A list of units; `responsible` answers for new ones where the list names nobody."""

    file = FileField(_l("A table of them"))
    lines = TextAreaField(_l("Or paste it"))
    responsible = SelectField(_l("Responsible, where the list names nobody"), validate_choice=False)

    def offer(self) -> None:
        self.responsible.choices = choices([("", _("Nobody: the list names them")), *people()])

    @property
    def is_sent(self) -> bool:
        """Whether there is a file."""
        return bool(self.file.data and self.file.data.filename)
