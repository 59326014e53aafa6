"""What this workspace's own past tests say a change usually does: the sceptical prior.

Only results that ended a test count, each by its deciding comparison, whatever the verdict was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hadi.db import db
from hadi.models import Analysis, Test
from hadi.stats.distributions import two_sided_z

if TYPE_CHECKING:
    from hadi.stats.bayes import Prior

MOST_TESTS = 200  # the latest ones: a workspace changes


def sceptical_prior(*, besides: str) -> Prior | None:
    """The prior of a lift from the latest tests but the one with the id `besides`; None without
    a single past lift."""
    records = db.session.scalars(
        select(Analysis.record)
        .join(Test, Test.result_id == Analysis.id)
        .where(Test.id != besides)
        .order_by(Analysis.created_at.desc())
        .limit(MOST_TESTS)
    )
    found = [lift for record in records if (lift := _lift(record)) is not None]
    if not found:
        return None
    from hadi.stats.shrinkage import sceptical_prior as of_lifts

    return of_lifts([lift for lift, _ in found], [error for _, error in found])


def _lift(record: Mapping[str, Any]) -> tuple[float, float] | None:
    """The deciding comparison's lift and its standard error, read back from its interval."""
    for comparison in record["comparisons"]:
        lift = comparison["lift"]
        if comparison["role"] != "primary" or comparison["arm"] != record["arm"] or not lift:
            continue
        if lift["low"] is None or lift["high"] is None:
            continue
        error = (lift["high"] - lift["low"]) / (2.0 * two_sided_z(comparison["alpha"]))
        if error > 0.0:
            return lift["estimate"], error
    return None
