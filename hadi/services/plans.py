"""The plan of a test: drafted freely, locked at the start, amended only in the open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hadi.db import db, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid
from hadi.domain.lifecycle import PLAN_GUARDS, State
from hadi.domain.money import is_currency, unknown_currency
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Plan
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.models import Hypothesis, PlanVersion, Test, User
from hadi.services import costs, events, hypotheses, season_profiles


def save(
    hypothesis_id: str,
    *,
    body: Mapping[str, Any],
    version: int,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Hypothesis:
    """Write the plan: a draft in place; once running, and before any data, as a new version with
    a reason. Raises Invalid (every field), Stale, NotAllowed, Blocked."""
    with (
        hypotheses.logging_refusals("edit_plan", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id, version=version)
        require(by, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
        test = hypothesis.current_test
        assert test is not None
        plan = Plan.from_json(_with_people(body, by=by))
        # Read first: a plan stored before a field was known differs by nothing but that.
        before = test.plan_version.plan.as_json() if test.plan_version else {}
        changed = events.difference(before, plan.as_json())
        _refuse_currencies(plan, test.plan_version.plan if test.plan_version else None)
        if test.plan_version is not None and not changed:
            return hypothesis
        reason = cleaned(reason)
        if hypothesis.state in (State.IDEA, State.PLANNED):
            _draft(test, plan, by=by, now=now)
        else:
            _amend(hypothesis, test, plan, reason=reason, by=by, now=now)
        test.steward_id = plan.steward
        hypothesis.owner_id = plan.owner
        hypothesis.updated_at = now
        assert test.plan_version is not None
        events.record(
            "plan_amended" if test.plan_version.is_locked else "plan_saved",
            subject="plan", subject_id=test.plan_version.id, by=by, now=now, hypothesis=hypothesis,
            changes=changed, details={"version": test.plan_version.number, "reason": reason},
        )  # fmt: skip
        if "budget" in changed:
            costs.settle_budget(test)
        hypotheses.settle(hypothesis, by=by, now=now)
    return hypothesis


def _refuse_currencies(plan: Plan, before: Plan | None) -> None:
    """Raises Invalid for a currency that there is not, unless the plan had it already."""
    wrong = {
        path: unknown_currency(currency)
        for path, currency in _currencies(plan).items()
        if not is_currency(currency) and currency not in _currencies(before).values()
    }
    if wrong:
        raise Invalid(Text("plan_invalid", n=len(wrong)), wrong)


def _currencies(plan: Plan | None) -> dict[str, str]:
    budget, money = (plan.budget, plan.money) if plan else (None, None)
    found = {
        "budget.currency": budget.currency if budget else None,
        "money.currency": money.currency if money else None,
    }
    return {path: currency for path, currency in found.items() if currency}


def _draft(test: Test, plan: Plan, *, by: Actor, now: datetime) -> None:
    if test.plan_version is None:
        _add_version(test, plan, number=1, by=by, now=now)
    else:
        test.plan_version.body = plan.as_json()


def _amend(
    hypothesis: Hypothesis, test: Test, plan: Plan, *, reason: str, by: Actor, now: datetime
) -> None:
    refused: list[Blocker] = []
    if hypothesis.state is not State.RUNNING:
        state = Text(f"state_{hypothesis.state.value}")
        refused.append(Blocker(Text("plan_fixed", state=state), "state"))
    elif hypotheses.has_data(test):
        refused.append(Blocker(Text("plan_has_data"), "datasets"))
    else:
        if not reason:
            refused.append(Blocker(Text("amendment_needs_reason"), "reason"))
        known = hypotheses.facts(hypothesis, plan=plan)
        refused.extend(b for guard in PLAN_GUARDS for b in guard(known))
    if refused:
        raise Blocked(Text("step_refused"), refused)
    assert test.plan_version is not None
    added = _add_version(test, plan, number=test.plan_version.number + 1, by=by, now=now)
    added.locked_at = now
    added.digest = plan.digest()
    added.reason = reason


def _add_version(test: Test, plan: Plan, *, number: int, by: Actor, now: datetime) -> PlanVersion:
    added = PlanVersion(
        id=new_id(), test_id=test.id, number=number, body=plan.as_json(),
        author_id=by.user_id, created_at=now,
    )  # fmt: skip
    db.session.add(added)
    db.session.flush()
    test.plan_version = added
    test.plan_id = added.id
    return added


def _with_people(body: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """The body with its people as ids, who may be named by id or e-mail, and a kept season that is
    named as its coefficients."""
    resolved = dict(body)
    wrong: dict[str, Text] = {}
    for field in ("owner", "steward"):
        named = resolved.get(field)
        if named in (None, "") or not isinstance(named, str):
            continue
        query = select(User).where((User.id == named) | (User.email == named.strip().lower()))
        person = db.session.scalar(query)
        if person is None or not person.active:
            wrong[field] = Text("no_such_person", person=named[:80])
        else:
            resolved[field] = person.id
    if wrong:
        raise Invalid(Text("plan_invalid", n=len(wrong)), wrong)
    profile = resolved.get("profile")
    if isinstance(profile, str) and profile.strip():  # a kept season by its id or name
        resolved["profile"] = season_profiles.named(profile.strip(), by=by).kept.as_json()
    return resolved
