"""The quality of data: the report of a data set, and a log compared with receipts."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import found, shown
from hadi.api.answers import IDEMPOTENCY_KEY, Endpoints, answer, answer_page, settle
from hadi.api.authentication import actor, now
from hadi.api.datasets import folder
from hadi.api.fields import Flag, Listed, Sent, Words, described
from hadi.api.jobs import accepted
from hadi.api.paging import PageQuery, paged
from hadi.api.repeats import once
from hadi.api.schemas import PersonOut
from hadi.api.source_schemas import Object
from hadi.api.voice import say
from hadi.db import db
from hadi.domain.errors import NotFound
from hadi.domain.quality import Level, seen
from hadi.domain.tags import hidden
from hadi.domain.text import Text
from hadi.ingest.reconciling import Kind
from hadi.models import Dataset, Hypothesis, Job, Reconciliation
from hadi.services import datasets, hypotheses, quality, reconciliations
from hadi.services.dataset_records import hypothesis_of

endpoints = Endpoints("quality", "Whether data can be trusted: their report, log and receipts")

_LEVELS = {"enum": [level.value for level in Level]}
_COLUMN = described("A column of the data")


class QualityIn(Sent):
    duplicates_are_real = Flag(metadata=described("Rows that repeat are different units"))
    day = Words(allow_none=True, metadata=_COLUMN)
    store = Words(allow_none=True, metadata=_COLUMN)
    entered_at = Words(allow_none=True, metadata=_COLUMN)
    event_at = Words(allow_none=True, metadata=_COLUMN)
    receipt = Words(allow_none=True, metadata=_COLUMN)
    shift_end = Words(allow_none=True, metadata=described("Such as 21:00"))
    accepted = Listed(
        fields.String(), metadata=described("Codes of findings that are right as they are")
    )
    reason = Words(metadata=described("Needed where what was red no longer is"))


class QualityOut(ma.Schema):
    level = fields.String(
        required=True, allow_none=True,
        metadata={"enum": [*_LEVELS["enum"], None], "description": "null: nobody has looked yet"},
    )  # fmt: skip
    rows = fields.Integer(required=True)
    first_day = fields.String(required=True, allow_none=True)
    last_day = fields.String(required=True, allow_none=True)
    findings = fields.List(
        fields.Dict(), required=True,
        metadata={"description": "code, level, detail, figures; check: also one of every analysis"},
    )  # fmt: skip
    settings = fields.Dict(required=True)


class ReconciliationIn(Sent):
    log = Words(required=True, metadata=described("The id of the data set kept by hand"))
    receipts = Words(required=True, metadata=described("The id of the till's or the CRM's"))
    mapping = Object(
        metadata=described("`log` and `receipts`: purpose to column; as attached unless said")
    )
    rules = Object(
        metadata=described("late_minutes, burst_entries, burst_minutes, shift_end, limits")
    )


class ReconciliationOut(ma.Schema):
    id = fields.String(required=True)
    test = fields.Integer(required=True)
    log = fields.String(required=True)
    receipts = fields.String(required=True)
    mapping = fields.Dict(required=True)
    level = fields.String(required=True, metadata=_LEVELS)
    counts = fields.Dict(required=True)
    rules = fields.Dict(required=True)
    findings = fields.List(fields.Dict(), required=True)
    switched_to = fields.String(
        required=True, allow_none=True,
        metadata={"description": "The data set that the check rests on since then"},
    )  # fmt: skip
    not_switched = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it does not"}
    )
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})


class ExamplesOut(ma.Schema):
    columns = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String(allow_none=True)), required=True)


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>/quality", "GET")
@endpoints.answers(200, QualityOut, 404)
def get(key: str, dataset_id: str) -> Response:
    """What is odd about a data set."""
    return answer(_report(_dataset(key, dataset_id)))


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>/quality", "POST")
@endpoints.answers(200, QualityOut, 400, 404, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(QualityIn)
@once
def change(body: dict[str, Any], key: str, dataset_id: str) -> Response:
    """Say what the rows of a data set cannot, and look at them again."""
    dataset = _dataset(key, dataset_id)
    before = quality.settings_of(dataset).as_json()
    quality.change(dataset.id, settings=before | body, folder=folder(), by=actor(), now=now())
    settle()
    return answer(_report(dataset))


@endpoints.at("/hypotheses/<key>/reconciliations", "GET")
@endpoints.answers(200, ReconciliationOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List what was compared, the newest first."""
    hypothesis = found.hypothesis(key)
    numbers = found.test_numbers(hypothesis)
    page = paged(
        select(Reconciliation)
        .where(Reconciliation.test_id.in_(numbers))
        .options(joinedload(Reconciliation.author))
        .order_by(Reconciliation.created_at.desc(), Reconciliation.id),
        query,
    )
    return answer_page(page, lambda each: _shown(each, numbers[each.test_id]))


