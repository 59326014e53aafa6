"""Hypotheses: captured, listed, edited, started, put aside and brought back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from hadi.api import conditions, found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Endpoints,
    Page,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.body import invalid
from hadi.api.fields import Choice, Listed, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.repeats import once
from hadi.api.schemas import HypothesisOut, HypothesisWholeOut
from hadi.api.voice import language
from hadi.db import transaction
from hadi.domain.lifecycle import State
from hadi.domain.statement import LIMIT, TITLE_LIMIT
from hadi.domain.text import Text
from hadi.domain.verdict import Verdict
from hadi.models import Hypothesis
from hadi.services import hypotheses, hypothesis_list
from hadi.services.hypothesis_list import Filters, Order

endpoints = Endpoints("hypotheses", "Ideas on their way to evidence")

PARTS = {
    "effect": described("then …", maxLength=LIMIT),
    "reason": described("because …", maxLength=LIMIT),
    "title": described("A short title", maxLength=TITLE_LIMIT),
}
CHANGE = described("If we …", maxLength=LIMIT)


class HypothesisIn(Sent):
    change = Words(required=True, metadata={**CHANGE, "minLength": 1})
    effect = Words(allow_none=True, metadata=PARTS["effect"])
    reason = Words(allow_none=True, metadata=PARTS["reason"])
    title = Words(allow_none=True, metadata=PARTS["title"])


class HypothesisPatch(Sent):
    change = Words(metadata={**CHANGE, "minLength": 1})
    effect = Words(allow_none=True, metadata=PARTS["effect"])
    reason = Words(allow_none=True, metadata=PARTS["reason"])
    title = Words(allow_none=True, metadata=PARTS["title"])


class HypothesisQuery(PageQuery):
    state = Listed(Choice(State), metadata=described("One or more; without, all but archived"))
    verdict = Listed(Choice(Verdict))
    q = Words(metadata=described("Words of the sentence, the title or the key"))
    owner = Words(metadata=described("Id or e-mail of a person, or me"))
    order = Choice(Order)


class ReasonIn(Sent):
    reason = Words(allow_none=True, metadata=described("Why", minLength=1, maxLength=LIMIT))


class Nothing(Sent):
    """No field at all."""


def stale(hypothesis: Hypothesis) -> Text:
    """What is said when someone else was faster."""
    return Text("hypothesis_changed_meanwhile", key=hypothesis.key)


def claimed(hypothesis: Hypothesis) -> int | None:
    """The version a step is taken on, where the request says one."""
    return conditions.optional(hypothesis.version, stale=stale(hypothesis))


def answer_hypothesis(hypothesis: Hypothesis, status: int = HTTPStatus.OK) -> Response:
    """The whole hypothesis, as it is stored now."""
    settle()
    is_new = status == HTTPStatus.CREATED
    return answer(
        shown.whole_hypothesis(hypothesis), status, version=hypothesis.version,
        location=f"/hypotheses/{hypothesis.id}" if is_new else None,
    )  # fmt: skip


@endpoints.at("/hypotheses", "GET")
@endpoints.answers(200, HypothesisOut(many=True), 422, is_paged=True)
@endpoints.takes(HypothesisQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List hypotheses, the lately changed first."""
    owner_id = None
    if query.get("owner"):
        owner_id = found.person_id(query["owner"])
        if owner_id is None:
            raise invalid({"owner": Text("api.no_such_person", person=query["owner"][:80])})
    filters = Filters(
        query=query.get("q", ""),
        states=tuple(query.get("state", ())),
        verdicts=tuple(query.get("verdict", ())),
        owner_id=owner_id,
    )
    asked, size = query["page"], query["page_size"]
    order = query.get("order", Order.UPDATED)
    listed = hypothesis_list.listing(
        filters=filters, order=order, page=asked, page_size=size, by=actor()
    )
    # The list on the page goes to its last page instead; a client that counts up has to end.
    items = listed.items if listed.page == asked else []
    return answer_page(Page(items, listed.total, asked, size), shown.hypothesis)


@endpoints.at("/hypotheses", "POST")
@endpoints.answers(
    201, HypothesisWholeOut, 400, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(HypothesisIn)
@once
def create(body: dict[str, Any]) -> Response:
    """Capture an idea; the change alone is enough."""
    parts: dict[str, Any] = {name: body.get(name) or "" for name in hypotheses.PARTS}
    made = hypotheses.create(**parts, language=language(), by=actor(), now=now())
    return answer_hypothesis(made, HTTPStatus.CREATED)


@endpoints.at("/hypotheses/<key>", "GET")
@endpoints.answers(200, HypothesisWholeOut, 404, has_etag=True)
def get(key: str) -> Response:
    """One hypothesis, by its id or its key (H-12)."""
    hypothesis = found.hypothesis(key)
    return answer(shown.whole_hypothesis(hypothesis), version=hypothesis.version)


@endpoints.at("/hypotheses/<key>", "PATCH")
@endpoints.answers(
    200, HypothesisWholeOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True,
    parameters=[IF_MATCH],
)  # fmt: skip
@endpoints.takes(HypothesisPatch)
def edit(body: dict[str, Any], key: str) -> Response:
    """Change parts of the sentence. Once the test runs, only the title."""
    named = found.hypothesis(key)
    changes = {name: written or "" for name, written in body.items()}
    with transaction():
        current = hypotheses.locked(named.id)
        version = conditions.required(current.version, stale=stale(current))
        edited = hypotheses.edit(named.id, changes=changes, version=version, by=actor(), now=now())
    return answer_hypothesis(edited)


@endpoints.at("/hypotheses/<key>/start", "POST")
@endpoints.answers(
    200, HypothesisWholeOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def start(body: dict[str, Any], key: str) -> Response:
    """Start the test: the plan is locked and hashed. 409 with every blocker if it cannot."""
    hypothesis = found.hypothesis(key)
    version = claimed(hypothesis)
    return answer_hypothesis(
        hypotheses.start(hypothesis.id, version=version, by=actor(), now=now())
    )


@endpoints.at("/hypotheses/<key>/archive", "POST")
@endpoints.answers(
    200, HypothesisWholeOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ReasonIn)
@once
def archive(body: dict[str, Any], key: str) -> Response:
    """Put a hypothesis aside, with a reason; nothing is deleted."""
    hypothesis = found.hypothesis(key)
    version = claimed(hypothesis)
    reason = body.get("reason") or ""
    return answer_hypothesis(
        hypotheses.archive(hypothesis.id, reason=reason, version=version, by=actor(), now=now())
    )


@endpoints.at("/hypotheses/<key>/restore", "POST")
@endpoints.answers(
    200, HypothesisWholeOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], key: str) -> Response:
    """Bring an archived hypothesis back to where it was."""
    hypothesis = found.hypothesis(key)
    version = claimed(hypothesis)
    return answer_hypothesis(
        hypotheses.restore(hypothesis.id, version=version, by=actor(), now=now())
    )


@endpoints.at("/hypotheses/<key>/reopen", "POST")
@endpoints.answers(
    200, HypothesisWholeOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ReasonIn)
@once
def reopen(body: dict[str, Any], key: str) -> Response:
    """Take a decision back to the result it was made on, with a reason."""
    hypothesis = found.hypothesis(key)
    version = claimed(hypothesis)
    reason = body.get("reason") or ""
    return answer_hypothesis(
        hypotheses.reopen(hypothesis.id, reason=reason, version=version, by=actor(), now=now())
    )
