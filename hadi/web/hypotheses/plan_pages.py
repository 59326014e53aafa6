"""What the pages of a plan show: the form with its answer; the locked plan with its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.lifecycle import State, Step
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import Plan
from hadi.domain.statement import Statement
from hadi.domain.text import Text
from hadi.models import Hypothesis, PlanVersion
from hadi.services import hypotheses, pilots, season_profiles, users
from hadi.web.hypotheses import plan_words
from hadi.web.hypotheses.ahead_panel import AheadPanel, ahead_panel
from hadi.web.hypotheses.links import obstacles
from hadi.web.hypotheses.plan_answers import Answer, AnswerPage
from hadi.web.hypotheses.plan_forms import PlanForm
from hadi.web.hypotheses.plan_panels import SHORT
from hadi.web.hypotheses.where_panel import WherePanel, where_panel
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Change, Link, Obstacle, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage(AnswerPage):
    """The form of a plan. `since` is what changed while the form was open (a stale edit);
    `is_amendment` asks for a reason, for the test is running."""

    key: str
    statement: Statement
    form: PlanForm
    errors: tuple[tuple[str | None, str], ...]
    hypothesis_url: str
    save_url: str
    answer_url: str
    where: WherePanel
    ahead: AheadPanel
    draft_key: str
    is_kept: bool  # rows were added or removed: what the browser kept is older
    is_amendment: bool = False
    obstacles: tuple[Obstacle, ...] = ()
    start_url: str | None = None
    since: tuple[Change, ...] | None = None
    pilot_url: str | None = None  # where a pilot's chances are asked by past weeks
    has_history: bool = False


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a plan, with what it changed."""

    number: int
    who: str
    when: str
    reason: str
    digest: str | None
    is_current: bool
    changes: tuple[Change, ...]

    @property
    def short_digest(self) -> str:
        return (self.digest or "")[:SHORT]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReadPage(Page):
    """A plan to read. `refusal` says why it cannot be changed, `ways` what can be done instead."""

    key: str
    statement: Statement
    hypothesis_url: str
    rows: tuple[tuple[str, str], ...]
    versions: tuple[VersionLine, ...]
    is_locked: bool
    digest: str | None
    locked_when: str
    where: WherePanel
    ahead: AheadPanel | None  # of a test that is not over
    amend_url: str | None = None
    refusal: str | None = None
    ways: tuple[Link, ...] = ()

    @property
    def short_digest(self) -> str:
        return (self.digest or "")[:SHORT]


def plan_page(
    hypothesis: Hypothesis,
    form: PlanForm,
    answer: Answer,
    *,
    actor: Actor,
    is_kept: bool = False,
    since: tuple[Change, ...] | None = None,
) -> PlanPage:
    """The form as it stands, with the answer to it."""
    test = hypothesis.current_test
    history = pilots.history_of(test.id) if test else None
    form.offer(_people(hypothesis))
    form.offer_pilot(history.sites if history else ())
    form.offer_profiles(each.kept for each in season_profiles.listing(by=actor))
    if history is not None and not form.was_sent():
        form.name_columns(history.site, history.time, history.value, history.divisor)
    is_amendment = hypothesis.state is State.RUNNING
    endpoint = "hypotheses.amend_plan" if is_amendment else "hypotheses.plan"
    url = url_for(endpoint, key=hypothesis.key)
    has_plan = hypothesis.current_test is not None and hypothesis.current_test.plan_id is not None
    blocked = () if is_amendment else hypotheses.blockers(hypothesis, Step.START)
    can_start = (
        hypothesis.state is State.PLANNED
        and not blocked
        and not form.was_sent()
        and allows(actor, Permission.START_TEST, hypotheses.stake(hypothesis))
    )
    title = _("Change the plan of %(key)s") if is_amendment else _("Plan of %(key)s")
    return PlanPage(
        title=title % {"key": hypothesis.key},
        chrome=chrome(),
        key=hypothesis.key,
        statement=hypothesis.statement,
        form=form,
        errors=form.all_errors(),
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        save_url=url,
        answer_url=url_for("hypotheses.plan_answer", key=hypothesis.key),
        where=where_panel(hypothesis, actor),
        ahead=ahead_panel(hypothesis, actor),
        draft_key=f"plan:{hypothesis.key}:{hypothesis.version}",
        is_kept=is_kept,
        is_amendment=is_amendment,
        obstacles=obstacles(hypothesis, blocked) if has_plan else (),
        start_url=url_for("hypotheses.start", key=hypothesis.key) if can_start else None,
        since=since,
        pilot_url=None if is_amendment else url_for("hypotheses.pilot", key=hypothesis.key),
        has_history=history is not None,
        answer=answer,
    )


