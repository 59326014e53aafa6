"""The ledger of a hypothesis: what its tests cost, entry by entry, and what a leader decides when
they cost more than they may.

An entry belongs to the test that was current when it was made. Entries are struck out with a
reason, never deleted; costs are accepted whatever the budget says, until a leader stops them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hadi.db import db, lock, new_id, transaction
from hadi.domain.costs import BudgetChoice, Budgeted, BudgetLevel, CostKind, budgeted
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.money import Money, read_amount, read_currency
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text, day_figure
from hadi.models import BudgetDecision, Cost, Hypothesis, Test
from hadi.services import budget_mail, economics, events, hypotheses, workspace

PARTS = ("amount", "currency", "kind", "spent_on", "note")


def listing(hypothesis: Hypothesis, *, by: Actor) -> list[Cost]:
    """Every entry, the latest spent first; those struck out too. Raises NotAllowed."""
    require(by, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    query = (
        select(Cost)
        .where(Cost.hypothesis_id == hypothesis.id)
        .options(joinedload(Cost.author))
        .order_by(Cost.spent_on.desc(), Cost.created_at.desc(), Cost.id)
    )
    return list(db.session.scalars(query))


def find(cost_id: str, hypothesis: Hypothesis, *, by: Actor) -> Cost:
    """An entry of that hypothesis. Raises NotAllowed, NotFound."""
    require(by, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    found = db.session.get(Cost, cost_id[:20].replace("\0", ""))
    if found is None or found.hypothesis_id != hypothesis.id:
        raise NotFound(Text("no_such_cost"))
    return found


def budget(test: Test) -> Budgeted:
    """How the costs of a test stand to the cap in force."""
    last = last_decision(test)
    return budgeted(
        cap_in_force(test, last),
        spent(test),
        is_stopped=last is not None and last.choice is BudgetChoice.STOP,
    )


def planned_cap(test: Test) -> Money | None:
    """What the plan allows."""
    plan = test.plan
    allowed = plan.budget if plan else None
    return Money(allowed.amount, allowed.currency) if allowed else None


def cap_in_force(test: Test, last: BudgetDecision | None) -> Money | None:
    """What may be spent now: the plan's cap, or the one of the last decision to go on."""
    if last is not None and last.choice is BudgetChoice.CONTINUE and last.cap is not None:
        return Money(last.cap, last.currency)
    return planned_cap(test)


def decisions(test: Test) -> list[BudgetDecision]:
    """What leaders decided of the test's budget, the latest first."""
    query = (
        select(BudgetDecision)
        .where(BudgetDecision.test_id == test.id)
        .order_by(BudgetDecision.created_at.desc(), BudgetDecision.id)
    )
    return list(db.session.scalars(query))


def last_decision(test: Test) -> BudgetDecision | None:
    return next(iter(decisions(test)), None)


def spent(test: Test) -> list[Money]:
    """The sums of a test's costs, one a currency."""
    query = (
        select(Cost.currency, func.sum(Cost.amount))
        .where(Cost.test_id == test.id, Cost.voided_at.is_(None))
        .group_by(Cost.currency)
        .order_by(Cost.currency)
    )
    return [Money(total, currency) for currency, total in db.session.execute(query)]


def add(hypothesis_id: str, *, body: Mapping[str, Any], by: Actor, now: datetime) -> Cost:
    """Enter what was spent: amount, currency, kind, spent_on, note. Raises Invalid, NotAllowed,
    Blocked where a leader stopped the spending."""
    with working(hypothesis_id, "add_cost", by=by, now=now) as (hypothesis, test):
        parts = read_parts(body, now)
        refuse_after_stop(test, parts["spent_on"])
        return enter(hypothesis, test, parts, by=by, now=now)


def enter(
    hypothesis: Hypothesis, test: Test, parts: Mapping[str, Any], *, by: Actor, now: datetime
) -> Cost:
    """Store an entry that was read. Inside a change of the ledger."""
    cost = Cost(
        id=new_id(), hypothesis_id=hypothesis.id, test_id=test.id, author_id=by.user_id,
        created_at=now, updated_at=now, **parts,
    )  # fmt: skip
    db.session.add(cost)
    db.session.flush()
    _record("cost_added", cost, hypothesis, by=by, now=now, changes=_changes({}, _told(cost)))
    return cost


