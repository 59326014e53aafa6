"""Running the check, and the stored results."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OPTIONAL,
    PREFER,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.datasets import folder
from hadi.api.fields import Sent, Words, described
from hadi.api.hypotheses import claimed
from hadi.api.jobs import JobOut, accepted
from hadi.api.paging import PageQuery, paged
from hadi.api.repeats import once
from hadi.api.schemas import AnalysisOut
from hadi.db import db
from hadi.domain.errors import NotFound
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Analysis, Test
from hadi.services import analyses, long_checks
from hadi.services.dataset_records import newest_versions

endpoints = Endpoints("analyses", "What the data say, judged by the plan")


class AnalysisIn(Sent):
    open_early = Words(
        allow_none=True,
        metadata=described("Why the result is opened before the planned end", maxLength=LIMIT),
    )


@endpoints.at("/hypotheses/<key>/analyses", "GET")
@endpoints.answers(200, AnalysisOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List the analyses of all tests, the newest first."""
    hypothesis = found.hypothesis(key)
    numbers = found.test_numbers(hypothesis)
    page = paged(
        select(Analysis)
        .where(Analysis.test_id.in_(numbers))
        .options(
            joinedload(Analysis.author),
            joinedload(Analysis.dataset),
            joinedload(Analysis.plan_version),
        )
        .order_by(Analysis.created_at.desc(), Analysis.id),
        query,
    )
    newest = newest_versions(each.dataset for each in page.items)
    return answer_page(
        page, lambda each: shown.analysis(each, numbers[each.test_id], newest=newest)
    )


@endpoints.at("/hypotheses/<key>/analyses/<analysis_id>", "GET")
@endpoints.answers(200, AnalysisOut, 404)
def get(key: str, analysis_id: str) -> Response:
    """One analysis; it never changes."""
    hypothesis = found.hypothesis(key)
    if not found.is_name(analysis_id):
        raise NotFound(Text("no_such_analysis"))
    analysis = analyses.find(analysis_id, by=actor())
    number = found.test_number(hypothesis, analysis.test_id, absent=Text("no_such_analysis"))
    return answer(shown.analysis(analysis, number))


@endpoints.at("/hypotheses/<key>/analyses", "POST")
@endpoints.answers(
    201, AnalysisOut, 400, 404, 409, 412, 413, 415, 422, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY, PREFER],
)  # fmt: skip
@endpoints.alt_response(  # type: ignore[untyped-decorator]
    202, schema=JobOut, description="Asked for; the job is in Location"
)
@endpoints.takes(AnalysisIn, is_required=False)
@once
def run(body: dict[str, Any], key: str) -> Response:
    """Judge the newest data by the locked plan. Before the planned end the verdict is `not_yet`,
    unless it is opened early with a reason. With `Prefer: respond-async` a worker does it."""
    hypothesis = found.hypothesis(key)
    claimed(hypothesis)
    reason = body.get("open_early") or ""
    if "respond-async" in request.headers.get("Prefer", "").lower():
        return accepted(long_checks.ask(hypothesis.id, open_early=reason, by=actor(), now=now()))
    analysis = analyses.run(
        hypothesis.id, open_early=reason, folder=folder(), by=actor(), now=now()
    )
    settle()
    number = db.session.get_one(Test, analysis.test_id).number
    where = f"/hypotheses/{hypothesis.id}/analyses/{analysis.id}"
    return answer(shown.analysis(analysis, number), HTTPStatus.CREATED, location=where)
