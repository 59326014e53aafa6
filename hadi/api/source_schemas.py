"""What answers about connections and feeds look like, for the OpenAPI document."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.api.schemas import PersonOut
from hadi.domain.text import Text
from hadi.models.connection import ConnectionKind, Schedule


class Object(fields.Dict):
    """An object whose fields the rules know."""

    def make_error(self, key: str, **kwargs: Any) -> ma.ValidationError:
        code = "field_required" if key == "required" else "api.not_object"
        return ma.ValidationError([Text(code, field=self.data_key or self.name or "")])


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def _moment(**options: Any) -> fields.String:
    return fields.String(required=True, metadata={"format": "date-time"}, **options)


def _one_of(kind: type[StrEnum]) -> fields.String:
    return fields.String(required=True, metadata={"enum": [member.value for member in kind]})


def _object(about: str, **options: Any) -> fields.Dict:
    return fields.Dict(required=True, metadata={"description": about}, **options)


class ConnectionOut(ma.Schema):
    """A connection. Its password is nowhere in it."""

    id = _text()
    name = _text()
    kind = _one_of(ConnectionKind)
    settings = _object("Where it leads")
    has_password = fields.Boolean(required=True)
    limits = _object("Seconds, rows and cost that a question may take")
    tested_at = _moment(allow_none=True)
    problem = _text(allow_none=True, metadata={"description": "Of the last test"})
    archived_at = _moment(allow_none=True)
    version = fields.Integer(required=True)
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()


class TestedOut(ma.Schema):
    """What a test of a connection found."""

    ok = fields.Boolean(required=True)
    engine = _text(allow_none=True)
    tables = fields.List(fields.String(), required=True)
    seconds = fields.Float(required=True)
    problem = _text(allow_none=True)


class FeedOut(ma.Schema):
    """A table or a query that answers a test."""

    id = _text()
    connection_id = _text()
    connection = _text(metadata={"description": "Its name"})
    table = _text(allow_none=True)
    query = _text(allow_none=True)
    columns = fields.List(_object("name and type"), required=True)
    mapping = _object("The plan's name of a column to the source's")
    tags = _object("A column to money, margin or personal")
    day = _text(allow_none=True, metadata={"description": "The column of a row's day"})
    schedule = _one_of(Schedule)
    due_at = _moment(allow_none=True)
    refreshed_at = _moment(allow_none=True)
    problem = _text(allow_none=True, metadata={"description": "Of the last refresh"})
    job_id = _text(allow_none=True)
    dataset_id = _text(allow_none=True, metadata={"description": "What it last brought"})
    live = fields.Boolean(
        required=True, metadata={"description": "Its test takes data and its connection is in use"}
    )
    archived_at = _moment(allow_none=True)
    version = fields.Integer(required=True)
    test = fields.Integer(required=True)
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()
