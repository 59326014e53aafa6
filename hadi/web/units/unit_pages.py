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
from hadi.services import hypothesis_where, unit_sums, unit_weeks, units
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
class SumLine:
    """A week of the stores of a territory together."""

    week: str
    written: str
    staff: str
    new: str
    stock: str


@dataclass(frozen=True, slots=True)
class SumPanel:
    """The stores of a territory, week by week."""

    people: str | None
    weeks: tuple[SumLine, ...]
    columns: tuple[Column, ...]


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
    sums: SumPanel | None
    lacks: str | None
    choose_url: str | None
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
        sums=_sums(unit, actor),
        lacks=_lacks(unit, may_edit=may_edit),
        choose_url=url_for("units.edit", unit_id=unit.id, _anchor="sales_model")
        if may_edit
        else None,
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


def _lacks(unit: Unit, *, may_edit: bool) -> str | None:
    """What has to be chosen; whoever may not choose reads who may."""
    if unit.is_ready or unit.is_closed:
        return None
    said = say(Text("unit_lacks_model"))
    return said if may_edit else f"{said} {say(Text('unit_model_chosen_by'))}"


def _sums(unit: Unit, actor: Actor) -> SumPanel | None:
    found = unit_sums.of(unit, by=actor)
    if found is None:
        return None
    people = None
    if found.staff is not None:
        people = say(
            Text(
                "unit_people_of_stores", n=len(found.stores), people=str(found.staff),
                told=str(found.staffed),
            )
        )  # fmt: skip
    count = len(found.stores)
    return SumPanel(
        people=people,
        weeks=tuple(
            SumLine(
                day(each.week),
                str(_("%(written)s of %(all)s", written=each.written, all=count)),
                _count(each.staff),
                _count(each.staff_new),
                ", ".join(store.name for store in each.empty),
            )
            for each in found.weeks
        ),
        columns=(
            Column(_("Week from")),
            Column(_("Stores that wrote it"), is_figure=True),
            Column(_("People"), is_figure=True),
            Column(_("Began in that week"), is_figure=True),
            Column(_("Goods ran out in")),
        ),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Week from")),
        Column(_("People"), is_figure=True),
        Column(_("Began in that week"), is_figure=True),
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
