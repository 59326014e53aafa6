"""What the result of a test is worth against what it cost: the second axis of its verdict.

Nothing of it is stored with the analysis, which is written once: costs come later than results, and
what the plan left open is estimated beside them. It is made anew whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from hadi.db import db, lock, new_id, transaction
from hadi.domain.economics import NAMES, Declaration
from hadi.domain.errors import Invalid, Stale
from hadi.domain.money import Money, is_currency, totals, unknown_currency
from hadi.domain.payback import Assessment, assess
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Plan
from hadi.domain.scaling import Payback
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.domain.weekly_effect import WeeklyEffect, weekly_effect
from hadi.models import Analysis, Conclusion, Cost, Hypothesis, MoneyEstimate, Rollout, Test
from hadi.services import events, hypotheses, rollout_gain, workspace

NO_RESULT: Mapping[str, Any] = {"verdict": "not_yet"}


@dataclass(frozen=True, slots=True)
class Economics:
    """An assessment and what it rests on. `planned` is what the plan declared, `declared` that with
    the gaps filled in; `afterwards` names what was estimated when the result was known."""

    assessment: Assessment
    planned: Declaration
    declared: Declaration
    estimate: MoneyEstimate | None
    afterwards: tuple[str, ...] = ()


def of(record: Mapping[str, Any], declared: Declaration) -> WeeklyEffect:
    """What a stored analysis comes to in a week, in units of its metric: of a draw, of clusters
    and of a pilot."""
    return weekly_effect(record, declared)


def of_test(test: Test, *, today: date) -> Economics:
    """The economics of a test, of its result where it has one."""
    result = db.session.get(Analysis, test.result_id) if test.result_id else None
    plan = (result.plan_version.plan if result else test.plan) or Plan()
    estimate = estimate_of(test.hypothesis_id)
    filled = estimate.declaration if estimate else Declaration()
    planned = planned_of(plan)
    declared = planned.over(filled)
    effect = of(result.record if result else NO_RESULT, declared)
    begun, ended = _period(test, plan, result)
    found = assess(
        declared,
        effect,
        sums_through(test),
        test_weeks=effect.weeks or _weeks(begun, ended),
        matures_on=_matures_on(declared, ended),
        today=today,
    )
    return Economics(
        found, planned, declared, estimate, _afterwards(planned, declared, estimate, result)
    )


def of_now(test: Test, *, now: datetime) -> Economics:
    """The same, on the workspace's day."""
    return of_test(test, today=now.astimezone(workspace.zone()).date())


def planned_of(plan: Plan) -> Declaration:
    """What the plan says of money."""
    return plan.money or Declaration()


def estimate_of(hypothesis_id: str) -> MoneyEstimate | None:
    """What is estimated beside the costs."""
    return db.session.scalar(
        select(MoneyEstimate).where(MoneyEstimate.hypothesis_id == hypothesis_id)
    )


