"""The season of a series: computed from what is sent, and not kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from hadi.api import shown
from hadi.api.answers import IDEMPOTENCY_KEY, Endpoints, answer
from hadi.api.authentication import actor
from hadi.api.body import invalid
from hadi.api.fields import Inner, Listed, Number, Sent, Words, described
from hadi.api.repeats import once
from hadi.domain.text import Text
from hadi.ingest.series import SeriesTable
from hadi.services import seasons

MOST_ROWS = 20_000

endpoints = Endpoints("seasons", "What months are like, and what is left of a change without that")


class PeriodIn(Sent):
    time = Words(required=True, metadata=described("A month, week or day", maxLength=60))
    value = Number(allow_none=True, metadata=described("null: no value"))


class SeasonIn(Sent):
    rows = Listed(
        Inner(PeriodIn),
        allow_none=True,
        metadata=described("A row for each period; those of one period are added up"),
    )
    text = Words(
        allow_none=True,
        metadata=described("Instead of rows: a period and its value on each line"),
    )
    before = Words(
        allow_none=True, metadata=described("Months before: 2025-02..2025-04", maxLength=60)
    )
    after = Words(
        allow_none=True, metadata=described("Months after: 2025-05..2025-07", maxLength=60)
    )
    method = Words(
        allow_none=True,
        metadata=described("level, years or trend; what fits the data unless said", maxLength=10),
    )
    over = Words(
        allow_none=True,
        metadata=described("mean or median of the years; as fits unless said", maxLength=10),
    )
    profile = Words(
        allow_none=True,
        metadata=described("A kept season, by id or name, in place of the series' own"),
    )
    alpha = Number(allow_none=True, metadata=described("Error level; 0.05 unless said"))


class SeasonOut(ma.Schema):
    """The object of `hadi season --json`."""

    class Meta:
        unknown = ma.INCLUDE

    coefficients = fields.Dict(
        required=True, metadata={"description": "By month, “1” to “12”; they add up to 12"}
    )
    sum = fields.Float(required=True)
    naive = fields.Float(
        required=True, allow_none=True, metadata={"description": "As measured, a fraction"}
    )
    adjusted = fields.Float(
        required=True, allow_none=True, metadata={"description": "With the season taken out"}
    )
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    indicative = fields.Boolean(required=True, metadata={"description": "Always true"})
    checks = fields.List(fields.Dict(), required=True)
    sentence = fields.String(required=True)


@endpoints.at("/seasons", "POST")
@endpoints.answers(200, SeasonOut, 400, 413, 415, 422, parameters=[IDEMPOTENCY_KEY])
@endpoints.takes(SeasonIn)
@once
def compute(body: dict[str, Any]) -> Response:
    """Take the season out of a series: coefficients, and before against after."""
    alpha = body.get("alpha")
    found = seasons.compute(
        _table(body), before=body.get("before") or "", after=body.get("after") or "",
        method=body.get("method") or "", over=body.get("over") or "",
        alpha=0.05 if alpha is None else alpha, profile=body.get("profile") or "", by=actor(),
    )  # fmt: skip
    return answer(shown.in_language(found.as_json()), HTTPStatus.OK)


def _table(body: dict[str, Any]) -> SeriesTable:
    """The rows or the lines. Raises Invalid, Unreadable."""
    rows, text = body.get("rows"), body.get("text")
    if bool(rows) == bool(text):
        raise invalid({"rows": Text("season_rows_or_text")})
    if text:
        return seasons.from_text(text, by=actor())
    if len(rows or ()) > MOST_ROWS:
        raise invalid({"rows": Text("series_many_lines", limit=MOST_ROWS)})
    return seasons.from_rows([(row["time"], row.get("value")) for row in rows or ()], by=actor())
