"""The scorecards as lines."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.services import scorecards
from hadi.services.scorecards import Listed
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, FilterOption, Page, Tab
from hadi.web.shared.render import chrome

SHOWN = ("open", "closed", "all")


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card of the list."""

    name: str
    url: str
    purpose: str
    criteria: str
    visits: str
    last: str
    watches: str
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardsPage(Page):
    """`/data/scorecards`."""

    tabs: tuple[Tab, ...]
    columns: tuple[Column, ...]
    lines: tuple[CardLine, ...]
    found: str
    words: str
    shown: tuple[FilterOption, ...]
    list_url: str
    clear_url: str | None
    new_url: str | None
    is_empty: bool


def scorecards_page(*, words: str, shown: str, actor: Actor) -> ScorecardsPage:
    is_open = {"open": True, "closed": False}.get(shown)
    found = scorecards.listing(query=words, is_open=is_open, by=actor)
    is_narrowed = bool(words) or shown != "open"
    list_url = url_for("scorecards.index")
    is_empty = not found and not is_narrowed and not scorecards.listing(by=actor)
    names = {"open": _("Those in use"), "closed": _("Closed ones"), "all": _("All")}
    return ScorecardsPage(
        title=_("Scorecards"),
        chrome=chrome(),
        tabs=data_tabs("scorecards"),
        columns=(
            Column(_("Scorecard")),
            Column(_("Criteria"), is_figure=True, is_hidden_on_phone=True),
            Column(_("Visits"), is_figure=True),
            Column(_("Last visit"), is_figure=True),
            Column(_("Watches"), is_figure=True, is_hidden_on_phone=True),
        ),
        lines=tuple(_line(each) for each in found),
        found=say(Text("scorecards_found", n=len(found))),
        words=words,
        shown=tuple(FilterOption(key, names[key], key == shown) for key in SHOWN),
        list_url=list_url,
        clear_url=list_url if is_narrowed else None,
        new_url=url_for("scorecards.new") if allows(actor, Permission.EDIT_SCORECARDS) else None,
        is_empty=is_empty,
    )


def _line(each: Listed) -> CardLine:
    return CardLine(
        name=each.card.name,
        url=url_for("scorecards.show", card_id=each.card.id),
        purpose=each.card.purpose,
        criteria=_count(each.criteria),
        visits=_count(each.visits),
        last=day(each.last_visit) if each.last_visit else "",
        watches=_count(each.hypotheses) if each.hypotheses else "",
        is_closed=each.card.closed_at is not None,
    )


def _count(number: int) -> str:
    return figure(Figure(FigureKind.COUNT, number))
