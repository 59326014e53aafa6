"""Work in the background: how far it is, and stopping it."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from hadi.api import found, shown
from hadi.api.answers import Endpoints, answer
from hadi.api.authentication import actor, now
from hadi.api.voice import say
from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.models import Job
from hadi.models.job import JobKind, JobState
from hadi.services import jobs

endpoints = Endpoints("jobs", "Work that takes longer than a request")


def _one_of(kind: type[StrEnum]) -> fields.String:
    return fields.String(required=True, metadata={"enum": [member.value for member in kind]})


def _moment() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class JobOut(ma.Schema):
    """Work in the background."""

    id = fields.String(required=True)
    kind = _one_of(JobKind)
    state = _one_of(JobState)
    progress = fields.Float(required=True, metadata={"description": "From 0 to 1"})
    stage = fields.String(
        required=True, allow_none=True, metadata={"description": "What is being done now"}
    )
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it came to nothing"}
    )
    outcome = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "What came of it: dataset_id, analysis_id; or a remedy"},
    )  # fmt: skip
    created_at = _moment()
    started_at = _moment()
    finished_at = _moment()


@endpoints.at("/jobs/<job_id>", "GET")
@endpoints.answers(200, JobOut, 404)
def get(job_id: str) -> Response:
    """How far a piece of work is, and what came of it."""
    return answer(describe(_found(job_id)))


@endpoints.at("/jobs/<job_id>", "DELETE")
@endpoints.answers(200, JobOut, 404, 409)
def cancel(job_id: str) -> Response:
    """Stop a piece of work; nothing of it is kept."""
    return answer(describe(jobs.cancel(_found(job_id).id, by=actor(), now=now())))


def describe(job: Job) -> dict[str, Any]:
    """A piece of work, in the language of the request."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "progress": job.progress,
        "stage": say(Text.from_json(job.stage)) if job.stage else None,
        "problem": say(Text.from_json(job.problem)) if job.problem else None,
        "outcome": job.outcome,
        "created_at": shown.moment(job.created_at),
        "started_at": shown.moment(job.started_at),
        "finished_at": shown.moment(job.finished_at),
    }


def accepted(job: Job) -> Response:
    """202: the work is under way; its address is in `Location`."""
    return answer(describe(job), HTTPStatus.ACCEPTED, location=f"/jobs/{job.id}")


def _found(job_id: str) -> Job:
    if not found.is_name(job_id):
        raise NotFound(Text("no_such_job"))
    return jobs.find(job_id, by=actor())
