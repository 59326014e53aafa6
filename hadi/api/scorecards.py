"""Scorecards, their visits, and which of them watches a hypothesis."""

from __future__ import annotations

import io
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response

from hadi.analysis.scorecard_json import as_json, share_json
from hadi.analysis.scorecards import fidelity_check
from hadi.api import conditions, found, scorecard_shown, shown
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
from hadi.api.hypotheses import Nothing
from hadi.api.paging import PageQuery, paged, sliced
from hadi.api.repeats import once
from hadi.api.scorecard_schemas import (
    CriterionIn,
    CriterionOut,
    NewScorecardIn,
    ScorecardIn,
    ScorecardLinkIn,
    ScorecardLinkOut,
    ScorecardOut,
    ScorecardQuery,
    ScorecardResultOut,
    ScorecardResultQuery,
    VisitImportIn,
    VisitImportOut,
    VisitIn,
    VisitOut,
    VisitVoidIn,
)
from hadi.api.voice import say
from hadi.db import db, transaction
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Hypothesis, Scorecard, ScorecardCriterion, ScorecardVisit
from hadi.services import scorecard_links, scorecard_visits, scorecards, workspace
from hadi.services.scorecard_steps import of_hypothesis

endpoints = Endpoints("scorecards", "What visitors look for, and whether a change is carried out")

STALE = Text("scorecard_changed_meanwhile")
STALE_CRITERION = Text("criterion_changed_meanwhile")
STALE_VISIT = Text("visit_changed_meanwhile")
STALE_LINK = Text("scorecard_link_changed_meanwhile")
PASTED = "text.csv"


