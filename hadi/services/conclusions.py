"""The end of a loop: the insight, the decision, and what the decision sets in motion."""

from __future__ import annotations

from datetime import datetime

from hadi.db import db, new_id, transaction
from hadi.domain import post_factum, scaling
from hadi.domain.errors import Invalid
from hadi.domain.evidence import EvidenceGrade
from hadi.domain.lifecycle import Decision, Insight, State, Step
from hadi.domain.permissions import Actor, Permission, allows, require
from hadi.domain.pilot_sentence import left_of
from hadi.domain.plan import MetricRole
from hadi.domain.scaling import Payback
from hadi.domain.scorecards import FailureCause
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.domain.verdict import CheckStatus
from hadi.models import Analysis, Conclusion, Hypothesis, PlanVersion, Test
from hadi.services import economics, events, hypotheses, rollouts
from hadi.services.search import folded

INSIGHT = ("learned", "holds_where", "next", "cause")


def write_insight(
    hypothesis_id: str, *, insight: Insight, version: int | None = None, by: Actor, now: datetime
) -> Hypothesis:
    """Write the insight as far as it is known; deciding needs all of it."""
    written = _cleaned(insight)
    with (
        hypotheses.logging_refusals("write_insight", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id, version=version)
        require(by, Permission.WRITE_INSIGHT, hypotheses.stake(hypothesis))
        test = hypothesis.current_test
        assert test is not None
        _write(hypothesis, test, written, by=by, now=now)
    return hypothesis


def record(
    hypothesis_id: str,
    *,
    decision: Decision | None,
    reason: str,
    insight: Insight | None = None,
    override: str = "",
    acknowledge_payback: bool = False,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Conclusion:
    """Decide. Without `insight` the one written so far is taken. `scale` puts the hypothesis on
    the scale-up board, `repeat` opens its next test. Raises Blocked with every blocker."""
    reason, override = cleaned(reason), cleaned(override)
    written = _cleaned(insight) if insight is not None else None
    if len(reason) > LIMIT or len(override) > LIMIT:
        raise Invalid(
            Text("conclusion_invalid"), {"reason": Text("statement_too_long", limit=LIMIT)}
        )
    with hypotheses.taking(
        hypothesis_id, Step.CONCLUDE, by=by, now=now, version=version
    ) as hypothesis:
        test = hypothesis.current_test
        assert test is not None
        evidence = evidence_of(test, now=now)
        if written is None:
            written = hypotheses.insight_of(test)
        hypotheses.refuse_if_blocked(
            hypotheses.blockers(
                hypothesis, Step.CONCLUDE, decision=decision, decision_reason=reason,
                insight=written,
                scale_blockers=scaling.blockers(
                    evidence,
                    is_leader=allows(by, Permission.SCALE),
                    is_payback_acknowledged=acknowledge_payback,
                    override=override,
                ),
            )
        )  # fmt: skip
        assert decision is not None and test.result_id is not None
        _write(hypothesis, test, written, by=by, now=now)
        is_scaling = decision is Decision.SCALE
        is_unassessed = evidence.payback is Payback.NOT_ASSESSED
        conclusion = Conclusion(
            id=new_id(), hypothesis_id=hypothesis.id, test_id=test.id, analysis_id=test.result_id,
            decision=decision, reason=reason, learned=written.learned,
            holds_where=written.holds_where, next=written.next, cause=written.cause,
            override=override if is_scaling else "",
            is_payback_acknowledged=is_scaling and acknowledge_payback and is_unassessed,
            search=folded(hypothesis.search, written.learned, written.holds_where, written.next),
            author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(conclusion)
        hypotheses.enter(
            hypothesis, State.CONCLUDED, by=by, now=now,
            details={"decision": decision.value, "reason": reason, "override": conclusion.override,
                     "payback_acknowledged": conclusion.is_payback_acknowledged},
        )  # fmt: skip
        db.session.flush()
        if is_scaling:
            rollouts.queue(hypothesis, conclusion, by=by, now=now)
            economics.refresh(hypothesis, now=now)
        elif decision is Decision.REPEAT:
            open_repeat(hypothesis, by=by, now=now)
    return conclusion


def repeat(hypothesis_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Test:
    """Test a concluded hypothesis once more. Raises Blocked, NotAllowed, Stale."""
    with hypotheses.taking(
        hypothesis_id, Step.REPEAT, by=by, now=now, version=version
    ) as hypothesis:
        hypotheses.refuse_if_blocked(hypotheses.blockers(hypothesis, Step.REPEAT))
        return open_repeat(hypothesis, by=by, now=now)


def open_repeat(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Test:
    """Open the next test of the same hypothesis, its plan drafted from the last one. Inside a
    transaction."""
    last = hypothesis.current_test
    assert last is not None and last.plan_version is not None
    test = Test(
        id=new_id(), hypothesis_id=hypothesis.id, number=last.number + 1, created_at=now,
        steward_id=last.steward_id,
    )  # fmt: skip
    db.session.add(test)
    db.session.flush()
    body = dict(last.plan_version.body) | {"starts_on": None, "ends_on": None}
    draft = PlanVersion(
        id=new_id(), test_id=test.id, number=1, body=body, author_id=by.user_id, created_at=now
    )
    db.session.add(draft)
    db.session.flush()
    test.plan_version = draft
    hypothesis.current_test = test
    hypothesis.verdict = None
    events.record(
        "test_opened", subject="test", subject_id=test.id, by=by, now=now, hypothesis=hypothesis,
        details={"number": test.number},
    )  # fmt: skip
    hypotheses.enter(hypothesis, State.PLANNED, by=by, now=now)
    hypotheses.settle(hypothesis, by=by, now=now)
    return test


def evidence_of(test: Test, *, now: datetime) -> scaling.Evidence:
    """What the scaling gates look at, from the test's result and from what it cost."""
    result = db.session.get(Analysis, test.result_id) if test.result_id else None
    if result is None:
        return scaling.Evidence(verdict="not_yet")
    plan = result.plan_version.plan
    primary = plan.primary
    return scaling.Evidence(
        verdict=result.verdict,
        label=result.label,
        is_proxy=bool(primary and primary.is_proxy),
        guardrails=tuple(
            (c["metric"], c["verdict"])
            for c in result.record.get("comparisons", ())
            if c["role"] == MetricRole.GUARDRAIL and c["arm"] == result.record.get("arm")
        ),
        is_post_factum=is_post_factum(result),
        is_promotable_grade=EvidenceGrade(result.record["evidence"]).is_promotable,
        payback=economics.of_now(test, now=now).assessment.payback,
        left=left_of(result.record),
    )


def is_post_factum(result: Analysis) -> bool:
    """Whether the plan of a result was written after its data."""
    return any(
        check["code"] == post_factum.CODE and check["status"] == CheckStatus.FAIL
        for check in result.record["checks"]
    )


def _cleaned(insight: Insight) -> Insight:
    parts = {name: cleaned(getattr(insight, name)) for name in INSIGHT}
    wrong = {
        name: Text("statement_too_long", limit=2 * LIMIT)
        for name, written in parts.items()
        if len(written) > 2 * LIMIT
    }
    if parts["cause"] and parts["cause"] not in tuple(FailureCause):
        options = ", ".join(FailureCause)
        wrong["cause"] = Text("cause_unknown", cause=parts["cause"][:40], options=options)
    if wrong:
        raise Invalid(Text("conclusion_invalid"), wrong)
    return Insight(**parts)


def _parts(insight: Insight) -> dict[str, str]:
    return {name: getattr(insight, name) for name in INSIGHT}


def _write(
    hypothesis: Hypothesis, test: Test, insight: Insight, *, by: Actor, now: datetime
) -> None:
    changed = events.difference({name: getattr(test, name) for name in INSIGHT}, _parts(insight))
    if not changed:
        return
    for name, written in _parts(insight).items():
        setattr(test, name, written)
    hypothesis.updated_at = now
    events.record(
        "insight_written", subject="test", subject_id=test.id, by=by, now=now,
        hypothesis=hypothesis, changes=changed,
    )  # fmt: skip
