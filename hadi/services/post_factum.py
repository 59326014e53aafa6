"""When the plan and its data came, by this server's clock: what `hadi.domain.post_factum` judges.

Data are known by their content: a file that was looked at in an earlier test of the hypothesis, or
of one that it follows, or was read and set aside there, was there since then. What another
hypothesis had before may have shaped this one, and is said.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain import post_factum
from hadi.domain.post_factum import Seen, Written
from hadi.domain.verdict import Check
from hadi.models import Dataset, DatasetPart, Hypothesis, PlanVersion, Upload
from hadi.models.dataset import DatasetKind
from hadi.services import archive, workspace
from hadi.services.plan_versions import locked_moments


class Period(NamedTuple):
    """The first and the last day of the data, how many of their rows are of days before the plan
    was fixed, and of how many: None for all."""

    first: date | None
    last: date | None
    early: int = 0
    rows: int | None = None


def check(hypothesis: Hypothesis, version: PlanVersion, dataset: Dataset, period: Period) -> Check:
    """Whether the plan came before the data that it is to judge, which are of `period`."""
    moments, imported_at = locked_moments(version), archive.imported_at()
    assert moments is not None
    first_plan_at, plan_at = moments
    written = Written(
        hypothesis_at=hypothesis.created_at,
        plan_at=plan_at,
        first_plan_at=first_plan_at,
        is_imported=imported_at is not None and plan_at < imported_at,
    )
    uploaded_at, elsewhere_at = first_seen(dataset, _tests_of(hypothesis))
    seen = Seen(
        uploaded_at=uploaded_at,
        elsewhere_at=elsewhere_at,
        first_day=period.first,
        last_day=period.last,
        rows=dataset.rows if period.rows is None else period.rows,
        early_rows=period.early,
        has_columns=dataset.kind is not DatasetKind.COUNTS,
        has_periods=version.plan.own is not None,
    )
    return post_factum.check(written, seen, zone=workspace.zone())


def first_seen(dataset: Dataset, tests: Collection[str]) -> tuple[datetime, datetime | None]:
    """When any of these data first came to one of those tests, and when to any other test. Typed
    counts and sums of a connection are as old as their own version."""
    own: list[datetime] = [dataset.created_at]
    others: list[datetime] = []
    if dataset.kind is DatasetKind.FILE:
        digests = [part.digest for part in dataset.parts]
        parts = select(Dataset.test_id, func.min(DatasetPart.created_at)).join(Dataset.parts)
        parts = parts.where(DatasetPart.digest.in_(digests)).group_by(Dataset.test_id)
        sent = [part.received_digest for part in dataset.parts if part.received_digest]
        uploads = select(Upload.test_id, func.min(Upload.created_at))
        uploads = uploads.where(Upload.digest.in_(sent)).group_by(Upload.test_id)
        for query in (parts, uploads):
            for test_id, moment in db.session.execute(query):
                (own if test_id in tests else others).append(moment)
    return min(own), min(others, default=None)


def _tests_of(hypothesis: Hypothesis) -> set[str]:
    """The tests of a hypothesis and of those that it follows."""
    tests: set[str] = set()
    known: Hypothesis | None = hypothesis
    seen: set[str] = set()
    while known is not None and known.id not in seen:
        seen.add(known.id)
        tests |= {test.id for test in known.tests}
        known = db.session.get(Hypothesis, known.previous_id) if known.previous_id else None
    return tests
