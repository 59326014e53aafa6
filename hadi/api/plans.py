"""The plan of a test: read, written as a draft, amended in the open."""

from __future__ import annotations

from typing import Any

from flask import Response

from hadi.api import conditions, found, shown
from hadi.api.answers import IF_MATCH, Endpoints, answer, settle
from hadi.api.authentication import actor, now
from hadi.api.body import required_body
from hadi.api.hypotheses import stale
from hadi.api.plan_schema import METRIC_FIELDS, PlanIn
from hadi.api.schemas import PlanAnswerOut
from hadi.db import transaction
from hadi.domain.errors import Invalid, NotFound
from hadi.domain.text import Text
from hadi.services import hypotheses, plans

endpoints = Endpoints("plans", "What is measured, against what, and how it will be judged")

_READ_ONLY = ("version", "digest", "locked_at", "state", "blockers", "notes")


@endpoints.at("/hypotheses/<key>/plan", "GET")
@endpoints.answers(200, PlanAnswerOut, 404, has_etag=True)
def get(key: str) -> Response:
    """The plan of the current test. Its ETag is the hypothesis's."""
    hypothesis = found.hypothesis(key)
    test = hypothesis.current_test
    if test is None or test.plan_version is None:
        raise NotFound(Text("api.no_plan"))
    return answer(shown.plan_answer(hypothesis, test.plan_version), version=hypothesis.version)


@endpoints.at("/hypotheses/<key>/plan", "PUT")
@endpoints.answers(
    200, PlanAnswerOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True,
    about="The plan, and in `blockers` what still keeps the test from starting",
    parameters=[IF_MATCH],
)  # fmt: skip
@endpoints.takes(PlanIn)
def put(body: dict[str, Any], key: str) -> Response:
    """Write the plan: a draft in place; once the test runs, and before any data, as a new version
    with a reason."""
    required_body()
    named = found.hypothesis(key)
    reason = body.pop("reason", None) or ""
    written = {name: value for name, value in body.items() if name not in _READ_ONLY}
    with transaction():
        current = hypotheses.locked(named.id)
        version = conditions.required(current.version, stale=stale(current))
        _check_metrics(written.get("metrics"))
        saved = plans.save(
            named.id, body=written, version=version, reason=reason, by=actor(), now=now()
        )
    settle()
    test = saved.current_test
    assert test is not None and test.plan_version is not None
    return answer(shown.plan_answer(saved, test.plan_version), version=saved.version)


def _check_metrics(metrics: object) -> None:
    """Raises Invalid for what a metric says and nobody would read."""
    wrong: dict[str, Text] = {}
    for place, metric in enumerate(metrics if isinstance(metrics, list) else []):
        if not isinstance(metric, dict):
            continue  # the plan says so
        for name in metric.keys() - METRIC_FIELDS:
            wrong[f"metrics.{place}.{name[:80]}"] = Text("field_unknown", field=name[:80])
        if not isinstance(metric.get("proxy"), (bool, type(None))):
            wrong[f"metrics.{place}.proxy"] = Text("api.not_flag", field="proxy")
    if wrong:
        raise Invalid(Text("plan_invalid", n=len(wrong)), wrong)
