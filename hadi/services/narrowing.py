"""Insights that hold in fewer places than was thought when they were decided with: a wave did not
hold, and a leader narrowed them. What they were decided with stays in the conclusion."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from hadi.db import db
from hadi.domain.lifecycle import Decision
from hadi.models import Conclusion, Test


def narrowed(conclusions: Iterable[Conclusion]) -> dict[str, str]:
    """Where each holds after all, by the ids of the conclusions; one query for all of them."""
    scaled = {
        each.test_id: each
        for each in conclusions
        if each.decision is Decision.SCALE and each.reopened_at is None
    }
    if not scaled:
        return {}
    query = select(Test.id, Test.holds_where).where(Test.id.in_(scaled))
    return {
        scaled[test_id].id: where
        for test_id, where in db.session.execute(query)
        if where != scaled[test_id].holds_where
    }


def of(conclusion: Conclusion) -> str | None:
    """Where one of them holds after all; None where that is as it was."""
    test = db.session.get_one(Test, conclusion.test_id)
    is_in_force = conclusion.decision is Decision.SCALE and conclusion.reopened_at is None
    is_narrowed = is_in_force and test.holds_where != conclusion.holds_where
    return test.holds_where if is_narrowed else None
