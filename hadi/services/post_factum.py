"""When the plan and its data came, by this server's clock: what `hadi.domain.post_factum` judges.

Data are known by their content: a file that was looked at in another test, or read and set aside,
was there since then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from hadi.db import db
from hadi.domain import post_factum
from hadi.domain.post_factum import Seen, Written
from hadi.domain.verdict import Check
from hadi.models import Dataset, DatasetPart, Hypothesis, PlanVersion, Upload
from hadi.models.dataset import DatasetKind
from hadi.services import archive, quality, workspace
from hadi.services.plan_versions import locked_moments


def check(hypothesis: Hypothesis, version: PlanVersion, dataset: Dataset) -> Check:
    """Whether the plan came before the data that it is to judge."""
    first_day, last_day, early = quality.period_of(dataset)
    moments, imported_at = locked_moments(version), archive.imported_at()
    assert moments is not None
    first_plan_at, plan_at = moments
    written = Written(
        hypothesis_at=hypothesis.created_at,
        plan_at=plan_at,
        first_plan_at=first_plan_at,
        is_imported=imported_at is not None and plan_at < imported_at,
    )
    seen = Seen(
        uploaded_at=first_seen(dataset),
        first_day=first_day,
        last_day=last_day,
        rows=dataset.rows,
        early_rows=early,
        has_columns=dataset.kind is not DatasetKind.COUNTS,
    )
    return post_factum.check(written, seen, zone=workspace.zone())


def first_seen(dataset: Dataset) -> datetime:
    """When any of these data first came to this server. Typed counts and sums of a connection are
    as old as their own version."""
    moments: list[datetime | None] = [dataset.created_at]
    if dataset.kind is DatasetKind.FILE:
        digests = [part.digest for part in dataset.parts]
        query = select(func.min(DatasetPart.created_at)).where(DatasetPart.digest.in_(digests))
        moments.append(db.session.scalar(query))
        sent = [part.received_digest for part in dataset.parts if part.received_digest]
        query = select(func.min(Upload.created_at)).where(Upload.digest.in_(sent))
        moments.append(db.session.scalar(query))
    return min(moment for moment in moments if moment is not None)
