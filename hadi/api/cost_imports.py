"""Costs out of a list, by token: looked at first, or entered as a whole."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, request
from marshmallow import fields
from webargs.core import is_json

from hadi.api import found
from hadi.api.answers import IDEMPOTENCY_KEY, Endpoints, answer, settle
from hadi.api.authentication import actor, now
from hadi.api.body import BodyParser, invalid, is_storable
from hadi.api.cost_schemas import MoneyOut
from hadi.api.dataset_form import filename_of
from hadi.api.fields import Flag, Sent, Words, described
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.voice import say
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.ingest.small_tables import MOST_CHARS
from hadi.models import Hypothesis
from hadi.services import cost_import, costs, hypotheses, workspace
from hadi.services.cost_import import Does, Imported, Row

endpoints = Endpoints("cost-imports", "Costs out of lists")
Json = dict[str, Any]
_LINES = (
    "Day, kind, amount, currency and note, on each line one cost; a header may name the columns"
)


class CostImportIn(Sent):
    lines = Words(required=True, metadata=described(_LINES, maxLength=MOST_CHARS))
    currency = Words(
        allow_none=True,
        metadata=described("Of lines that name none; that of the budget unless said"),
    )
    preview = Flag(metadata=described("Only say what would be entered"))


class CostLineOut(ma.Schema):
    line = fields.Integer(required=True)
    does = fields.String(required=True, metadata={"enum": [each.value for each in Does]})
    spent_on = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    amount = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    faults = fields.Dict(
        required=True, metadata={"description": "What is wrong with it: a sentence by field"}
    )


class CostImportOut(ma.Schema):
    entered = fields.Integer(required=True, metadata={"description": "0 for a preview"})
    lines = fields.List(fields.Nested(CostLineOut), required=True)
    sums = fields.List(fields.Nested(MoneyOut), required=True)
    unread = fields.List(
        fields.String(), required=True, metadata={"description": "Columns that are not known"}
    )


BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object", "required": ["file"],
                "properties": {
                    "file": {
                        "description": "CSV, XLSX or ODS, up to 8 MB",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    "currency": {"type": "string"},
                    "preview": {"type": "string", "enum": ["true", "false", ""]},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object", "additionalProperties": False, "required": ["lines"],
                "properties": {
                    "lines": {"description": _LINES, "type": "string", "maxLength": MOST_CHARS},
                    "currency": {"type": ["string", "null"]},
                    "preview": {"type": "boolean"},
                },
            }
        },
    },
}  # fmt: skip


@endpoints.at("/hypotheses/<key>/costs/import", "POST")
@endpoints.answers(
    200, CostImportOut, 400, 404, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY],
    request_body=BODY,
)  # fmt: skip
@once
def import_costs(key: str) -> Response:
    """Enter the costs of a list, all of them or none; with `preview` only say what it would do."""
    hypothesis = found.hypothesis(key)
    require(actor(), Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    require(actor(), Permission.EDIT_COSTS, hypotheses.stake(hypothesis))
    lines, currency, is_preview = _sent()
    act = cost_import.preview if is_preview else cost_import.run
    done = act(
        hypothesis.id, lines, currency=currency or _currency(hypothesis), by=actor(), now=now()
    )
    if not is_preview:
        settle()
    return answer(_shown(done, entered=0 if is_preview else done.count(Does.ADD)))


def _sent() -> tuple[str, str, bool]:
    """The list as text, the currency, and whether it is only looked at."""
    if request.mimetype == "multipart/form-data":
        files = request.files.getlist("file")
        if len(files) != 1 or not files[0].filename:
            raise invalid({"file": Text("api.file_missing", field="file")})
        stream: Any = files[0].stream
        lines = cost_import.as_text(stream, filename_of(files[0].filename))
        currency, written = request.form.get("currency", ""), request.form.get("preview", "")
        if not is_storable(currency):
            raise invalid({"currency": Text("api.odd_characters", field="currency")})
        return lines, currency, written == "true"
    if not is_json(request.mimetype):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    body = BodyParser().parse(CostImportIn(), request)
    return body["lines"], body.get("currency") or "", bool(body.get("preview"))


def _currency(hypothesis: Hypothesis) -> str:
    test = hypothesis.current_test
    cap = costs.planned_cap(test) if test else None
    return cap.currency if cap else workspace.current().currency


def _shown(done: Imported, *, entered: int) -> Json:
    return {
        "entered": entered,
        "lines": [_line(row) for row in done.rows],
        "sums": [{"amount": str(m.amount), "currency": m.currency} for m in done.sums],
        "unread": list(done.unread),
    }


def _line(row: Row) -> Json:
    parts = row.parts
    return {
        "line": row.line,
        "does": row.does.value,
        "spent_on": parts["spent_on"].isoformat() if parts else row.cells.get("spent_on"),
        "kind": parts["kind"].value if parts else row.cells.get("kind"),
        "amount": str(parts["amount"]) if parts else row.cells.get("amount"),
        "currency": parts["currency"] if parts else row.cells.get("currency"),
        "note": parts["note"] if parts else row.cells.get("note"),
        "faults": {name: say(text) for name, text in row.faults.items()},
    }
