"""Since when the plan of a test has been judging as it does now, by this server's clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hadi.db import db
from hadi.domain import post_factum
from hadi.models import PlanVersion


def locked_moments(version: PlanVersion) -> tuple[datetime, datetime] | None:
    """When the test's plan was first fixed, and since when it has stood as in `version`; None
    where it is not fixed yet."""
    query = (
        select(PlanVersion)
        .where(PlanVersion.test_id == version.test_id, PlanVersion.number <= version.number)
        .order_by(PlanVersion.number)
    )
    locked = [
        (each.locked_at, each.body)
        for each in db.session.scalars(query)
        if each.locked_at is not None
    ]
    return (locked[0][0], post_factum.stands_since(locked)) if locked else None
