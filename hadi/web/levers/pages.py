"""The board of levers: where each stands, which is next, what a change came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_skeleton
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.charts.contributions import Contribution, Contributions, contributions
from hadi.charts.interval import IntervalChart
from hadi.domain.levers import Lever
from hadi.domain.money import amount_figure
from hadi.domain.permissions import Actor
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.turnover import Part
from hadi.models import LeverPeriod, Unit
from hadi.services import lever_periods
from hadi.services.levers import Board, Compared, Moved
from hadi.web.levers.forms import unit_choices
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.intervals import effect_of, interval_of
from hadi.web.shared.language import day, figure, say, speaker
from hadi.web.shared.money_words import amount_words
from hadi.web.shared.pages import Column, FilterOption, Page, Tab
from hadi.web.shared.render import chrome

CENT = Decimal("0.01")
DASH = "–"


@dataclass(frozen=True, slots=True)
class LeverLine:
    """A lever: where it stands, what it is to reach, and how far that is."""

    order: str
    label: str
    now: str
    target: str
    share: str | None
    width: float
    is_reached: bool
    is_next: bool
    hypotheses: int


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A hypothesis on its lever."""

    order: str
    lever: str
    key: str
    url: str
    change: str
    language: str
    verdict: str | None
    is_early_look: bool
    effect: str | None
    chart: IntervalChart | None
    early: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period in the list of them."""

    label: str
    revenue: str
    counts: str
    note: str
    void_reason: str | None
    edit_url: str | None
    void_url: str | None
    restore_url: str | None


@dataclass(frozen=True, slots=True)
class ComparedPanel:
    """What a change of revenue came from."""

    sentence: str
    chart: Contributions | None
    heads: tuple[str, str]
    notes: tuple[str, ...]
    befores: tuple[FilterOption, ...]
    afters: tuple[FilterOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeversPage(Page):
    """`/data/levers`."""

    tabs: tuple[Tab, ...]
    views: tuple[Tab, ...]
    url: str
    units: tuple[FilterOption, ...]
    unit: str
    answer: str
    when: str | None
    lines: tuple[LeverLine, ...]
    columns: tuple[Column, ...]
    compared: ComparedPanel | None
    hides_money: bool
    moved: tuple[MovedLine, ...]
    moved_columns: tuple[Column, ...]
    periods: tuple[PeriodLine, ...]
    period_columns: tuple[Column, ...]
    new_url: str | None
    import_url: str | None
    targets_url: str | None
    downloads: tuple[Downloads, ...]


def views(current: str) -> tuple[Tab, ...]:
    """The two views of this place."""
    return (
        Tab(_("Levers of revenue"), url_for("levers.index"), current == "levers"),
        Tab(_("Client bases"), url_for("levers.clients"), current == "clients"),
    )


def levers_page(
    board: Board, struck: Sequence[LeverPeriod], units: Sequence[Unit], *, actor: Actor
) -> LeversPage:
    unit = board.unit
    named = unit.id if unit else None
    can_edit = lever_periods.may_edit(unit, actor)
    # Of the whole nobody may enter anything who leads a store, but of that store they may.
    can_add = can_edit or (unit is None and lever_periods.may_edit_any(actor))
    listed = [*board.periods, *(each for each in struck if each.is_void)]
    return LeversPage(
        title=_("Levers"),
        chrome=chrome(),
        tabs=data_tabs("levers"),
        views=views("levers"),
        url=url_for("levers.index"),
        units=tuple(
            FilterOption(value, label, value == (named or ""))
            for value, label in unit_choices([None, *units])
        ),
        unit=named or "",
        answer=_answer(board),
        when=_span(board.latest) if board.latest else None,
        lines=_lines(board),
        columns=(
            Column(_("Lever")), Column(_("Now"), is_figure=True),
            Column(_("Target"), is_figure=True), Column(_("Reached"), is_figure=True),
            Column("", is_hidden_on_phone=True),
            Column(_("Hypotheses"), is_figure=True, is_hidden_on_phone=True),
        ),
        compared=_compared(board) if board.sees_money else None,
        hides_money=bool(board.periods) and not board.sees_money,
        moved=tuple(
            _moved(moved) for lever in Lever for moved in board.moved
            if moved.setting.lever is lever
        ),
        moved_columns=(
            Column(_("Lever")), Column(_("Hypothesis")), Column(_("Measured effect")),
        ),
        periods=tuple(_period(each, board, can_edit=can_edit) for each in listed),
        period_columns=(
            Column(_("Period")), Column(_("Counts"), is_hidden_on_phone=True),
            Column(_("Revenue"), is_figure=True), Column(""),
        ),
        new_url=url_for("levers.new_period", unit=named) if can_add else None,
        import_url=url_for("levers.import_periods", unit=named) if can_add else None,
        targets_url=url_for("levers.targets", unit=named) if can_edit else None,
        downloads=(offered("levers.periods_file", unit=named),) if listed else (),
    )  # fmt: skip


def _answer(board: Board) -> str:
    """The sentence above everything: which lever is next."""
    if board.latest is None:
        return ""
    found = board.next
    if found is not None:
        assert found.share is not None
        if found.lever is Lever.CHECK and not board.sees_money:
            return str(_("Next to tune: %(lever)s.", lever=lever_word(found.lever)))
        return str(_(
            "Next to tune: %(lever)s, at %(share)s of its target.",
            lever=lever_word(found.lever), share=_share(found.share),
        ))  # fmt: skip
    if all(each.is_open for each in board.standings):
        return str(_("Set a target for each lever, and HADI says which one is next to tune."))
    if any(each.is_open for each in board.standings):
        return str(_("Every lever that has a target reaches it; the others have none yet."))
    return str(_("Every lever reaches its target."))


def lever_word(lever: Lever) -> str:
    return say(Text(f"lever_{lever.value}"))


def _lines(board: Board) -> tuple[LeverLine, ...]:
    latest, target = board.latest, board.target
    currency = latest.currency if latest else ""
    target_currency = target.currency if target else currency
    counts = dict.fromkeys(Lever, 0)
    for moved in board.moved:
        if moved.setting.lever is not None:
            counts[moved.setting.lever] += 1
    lines = []
    for each in board.standings:
        is_hidden = each.lever is Lever.CHECK and not board.sees_money
        share = None if is_hidden else each.share
        lines.append(
            LeverLine(
                order=each.lever.order,
                label=lever_word(each.lever),
                now=DASH
                if is_hidden
                else value_words(each.lever, each.now, currency, is_weekly=True),
                target=DASH
                if is_hidden
                else value_words(
                    each.lever, _target(board, each.lever), target_currency, is_weekly=True
                ),
                share=_share(share) if share is not None else None,
                width=round(min(float(share), 1.0) * 100, 1) if share is not None else 0.0,
                is_reached=share is not None and share >= 1,
                is_next=board.next is not None and board.next.lever is each.lever,
                hypotheses=counts[each.lever],
            )
        )
    return tuple(lines)


def _target(board: Board, lever: Lever) -> Fraction | None:
    written = board.target.body.get(lever.value) if board.target else None
    return Fraction(written) if written else None


def value_words(
    lever: Lever, value: Fraction | None, currency: str, *, is_weekly: bool = False
) -> str:
    """What a lever stands at, in its own unit."""
    if value is None:
        return DASH
    if lever is Lever.CONVERSION:
        return figure(Figure(FigureKind.SHARE, float(value)))
    if lever is Lever.CHECK:
        return amount_words(_cents(value), currency)
    number = figure(Figure(FigureKind.NUMBER, float(value)))
    return str(_("%(n)s a week", n=number)) if is_weekly and lever is Lever.INFLOW else number


def _cents(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT)


def _share(value: Fraction) -> str:
    return figure(Figure(FigureKind.SHARE, float(value)))


def _span(period: LeverPeriod) -> str:
    return span_words(period.starts_on, period.ends_on)


def span_words(first: date, last: date) -> str:
    """A whole month by its name, anything else by its two days."""
    is_month = first.day == 1 and (last + timedelta(days=1)).day == 1
    if is_month and (first.year, first.month) == (last.year, last.month):
        return format_skeleton("yMMM", first, locale=speaker().language)
    return str(_("%(first)s to %(last)s", first=day(first), last=day(last)))


# ------------------------------------------------------------------------------- the change
def _compared(board: Board) -> ComparedPanel | None:
    compared = board.compared
    if compared is None:
        return None
    before, after = compared.before, compared.after
    notes = [say(note) for note in compared.notes]
    if compared.problem is not None:
        notes.insert(0, say(compared.problem))
    return ComparedPanel(
        sentence=_change_sentence(compared),
        chart=_chart(compared),
        heads=(_span(before), _span(after)),
        notes=tuple(notes),
        befores=_options(board.periods, before),
        afters=_options(board.periods, after),
    )


def _options(periods: Sequence[LeverPeriod], chosen: LeverPeriod) -> tuple[FilterOption, ...]:
    return tuple(FilterOption(each.id, _span(each), each.id == chosen.id) for each in periods)


def _change_sentence(compared: Compared) -> str:
    before, after = compared.before, compared.after
    if before.currency != after.currency:
        return ""
    change = after.revenue - before.revenue
    return str(
        _(
            "Revenue went from %(before)s to %(after)s: %(change)s.",
            before=amount_words(before.revenue, before.currency),
            after=amount_words(after.revenue, after.currency),
            change=amount_words(change, after.currency, is_signed=True),
        )
    )


def _chart(compared: Compared) -> Contributions | None:
    change = compared.change
    if change is None:
        return None
    currency = compared.after.currency
    stages = [part for part in change.parts if part.lever is Lever.CONVERSION]
    rows = []
    for lever in Lever:
        inner = stages if lever is Lever.CONVERSION else []
        rows.append(
            Contribution(
                label=f"{lever.order} {lever_word(lever)}",
                amount=float(change.by_lever[lever]),
                figure=amount_figure(change.by_lever[lever], currency, is_signed=True),
                before=value_words(lever, compared.before.turnover.value(lever), currency),
                after=value_words(lever, compared.after.turnover.value(lever), currency),
            )
        )
        if len(inner) > 1:
            rows += [_stage(part, place, inner, currency) for place, part in enumerate(inner)]
    return contributions(rows, amount_figure(change.total, currency, is_signed=True))


def _stage(part: Part, place: int, inner: Sequence[Part], currency: str) -> Contribution:
    """A stage's own part: what reached it of those before it."""
    is_last = place == len(inner) - 1
    return Contribution(
        label=_("to clients") if is_last else _("to “%(stage)s”", stage=part.name),
        amount=float(part.amount),
        figure=amount_figure(part.amount, currency, is_signed=True),
        before=_share(part.before),
        after=_share(part.after),
        is_inner=True,
    )


