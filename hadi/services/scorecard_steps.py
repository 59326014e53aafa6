"""What of a scorecard stands in the way of a test's start, and what its result says of the
execution: read by the lifecycle, which the rest of the scorecards builds on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.errors import Blocker
from hadi.domain.scorecards import CODE, steps_without_check
from hadi.domain.verdict import CheckStatus
from hadi.models import Analysis, Hypothesis, ScorecardLink, Test


def of_hypothesis(hypothesis: Hypothesis) -> ScorecardLink | None:
    """The card that watches a hypothesis, if any."""
    return db.session.scalar(
        select(ScorecardLink)
        .where(ScorecardLink.hypothesis_id == hypothesis.id)
        .options(joinedload(ScorecardLink.scorecard))
    )


def start_blockers(hypothesis: Hypothesis) -> tuple[Blocker, ...]:
    """The steps whose check point is not named: with them a test does not start."""
    found = of_hypothesis(hypothesis)
    if found is None:
        return ()
    return steps_without_check(each.rule for each in found.scorecard.asked)


def execution(test: Test | None) -> CheckStatus | None:
    """What the test's result says of its execution; None where nothing watched it."""
    if test is None or test.result_id is None:
        return None
    result = db.session.get(Analysis, test.result_id)
    checks = result.record.get("checks", ()) if result is not None else ()
    found = next((check for check in checks if check["code"] == CODE), None)
    return CheckStatus(found["status"]) if found is not None else None


def was_not_executed(test: Test | None) -> bool:
    """Whether too few of the steps were taken for the result to say anything of the idea."""
    return execution(test) is CheckStatus.FAIL