@endpoints.at("/hypotheses/<key>/reconciliations", "POST")
@endpoints.answers(
    201, ReconciliationOut, 400, 404, 409, 413, 415, 422, has_location=True,
    parameters=[IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(ReconciliationIn)
@once
def reconcile(body: dict[str, Any], key: str) -> Response:
    """Compare a log with receipts, in both directions; 202 with the job where they are large.
    Where the log turns out red, the check goes over to receipts that answer the plan."""
    hypothesis = found.hypothesis(key)
    log_id, receipts_id = (_name(body[side]) for side in ("log", "receipts"))
    asked: dict[str, Any] = {
        "log_id": log_id, "receipts_id": receipts_id, "mapping": body.get("mapping") or {},
        "settings": body.get("rules") or {}, "by": actor(), "now": now(),
    }  # fmt: skip
    if reconciliations.is_large(log_id, receipts_id, by=actor()):
        job_id = reconciliations.run_later(hypothesis.id, **asked)
        settle()
        return accepted(db.session.get_one(Job, job_id))
    made = reconciliations.run(hypothesis.id, **asked, folder=folder())
    settle()
    where = f"/hypotheses/{hypothesis.id}/reconciliations/{made.id}"
    number = found.test_number(hypothesis, made.test_id, absent=Text("no_such_reconciliation"))
    return answer(_shown(made, number), HTTPStatus.CREATED, location=where)


@endpoints.at("/hypotheses/<key>/reconciliations/<reconciliation_id>", "GET")
@endpoints.answers(200, ReconciliationOut, 404)
def one(key: str, reconciliation_id: str) -> Response:
    """One comparison; it never changes."""
    hypothesis, made = _made(key, reconciliation_id)
    number = found.test_number(hypothesis, made.test_id, absent=Text("no_such_reconciliation"))
    return answer(_shown(made, number))


@endpoints.at("/hypotheses/<key>/reconciliations/<reconciliation_id>/<kind>", "GET")
@endpoints.answers(200, ExamplesOut, 404)
def examples(key: str, reconciliation_id: str, kind: str) -> Response:
    """The first rows that are supported, unsupported, duplicate, unlogged or entered afterwards."""
    hypothesis, made = _made(key, reconciliation_id)
    if kind not in list(Kind):
        raise NotFound(Text("no_such_reconciliation"))
    (rows,) = reconciliations.listed(
        made, [Kind(kind)], folder=folder(), by=actor(), stake=hypotheses.stake(hypothesis),
        now=now(),
    ).values()  # fmt: skip
    return answer({"columns": list(rows.columns), "rows": [list(row) for row in rows.rows]})


def _dataset(key: str, dataset_id: str) -> Dataset:
    hypothesis = found.hypothesis(key)
    dataset = datasets.find(_name(dataset_id), by=actor())
    found.test_number(hypothesis, dataset.test_id, absent=Text("no_such_dataset"))
    if not dataset.is_attached:
        raise NotFound(Text("no_such_dataset"))
    return dataset


def _name(written: str) -> str:
    """What can name a data set; anything else names none."""
    if not found.is_name(written):
        raise NotFound(Text("no_such_dataset"))
    return written


def _made(key: str, reconciliation_id: str) -> tuple[Hypothesis, Reconciliation]:
    hypothesis = found.hypothesis(key)
    if not found.is_name(reconciliation_id):
        raise NotFound(Text("no_such_reconciliation"))
    made = reconciliations.find(reconciliation_id, by=actor())
    found.test_number(hypothesis, made.test_id, absent=Text("no_such_reconciliation"))
    return hypothesis, made


def _report(dataset: Dataset) -> dict[str, Any]:
    report = quality.report_of(dataset)
    stake = hypotheses.stake(hypothesis_of(dataset))
    findings = seen(report.findings, hidden(dataset.tags, actor(), stake)) if report else ()
    return {
        "level": report.level.value if report else None,
        "rows": report.rows if report else dataset.rows,
        "first_day": _day(report.first_day if report else None),
        "last_day": _day(report.last_day if report else None),
        "findings": [shown.in_language(finding.as_json()) for finding in findings],
        "settings": quality.settings_of(dataset).as_json(),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _shown(made: Reconciliation, test_number: int) -> dict[str, Any]:
    result = shown.in_language(made.result)
    refused = made.result.get("not_switched")
    return {
        "id": made.id,
        "test": test_number,
        "log": made.log_id,
        "receipts": made.receipts_id,
        "mapping": dict(made.mapping),
        "level": made.level,
        "counts": result["counts"],
        "rules": result["rules"],
        "findings": result["findings"],
        "switched_to": made.result.get("switched_to"),
        "not_switched": say(Text.from_json(refused)) if refused else None,
        "author": shown.person(made.author),
        "created_at": shown.moment(made.created_at),
    }