# ----------------------------------------------------------------------------------- the cards
@endpoints.at("/scorecards", "GET")
@endpoints.answers(200, ScorecardOut(many=True), 422, is_paged=True)
@endpoints.takes(ScorecardQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List scorecards by name."""
    is_open = {"true": True, "false": False}.get(query.get("open") or "")
    cards = scorecards.listing(query=query.get("q") or "", is_open=is_open, by=actor())
    return answer_page(sliced([each.card for each in cards], query), scorecard_shown.card)


@endpoints.at("/scorecards", "POST")
@endpoints.answers(
    201, ScorecardOut, 400, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(NewScorecardIn)
@once
def create(body: dict[str, Any]) -> Response:
    """Make a scorecard, empty or from the template."""
    made = scorecards.create(
        name=body.get("name") or "", purpose=body.get("purpose") or "",
        say=say if body.get("template") else None, by=actor(), now=now(),
    )  # fmt: skip
    return _answer(made, HTTPStatus.CREATED)


@endpoints.at("/scorecards/<card_id>", "GET")
@endpoints.answers(200, ScorecardOut, 404, has_etag=True)
def get(card_id: str) -> Response:
    """One scorecard with its criteria."""
    return _answer(_found(card_id))


@endpoints.at("/scorecards/<card_id>", "PATCH")
@endpoints.answers(
    200, ScorecardOut, 400, 404, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(ScorecardIn)
def edit(body: dict[str, Any], card_id: str) -> Response:
    """Rename a scorecard; what is left out stays."""
    with transaction():
        card = _found(card_id)
        version = conditions.required(card.version, stale=STALE)
        edited = scorecards.edit(card.id, body=body, version=version, by=actor(), now=now())
    return _answer(edited)


@endpoints.at("/scorecards/<card_id>/close", "POST")
@endpoints.answers(
    200, ScorecardOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def close(body: dict[str, Any], card_id: str) -> Response:
    """Take no more visits."""
    return _turned(scorecards.close, card_id)


@endpoints.at("/scorecards/<card_id>/reopen", "POST")
@endpoints.answers(
    200, ScorecardOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def reopen(body: dict[str, Any], card_id: str) -> Response:
    """Take visits again."""
    return _turned(scorecards.reopen, card_id)


@endpoints.at("/scorecards/<card_id>/result", "GET")
@endpoints.answers(200, ScorecardResultOut, 404, 422)
@endpoints.takes(ScorecardResultQuery, location="query")
def result(query: dict[str, Any], card_id: str) -> Response:
    """What the visits say: before and since a day, by criterion and store, and agreement."""
    card = _found(card_id)
    assessed = scorecard_links.of_whole_card(
        card, since=query.get("since"), unit=query.get("unit") or "", by=actor()
    )
    return answer(shown.in_language(as_json(assessed)))


# ----------------------------------------------------------------------------------- criteria
@endpoints.at("/scorecards/<card_id>/criteria", "POST")
@endpoints.answers(
    201, CriterionOut, 400, 404, 409, 413, 415, 422, has_etag=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(CriterionIn)
@once
def add_criterion(body: dict[str, Any], card_id: str) -> Response:
    """Ask one thing more."""
    card = _found(card_id)
    made = scorecards.add_criterion(card.id, body=body, by=actor(), now=now())
    return _answer_criterion(made, HTTPStatus.CREATED)


@endpoints.at("/scorecards/<card_id>/criteria/<int:number>", "GET")
@endpoints.answers(200, CriterionOut, 404, has_etag=True)
def get_criterion(card_id: str, number: int) -> Response:
    """One criterion."""
    return _answer_criterion(scorecards.criterion(_found(card_id), number))


@endpoints.at("/scorecards/<card_id>/criteria/<int:number>", "PATCH")
@endpoints.answers(
    200, CriterionOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True,
    parameters=[IF_MATCH],
)  # fmt: skip
@endpoints.takes(CriterionIn)
def edit_criterion(body: dict[str, Any], card_id: str, number: int) -> Response:
    """Change a criterion; what is left out stays."""
    with transaction():
        card = _found(card_id)
        version = conditions.required(
            scorecards.criterion(card, number).version, stale=STALE_CRITERION
        )
        edited = scorecards.edit_criterion(
            card.id, number, body=body, version=version, by=actor(), now=now()
        )
    return _answer_criterion(edited)


@endpoints.at("/scorecards/<card_id>/criteria/<int:number>/retire", "POST")
@endpoints.answers(
    200, CriterionOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def retire(body: dict[str, Any], card_id: str, number: int) -> Response:
    """Ask it no more; its marks stay."""
    return _asked(scorecards.retire_criterion, card_id, number)


@endpoints.at("/scorecards/<card_id>/criteria/<int:number>/ask", "POST")
@endpoints.answers(
    200, CriterionOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def ask(body: dict[str, Any], card_id: str, number: int) -> Response:
    """Put a criterion back."""
    return _asked(scorecards.ask_again, card_id, number)


# ----------------------------------------------------------------------------------- visits
@endpoints.at("/scorecards/<card_id>/visits", "GET")
@endpoints.answers(200, VisitOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def visits(query: dict[str, Any], card_id: str) -> Response:
    """List visits, the latest first; those struck out too."""
    card = _found(card_id)
    kept = paged(scorecard_visits.everything(card), query)
    return answer_page(kept, lambda each: scorecard_shown.visit(each, card))


@endpoints.at("/scorecards/<card_id>/visits", "POST")
@endpoints.answers(
    201, VisitOut, 400, 404, 409, 413, 415, 422, has_etag=True, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(VisitIn)
@once
def add_visit(body: dict[str, Any], card_id: str) -> Response:
    """Enter a visit."""
    card = _found(card_id)
    made = scorecard_visits.add(card.id, body=body, by=actor(), now=now())
    return _answer_visit(card, made, HTTPStatus.CREATED)


@endpoints.at("/scorecards/<card_id>/visits/import", "POST")
@endpoints.answers(200, VisitImportOut, 400, 404, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(VisitImportIn)
@once
def import_visits(body: dict[str, Any], card_id: str) -> Response:
    """Store the visits of a text as a whole. With `dry_run` only said; without, refused with every
    row that cannot be used."""
    card = _found(card_id)
    given = body.get("columns") or {}
    chosen = {role: name for role, name in given.items() if name is not None}
    file, read = scorecard_visits.read_file(
        card, file=io.BytesIO(body["text"].encode()), filename=PASTED, chosen=chosen,
        limits=Limits(max_bytes=8_000_000), by=actor(), now=now(),
    )  # fmt: skip
    done = None
    if not body.get("dry_run"):
        done = scorecard_visits.import_visits(card.id, read, filename=PASTED, by=actor(), now=now())
        settle()
    return answer(
        {
            "visits": len(read.visits),
            "marks": sum(len(each.marks) + len(each.second) for each in read.visits),
            "faults": [say(fault) for fault in read.faults],
            "faulty": read.faulty,
            "columns": dict(file.roles),
            "added": done.added if done else len(read.visits) - read.known,
            "updated": done.updated if done else read.known,
        }
    )


@endpoints.at("/scorecards/<card_id>/visits/<visit_id>", "GET")
@endpoints.answers(200, VisitOut, 404, has_etag=True)
def get_visit(card_id: str, visit_id: str) -> Response:
    """One visit."""
    card = _found(card_id)
    return _answer_visit(card, scorecard_visits.find(card, visit_id, by=actor()))


@endpoints.at("/scorecards/<card_id>/visits/<visit_id>", "PATCH")
@endpoints.answers(
    200, VisitOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(VisitIn)
def edit_visit(body: dict[str, Any], card_id: str, visit_id: str) -> Response:
    """Correct a visit; what is left out stays, marks are given whole."""
    with transaction():
        card = _found(card_id)
        visit = scorecard_visits.find(card, visit_id, by=actor())
        version = conditions.required(visit.version, stale=STALE_VISIT)
        edited = scorecard_visits.edit(
            card.id, visit.id, body=body, version=version, by=actor(), now=now()
        )
    return _answer_visit(card, edited)


@endpoints.at("/scorecards/<card_id>/visits/<visit_id>/void", "POST")
@endpoints.answers(
    200, VisitOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(VisitVoidIn)
@once
def void(body: dict[str, Any], card_id: str, visit_id: str) -> Response:
    """Strike a visit out, with a reason; it stays."""
    card = _found(card_id)
    visit = scorecard_visits.find(card, visit_id, by=actor())
    version = conditions.optional(visit.version, stale=STALE_VISIT)
    struck = scorecard_visits.void(
        card.id, visit.id, reason=body.get("reason") or "", version=version, by=actor(), now=now()
    )
    return _answer_visit(card, struck)


@endpoints.at("/scorecards/<card_id>/visits/<visit_id>/restore", "POST")
@endpoints.answers(
    200, VisitOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: dict[str, Any], card_id: str, visit_id: str) -> Response:
    """Count a visit again that was struck out."""
    card = _found(card_id)
    visit = scorecard_visits.find(card, visit_id, by=actor())
    version = conditions.optional(visit.version, stale=STALE_VISIT)
    back = scorecard_visits.restore(card.id, visit.id, version=version, by=actor(), now=now())
    return _answer_visit(card, back)


# --------------------------------------------------------------------------- of a hypothesis
@endpoints.at("/hypotheses/<key>/scorecard", "GET")
@endpoints.answers(200, ScorecardLinkOut, 404, has_etag=True)
def read_link(key: str) -> Response:
    """The scorecard that watches a hypothesis, and whether it is carried out."""
    return _answer_link(found.hypothesis(key))


@endpoints.at("/hypotheses/<key>/scorecard", "PUT")
@endpoints.answers(
    200,
    ScorecardLinkOut,
    400,
    404,
    409,
    412,
    413,
    415,
    422,
    428,
    has_etag=True,
    parameters=[IF_MATCH],
)
@endpoints.takes(ScorecardLinkIn)
def link(body: dict[str, Any], key: str) -> Response:
    """Let a scorecard watch a hypothesis; refused once data are attached."""
    hypothesis = found.hypothesis(key)
    with transaction():
        version = conditions.required(_version(hypothesis), stale=STALE_LINK)
        scorecard_links.link(hypothesis.id, body=body, version=version, by=actor(), now=now())
    settle()
    return _answer_link(found.hypothesis(key))


@endpoints.at("/hypotheses/<key>/scorecard", "DELETE")
@endpoints.answers(204, None, 404, 409, 412, parameters=[IF_MATCH_OPTIONAL])
def unlink(key: str) -> Response:
    """No scorecard watches it any more; refused once data are attached."""
    hypothesis = found.hypothesis(key)
    version = conditions.optional(_version(hypothesis), stale=STALE_LINK)
    scorecard_links.unlink(hypothesis.id, version=version, by=actor(), now=now())
    return Response(status=HTTPStatus.NO_CONTENT)


# ----------------------------------------------------------------------------------- answers
def _found(card_id: str) -> Scorecard:
    return scorecards.find(card_id, by=actor())


def _turned(step: Callable[..., Scorecard], card_id: str) -> Response:
    card = _found(card_id)
    version = conditions.optional(card.version, stale=STALE)
    return _answer(step(card.id, version=version, by=actor(), now=now()))


def _asked(step: Callable[..., ScorecardCriterion], card_id: str, number: int) -> Response:
    card = _found(card_id)
    criterion = scorecards.criterion(card, number)
    version = conditions.optional(criterion.version, stale=STALE_CRITERION)
    return _answer_criterion(step(card.id, number, version=version, by=actor(), now=now()))


def _answer(card: Scorecard, status: int = HTTPStatus.OK) -> Response:
    settle()
    is_new = status == HTTPStatus.CREATED
    return answer(
        scorecard_shown.card(card), status, version=card.version,
        location=f"/scorecards/{card.id}" if is_new else None,
    )  # fmt: skip


def _answer_criterion(criterion: ScorecardCriterion, status: int = HTTPStatus.OK) -> Response:
    settle()
    return answer(scorecard_shown.criterion(criterion), status, version=criterion.version)


def _answer_visit(card: Scorecard, visit: ScorecardVisit, status: int = HTTPStatus.OK) -> Response:
    settle()
    is_new = status == HTTPStatus.CREATED
    return answer(
        scorecard_shown.visit(visit, card), status, version=visit.version,
        location=f"/scorecards/{card.id}/visits/{visit.id}" if is_new else None,
    )  # fmt: skip


def _version(hypothesis: Hypothesis) -> int:
    known = of_hypothesis(hypothesis)
    return known.version if known is not None else 0


def _answer_link(hypothesis: Hypothesis) -> Response:
    db.session.flush()
    known = of_hypothesis(hypothesis)
    if known is None:
        nothing = dict.fromkeys(("scorecard", "name", "since", "begins_on", "check", "fidelity"))
        empty = {"units": [], "steps_without_check_point": [], "version": 0}
        return answer({**nothing, **empty}, version=0)
    test = hypothesis.current_test
    plan = test.plan if test else None
    since = scorecard_links.begins(known, plan)
    today = now().astimezone(workspace.zone()).date()
    assessed = scorecard_links.assessed(known, plan, day=since or today)
    check = fidelity_check(assessed, since or today, today=today)
    card = known.scorecard
    told = {
        "scorecard": card.id,
        "name": card.name,
        "units": list(known.unit_names),
        "since": known.since.isoformat() if known.since else None,
        "begins_on": since.isoformat() if since else None,
        "check": {"code": check.code, "status": check.status.value, "detail": say(check.detail)},
        "fidelity": share_json(assessed.fidelity.share),
        "steps_without_check_point": [
            each.number
            for each in card.asked
            if each.is_mandatory and not each.rule.check_point.is_complete
        ],
        "version": known.version,
    }
    return answer(told, version=known.version)
