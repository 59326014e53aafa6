"""Hypotheses: captured in a minute, edited, archived with a reason, never deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import func, select

from hadi.db import db, lock, new_id, transaction
from hadi.domain import lifecycle
from hadi.domain.errors import Blocked, Blocker, Invalid, NotAllowed, NotFound, Stale
from hadi.domain.lifecycle import MOVES, Facts, Insight, State, Step
from hadi.domain.permissions import Actor, Permission, Stake, require
from hadi.domain.statement import Statement, cleaned, part
from hadi.domain.text import Text
from hadi.domain.units import Place
from hadi.models import Conclusion, Dataset, Hypothesis, Test, Workspace
from hadi.models.dataset import DatasetRole
from hadi.models.hypothesis import parse_key
from hadi.services import events, lever_findings, scorecard_steps, units, unknown_sites
from hadi.services.search import folded

PARTS = ("title", "change", "effect", "reason")


def find(key: str, *, by: Actor) -> Hypothesis:
    """The hypothesis with that id or key (`H-12`). Raises NotFound."""
    require(by, Permission.VIEW)
    key = key.replace("\0", "")
    number = parse_key(key)
    named = Hypothesis.id == key if number is None else Hypothesis.number == number
    found: Hypothesis | None = db.session.scalar(select(Hypothesis).where(named))
    if found is None:
        raise NotFound(Text("no_such_hypothesis", key=key[:40]))
    return found


def stake(hypothesis: Hypothesis) -> Stake:
    """How people stand to a hypothesis."""
    test = hypothesis.current_test
    return Stake(hypothesis.author_id, hypothesis.owner_id, test.steward_id if test else None)


def facts(hypothesis: Hypothesis, **more: object) -> Facts:
    """What the guards look at, as it is stored now; `more` are the facts of the step itself."""
    test = hypothesis.current_test
    version = test.plan_version if test else None
    known: dict[str, object] = {
        "state": hypothesis.state,
        "statement": hypothesis.statement,
        "plan": version.plan if version else None,
        "is_plan_locked": bool(version and version.is_locked),
        "has_data": test is not None and has_outcomes(test),
        "has_final_analysis": bool(test and test.result_id),
        "insight": insight_of(test) if test else Insight(),
    }
    return Facts(**(known | more))  # type: ignore[arg-type]


def insight_of(test: Test) -> Insight:
    """What is written so far."""
    return Insight(test.learned, test.holds_where, test.next, test.cause)


def has_data(test: Test) -> bool:
    """Whether any data set was ever attached to the test."""
    found = select(Dataset.id).where(Dataset.test_id == test.id, Dataset.version.is_not(None))
    return db.session.scalar(found.limit(1)) is not None


def has_outcomes(test: Test) -> bool:
    """Whether data that a check can rest on were attached to the test."""
    found = select(Dataset.id).where(
        Dataset.test_id == test.id, Dataset.version.is_not(None),
        Dataset.role == DatasetRole.OUTCOME,
    )  # fmt: skip
    return db.session.scalar(found.limit(1)) is not None


def blockers(hypothesis: Hypothesis, step: Step, **more: object) -> tuple[Blocker, ...]:
    """What stands in the way of `step` now."""
    if step is Step.START:
        more.setdefault("places", places(hypothesis))
        more.setdefault("place_blockers", unknown_sites.blockers(hypothesis))
        more.setdefault("order_blockers", lever_findings.start_blockers(hypothesis))
        more.setdefault("step_blockers", scorecard_steps.start_blockers(hypothesis))
    if step is Step.CONCLUDE:
        is_undone = scorecard_steps.was_not_executed(hypothesis.current_test)
        more.setdefault("was_not_executed", is_undone)
    return lifecycle.blockers(step, facts(hypothesis, **more))


def places(hypothesis: Hypothesis) -> tuple[Place, ...]:
    """The units that it, or its plan, names as where it runs, as the guards see them."""
    return tuple(unit.place for unit in units.where_it_runs(hypothesis))


def create(
    *,
    change: str,
    effect: str = "",
    reason: str = "",
    title: str = "",
    language: str = "en",
    previous: Hypothesis | None = None,
    by: Actor,
    now: datetime,
) -> Hypothesis:
    """Capture an idea; the change alone is enough. Raises Invalid."""
    require(by, Permission.CREATE_HYPOTHESIS)
    statement = _statement({"change": change, "effect": effect, "reason": reason, "title": title})
    with transaction():
        hypothesis = Hypothesis(
            id=new_id(),
            number=_next_number(),
            state=State.IDEA,
            state_since=now,
            language=language,
            author_id=by.user_id,
            created_at=now,
            updated_at=now,
            previous_id=previous.id if previous else None,
        )
        _write(hypothesis, statement)
        db.session.add(hypothesis)
        db.session.flush()
        test = Test(id=new_id(), hypothesis_id=hypothesis.id, number=1, created_at=now)
        db.session.add(test)
        db.session.flush()
        hypothesis.current_test_id = test.id
        events.record(
            "created", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
            hypothesis=hypothesis, changes=events.difference({}, _parts(statement)),
        )  # fmt: skip
        db.session.flush()
    return hypothesis


def edit(
    hypothesis_id: str, *, changes: Mapping[str, str], version: int, by: Actor, now: datetime
) -> Hypothesis:
    """Change parts of the sentence. Raises Invalid, Stale, NotAllowed; Blocked once it runs."""
    with transaction():
        hypothesis = locked(hypothesis_id, version=version)
        require(by, Permission.EDIT_HYPOTHESIS, stake(hypothesis))
        before = _parts(hypothesis.statement)
        after = before | {name: changes[name] for name in PARTS if name in changes}
        statement = _statement(after)
        changed = events.difference(before, _parts(statement))
        if changed.keys() - {"title"} and hypothesis.state not in (State.IDEA, State.PLANNED):
            state = Text(f"state_{hypothesis.state.value}")
            raise Blocked(
                Text("step_refused"), [Blocker(Text("statement_fixed", state=state), "change")]
            )
        if not changed:
            return hypothesis
        _write(hypothesis, statement)
        hypothesis.updated_at = now
        events.record(
            "edited", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
            hypothesis=hypothesis, changes=changed,
        )  # fmt: skip
        settle(hypothesis, by=by, now=now)
    return hypothesis


def settle(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> None:
    """Move between idea and planned as the sentence and the plan become complete or not."""
    if hypothesis.state not in (State.IDEA, State.PLANNED):
        return
    known = facts(hypothesis)
    is_complete = not any(b for guard in MOVES[Step.PLAN].guards for b in guard(known))
    target = State.PLANNED if is_complete else State.IDEA
    if target is not hypothesis.state:
        enter(hypothesis, target, by=by, now=now)


def archive(
    hypothesis_id: str, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Hypothesis:
    """Put a hypothesis aside, with a reason; it stays in the library."""
    reason = cleaned(reason)
    with taking(hypothesis_id, Step.ARCHIVE, by=by, now=now, version=version) as hypothesis:
        refuse_if_blocked(blockers(hypothesis, Step.ARCHIVE, reason=reason))
        hypothesis.archived_from = hypothesis.state
        hypothesis.archive_reason = reason
        enter(hypothesis, State.ARCHIVED, by=by, now=now, details={"reason": reason})
    return hypothesis


def restore(
    hypothesis_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> Hypothesis:
    """Bring an archived hypothesis back to where it was."""
    with taking(hypothesis_id, Step.RESTORE, by=by, now=now, version=version) as hypothesis:
        refuse_if_blocked(blockers(hypothesis, Step.RESTORE))
        target = hypothesis.archived_from or State.IDEA
        hypothesis.archived_from = None
        hypothesis.archive_reason = ""
        enter(hypothesis, target, by=by, now=now)
        settle(hypothesis, by=by, now=now)
    return hypothesis


def start(
    hypothesis_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> Hypothesis:
    """Start the test: the plan is locked and hashed. Raises Blocked with every blocker."""
    with taking(hypothesis_id, Step.START, by=by, now=now, version=version) as hypothesis:
        refuse_if_blocked(blockers(hypothesis, Step.START))
        test = hypothesis.current_test
        assert test is not None and test.plan_version is not None
        plan_version = test.plan_version
        plan_version.locked_at = now
        plan_version.digest = plan_version.plan.digest()
        test.started_at = now
        enter(
            hypothesis, State.RUNNING, by=by, now=now,
            details={"plan_version": plan_version.number, "digest": plan_version.digest},
        )  # fmt: skip
    return hypothesis


def reopen(
    hypothesis_id: str, *, reason: str, version: int | None = None, by: Actor, now: datetime
) -> Hypothesis:
    """Take a decision back to the result it was made on, with a reason."""
    reason = cleaned(reason)
    with taking(hypothesis_id, Step.REOPEN, by=by, now=now, version=version) as hypothesis:
        refuse_if_blocked(blockers(hypothesis, Step.REOPEN, reason=reason))
        conclusion = conclusion_in_force(hypothesis)
        if conclusion is not None:
            conclusion.reopened_at = now
        enter(hypothesis, State.MEASURED, by=by, now=now, details={"reason": reason})
    return hypothesis


def conclusion_in_force(hypothesis: Hypothesis) -> Conclusion | None:
    """The decision that stands for the current test, if any."""
    return conclusion_of(hypothesis.current_test_id)


def conclusion_of(test_id: str | None) -> Conclusion | None:
    """The decision that stands for a test, if any."""
    return db.session.scalar(
        select(Conclusion)
        .where(Conclusion.test_id == test_id, Conclusion.reopened_at.is_(None))
        .order_by(Conclusion.created_at.desc())
        .limit(1)
    )


def locked(hypothesis_id: str, *, version: int | None = None) -> Hypothesis:
    """The hypothesis, locked for this transaction. Raises NotFound, or Stale when `version`
    is not the stored one."""
    hypothesis = lock(Hypothesis, hypothesis_id)
    if hypothesis is None:
        raise NotFound(Text("no_such_hypothesis", key=hypothesis_id[:40]))
    if version is not None and version != hypothesis.version:
        raise Stale(Text("hypothesis_changed_meanwhile", key=hypothesis.key))
    return hypothesis


@contextmanager
def taking(
    hypothesis_id: str, step: Step, *, by: Actor, now: datetime, version: int | None = None
) -> Iterator[Hypothesis]:
    """A step of the lifecycle: permission checked, everything in one transaction, and a refusal
    logged."""
    with logging_refusals(step.value, hypothesis_id, by=by, now=now), transaction():
        hypothesis = locked(hypothesis_id, version=version)
        require(by, MOVES[step].permission, stake(hypothesis))
        yield hypothesis


@contextmanager
def logging_refusals(
    attempt: str, hypothesis_id: str, *, by: Actor, now: datetime
) -> Iterator[None]:
    """Logs what is refused inside; `attempt` is worded as `step_<attempt>`."""
    try:
        yield
    except (Blocked, NotAllowed) as refusal:
        codes = [b.code for b in getattr(refusal, "blockers", ())] or [refusal.text.code]
        events.refused(
            attempt, subject="hypothesis", subject_id=hypothesis_id, by=by, now=now,
            codes=codes, hypothesis=db.session.get(Hypothesis, hypothesis_id),
        )  # fmt: skip
        raise


def refuse_if_blocked(found: tuple[Blocker, ...]) -> None:
    """Raises Blocked with every blocker, if there is any."""
    if found:
        raise Blocked(Text("step_refused"), found)


def enter(
    hypothesis: Hypothesis,
    state: State,
    *,
    by: Actor,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Put the hypothesis into `state` and log it. The caller has checked the guards."""
    before = hypothesis.state
    hypothesis.state = state
    hypothesis.state_since = now
    hypothesis.updated_at = now
    events.record(
        f"became_{state.value}", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
        hypothesis=hypothesis, changes={"state": (before.value, state.value)}, details=details,
    )  # fmt: skip


def _next_number() -> int:
    # The workspace row is the lock: two captures at once never draw the same number.
    db.session.execute(select(Workspace.id).with_for_update())
    return (db.session.scalar(select(func.max(Hypothesis.number))) or 0) + 1


def _statement(parts: Mapping[str, str]) -> Statement:
    statement = Statement(**{name: part(name, parts.get(name)) for name in PARTS})
    wrong = statement.wrong()
    if wrong:
        raise Invalid(Text("hypothesis_invalid"), wrong)
    return statement


def _parts(statement: Statement) -> dict[str, str]:
    return {name: getattr(statement, name) for name in PARTS}


def _write(hypothesis: Hypothesis, statement: Statement) -> None:
    for name, written in _parts(statement).items():
        setattr(hypothesis, name, written)
    hypothesis.search = folded(hypothesis.key, *_parts(statement).values())