def edit(
    hypothesis_id: str,
    cost_id: str,
    *,
    body: Mapping[str, Any],
    version: int | None,
    by: Actor,
    now: datetime,
) -> Cost:
    """Correct an entry; parts that `body` leaves out stay. Raises Invalid, Stale, Blocked."""
    with working(hypothesis_id, "edit_cost", by=by, now=now) as (hypothesis, _test):
        cost = _locked(cost_id, hypothesis, version=version)
        if cost.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("cost_is_void"), "void")])
        before = _told(cost)
        parts = read_parts(before | {name: body[name] for name in PARTS if name in body}, now)
        for name, value in parts.items():
            setattr(cost, name, value)
        changed = _changes(before, _told(cost))
        if changed:
            cost.updated_at = now
            _record("cost_edited", cost, hypothesis, by=by, now=now, changes=changed)
    return cost


def void(
    hypothesis_id: str,
    cost_id: str,
    *,
    reason: str,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Cost:
    """Strike an entry out, with a reason; it stays in the ledger. Raises Invalid, Stale."""
    reason = cleaned(reason)
    with working(hypothesis_id, "void_cost", by=by, now=now) as (hypothesis, _test):
        cost = _locked(cost_id, hypothesis, version=version)
        if not reason:
            wrong = {"reason": Text("cost_void_needs_reason")}
            raise Invalid(Text("cost_invalid"), wrong)
        _check_length(reason, "reason", "cost_invalid")
        if cost.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("cost_is_void"), "void")])
        cost.voided_at, cost.void_reason, cost.updated_at = now, reason, now
        _record("cost_voided", cost, hypothesis, by=by, now=now, reason=reason)
    return cost


