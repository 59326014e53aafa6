"""Data of a test: a file with its mapping, or typed counts, attached as a version."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from webargs.core import is_json

from hadi.api import found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.body import BodyParser, invalid, is_storable, parse_json
from hadi.api.fields import Listed, Sent, described
from hadi.api.hypotheses import claimed
from hadi.api.paging import PageQuery, paged
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.schemas import DatasetOut
from hadi.config import Settings
from hadi.db import db
from hadi.domain.errors import HadiError, NotFound
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import datasets

endpoints = Endpoints("datasets", "The numbers of a test, kept as they came")

_FORM = ("mapping", "sheet")
_COUNTS = {
    "type": "array",
    "description": "One entry for each arm",
    "items": {
        "type": "object",
        "required": ["arm", "units"],
        "properties": {
            "arm": {"type": "string"},
            "units": {"type": "integer", "minimum": 0},
            "successes": {"description": "Of a conversion", "type": "integer", "minimum": 0},
            "mean": {"description": "Of a mean", "type": "number"},
            "sd": {"description": "Of a mean", "type": "number", "minimum": 0},
            "events": {"description": "Of a rate", "type": "integer", "minimum": 0},
            "exposure": {
                "description": "Of a rate: of all the arm's units together",
                "type": "number",
                "exclusiveMinimum": 0,
            },
        },
    },
}
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "CSV, TSV, XLSX or Parquet",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    "mapping": {
                        "description": "JSON object: the plan's name of a column to the file's",
                        "type": "string",
                    },
                    "sheet": {"description": "Of a workbook", "type": "string"},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object", "required": ["counts"], "additionalProperties": False,
                "properties": {"counts": _COUNTS},
            }
        },
    },
}  # fmt: skip


class _AnyCount(Sent):
    counts = Listed(fields.Raw(), required=True, metadata=described("One entry for each arm"))


def folder() -> Path:
    """Where attached files are kept."""
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir / "datasets"


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
    return answer_page(page, lambda each: shown.dataset(each, numbers[each.test_id]))


@endpoints.at("/hypotheses/<key>/datasets/<dataset_id>", "GET")
@endpoints.answers(200, DatasetOut, 404)
def get(key: str, dataset_id: str) -> Response:
    """One data set, with the report of how it was read."""
    hypothesis = found.hypothesis(key)
    if not found.is_name(dataset_id):
        raise NotFound(Text("no_such_dataset"))
    dataset = datasets.find(dataset_id, by=actor())
    number = found.test_number(hypothesis, dataset.test_id, absent=Text("no_such_dataset"))
    return answer(shown.dataset(dataset, number))


@endpoints.at("/hypotheses/<key>/datasets", "POST")
@endpoints.answers(
    201, DatasetOut, 400, 404, 409, 412, 413, 415, 422, has_location=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY], request_body=_BODY,
)  # fmt: skip
@once
def attach(key: str) -> Response:
    """Attach a file with the mapping of its columns, or typed counts."""
    hypothesis = found.hypothesis(key)
    claimed(hypothesis)
    if request.mimetype == "multipart/form-data":
        dataset = _attach_file(hypothesis)
    elif is_json(request.mimetype):
        body = BodyParser().parse(_AnyCount(), request)
        dataset = datasets.attach_counts(
            hypothesis.id, counts=body["counts"], by=actor(), now=now()
        )
    else:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    settle()
    number = db.session.get_one(Test, dataset.test_id).number
    where = f"/hypotheses/{hypothesis.id}/datasets/{dataset.id}"
    return answer(shown.dataset(dataset, number), HTTPStatus.CREATED, location=where)


def _attach_file(hypothesis: Hypothesis) -> Dataset:
    """Read the file and attach it; where it cannot be attached, nothing of it stays."""
    mapping, sheet = _form()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise invalid({"file": Text("api.file_missing")})
    settings: Settings = current_app.extensions["hadi_settings"]
    staged = datasets.stage(
        hypothesis.id,
        file=file.stream,  # type: ignore[arg-type]  # a stream of bytes, however it is spooled
        filename=_filename(file.filename),
        sheet=sheet,
        folder=folder(),
        limits=Limits(max_bytes=settings.max_upload_bytes),
        by=actor(),
        now=now(),
    )
    try:
        return datasets.attach(staged.id, mapping=mapping, folder=folder(), by=actor(), now=now())
    except HadiError:
        datasets.discard(staged.id, folder=folder(), by=actor(), now=now())
        raise


def _form() -> tuple[dict[str, str], str | None]:
    """The mapping and the sheet. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    for name in {*request.form, *request.files} - {*_FORM, "file"}:
        shown_name = "".join(sign for sign in (name or "")[:80] if sign.isprintable())
        wrong[shown_name] = Text("api.unknown_field", field=shown_name)
    for name in _FORM:
        if not is_storable(request.form.get(name, "")):
            wrong[name] = Text("api.odd_characters", field=name)
    if wrong:
        raise invalid(wrong)
    written = request.form.get("mapping", "").strip()
    mapping: object = parse_json(written) if written else {}
    if not isinstance(mapping, Mapping) or not all(
        value is None or isinstance(value, str) for value in mapping.values()
    ):
        raise invalid({"mapping": Text("api.mapping_not_object")})
    chosen = {str(name): value for name, value in mapping.items() if value}
    return chosen, request.form.get("sheet") or None


def _filename(written: str) -> str:
    """The name alone, as it can be shown: some browsers send a whole path."""
    name = PurePosixPath(written.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[:200] or "file"