def read_page(hypothesis: Hypothesis, *, actor: Actor) -> PlanReadPage:
    """The plan for those who may not, or can no longer, write it."""
    test = hypothesis.current_test
    version = test.plan_version if test else None
    may_edit = allows(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    is_running = hypothesis.state is State.RUNNING
    has_data = test is not None and hypotheses.has_data(test)
    refusal, ways = _refusal(hypothesis, has_data=has_data) if may_edit else (None, ())
    sees_money = allows(actor, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    return PlanReadPage(
        title=_("Plan of %(key)s", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        statement=hypothesis.statement,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        rows=_rows(version.plan, sees_money=sees_money) if version else (),
        versions=_versions(hypothesis, sees_money=sees_money),
        is_locked=bool(version and version.is_locked),
        digest=version.digest if version else None,
        locked_when=moment(version.locked_at) if version and version.locked_at else "",
        where=where_panel(hypothesis, actor),
        ahead=ahead_panel(hypothesis, actor)
        if hypothesis.state in (State.PLANNED, State.RUNNING)
        else None,
        amend_url=url_for("hypotheses.amend_plan", key=hypothesis.key)
        if may_edit and is_running and not has_data
        else None,
        refusal=refusal,
        ways=ways,
    )


def _refusal(hypothesis: Hypothesis, *, has_data: bool) -> tuple[str | None, tuple[Link, ...]]:
    """Why the plan stays as it is, and what to do instead."""
    if hypothesis.state in (State.IDEA, State.PLANNED):
        return None, ()
    if hypothesis.state is State.RUNNING and not has_data:
        return None, ()
    linked = Link(
        _("Write a linked hypothesis with its own test"),
        url_for("hypotheses.new", after=hypothesis.key),
    )
    if has_data and hypothesis.state in (State.RUNNING, State.MEASURED):
        repeat = Link(
            _("Conclude this test and repeat it with a new plan"),
            url_for("hypotheses.conclusion", key=hypothesis.key),
        )
        return say(Text("plan_has_data")), (linked, repeat)
    state = Text(f"state_{hypothesis.state.value}")
    return say(Text("plan_fixed", state=state)), (linked,)


def _rows(plan: Plan, *, sees_money: bool) -> tuple[tuple[str, str], ...]:
    rows = plan_words.plan_rows(plan)
    if not sees_money or not plan.money:
        return rows
    return (*rows, (str(_("What the effect is worth")), plan_words.worth(plan)))


def _without_money(body: Mapping[str, Any], *, sees_money: bool) -> dict[str, Any]:
    return {name: value for name, value in body.items() if sees_money or name != plan_words.WORTH}


def _versions(hypothesis: Hypothesis, *, sees_money: bool) -> tuple[VersionLine, ...]:
    """Newest first, each with what it changed in the one before."""
    test = hypothesis.current_test
    found = test.plan_versions if test else []
    before: list[PlanVersion | None] = [None, *found][: len(found)]
    return tuple(
        VersionLine(
            number=version.number,
            who=version.author.name,
            when=moment(version.locked_at or version.created_at),
            reason=version.reason,
            digest=version.digest,
            is_current=test is not None and version.id == test.plan_id,
            changes=plan_words.changes_between(
                _without_money(earlier.body, sees_money=sees_money),
                _without_money(version.body, sees_money=sees_money),
            )
            if earlier
            else (),
        )
        for version, earlier in reversed(list(zip(found, before, strict=True)))
    )


def changes_since(hypothesis: Hypothesis, typed: Mapping[str, Any]) -> tuple[Change, ...]:
    """From what is stored now to what was typed: what saving again would change."""
    test = hypothesis.current_test
    stored = test.plan_version.body if test and test.plan_version else {}
    return plan_words.changes_between(stored, typed)


def _people(hypothesis: Hypothesis) -> list[Any]:
    """Active people, and whoever the plan names although they have left."""
    people = users.everyone(is_active=True)
    test = hypothesis.current_test
    plan = test.plan if test else None
    named = {plan.owner, plan.steward} if plan else {hypothesis.owner_id}
    known = {person.id for person in people}
    return people + [users.get(person_id) for person_id in named - known if person_id]