# ------------------------------------------------------------------------------- what is tested
def _moved(moved: Moved) -> MovedLine:
    hypothesis, result, lever = moved.hypothesis, moved.result, moved.setting.lever
    assert lever is not None
    plan = result.plan_version.plan if result else None
    effect = effect_of(result.record, plan) if result and plan else None
    return MovedLine(
        order=lever.order,
        lever=lever_word(lever),
        key=hypothesis.key,
        url=url_for("hypotheses.show", key=hypothesis.key),
        change=hypothesis.title or hypothesis.change,
        language=hypothesis.language,
        verdict=result.label if result else None,
        is_early_look=bool(result and result.early_reason),
        effect=say(effect) if effect else None,
        chart=interval_of(result.record, plan) if result and plan else None,
        early=tuple(say(text) for text in moved.early),
        reason=moved.setting.order_reason,
    )


# ------------------------------------------------------------------------------- periods
def _period(period: LeverPeriod, board: Board, *, can_edit: bool) -> PeriodLine:
    is_open = can_edit and not period.is_void

    def url(endpoint: str) -> str:
        return url_for(endpoint, period_id=period.id)

    return PeriodLine(
        label=_span(period),
        revenue=amount_words(period.revenue, period.currency) if board.sees_money else DASH,
        counts=counts_words(period),
        note=period.note,
        void_reason=period.void_reason if period.is_void else None,
        edit_url=url("levers.period") if is_open else None,
        void_url=url("levers.void_period") if is_open else None,
        restore_url=url("levers.restore_period") if can_edit and period.is_void else None,
    )


def counts_words(period: LeverPeriod) -> str:
    """The counts of a period in one line, from lead to purchase."""

    def shown(n: int) -> str:
        return figure(Figure(FigureKind.COUNT, n))

    leads, clients, purchases = period.leads, period.clients, period.purchases
    parts = [
        ngettext("%(count)s lead", "%(count)s leads", leads, count=shown(leads)),
        *(f"{shown(n)} {name}" for name, n in period.stages),
        ngettext("%(count)s client", "%(count)s clients", clients, count=shown(clients)),
        ngettext("%(count)s purchase", "%(count)s purchases", purchases, count=shown(purchases)),
    ]
    return " → ".join(parts)
