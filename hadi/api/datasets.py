"""Data of a test: files with the mapping of their columns, or typed counts, attached as a
version; where they come from; and how their rows are deleted."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from webargs.core import is_json

from hadi.api import found, shown, shown_data
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.body import BodyParser, required_body
from hadi.api.dataset_form import BODY, Attachment, read_form, relation_of
from hadi.api.fields import Listed, Sent, Words, described
from hadi.api.hypotheses import claimed
from hadi.api.jobs import JobOut, accepted
from hadi.api.paging import PageQuery, paged
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.schemas import DatasetOut, ProvenanceOut
from hadi.config import Settings
from hadi.db import db
from hadi.domain.errors import HadiError, NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.tags import hidden
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis, Job, Test
from hadi.models.dataset import DatasetRole, Relation
from hadi.services import dataset_retention, dataset_roles, datasets, hypotheses, uploads
from hadi.services.dataset_provenance import provenance

endpoints = Endpoints("datasets", "The numbers of a test, kept as they came")
SMALL = 8 * 1024 * 1024  # bytes that are read within a request


class _AnyCount(Sent):
    counts = Listed(fields.Raw(), required=True, metadata=described("One entry for each arm"))
    relation = Words()
    corrects = fields.Raw()
    reason = Words()


class _Reason(Sent):
    reason = Words(required=True)


def folder() -> Path:
    """Where attached files are kept."""
    return _settings().data_dir / "datasets"


def incoming() -> Path:
    """Where files lie as they were sent."""
    return _settings().data_dir / "incoming"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings


@endpoints.at("/hypotheses/<key>/datasets", "GET")
@endpoints.answers(200, DatasetOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List the attached data of all tests, the newest first."""
    hypothesis = found.hypothesis(key)
    numbers = found.test_numbers(hypothesis)
    page = paged(
        select(Dataset)
        .where(Dataset.test_id.in_(numbers), Dataset.version.is_not(None))
        .options(joinedload(Dataset.author))
        .order_by(Dataset.attached_at.desc(), Dataset.id),
        query,
    )
    beside = shown_data.Beside.of(page.items)
    return answer_page(page, lambda each: _shown(hypothesis, each, numbers[each.test_id], beside))


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>", "GET")
@endpoints.answers(200, DatasetOut, 404)
def get(key: str, dataset_id: str) -> Response:
    """One data set, with the report of how it was read."""
    hypothesis, dataset, number = _found(key, dataset_id)
    return answer(_shown(hypothesis, dataset, number))


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>/provenance", "GET")
@endpoints.answers(200, ProvenanceOut, 404)
def origins(key: str, dataset_id: str) -> Response:
    """From the files as they were sent to the verdicts that rest on them."""
    _hypothesis, dataset, _number = _found(key, dataset_id)
    return answer(shown_data.provenance(provenance(dataset, by=actor())))


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>", "DELETE")
@endpoints.answers(200, DatasetOut, 400, 404, 409, 422)
def delete(key: str, dataset_id: str) -> Response:
    """Delete the rows of a data set, with a reason (administrators). The record, the digests and
    the analyses stay."""
    hypothesis, dataset, number = _found(key, dataset_id)
    required_body()
    body = BodyParser().parse(_Reason(), request)
    deleted = dataset_retention.delete(
        dataset.id, reason=body["reason"], folder=folder(), incoming=incoming(), by=actor(),
        now=now(),
    )  # fmt: skip
    return answer(_shown(hypothesis, deleted, number))


@endpoints.at("/hypotheses/<key>/datasets", "POST")
@endpoints.answers(
    201, DatasetOut, 400, 404, 409, 412, 413, 415, 422, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY], request_body=BODY,
)  # fmt: skip
@endpoints.alt_response(  # type: ignore[untyped-decorator]
    200, schema=DatasetOut, description="The test has these data already"
)
@endpoints.alt_response(  # type: ignore[untyped-decorator]
    202, schema=JobOut, description="Being read; the job is in Location"
)
@once
def attach(key: str) -> Response:
    """Attach files with the mapping of their columns, or typed counts. Files that the test has
    already answer with their data set (200); large ones are read by a job (202)."""
    hypothesis = found.hypothesis(key)
    claimed(hypothesis)
    if request.mimetype == "multipart/form-data":
        sent = read_form()
        if (request.content_length or 0) > SMALL:
            return _attach_later(hypothesis, sent)
        dataset, is_new = _attach_files(hypothesis, sent)
    elif is_json(request.mimetype):
        dataset, is_new = _attach_counts(hypothesis), True
    else:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    settle()
    number = db.session.get_one(Test, dataset.test_id).number
    where = f"/hypotheses/{hypothesis.id}/datasets/{dataset.id}"
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return answer(_shown(hypothesis, dataset, number), status, location=where)