def restore(
    hypothesis_id: str, cost_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> Cost:
    """Count an entry again that was struck out. Raises Stale, Blocked."""
    with working(hypothesis_id, "void_cost", by=by, now=now) as (hypothesis, _test):
        cost = _locked(cost_id, hypothesis, version=version)
        if not cost.is_void:
            raise Blocked(Text("step_refused"), [Blocker(Text("cost_is_not_void"), "void")])
        cost.voided_at, cost.void_reason, cost.updated_at = None, "", now
        _record("cost_restored", cost, hypothesis, by=by, now=now)
    return cost


def decide(
    hypothesis_id: str,
    *,
    choice: BudgetChoice | None,
    cap: object = None,
    reason: str,
    by: Actor,
    now: datetime,
) -> BudgetDecision:
    """A leader's decision on a budget: go on with a new cap, or stop spending. Raises Invalid with
    every fault, NotAllowed."""
    reason = cleaned(reason)
    with (
        hypotheses.logging_refusals("decide_budget", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.DECIDE_BUDGET, hypotheses.stake(hypothesis))
        test = hypothesis.current_test
        assert test is not None
        planned, known = planned_cap(test), budget(test)
        if planned is None:
            raise Invalid(Text("budget_decision_invalid"), {"cap": Text("budget_without_cap")})
        sum_so_far = known.spent.amount if known.spent else Decimal(0)
        allowed = _decided(choice, cap, reason, Money(sum_so_far, planned.currency))
        assert choice is not None
        made = BudgetDecision(
            id=new_id(), test_id=test.id, choice=choice, cap=allowed, spent=sum_so_far,
            currency=planned.currency, reason=reason, author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        events.record(
            f"budget_{choice.value}", subject="test", subject_id=test.id, by=by, now=now,
            hypothesis=hypothesis, details={"reason": reason},
            changes={"cap": (_written(known.cap), str(allowed))} if allowed is not None else None,
        )  # fmt: skip
        _settle(hypothesis, by=by, now=now)
    return made


def settle_budget(test: Test) -> None:
    """Note how the test stands to its cap, after either has changed. Inside a transaction."""
    db.session.flush()
    test.budget_level = budget(test).level


def _settle(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> None:
    """What follows from a change of the ledger: the level of the budget, said once in the log when
    it is reached, and the payback of what is being scaled. The hypothesis itself stays as it is, so
    that nobody's open form of it gets stale."""
    test = hypothesis.current_test
    assert test is not None
    before = test.budget_level
    settle_budget(test)
    if test.budget_level is not before and test.budget_level in (
        BudgetLevel.REACHED, BudgetLevel.OVER,
    ):  # fmt: skip
        events.record(
            f"budget_is_{test.budget_level.value}", subject="test", subject_id=test.id, by=by,
            now=now, hypothesis=hypothesis,
        )  # fmt: skip
        budget_mail.tell(test.id, before, test.budget_level, now=now)
    economics.refresh(hypothesis, now=now)


@contextmanager
def working(
    hypothesis_id: str, step: str, *, by: Actor, now: datetime
) -> Iterator[tuple[Hypothesis, Test]]:
    """A change of the ledger: permission checked, all in one transaction, a refusal logged."""
    with hypotheses.logging_refusals(step, hypothesis_id, by=by, now=now), transaction():
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.EDIT_COSTS, hypotheses.stake(hypothesis))
        test = hypothesis.current_test
        assert test is not None
        yield hypothesis, test
        _settle(hypothesis, by=by, now=now)


def _locked(cost_id: str, hypothesis: Hypothesis, *, version: int | None) -> Cost:
    cost = lock(Cost, cost_id[:20].replace("\0", ""))
    if cost is None or cost.hypothesis_id != hypothesis.id:
        raise NotFound(Text("no_such_cost"))
    if version is not None and version != cost.version:
        raise Stale(Text("cost_changed_meanwhile"))
    return cost


def read_parts(body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The parts of an entry. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    note = cleaned(str(body.get("note") or ""))
    if len(note) > LIMIT:
        wrong["note"] = Text("statement_too_long", limit=LIMIT)
    parts = {
        "amount": read_amount(body.get("amount"), "amount", wrong),
        "currency": read_currency(body.get("currency"), "currency", wrong),
        "kind": _kind(body.get("kind"), wrong),
        "spent_on": _day(body.get("spent_on"), now, wrong),
        "note": note,
    }
    if wrong:
        raise Invalid(Text("cost_invalid"), wrong)
    return parts


def _kind(value: object, wrong: dict[str, Text]) -> CostKind | None:
    if value in (None, ""):
        wrong["kind"] = Text("cost_needs_kind")
        return None
    try:
        return CostKind(str(value))
    except ValueError:
        wrong["kind"] = Text("field_not_a_choice", field="kind", options=", ".join(CostKind))
        return None


def _day(value: object, now: datetime, wrong: dict[str, Text]) -> date | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        wrong["spent_on"] = Text("cost_needs_day")
        return None
    if day > now.astimezone(workspace.zone()).date():
        wrong["spent_on"] = Text("cost_in_future")
    return day


def _decided(choice: BudgetChoice | None, cap: object, reason: str, spent: Money) -> Decimal | None:
    """The new cap, of a decision to go on. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    allowed = None
    if choice is None:
        wrong["choice"] = Text("budget_needs_choice")
    elif choice is BudgetChoice.CONTINUE:
        if cap in (None, ""):
            wrong["cap"] = Text("budget_needs_cap")
        else:
            allowed = read_amount(cap, "cap", wrong)
        if allowed is not None and allowed < spent.amount:
            wrong["cap"] = Text("budget_cap_spent", spent=spent.figure)
    if not reason:
        wrong["reason"] = Text("budget_needs_reason")
    elif len(reason) > LIMIT:
        wrong["reason"] = Text("statement_too_long", limit=LIMIT)
    if wrong:
        raise Invalid(Text("budget_decision_invalid"), wrong)
    return allowed


def refuse_after_stop(test: Test, day: date) -> None:
    """What was spent before a stop may still be entered: invoices come late."""
    last = last_decision(test)
    if last is None or last.choice is not BudgetChoice.STOP:
        return
    stopped_on = last.created_at.astimezone(workspace.zone()).date()
    if day > stopped_on:
        blocker = Blocker(Text("costs_stopped", day=day_figure(stopped_on)), "budget")
        raise Blocked(Text("step_refused"), [blocker])


def _check_length(written: str, name: str, code: str) -> None:
    if len(written) > LIMIT:
        raise Invalid(Text(code), {name: Text("statement_too_long", limit=LIMIT)})


def _told(cost: Cost) -> dict[str, Any]:
    """An entry as the log keeps it."""
    return {
        "amount": str(cost.amount),
        "currency": cost.currency,
        "kind": cost.kind.value,
        "spent_on": cost.spent_on.isoformat(),
        "note": cost.note,
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> events.Changes:
    return events.difference(before, after)


def _written(money: Money | None) -> str | None:
    return str(money.amount) if money else None


def _record(
    verb: str,
    cost: Cost,
    hypothesis: Hypothesis,
    *,
    by: Actor,
    now: datetime,
    changes: events.Changes | None = None,
    reason: str = "",
) -> None:
    events.record(
        verb, subject="cost", subject_id=cost.id, by=by, now=now, hypothesis=hypothesis,
        changes=changes, details={"reason": reason} if reason else None,
    )  # fmt: skip
