"""What the page “Can this pilot succeed?” shows: the past weeks it rests on, then the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import Plan
from hadi.domain.statement import Statement
from hadi.domain.text import Figure, FigureKind, Text
from hadi.ingest.panels import PanelTable
from hadi.models import Hypothesis, PilotHistory
from hadi.services import hypotheses, pilot_chances, pilot_choices, pilots
from hadi.web.hypotheses.data_access import folder
from hadi.web.hypotheses.data_panels import dataset_name
from hadi.web.hypotheses.pilot_answers import PilotAnswer, pilot_answer
from hadi.web.hypotheses.pilot_forms import ApplyForm, ColumnsForm, DrawForm, HistoryForm
from hadi.web.shared.language import day, figure, moment, say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class HistoryPanel:
    """The past weeks that are attached. `problem` says why they cannot be read (any more)."""

    name: str
    said: str
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    is_mapped: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw of the pilots: who asked for it and when, what came, and the seed that repeats it."""

    who: str
    when: str
    sites: str
    seed: str
    candidates: str
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotPage(Page):
    """`/hypotheses/<key>/pilot`. `may_edit` says whether this person may change anything here."""

    key: str
    crumbs: tuple[Link, ...]
    statement: Statement
    may_edit: bool
    why_not: str | None
    history: HistoryPanel | None
    history_form: HistoryForm
    columns_form: ColumnsForm
    apply_form: ApplyForm
    has_datasets: bool
    errors: tuple[tuple[str | None, str], ...]
    answer: PilotAnswer
    treated: tuple[str, ...]
    draw_form: DrawForm
    draws: tuple[DrawLine, ...]
    stratum: str | None
    keep_url: str
    columns_url: str
    remove_url: str
    take_url: str
    draw_url: str
    plan_url: str


def pilot_page(
    hypothesis: Hypothesis,
    *,
    actor: Actor,
    history_form: HistoryForm | None = None,
    columns_form: ColumnsForm | None = None,
    draw_form: DrawForm | None = None,
    problem: str | None = None,
) -> PilotPage:
    """The page as it stands; a form that was refused is shown as it was sent."""
    test = hypothesis.current_test
    history = pilots.history_of(test.id) if test else None
    is_draft = hypothesis.state in (State.IDEA, State.PLANNED)
    may_edit = is_draft and allows(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    shown = _panel(history) if history else None
    datasets = _offered(actor) if may_edit else []
    key = hypothesis.key
    plan = Plan.from_json(pilot_choices.as_pilot(test.plan if test else None, history))
    found = pilot_chances.chances(plan, history, folder=folder())
    treated = plan.pilot.treated if plan.pilot else ()
    forms = (history_form, columns_form, draw_form)
    errors = [error for form in forms if form is not None for error in _errors(form)]
    return PilotPage(
        title=_("Can this pilot succeed?"),
        chrome=chrome(),
        key=key,
        crumbs=(
            Link(_("Hypotheses"), url_for("hypotheses.index")),
            Link(key, url_for("hypotheses.show", key=key)),
            Link(_("Plan"), url_for("hypotheses.plan", key=key)),
        ),
        statement=hypothesis.statement,
        may_edit=may_edit,
        why_not=None if is_draft else say(Text("history_of_draft")),
        history=shown,
        history_form=_history_form(history_form, datasets),
        columns_form=_columns_form(columns_form, history),
        apply_form=ApplyForm(formdata=None, data={"version": str(hypothesis.version)}),
        has_datasets=bool(datasets),
        errors=((None, problem), *errors) if problem else tuple(errors),
        answer=pilot_answer(found),
        treated=treated,
        draw_form=_draw_form(draw_form, history, hypothesis, len(treated) or 1),
        draws=_draws(hypothesis),
        stratum=history.stratum if history else None,
        keep_url=url_for("hypotheses.keep_history", key=key),
        columns_url=url_for("hypotheses.map_history", key=key),
        remove_url=url_for("hypotheses.remove_history", key=key),
        take_url=url_for("hypotheses.take_for_pilot", key=key),
        draw_url=url_for("hypotheses.draw_pilots", key=key),
        plan_url=url_for("hypotheses.plan", key=key),
    )


def _panel(history: PilotHistory) -> HistoryPanel:
    """What is known of the history, and what hinders it."""
    problem = None
    said = ngettext("%(n)s row", "%(n)s rows", history.rows, n=_count(history.rows))
    if history.is_mapped:
        try:
            table = pilots.panel(history, folder=folder())
            said = _(
                "%(sites)s sites, %(periods)s periods, %(first)s to %(last)s",
                sites=_count(len(table.sites)), periods=_count(len(table.periods.labels)),
                first=_period(table, 0), last=_period(table, -1),
            )  # fmt: skip
        except (Invalid, Unreadable) as refusal:
            problem = say(refusal.text)
    columns = [
        (_("The site"), history.site), (_("The period"), history.time),
        (_("The value"), history.value), (_("Divided by"), history.divisor),
        (_("What sorts the sites"), history.stratum),
        (_("The sites"), _("the other columns") if history.is_wide else None),
    ]  # fmt: skip
    return HistoryPanel(
        name=history.filename or _("Pasted cells"),
        said=str(said),
        columns=tuple((label, column) for label, column in columns if column),
        notes=tuple(say(Text.from_json(note)) for note in history.notes),
        is_mapped=history.is_mapped,
        problem=problem,
    )


def _period(table: PanelTable, place: int) -> str:
    """A period as the reader reads it: a day as a date."""
    days = table.periods.days
    return day(days[place]) if days else table.periods.labels[place]


def _offered(actor: Actor) -> list[tuple[str, str]]:
    """Earlier data sets by what they are called, whose they are, and when they came."""
    return [
        (one.id, f"{dataset_name(one)}, {one.author.name}, {day(one.created_at)}")
        for one in pilots.earlier(by=actor)
    ]


def _history_form(form: HistoryForm | None, datasets: list[tuple[str, str]]) -> HistoryForm:
    form = form or HistoryForm(formdata=None)
    form.offer(datasets)
    return form


def _columns_form(form: ColumnsForm | None, history: PilotHistory | None) -> ColumnsForm:
    if form is None:
        values: dict[str, Any] = {}
        if history is not None:
            named = ("site", "time", "value", "divisor", "stratum")
            values = {name: getattr(history, name) or "" for name in named}
            values["is_wide"] = history.is_wide
        form = ColumnsForm(formdata=None, data=values)
    if history is not None:
        form.offer(history)
    return form


def _draw_form(
    form: DrawForm | None, history: PilotHistory | None, hypothesis: Hypothesis, count: int
) -> DrawForm:
    """Every site is a candidate until somebody takes it off the list."""
    sites = list(history.sites) if history else []
    if form is None:
        values = {"candidates": sites, "count": str(count), "version": str(hypothesis.version)}
        form = DrawForm(formdata=None, data=values)
    else:
        form.version.data = str(hypothesis.version)
    form.offer(sites)
    return form


def _draws(hypothesis: Hypothesis) -> tuple[DrawLine, ...]:
    return tuple(
        DrawLine(
            who=event.actor.name if event.actor else "HADI",
            when=moment(event.at),
            sites=event.details["sites"],
            seed=event.details["seed"],
            candidates=_count(event.details["candidates"]),
            is_newest=place == 0,
        )
        for place, event in enumerate(pilot_choices.draws(hypothesis))
    )


def _errors(form: Any) -> list[tuple[str | None, str]]:
    return [
        *form.loose_errors,
        *((field.id, str(message)) for field in form for message in field.errors),
    ]


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
