"""The Action quadrant of a hypothesis's page: its plan in short, and what blocks the start."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.lifecycle import State, Step
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import MetricRole, Plan
from hadi.models import Hypothesis
from hadi.services import hypotheses, pilot_chances, pilots
from hadi.web.hypotheses import plan_words
from hadi.web.hypotheses.data_access import folder
from hadi.web.hypotheses.execution_page import execution_words
from hadi.web.hypotheses.links import obstacles
from hadi.web.hypotheses.where_panel import WherePanel, where_panel
from hadi.web.shared.access import today
from hadi.web.shared.language import say
from hadi.web.shared.pages import Obstacle
from hadi.web.shared.typed_lists import written_names

SHORT = 10  # characters of a digest that people compare


@dataclass(frozen=True, slots=True)
class ActionPanel:
    """`rows` are (label, value) and only those that are set; `obstacles` block the start and are
    empty once the test runs. `can_start` says whether this person may press the button."""

    url: str
    can_edit: bool
    is_ahead: bool
    is_locked: bool
    where: WherePanel
    rows: tuple[tuple[str, str], ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    can_start: bool = False
    digest: str | None = None
    version: int | None = None
    reach: str | None = None  # of a pilot that is being planned: what it can show
    reach_url: str | None = None
    execution: str | None = None  # what visits say of it, where a scorecard watches
    execution_url: str = ""

    @property
    def short_digest(self) -> str:
        return (self.digest or "")[:SHORT]


def panel(hypothesis: Hypothesis, actor: Actor) -> ActionPanel:
    """The plan of the current test, as the quadrant shows it."""
    test = hypothesis.current_test
    version = test.plan_version if test else None
    stake = hypotheses.stake(hypothesis)
    is_open = hypothesis.state in (State.IDEA, State.PLANNED)
    blocked = hypotheses.blockers(hypothesis, Step.START) if is_open else ()
    can_change = is_open or hypothesis.state is State.RUNNING
    is_pilot = is_open and version is not None and version.plan.pilot is not None
    return ActionPanel(
        url=url_for("hypotheses.plan", key=hypothesis.key),
        can_edit=can_change and allows(actor, Permission.EDIT_PLAN, stake),
        is_ahead=version is None,
        is_locked=bool(version and version.is_locked),
        where=where_panel(hypothesis, actor),
        rows=_rows(version.plan) if version else (),
        obstacles=obstacles(hypothesis, blocked),
        can_start=is_open and allows(actor, Permission.START_TEST, stake),
        digest=version.digest if version else None,
        version=version.number if version else None,
        reach=_reach(version.plan, test.id) if is_pilot and version and test else None,
        reach_url=url_for("hypotheses.pilot", key=hypothesis.key) if is_pilot else None,
        execution=execution_words(hypothesis, today=today()),
        execution_url=url_for("hypotheses.execution", key=hypothesis.key),
    )


def _reach(plan: Plan, test_id: str) -> str | None:
    """The first thing to know before a pilot starts: that it cannot succeed, or what it sees."""
    history = pilots.history_of(test_id)
    found = pilot_chances.chances(plan, history, folder=folder(), is_brief=True)
    told = [found.alarm, found.problem, *found.sentences, *found.missing]
    return next((say(text) for text in told if text is not None), None)


def _rows(plan: Plan) -> tuple[tuple[str, str], ...]:
    planned = dict(plan_words.plan_rows(plan))
    people = [name for name in (planned[_("Owner")], planned[_("Data steward")]) if name]
    arms = ", ".join(plan.split) if plan.split else (plan.control or "")
    rows = (
        (_("Metric"), planned[_("Primary metric")]),
        (_("Must not get worse"), "; ".join(plan_words.metric_rows(plan, MetricRole.GUARDRAIL))),
        (_("Arms"), arms),
        (_("Pilots"), written_names(plan.pilot.treated) if plan.pilot else ""),
        (_("Compared with"), planned.get(_("Compared with"), "")),
        (_("First period of the change"), (plan.pilot.start or "") if plan.pilot else ""),
        (_("Start of the change"), (plan.season.start or "") if plan.season else ""),
        (_("Months before"), planned.get(_("Months before"), "")),
        (_("Period"), plan_words.period(plan)),
        (units := plan_words.units_label(plan), planned[units]),
        (_("People"), ", ".join(dict.fromkeys(people))),
        (_("Budget cap"), plan_words.money(plan)),
    )
    return tuple((label, value) for label, value in rows if value)