def _attach_counts(hypothesis: Hypothesis) -> Dataset:
    body = BodyParser().parse(_AnyCount(), request)
    relation, previous = relation_of(body)
    return datasets.attach_counts(
        hypothesis.id, counts=body["counts"], relation=relation, previous=previous,
        reason=body.get("reason", ""), by=actor(), now=now(),
    )  # fmt: skip


def _attach_later(hypothesis: Hypothesis, sent: Attachment) -> Response:
    """Take the files in, and have them read and attached by a worker."""
    first = uploads.receive(
        hypothesis.id, files=[(each.filename, each.stream) for each in sent.files],
        choices=sent.choices, arguments=sent.arguments(), folder=incoming(),
        limit=_settings().max_upload_bytes, by=actor(), now=now(),
    )  # fmt: skip
    return accepted(db.session.get_one(Job, first.job_id))


def _attach_files(hypothesis: Hypothesis, sent: Attachment) -> tuple[Dataset, bool]:
    """Read the files and attach them, and whether that made a version; where they cannot be
    attached, nothing of them stays."""
    at, limits = now(), Limits(max_bytes=_settings().max_upload_bytes)
    staged = datasets.stage(
        hypothesis.id, more=sent.files, choices=sent.choices, folder=folder(), incoming=incoming(),
        limits=limits, keep_refused=False, by=actor(), now=at,
    )  # fmt: skip
    if staged.is_attached:
        return _attach_known(staged, sent)
    is_mine = staged.created_at >= at
    try:
        if sent.role is not DatasetRole.OUTCOME:
            beside = dataset_roles.attach_as(
                staged.id, role=sent.role, columns=sent.mapping, tags=sent.tags, folder=folder(),
                incoming=incoming(), by=actor(), now=now(),
            )  # fmt: skip
            return beside, True
        attached = datasets.attach(
            staged.id, mapping=sent.mapping, relation=sent.relation, previous=sent.previous,
            reason=sent.reason, tags=sent.tags, day=sent.day, folder=folder(), incoming=incoming(),
            by=actor(), now=now(),
        )  # fmt: skip
    except HadiError:
        if is_mine:  # somebody else's file goes on waiting
            datasets.discard(staged.id, folder=folder(), incoming=incoming(), by=actor(), now=now())
        raise
    return attached, True


def _attach_known(known: Dataset, sent: Attachment) -> tuple[Dataset, bool]:
    """The same files are the same data set; under other columns, or to take the place of a later
    version, they are a version of their own, with a reason."""
    is_other = any(known.mapping.get(need) != column for need, column in sent.mapping.items())
    is_other = is_other or (sent.tags is not None and sent.tags != known.tags)
    if not is_other and sent.relation is not Relation.CORRECTION:
        return known, False
    made = datasets.again(
        known.id, mapping=sent.mapping or None, tags=sent.tags, reason=sent.reason,
        folder=folder(), by=actor(), now=now(),
    )  # fmt: skip
    return made, True


def _found(key: str, dataset_id: str) -> tuple[Hypothesis, Dataset, int]:
    hypothesis = found.hypothesis(key)
    if not found.is_name(dataset_id):
        raise NotFound(Text("no_such_dataset"))
    dataset = datasets.find(dataset_id, by=actor())
    number = found.test_number(hypothesis, dataset.test_id, absent=Text("no_such_dataset"))
    if not dataset.is_attached:  # no column is tagged yet
        require(actor(), Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
    return hypothesis, dataset, number


def _shown(
    hypothesis: Hypothesis,
    dataset: Dataset,
    number: int,
    beside: shown_data.Beside | None = None,
) -> shown.Json:
    """The data set without what this person may not see of its columns."""
    unseen = hidden(dataset.tags, actor(), hypotheses.stake(hypothesis))
    return shown_data.dataset(dataset, number, hidden=unseen, beside=beside)
