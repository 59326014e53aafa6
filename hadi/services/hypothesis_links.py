"""How hypotheses follow from each other: an insight leads to the next one."""

from __future__ import annotations

from sqlalchemy import select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Hypothesis
from hadi.services.hypothesis_list import with_row

MOST = 20


def following(hypothesis: Hypothesis, *, by: Actor) -> list[Hypothesis]:
    """The hypotheses written after this one, as its next ones."""
    require(by, Permission.VIEW)
    query = select(Hypothesis).where(Hypothesis.previous_id == hypothesis.id)
    return list(db.session.scalars(with_row(query.order_by(Hypothesis.number).limit(MOST))))
