"""Client bases: the active against the whole one, by territory."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.client_bases import BaseDefinition, Share
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import ClientBase
from hadi.services import lever_periods
from hadi.services.client_bases import Found, Line, Period
from hadi.web.levers.forms import BaseForm, DefinitionForm, StruckForm
from hadi.web.levers.pages import DASH, span_words, views
from hadi.web.levers.period_pages import StruckPage
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import figure, say
from hadi.web.shared.pages import Column, FilterOption, Link, Page, Tab
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class BaseLine:
    """A territory in a period. `ratio` is None where the whole base is not known."""

    territory: str
    unit_url: str | None
    active: str
    whole: str
    ratio: str | None
    width: float
    is_reached: bool
    note: str
    void_reason: str | None
    edit_url: str | None
    void_url: str | None
    restore_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsPage(Page):
    """`/data/levers/clients`."""

    tabs: tuple[Tab, ...]
    views: tuple[Tab, ...]
    url: str
    form: DefinitionForm | None
    definition: str
    meaning: str
    answer: str | None
    unknown: str | None
    periods: tuple[FilterOption, ...]
    lines: tuple[BaseLine, ...]
    columns: tuple[Column, ...]
    total: tuple[str, str, str]
    new_url: str | None
    import_url: str | None
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BasePage(Page):
    """A territory's base, entered or corrected."""

    crumbs: tuple[Link, ...]
    url: str
    form: BaseForm
    action: str
    cancel_url: str
    is_stale: bool = False


def clients_page(found: Found, form: DefinitionForm, *, actor: Actor) -> ClientsPage:
    can_add = lever_periods.may_edit_any(actor)
    lines = [
        *(_line(line, actor) for line in found.lines),
        *(_struck(base, actor) for base in found.struck),
    ]
    return ClientsPage(
        title=_("Client bases"),
        chrome=chrome(),
        tabs=data_tabs("levers"),
        views=views("clients"),
        url=url_for("levers.clients"),
        form=form if allows(actor, Permission.EDIT_SETTINGS) else None,
        definition=say(Text(f"base_{found.definition.value}")),
        meaning=_meaning(found.definition),
        answer=_answer(found),
        unknown=say(Text("client_bases_unknown", n=found.unknown)) if found.unknown else None,
        periods=tuple(
            FilterOption(period_key(period), span_words(*period), period == found.period)
            for period in found.periods
        ),
        lines=tuple(lines),
        columns=(
            Column(_("Territory")), Column(_("Active clients"), is_figure=True),
            Column(_("Whole base"), is_figure=True),
            Column(_("Active of the whole"), is_figure=True),
            Column("", is_hidden_on_phone=True), Column(""),
        ),
        total=_total(found.total),
        new_url=url_for("levers.new_base") if can_add else None,
        import_url=url_for("levers.import_bases") if can_add else None,
        downloads=(offered("levers.clients_file"),) if lines else (),
    )  # fmt: skip


def base_page(
    form: BaseForm, base: ClientBase | None = None, *, is_stale: bool = False
) -> BasePage:
    title = _("Enter a client base") if base is None else _("Correct a client base")
    return BasePage(
        title=title,
        chrome=chrome(),
        crumbs=_crumbs(title),
        url=url_for("levers.base", base_id=base.id) if base else url_for("levers.new_base"),
        form=form,
        action=_("Enter the client base") if base is None else _("Save"),
        cancel_url=url_for("levers.clients"),
        is_stale=is_stale,
    )


def void_base_page(base: ClientBase, form: StruckForm) -> StruckPage:
    return StruckPage(
        title=_("Strike a client base out"),
        chrome=chrome(),
        crumbs=_crumbs(_("Strike out")),
        url=url_for("levers.void_base", base_id=base.id),
        form=form,
        lead=_(
            "%(territory)s (%(period)s): it no longer counts, stays with your reason, and can be "
            "taken back.",
            territory=base.territory, period=span_words(base.starts_on, base.ends_on),
        ),
        cancel_url=url_for("levers.clients"),
    )  # fmt: skip


def period_key(period: Period) -> str:
    return f"{period[0].isoformat()}_{period[1].isoformat()}"


def _crumbs(label: str) -> tuple[Link, ...]:
    return (
        Link(_("Data"), url_for("data.index")),
        Link(_("Client bases"), url_for("levers.clients")),
        Link(label, ""),
    )


def _answer(found: Found) -> str | None:
    ratio = found.total.ratio
    if found.period is None or ratio is None:
        return None
    return str(_(
        "%(period)s: %(ratio)s of the whole base was active, %(active)s of %(whole)s clients.",
        ratio=_ratio(ratio), active=_count(found.total.active), whole=_count(found.total.whole),
        period=span_words(*found.period),
    ))  # fmt: skip


def _meaning(definition: BaseDefinition) -> str:
    """What 1 : 1 would mean."""
    return str(
        {
            BaseDefinition.EVER_BOUGHT: _("1 : 1 would mean that every client we know is active."),
            BaseDefinition.ALL_POTENTIAL: _(
                "1 : 1 would mean that everyone who could buy is active."
            ),
            BaseDefinition.WITHOUT_ACTIVE: _(
                "1 : 1 would mean that half of everyone who could buy is active."
            ),
        }[definition]
    )


def _line(line: Line, actor: Actor) -> BaseLine:
    base, held = line.base, line.share
    can_edit = lever_periods.may_edit(base.unit, actor)
    ratio = held.ratio if held else None
    return BaseLine(
        territory=base.territory,
        unit_url=_unit_url(base),
        active=_count(base.active),
        whole=_count(held.whole) if held else DASH,
        ratio=_ratio(ratio) if ratio is not None else None,
        width=round(min(ratio, 1.0) * 100, 1) if ratio is not None else 0.0,
        is_reached=ratio is not None and ratio >= 1,
        note=base.note,
        void_reason=None,
        edit_url=url_for("levers.base", base_id=base.id) if can_edit else None,
        void_url=url_for("levers.void_base", base_id=base.id) if can_edit else None,
        restore_url=None,
    )


def _struck(base: ClientBase, actor: Actor) -> BaseLine:
    can_edit = lever_periods.may_edit(base.unit, actor)
    return BaseLine(
        territory=f"{base.territory}, {span_words(base.starts_on, base.ends_on)}",
        unit_url=None,
        active=_count(base.active),
        whole=DASH,
        ratio=None,
        width=0.0,
        is_reached=False,
        note=base.note,
        void_reason=base.void_reason,
        edit_url=None,
        void_url=None,
        restore_url=url_for("levers.restore_base", base_id=base.id) if can_edit else None,
    )


def _unit_url(base: ClientBase) -> str | None:
    return url_for("units.show", unit_id=base.unit_id) if base.unit_id else None


def _total(total: Share) -> tuple[str, str, str]:
    ratio = total.ratio
    if ratio is None:  # of no territory it is known: nothing to sum is not a sum of nobody
        return DASH, DASH, DASH
    return _count(total.active), _count(total.whole), _ratio(ratio)


def _count(number: int) -> str:
    return figure(Figure(FigureKind.COUNT, number))


def _ratio(value: float) -> str:
    return figure(Figure(FigureKind.SHARE, value))
