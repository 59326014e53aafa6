"""The page of a scorecard: what its visits say, criterion by criterion and store by store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from hadi.analysis.scorecards import Assessment, Coded, CriterionLine, UnitLine
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scorecards import Share
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Scorecard, ScorecardLink, ScorecardVisit
from hadi.services import scorecard_links, scorecard_visits
from hadi.services.scorecard_visits import rule_of
from hadi.web.scorecards import history
from hadi.web.scorecards.query import CardQuery
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, FilterOption, HistoryEntry, Link, Page, PageLinks
from hadi.web.shared.render import chrome

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion: its shares, and how far two coders agree."""

    number: int
    name: str
    url: str | None
    is_mandatory: bool
    lacks_check: bool
    before: str
    since: str
    kappa: str
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Store:
    """A store's visits and shares."""

    name: str
    visits_before: str
    visits_since: str
    before: str
    since: str
    is_few: bool


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit of the list."""

    day: str
    unit: str
    code: str
    score: str
    who: str
    void_reason: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A hypothesis that the card watches."""

    key: str
    url: str
    change: str
    language: str
    since_url: str | None
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage(Page):
    """`/data/scorecards/<id>`."""

    crumbs: tuple[Link, ...]
    purpose: str
    is_closed: bool
    url: str
    add_url: str | None
    import_url: str | None
    edit_url: str | None
    close_url: str | None
    reopen_url: str | None
    criterion_url: str | None
    answer: str
    no_change: str | None
    has_halves: bool
    stats: tuple[tuple[str, str, str], ...]
    checks: tuple[tuple[str, str, str], ...]
    query: CardQuery
    units: tuple[FilterOption, ...]
    criteria_columns: tuple[Column, ...]
    criteria: tuple[Line, ...]
    retired: tuple[tuple[str, str | None], ...]
    store_columns: tuple[Column, ...]
    stores: tuple[Store, ...]
    watched: tuple[Watched, ...]
    visit_columns: tuple[Column, ...]
    visits: tuple[VisitLine, ...]
    links: PageLinks
    downloads: tuple[Downloads, ...]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of visits, as PageLinks takes it."""

    items: list[ScorecardVisit]
    total: int
    page: int
    page_size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def card_page(card: Scorecard, query: CardQuery, *, actor: Actor) -> CardPage:
    links = scorecard_links.of_card(card)
    found = scorecard_links.of_whole_card(card, since=query.since, unit=query.unit, by=actor)
    items, total = scorecard_visits.listing(card, page=query.page, page_size=PAGE_SIZE, by=actor)
    visits = _Found(items, total, query.page)
    may_edit = allows(actor, Permission.EDIT_SCORECARDS)
    is_open = card.closed_at is None

    def url(endpoint: str, *, when: bool = True) -> str | None:
        return url_for(f"scorecards.{endpoint}", card_id=card.id) if may_edit and when else None

    return CardPage(
        title=card.name,
        chrome=chrome(),
        crumbs=crumbs(),
        purpose=card.purpose,
        is_closed=not is_open,
        url=url_for("scorecards.show", card_id=card.id),
        add_url=url("add_visit", when=is_open and bool(card.asked)),
        import_url=url("import_", when=is_open and bool(card.asked)),
        edit_url=url("edit", when=is_open),
        close_url=url("close", when=is_open),
        reopen_url=url("reopen", when=not is_open),
        criterion_url=url("add_criterion", when=is_open),
        answer=say(found.text),
        no_change=say(found.no_change) if found.no_change else None,
        has_halves=query.since is not None,
        stats=tuple(_stats(found)),
        checks=tuple((c.status.value, _check_word(c.code), say(c.detail)) for c in found.checks),
        query=query,
        units=_units(card, query),
        criteria_columns=_criteria_columns(has_halves=query.since is not None),
        criteria=tuple(_criterion(line, found, card, is_linked=may_edit and is_open)
                       for line in found.criteria),
        retired=tuple(
            (f"{each.number}. {each.name}",
             url_for("scorecards.ask_again", card_id=card.id, number=each.number)
             if may_edit and is_open else None)
            for each in card.criteria if each.retired_at is not None
        ),
        store_columns=_store_columns(has_halves=query.since is not None),
        stores=tuple(_store(line) for line in found.units),
        watched=tuple(_watched(link, card) for link in links),
        visit_columns=(
            Column(_("Day")),
            Column(_("Store")),
            Column(_("Met of what applied"), is_figure=True),
            Column(_("Entered by"), is_hidden_on_phone=True),
        ),
        visits=tuple(_visit(each, card) for each in visits.items),
        links=PageLinks.around(visits, lambda page: query.url(card, page=page)),
        downloads=(offered("scorecards.export", card_id=card.id),),
        history=history.entries(card, by=actor),
    )  # fmt: skip


def crumbs(card: Scorecard | None = None) -> tuple[Link, ...]:
    links = (
        Link(str(_("Data")), url_for("data.index")),
        Link(str(_("Scorecards")), url_for("scorecards.index")),
    )
    if card is None:
        return links
    return (*links, Link(card.name, url_for("scorecards.show", card_id=card.id)))


def share(value: Share) -> str:
    """“54.2% of 72”, or that nothing applied."""
    told = value.value
    if told is None:
        return "–"
    return str(_("%(share)s of %(n)s", share=percent(told), n=count(value.applied)))


def percent(value: float) -> str:
    return figure(Figure(FigureKind.SHARE, value))


def count(number: int) -> str:
    return figure(Figure(FigureKind.COUNT, number))


def _stats(found: Assessment) -> Iterator[tuple[str, str, str]]:
    for label, period in ((_("Before"), found.before), (_("Since"), found.since)):
        if period is None:
            continue
        if found.before is None:
            label = _("Met of what applied")
        value = period.share.value
        visits = say(Text("visits_counted", n=period.visits))
        yield str(label), "–" if value is None else percent(value), visits
    fidelity = found.fidelity.share
    if found.fidelity.steps:
        told = "–" if fidelity.value is None else percent(fidelity.value)
        note = say(Text("steps_counted", n=found.fidelity.steps))
        yield str(_("Mandatory steps done")), told, note
    if found.coded:
        kept = sum(1 for each in found.coded if not each.is_excluded)
        note = str(_("of %(n)s coded twice", n=count(len(found.coded))))
        yield str(_("Criteria that two people read alike")), count(kept), note


def _check_word(code: str) -> str:
    words = {
        "agreement": _("Two coders"),
        "criteria_excluded": _("Two coders"),
        "few_visits": _("Few visits"),
        "check_points": _("Check points"),
    }
    return str(words.get(code, code))


def _units(card: Scorecard, query: CardQuery) -> tuple[FilterOption, ...]:
    names = sorted({visit.unit for visit in scorecard_visits.counted(card) if visit.unit})
    if query.unit and query.unit not in names:
        names.append(query.unit)
    return (
        FilterOption("", str(_("All stores")), not query.unit),
        *(FilterOption(name, name, name == query.unit) for name in names),
    )


def _criteria_columns(*, has_halves: bool) -> tuple[Column, ...]:
    halves = (
        (Column(_("Before"), is_figure=True), Column(_("Since"), is_figure=True))
        if has_halves
        else (Column(_("Met of what applied"), is_figure=True),)
    )
    return (
        Column(_("Criterion")),
        *halves,
        Column(_("Two coders agree (kappa)"), is_figure=True, is_hidden_on_phone=True),
    )


def _store_columns(*, has_halves: bool) -> tuple[Column, ...]:
    if not has_halves:
        return (
            Column(_("Store")),
            Column(_("Visits"), is_figure=True),
            Column(_("Met of what applied"), is_figure=True),
        )
    return (
        Column(_("Store")),
        Column(_("Visits before"), is_figure=True, is_hidden_on_phone=True),
        Column(_("Visits since"), is_figure=True, is_hidden_on_phone=True),
        Column(_("Before"), is_figure=True),
        Column(_("Since"), is_figure=True),
    )


def _criterion(line: CriterionLine, found: Assessment, card: Scorecard, *, is_linked: bool) -> Line:
    asked = line.criterion
    coded = next((each for each in found.coded if each.number == asked.number), None)
    return Line(
        number=asked.number,
        name=asked.name,
        url=url_for("scorecards.criterion", card_id=card.id, number=asked.number)
        if is_linked
        else None,
        is_mandatory=asked.is_mandatory,
        lacks_check=asked.is_mandatory and not asked.check_point.is_complete,
        before=share(line.before),
        since=share(line.since),
        kappa=kappa_words(coded) if coded else "",
        is_excluded=line.is_excluded,
    )


def kappa_words(coded: Coded) -> str:
    """“0.79 (0.52 to 1.00), 20 visits”."""
    if coded.agreement is None:
        return say(coded.reason) if coded.reason else ""
    found = coded.agreement
    numbers = {
        "kappa": _two(found.kappa),
        "low": _two(found.low),
        "high": _two(found.high),
        "n": count(coded.pairs),
    }
    return str(_("%(kappa)s (%(low)s to %(high)s), %(n)s pairs", **numbers))


def _two(value: float) -> str:
    return str(format_decimal(value, "0.00")).replace("-", "−")


def _store(line: UnitLine) -> Store:
    return Store(
        name=line.unit or str(_("no store named")),
        visits_before=count(line.visits_before),
        visits_since=count(line.visits_since),
        before=share(line.before),
        since=share(line.since),
        is_few=line.is_few,
    )


def _watched(link: ScorecardLink, card: Scorecard) -> Watched:
    hypothesis = link.hypothesis
    test = hypothesis.current_test
    since: date | None = scorecard_links.begins(link, test.plan if test else None)
    names = link.unit_names
    unit = names[0] if len(names) == 1 else None
    return Watched(
        key=hypothesis.key,
        url=url_for("hypotheses.execution", key=hypothesis.key),
        change=hypothesis.title or hypothesis.change,
        language=hypothesis.language,
        since_url=url_for("scorecards.show", card_id=card.id, since=since.isoformat(), unit=unit)
        if since
        else None,
        since=day(since) if since else "",
    )


def _visit(visit: ScorecardVisit, card: Scorecard) -> VisitLine:
    numbers = {each.id: each.number for each in card.asked}
    told = Share.of(rule_of(visit, numbers).marks.values())
    return VisitLine(
        day=day(visit.visited_on),
        unit=visit.unit,
        code=visit.code or "",
        score=str(_("%(met)s of %(n)s", met=count(told.met), n=count(told.applied))),
        who=visit.author.name,
        void_reason=visit.void_reason if visit.is_void else None,
        url=url_for("scorecards.visit", card_id=card.id, visit_id=visit.id),
    )
