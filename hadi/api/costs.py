"""What a hypothesis costs and brings: its ledger, its budget, what its effect is worth."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from hadi.api import conditions, found, shown_money
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.cost_schemas import BudgetDecisionOut, CostOut, EconomicsOut
from hadi.api.fields import Choice, Day, Sent, Words, described
from hadi.api.hypotheses import Nothing
from hadi.api.paging import PageQuery, sliced
from hadi.api.repeats import once
from hadi.db import transaction
from hadi.domain.costs import BudgetChoice, CostKind
from hadi.domain.errors import Invalid, NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Cost, Hypothesis, Test
from hadi.services import costs, economics, hypotheses

endpoints = Endpoints("costs", "What tests cost, and whether they pay back")

STALE = Text("cost_changed_meanwhile")
STALE_ESTIMATE = Text("economics_changed_meanwhile")


def _exact(about: str) -> fields.Raw:
    """An amount, which the rules read: a number, or a text that says it exactly."""
    return fields.Raw(
        allow_none=True, metadata={"description": about, "type": ["number", "string"]}
    )


class CostIn(Sent):
    amount = _exact("Zero or more; as text it stays exact")
    currency = Words(allow_none=True, metadata=described("ISO 4217, such as EUR"))
    kind = Choice(CostKind, about="What the money was spent on")
    spent_on = Day(metadata=described("Not in the future"))
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))


class VoidIn(Sent):
    reason = Words(allow_none=True, metadata=described("Why", minLength=1, maxLength=LIMIT))


class BudgetIn(Sent):
    decision = Choice(BudgetChoice, allow_none=True, about="Go on with a new cap, or stop spending")
    cap = _exact("The new cap, to go on: at least what is spent; in the currency of the plan")
    reason = Words(allow_none=True, metadata=described("Why", maxLength=LIMIT))


class EconomicsIn(Sent):
    """What the plan leaves open: what is left out here is not estimated any more."""

    class Meta:
        unknown = ma.INCLUDE  # the declaration names every unknown field, with its other faults

    reason = Words(
        allow_none=True, metadata=described("Where the numbers come from", maxLength=LIMIT)
    )
    currency = fields.Raw(
        allow_none=True, metadata={"description": "Of all its amounts", "type": "string"}
    )
    value_per_unit = _exact("What a unit of the metric is worth; 1 where the metric is money")
    margin = _exact("The fraction of it that stays, above 0 and at most 1")
    units_per_week = _exact("Units that the change reaches in a week; a pilot needs none")
    stores = _exact("Stores that they come from; 1 unless said")
    payback_limit_weeks = _exact("Within how many weeks it has to pay back")
    horizon_weeks = _exact("Before that it is too early to say that it does not pay back")
    one_off_per_store = _exact("What a store of the roll-out costs once")
    running_per_week = _exact("What it costs every week")
    basket = _exact("Of a customer in place of a value: the average basket")
    purchases_per_year = _exact("Of a customer: purchases in a year")
    years = _exact("Of a customer: years they stay")
    acquisition_cost = _exact("Of a customer: what winning them costs")


@endpoints.at("/hypotheses/<key>/costs", "GET")
@endpoints.answers(200, CostOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List what was spent, the latest first; entries struck out too."""
    hypothesis = _seen(key)
    numbers = found.test_numbers(hypothesis)
    page = sliced(costs.listing(hypothesis, by=actor()), query)
    return answer_page(page, lambda each: shown_money.cost(each, numbers[each.test_id]))


