"""The plan of a test: read, written as a draft, amended in the open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from hadi.api import conditions, found, shown
from hadi.api.answers import IF_MATCH, Endpoints, answer, settle
from hadi.api.authentication import actor, now
from hadi.api.body import required_body
from hadi.api.fields import Sent, Words, described
from hadi.api.hypotheses import stale
from hadi.api.schemas import PlanAnswerOut
from hadi.db import transaction
from hadi.domain.errors import Invalid, NotFound
from hadi.domain.plan import MOST_ARMS, MOST_METRICS, Better, Design, Looks, MetricKind, MetricRole
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.services import hypotheses, plans

endpoints = Endpoints("plans", "What is measured, against what, and how it will be judged")

_READ_ONLY = ("version", "digest", "locked_at", "state", "blockers")
_METRIC = frozenset(
    {"name", "kind", "columns", "role", "threshold", "better", "margin", "proxy", "covariate"}
)
_NUMBER = {"type": "number"}
_WORD = {"type": "string", "maxLength": 200}
_DAY = {"type": "string", "format": "date"}


def _values(kind: type[Any], *, has_none: bool = True) -> dict[str, Any]:
    return {"enum": [member.value for member in kind] + ([None] if has_none else [])}


def _documented(about: str, schema: Mapping[str, Any]) -> fields.Raw:
    """A field that the plan itself reads; here it is only described. Any may be null."""
    return fields.Raw(metadata={"description": about, **schema}, allow_none=True)


_METRICS = {
    "type": "array",
    "maxItems": MOST_METRICS,
    "items": {
        "type": "object",
        "required": ["name", "kind"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
            "kind": _values(MetricKind, has_none=False),
            "columns": {
                "description": "The data's column, unless it has the metric's name",
                "type": ["array", "null"], "maxItems": 1, "items": {"type": "string"},
            },
            "role": {"description": "secondary unless said", **_values(MetricRole)},
            "threshold": {
                "description": "What the change must reach: 0.05 in the metric's units, or "
                "“5%” of the control's value; 0 means any improvement",
                "type": ["number", "string", "null"],
            },
            "better": _values(Better),
            "margin": {
                "description": "Of a guardrail: how much worse is still acceptable",
                "type": ["number", "null"], "minimum": 0,
            },
            "proxy": {"description": "Only stands in for the aim", "type": ["boolean", "null"]},
            "covariate": {"description": "Not available in this version", "type": "null"},
        },
    },
}  # fmt: skip


class PlanIn(Sent):
    """A whole plan: what is left out is empty. Any part may be missing in a draft."""

    class Meta:
        unknown = ma.INCLUDE  # the plan tells every unknown field itself, with its other faults

    design = _documented("How it is tested", _values(Design))
    variant = _documented("The column that names the arm", _WORD)
    control = _documented("Its value for the control arm", _WORD)
    split = _documented(
        "Declared share of each arm; shares are made to add to 1",
        {
            "type": "object",
            "maxProperties": MOST_ARMS,
            "additionalProperties": {"type": "number", "minimum": 0},
        },
    )
    unit = _documented("The column that names the randomised unit; none: a row is a unit", _WORD)
    metrics = _documented("One primary, guardrails, secondary ones", _METRICS)
    looks = _documented("When the result may be looked at", _values(Looks))
    alpha = _documented("Accepted chance of a false alarm; 0.05 unless said", _NUMBER)
    power = _documented("Chance to see the expected effect; 0.8 unless said", _NUMBER)
    baseline = _documented("Expected value of the control", _NUMBER)
    baseline_sd = _documented("Its standard deviation, for a mean", _NUMBER)
    expected_effect = _documented("The difference the team expects", _NUMBER)
    budget = _documented(
        "The most the test may cost",
        {
            "type": "object",
            "properties": {
                "amount": {"type": ["number", "string"]},
                "currency": {"type": "string", "minLength": 3, "maxLength": 3},
            },
        },
    )
    starts_on = _documented("First day", _DAY)
    ends_on = _documented("Last day, inclusive", _DAY)
    planned_units = _documented("Per arm", {"type": "integer", "minimum": 0})
    owner = _documented("Id or e-mail of a person", _WORD)
    steward = _documented("Id or e-mail of the person who brings the numbers", _WORD)
    reason = Words(
        allow_none=True,
        metadata=described("Why a running test's plan changes", maxLength=LIMIT),
    )


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
        for name in metric.keys() - _METRIC:
            wrong[f"metrics.{place}.{name[:80]}"] = Text("field_unknown", field=name[:80])
        if metric.get("covariate") not in (None, ""):
            wrong[f"metrics.{place}.covariate"] = Text("api.covariate_unavailable")
        if not isinstance(metric.get("proxy"), (bool, type(None))):
            wrong[f"metrics.{place}.proxy"] = Text("api.not_flag", field="proxy")
    if wrong:
        raise Invalid(Text("plan_invalid", n=len(wrong)), wrong)
