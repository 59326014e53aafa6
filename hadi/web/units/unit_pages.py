"""The pages of one unit: what is known of it, its log, its form, a week of its log."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.units import UnitKind
from hadi.models import Hypothesis, Unit, UnitWeek
from hadi.services import hypothesis_where, unit_weeks, units
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, HistoryEntry, Link, Page
from hadi.web.shared.render import chrome
from hadi.web.units import history
from hadi.web.units.forms import UnitForm, WeekForm, suggestions


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A week of the log."""

    week: str
    staff: str
    new: str
    stock: str
    note: str
    who: str
    version: int
    edit_url: str | None
    remove_url: str | None


@dataclass(frozen=True, slots=True)
class HypothesisLine:
    """A hypothesis that runs, or ran, in the unit."""

    key: str
    url: str
    change: str
    language: str
    state: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage(Page):
    """`/data/units/<id>`."""

    crumbs: tuple[Link, ...]
    meta: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    parts: tuple[Link, ...]
    lacks: str | None
    warning: str | None
    is_closed: bool
    version: int
    edit_url: str | None
    close_url: str | None
    reopen_url: str | None
    form: WeekForm | None
    week_url: str
    weeks: tuple[WeekLine, ...]
    columns: tuple[Column, ...]
    hypotheses: tuple[HypothesisLine, ...]
    levers_url: str
    history: tuple[HistoryEntry, ...]
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFormPage(Page):
    """A unit that is entered or changed."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: UnitForm
    suggestions: dict[str, tuple[str, ...]]
    is_new: bool
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage(Page):
    """A week of the log that is corrected."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: WeekForm
    is_stale: bool = False


def unit_page(unit: Unit, form: WeekForm, *, actor: Actor) -> UnitPage:
    may_edit = allows(actor, Permission.MANAGE_UNITS)
    may_log = allows(actor, Permission.LOG_UNITS, units.stake(unit))
    warning = hypothesis_where.unit_warning(unit)
    logged = unit_weeks.listing(unit, by=actor)
    return UnitPage(
        title=unit.name,
        chrome=chrome(),
        crumbs=_crumbs(),
        meta=tuple(_meta(unit)),
        pairs=_pairs(unit),
        parts=tuple(Link(part.name, _url("show", part)) for part in units.parts_of(unit)),
        lacks=_lacks(unit),
        warning=say(warning) if warning else None,
        is_closed=unit.is_closed,
        version=unit.version,
        edit_url=_url("edit", unit) if may_edit else None,
        close_url=_url("close", unit) if may_edit and not unit.is_closed else None,
        reopen_url=_url("reopen", unit) if may_edit and unit.is_closed else None,
        form=form if may_log else None,
        week_url=_url("write_week", unit),
        weeks=tuple(_week(entry, unit, may_log=may_log) for entry in logged),
        columns=_columns(),
        hypotheses=tuple(_hypothesis(found) for found in units.hypotheses_in(unit)),
        levers_url=url_for("levers.index", unit=unit.id),
        history=tuple(history.entry(event) for event in units.history(unit, by=actor)),
        downloads=(offered("units.weeks", unit_id=unit.id),),
    )


def form_page(form: UnitForm, unit: Unit | None = None, *, is_stale: bool = False) -> UnitFormPage:
    title = _("Change %(name)s", name=unit.name) if unit else _("A new store, territory or team")
    return UnitFormPage(
        title=title,
        chrome=chrome(),
        crumbs=(*_crumbs(), Link(unit.name, _url("show", unit))) if unit else _crumbs(),
        url=_url("edit", unit) if unit else url_for("units.new"),
        cancel_url=_url("show", unit) if unit else url_for("units.index"),
        form=form,
        suggestions=suggestions(),
        is_new=unit is None,
        is_stale=is_stale,
    )


def week_page(unit: Unit, entry: UnitWeek, form: WeekForm, *, is_stale: bool = False) -> WeekPage:
    return WeekPage(
        title=_("Week of %(day)s", day=day(entry.week)),
        chrome=chrome(),
        crumbs=(*_crumbs(), Link(unit.name, _url("show", unit))),
        url=url_for("units.week", unit_id=unit.id, week_id=entry.id),
        cancel_url=_url("show", unit),
        form=form,
        is_stale=is_stale,
    )


def _url(endpoint: str, unit: Unit) -> str:
    return url_for(f"units.{endpoint}", unit_id=unit.id)


def _crumbs() -> tuple[Link, ...]:
    return (
        Link(str(_("Data")), url_for("data.index")),
        Link(str(_("Stores and teams")), url_for("units.index")),
    )


def _meta(unit: Unit) -> list[str]:
    told = [say(Text(f"unit_kind_{unit.kind.value}")), unit.code]
    if unit.closed_at is not None:
        told.append(str(_("closed %(day)s", day=day(unit.closed_at))))
    return told


def _pairs(unit: Unit) -> tuple[tuple[str, str], ...]:
    model = Text(f"sales_model_{unit.sales_model.value}") if unit.sales_model else None
    known = [
        (_("Responsible"), unit.responsible.name),
        (_("Head"), unit.head),
        (_("Region"), unit.region),
        (_("Format"), unit.format),
        (_("Territory"), unit.parent.name if unit.parent else ""),
        (_("Sales model"), say(model) if model else ""),
        (_("Technology"), unit.technology),
        (_("Known in data as"), _known_as(unit)),
    ]
    if unit.kind is UnitKind.TERRITORY:
        known = [pair for pair in known if pair[0] != _("Format")]
    return tuple((str(label), value) for label, value in known)


def _known_as(unit: Unit) -> str:
    """Every way of writing it that is another one."""
    names = {folded(name): name for name in reversed((unit.code, unit.name, *unit.aliases))}
    return ", ".join(reversed(names.values()))


def _lacks(unit: Unit) -> str | None:
    if unit.is_ready or unit.is_closed:
        return None
    return say(Text("unit_lacks_model"))


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Week from")),
        Column(_("People"), is_figure=True),
        Column(_("Of them new"), is_figure=True),
        Column(_("Goods that ran out")),
        Column(_("Entered by"), is_hidden_on_phone=True),
        Column(""),
    )


def _week(entry: UnitWeek, unit: Unit, *, may_log: bool) -> WeekLine:
    def url(endpoint: str) -> str | None:
        if not may_log:
            return None
        return url_for(endpoint, unit_id=unit.id, week_id=entry.id)

    ran_out = entry.stock_note or (str(_("yes")) if entry.stock_out else "")
    return WeekLine(
        week=day(entry.week),
        staff=_count(entry.staff),
        new=_count(entry.staff_new),
        stock=ran_out,
        note=entry.note,
        who=entry.author.name,
        version=entry.version,
        edit_url=url("units.week"),
        remove_url=url("units.remove_week"),
    )


def _count(number: int | None) -> str:
    return "" if number is None else figure(Figure(FigureKind.COUNT, number))


def _hypothesis(found: Hypothesis) -> HypothesisLine:
    return HypothesisLine(
        key=found.key,
        url=url_for("hypotheses.show", key=found.key),
        change=found.title or found.change,
        language=found.language,
        state=say(Text(f"state_{found.state.value}")),
        stage=found.state.value,
    )
