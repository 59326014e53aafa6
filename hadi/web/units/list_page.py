"""The list of units: which there are, who answers for them, and which cannot run a test yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.units import SalesModel, UnitKind
from hadi.services import unit_list
from hadi.services.unit_list import Shown, UnitRow, Units
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, FilterOption, Page, PageLinks, Tab, V, filter_options
from hadi.web.shared.render import chrome
from hadi.web.units.query import UnitQuery


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the list. `state` is "closed", "unready" or ""."""

    name: str
    code: str
    url: str
    kind: str
    where: str
    responsible: str
    model: str
    technology: str
    hypotheses: str
    logged: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPage(Page):
    """`/data/units`."""

    tabs: tuple[Tab, ...]
    columns: tuple[Column, ...]
    lines: tuple[UnitLine, ...]
    links: PageLinks
    downloads: tuple[Downloads, ...]
    query: UnitQuery
    found: str
    kinds: tuple[FilterOption, ...]
    models: tuple[FilterOption, ...]
    regions: tuple[FilterOption, ...]
    shown: tuple[FilterOption, ...]
    list_url: str
    clear_url: str | None
    new_url: str | None
    import_url: str | None
    is_empty: bool


def units_page(found: Units, query: UnitQuery, *, is_empty: bool, actor: Actor) -> UnitsPage:
    list_url = url_for("units.index")
    may_add = allows(actor, Permission.MANAGE_UNITS)
    return UnitsPage(
        title=_("Stores and teams"),
        chrome=chrome(),
        tabs=data_tabs("units"),
        columns=_columns(),
        lines=tuple(_line(row) for row in found.items),
        links=PageLinks.around(found, lambda page: query.url(page=page)),
        downloads=(
            offered("units.export", str(_("This list")), **query.parts()),
            offered("units.weeks_of_all", str(_("The logs of all, week by week"))),
        ),
        query=query,
        found=say(Text("units_found", n=found.total)),
        kinds=filter_options(_("Any kind"), _words(UnitKind, "unit_kind_{}"), query.kind),
        models=filter_options(
            _("Any sales model"), _words(SalesModel, "sales_model_{}"), query.model
        ),
        regions=_regions(query),
        shown=_shown(query),
        list_url=list_url,
        clear_url=list_url if query.is_narrowed else None,
        new_url=url_for("units.new") if may_add else None,
        import_url=url_for("units.import_") if may_add else None,
        is_empty=is_empty,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Store or team")),
        Column(_("Kind"), is_hidden_on_phone=True),
        Column(_("Region and format"), is_hidden_on_phone=True),
        Column(_("Responsible")),
        Column(_("How it sells")),
        Column(_("Hypotheses"), is_figure=True, is_hidden_on_phone=True),
        Column(_("Last logged"), is_figure=True, is_hidden_on_phone=True),
    )


def _words(kind: type[V], template: str) -> dict[V, str]:
    return {each: say(Text(template.format(each.value))) for each in kind}


def _regions(query: UnitQuery) -> tuple[FilterOption, ...]:
    everything = FilterOption("", str(_("Any region")), not query.region)
    known = unit_list.regions()
    if query.region and query.region not in known:
        known.append(query.region)
    return (everything, *(FilterOption(each, each, each == query.region) for each in known))


def _shown(query: UnitQuery) -> tuple[FilterOption, ...]:
    words = {
        Shown.OPEN: _("Those that are open"),
        Shown.UNREADY: _("Not ready for a test"),
        Shown.CLOSED: _("Closed"),
        Shown.ALL: _("Open and closed"),
    }
    return tuple(
        FilterOption(each.value, str(word), query.shown is each) for each, word in words.items()
    )


def _line(row: UnitRow) -> UnitLine:
    unit = row.unit
    model = Text(f"sales_model_{unit.sales_model.value}_short") if unit.sales_model else None
    return UnitLine(
        name=unit.name,
        code="" if folded(unit.code) == folded(unit.name) else unit.code,
        url=url_for("units.show", unit_id=unit.id),
        kind=say(Text(f"unit_kind_{unit.kind.value}")),
        where=", ".join(part for part in (unit.region, unit.format) if part),
        responsible=unit.responsible.name,
        model=say(model) if model else "",
        technology=unit.technology,
        hypotheses=figure(Figure(FigureKind.COUNT, row.hypotheses)),
        logged=day(row.last.week) if row.last else "",
        state="closed" if unit.is_closed else "" if unit.is_ready else "unready",
    )