@endpoints.at("/hypotheses/<key>/costs", "POST")
@endpoints.answers(
    201, CostOut, 400, 404, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(CostIn)
@once
def add(body: dict[str, Any], key: str) -> Response:
    """Enter what was spent. It is accepted whatever the budget says, until a leader stops it."""
    hypothesis = _seen(key)
    made = costs.add(hypothesis.id, body=body, by=actor(), now=now())
    return _answer(hypothesis, made, HTTPStatus.CREATED)


@endpoints.at("/hypotheses/<key>/costs/<cost_id>", "GET")
@endpoints.answers(200, CostOut, 404, has_etag=True)
def get(key: str, cost_id: str) -> Response:
    """One entry of the ledger."""
    hypothesis = _seen(key)
    return _answer(hypothesis, _entry(hypothesis, cost_id))


@endpoints.at("/hypotheses/<key>/costs/<cost_id>", "PATCH")
@endpoints.answers(
    200, CostOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(CostIn)
def edit(body: dict[str, Any], key: str, cost_id: str) -> Response:
    """Correct an entry; what is left out stays."""
    hypothesis = _seen(key)
    with transaction():
        version = conditions.required(_entry(hypothesis, cost_id).version, stale=STALE)
        edited = costs.edit(
            hypothesis.id, cost_id, body=body, version=version, by=actor(), now=now()
        )
    return _answer(hypothesis, edited)


@endpoints.at("/hypotheses/<key>/costs/<cost_id>/void", "POST")
@endpoints.answers(
    200, CostOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(VoidIn)
@once
def void(body: dict[str, Any], key: str, cost_id: str) -> Response:
    """Strike an entry out, with a reason; it stays in the ledger."""
    hypothesis = _seen(key)
    version = conditions.optional(_entry(hypothesis, cost_id).version, stale=STALE)
    struck = costs.void(
        hypothesis.id, cost_id, reason=body.get("reason") or "", version=version, by=actor(),
        now=now(),
    )  # fmt: skip
    return _answer(hypothesis, struck)


@endpoints.at("/hypotheses/<key>/costs/<cost_id>/restore", "POST")
@endpoints.answers(
    200, CostOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], key: str, cost_id: str) -> Response:
    """Count an entry again that was struck out."""
    hypothesis = _seen(key)
    version = conditions.optional(_entry(hypothesis, cost_id).version, stale=STALE)
    back = costs.restore(hypothesis.id, cost_id, version=version, by=actor(), now=now())
    return _answer(hypothesis, back)


@endpoints.at("/hypotheses/<key>/budget", "POST")
@endpoints.answers(
    201, BudgetDecisionOut, 400, 404, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(BudgetIn)
@once
def decide(body: dict[str, Any], key: str) -> Response:
    """Decide on the budget of the current test: go on with a new cap, or stop. For leaders."""
    hypothesis = _seen(key)
    try:
        made = costs.decide(
            hypothesis.id, choice=body.get("decision"), cap=body.get("cap"),
            reason=body.get("reason") or "", by=actor(), now=now(),
        )  # fmt: skip
    except Invalid as refusal:  # by the names that were sent
        named = {"choice": "decision"}
        raise Invalid(
            refusal.text, {named.get(name, name): text for name, text in refusal.fields.items()}
        ) from None
    settle()
    return answer(shown_money.budget_decision(made, _test(hypothesis)), HTTPStatus.CREATED)


@endpoints.at("/hypotheses/<key>/economics", "GET")
@endpoints.answers(200, EconomicsOut, 404, has_etag=True)
def read_economics(key: str) -> Response:
    """Whether it pays back, with the interval, and what is missing to say so."""
    return _answer_economics(_seen(key))


@endpoints.at("/hypotheses/<key>/economics", "PUT")
@endpoints.answers(
    200, EconomicsOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(EconomicsIn)
def estimate(body: dict[str, Any], key: str) -> Response:
    """Estimate what the effect is worth, as far as the plan leaves it open."""
    hypothesis = _seen(key)
    reason = body.pop("reason", None) or ""
    with transaction():
        hypotheses.locked(hypothesis.id)
        version = conditions.required(_version(hypothesis), stale=STALE_ESTIMATE)
        economics.estimate(
            hypothesis.id, body=body, reason=reason, version=version, by=actor(), now=now()
        )
    settle()
    return _answer_economics(hypothesis)


def _seen(key: str) -> Hypothesis:
    """The hypothesis, for who may see its money."""
    hypothesis = found.hypothesis(key)
    require(actor(), Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    return hypothesis


def _entry(hypothesis: Hypothesis, cost_id: str) -> Cost:
    if not found.is_name(cost_id):
        raise NotFound(Text("no_such_cost"))
    return costs.find(cost_id, hypothesis, by=actor())


def _test(hypothesis: Hypothesis) -> Test:
    test = hypothesis.current_test
    assert test is not None  # made with the hypothesis
    return test


def _version(hypothesis: Hypothesis) -> int:
    stored = economics.estimate_of(hypothesis.id)
    return stored.version if stored else 0


def _answer(hypothesis: Hypothesis, cost: Cost, status: int = HTTPStatus.OK) -> Response:
    settle()
    number = found.test_numbers(hypothesis)[cost.test_id]
    is_new = status == HTTPStatus.CREATED
    return answer(
        shown_money.cost(cost, number), status, version=cost.version,
        location=f"/hypotheses/{hypothesis.id}/costs/{cost.id}" if is_new else None,
    )  # fmt: skip


def _answer_economics(hypothesis: Hypothesis) -> Response:
    test = _test(hypothesis)
    known = economics.of_now(test, now=now())
    return answer(shown_money.economics(known, test), version=_version(hypothesis))