def estimate(
    hypothesis_id: str,
    *,
    body: Mapping[str, Any],
    reason: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> MoneyEstimate:
    """Write what the plan leaves open; every change is logged. Raises Invalid with every fault,
    Stale, NotAllowed."""
    reason = cleaned(reason)
    with (
        hypotheses.logging_refusals("estimate_money", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.EDIT_COSTS, hypotheses.stake(hypothesis))
        stored = _locked(hypothesis)
        if version is not None and version != (stored.version if stored else 0):
            raise Stale(Text("economics_changed_meanwhile"))
        told = _read(hypothesis, body, reason)
        before = stored.body if stored else {}
        changed = events.difference(before, told)
        if stored is None:
            stored = MoneyEstimate(
                id=new_id(), hypothesis_id=hypothesis.id, body=told, author_id=by.user_id,
                created_at=now, updated_at=now,
            )  # fmt: skip
            db.session.add(stored)
        elif changed:
            stored.body, stored.updated_at = told, now
            stored.author_id = by.user_id or stored.author_id
        db.session.flush()
        if changed:
            events.record(
                "money_estimated", subject="money_estimate", subject_id=stored.id, by=by, now=now,
                hypothesis=hypothesis, changes=changed,
                details={"reason": reason} if reason else None,
            )  # fmt: skip
            refresh(hypothesis, now=now)
    return stored


def sums_through(test: Test) -> tuple[Money, ...]:
    """Everything a hypothesis has cost up to and with a test, one sum a currency: repeating a test
    does not make cheaper what was spent before."""
    before = select(Test.id).where(
        Test.hypothesis_id == test.hypothesis_id, Test.number <= test.number
    )
    query = (
        select(Cost.currency, func.sum(Cost.amount))
        .where(Cost.test_id.in_(before), Cost.voided_at.is_(None))
        .group_by(Cost.currency)
    )
    return totals(Money(total, currency) for currency, total in db.session.execute(query))


def refresh(hypothesis: Hypothesis, *, now: datetime) -> None:
    """Bring the cards of what is being scaled up to date. Inside a transaction."""
    db.session.flush()
    cards = select(Rollout).where(Rollout.hypothesis_id == hypothesis.id)
    for rollout in db.session.scalars(cards):
        found = of_conclusion(rollout.conclusion, now=now).assessment
        if found.payback is not rollout.payback:
            rollout.payback = found.payback
        rollout_gain.keep(rollout, found)


def payback_now(rollout: Rollout, *, now: datetime) -> Payback:
    """The payback as a card says it: what is stored, but for a horizon that may be over by now."""
    if rollout.payback is not Payback.TOO_EARLY:
        return rollout.payback
    return payback_of(rollout.conclusion, now=now)


def payback_of(conclusion: Conclusion, *, now: datetime) -> Payback:
    """The payback of the test that a decision was taken on."""
    return of_conclusion(conclusion, now=now).assessment.payback


def of_conclusion(conclusion: Conclusion, *, now: datetime) -> Economics:
    """The economics of the test that a decision was taken on."""
    return of_now(db.session.get_one(Test, conclusion.test_id), now=now)


def _locked(hypothesis: Hypothesis) -> MoneyEstimate | None:
    found = estimate_of(hypothesis.id)
    return lock(MoneyEstimate, found.id) if found else None


def _read(hypothesis: Hypothesis, body: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """The estimate as it is stored. Raises Invalid with every fault."""
    declared = Declaration.from_json(body)
    test = hypothesis.current_test
    version = test.plan_version if test else None
    planned = planned_of(version.plan) if version else Declaration()
    told, wrong = declared.as_json(), {}
    for name in told.keys() - {"currency"}:
        if getattr(planned, name) is not None:
            wrong[name] = Text("economics_in_plan")
    if declared.currency and not is_currency(declared.currency):
        wrong["currency"] = unknown_currency(declared.currency)
    elif planned.currency and declared.currency and planned.currency != declared.currency:
        wrong["currency"] = Text("economics_other_currency", currency=planned.currency)
    if len(reason) > LIMIT:
        wrong["reason"] = Text("statement_too_long", limit=LIMIT)
    if wrong:
        raise Invalid(Text("economics_invalid", n=len(wrong)), wrong)
    return told


def _period(test: Test, plan: Plan, result: Analysis | None) -> tuple[date | None, date | None]:
    """The first and the last day of a test, as far as they are known: as planned, else as it
    went."""
    zone = workspace.zone()
    started = test.started_at.astimezone(zone).date() if test.started_at else None
    measured = result.created_at.astimezone(zone).date() if result else None
    ends = [day for day in (plan.ends_on, measured) if day is not None]
    return plan.starts_on or started, min(ends) if ends else None


def _weeks(begun: date | None, ended: date | None) -> float | None:
    if begun is None or ended is None or ended < begun:
        return None
    return ((ended - begun).days + 1) / 7


def _matures_on(declared: Declaration, ended: date | None) -> date | None:
    """The first day after the horizon, which runs from the end of the test: only then have the last
    customers had their time."""
    if declared.horizon_weeks is None or ended is None:
        return None
    return ended + timedelta(days=round(declared.horizon_weeks * 7) + 1)


def _afterwards(
    planned: Declaration,
    declared: Declaration,
    estimate: MoneyEstimate | None,
    result: Analysis | None,
) -> tuple[str, ...]:
    """What was estimated, or estimated anew, when the result was known already."""
    if estimate is None or result is None or estimate.updated_at < result.created_at:
        return ()
    return tuple(
        name
        for name in NAMES
        if name != "currency"
        and getattr(planned, name) is None
        and getattr(declared, name) is not None
    )
