"""The end of a loop: the insight and the decision."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import select

from hadi.api import found, shown
from hadi.api.answers import IDEMPOTENCY_KEY, IF_MATCH_OPTIONAL, Endpoints, answer, settle
from hadi.api.authentication import actor, now
from hadi.api.fields import Choice, Flag, Inner, Sent, Words, described
from hadi.api.hypotheses import claimed
from hadi.api.repeats import once
from hadi.api.schemas import ConclusionOut
from hadi.db import db
from hadi.domain.lifecycle import Decision, Insight
from hadi.domain.permissions import Permission, allows
from hadi.domain.scorecards import FailureCause
from hadi.domain.statement import LIMIT
from hadi.models import Rollout
from hadi.services import conclusions

endpoints = Endpoints("conclusions", "What was learned, and what is decided")


class InsightIn(Sent):
    learned = Words(allow_none=True, metadata=described("What we learned", maxLength=2 * LIMIT))
    holds_where = Words(allow_none=True, metadata=described("Where it holds", maxLength=2 * LIMIT))
    next = Words(allow_none=True, metadata=described("What comes next", maxLength=2 * LIMIT))
    cause = Choice(
        FailureCause,
        allow_none=True,
        about="Why it was not carried out, or did nothing; needed where it was not carried out",
    )


class ConclusionIn(Sent):
    decision = Choice(Decision, allow_none=True)
    reason = Words(allow_none=True, metadata=described("Why", maxLength=LIMIT))
    insight = Inner(
        InsightIn,
        allow_none=True,
        metadata=described("Without it, the insight written so far is taken"),
    )
    override = Words(
        allow_none=True,
        metadata=described("Why a leader scales although a gate is closed", maxLength=LIMIT),
    )
    acknowledge_payback = Flag(
        allow_none=True,
        metadata=described(
            "That nobody assessed the payback is known. A leader's decision through the API says "
            "so unless this is false; for others it is false unless said"
        ),
    )


@endpoints.at("/hypotheses/<key>/conclusion", "POST")
@endpoints.answers(
    201, ConclusionOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ConclusionIn)
@once
def record(body: dict[str, Any], key: str) -> Response:
    """Decide: scale, stop, repeat or park. 409 with every blocker if it is not possible yet."""
    hypothesis = found.hypothesis(key)
    insight = body.get("insight")
    acknowledged = body.get("acknowledge_payback")
    if acknowledged is None:
        acknowledged = allows(actor(), Permission.SCALE)
    conclusion = conclusions.record(
        hypothesis.id,
        decision=body.get("decision"),
        reason=body.get("reason") or "",
        insight=Insight(**{n: insight.get(n) or "" for n in conclusions.INSIGHT})
        if insight is not None
        else None,
        override=body.get("override") or "",
        acknowledge_payback=acknowledged,
        version=claimed(hypothesis),
        by=actor(),
        now=now(),
    )
    settle()
    queued = db.session.scalar(select(Rollout).where(Rollout.conclusion_id == conclusion.id))
    return answer(
        shown.conclusion(conclusion, queued), HTTPStatus.CREATED,
        version=conclusion.hypothesis.version, location=f"/hypotheses/{hypothesis.id}",
    )  # fmt: skip
