"""Can a pilot succeed? Past periods of its sites, what they say of its plan, a draw of pilots."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, request
from marshmallow import fields
from webargs.core import is_json

from hadi.api import conditions, found
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.body import BodyParser, invalid, is_storable
from hadi.api.dataset_form import filename_of
from hadi.api.datasets import folder
from hadi.api.fields import Bare, Flag, Listed, Sent, Words, described
from hadi.api.hypotheses import stale
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.voice import say
from hadi.domain.errors import Invalid
from hadi.domain.plan import Plan
from hadi.domain.text import Figure, Text
from hadi.models import Event, Hypothesis, PilotHistory
from hadi.services import pilot_chances, pilot_choices, pilots

endpoints = Endpoints("pilots", "Whether a pilot can succeed, before it runs")

Json = dict[str, Any]
COLUMNS = ("site", "time", "value", "divisor", "stratum")
_COLUMN = described("A column of the past periods; guessed unless said")


class PilotCheckIn(Sent):
    """What is left out stays as it is."""

    dataset = Words(allow_none=True, metadata=described("The id of an earlier data set"))
    site = Words(allow_none=True, metadata=_COLUMN)
    time = Words(allow_none=True, metadata=_COLUMN)
    value = Words(allow_none=True, metadata=_COLUMN)
    divisor = Words(
        allow_none=True, metadata=described("Of a ratio: the column that the value is divided by")
    )
    wide = Flag(metadata=described("Each row is a period and each other column a site"))
    stratum = Words(allow_none=True, metadata=described("What sorts the sites: region, format"))


class PilotDrawIn(Sent):
    count = Bare(
        required=True, metadata={"type": "integer", "minimum": 1, "description": "How many pilots"}
    )
    candidates = Listed(fields.Raw(), metadata=described("Sites to draw from; all unless said"))
    seed = fields.Raw(
        allow_none=True,
        metadata=described("A whole number; made unless said; repeats a draw"),
    )


class PilotCheckOut(ma.Schema):
    history = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "filename, rows, dataset, columns, wide, sites (a list)"},
    )  # fmt: skip
    missing = fields.List(fields.String(), required=True)
    problem = fields.String(required=True, allow_none=True)
    alarm = fields.String(
        required=True, allow_none=True,
        metadata={"description": "Said where nothing this test could show would count"},
    )  # fmt: skip
    sentences = fields.List(fields.String(), required=True)
    smallest_attainable_p = fields.Float(required=True, allow_none=True)
    detectable_effect = fields.Float(
        required=True, allow_none=True,
        metadata={"description": "Found with the plan's power; null: none can be"},
    )  # fmt: skip
    reaches = fields.List(
        fields.Dict(), required=True,
        metadata={
            "description": "treated, periods, detectable_effect, by_t (what Student’s t sees where"
            " the deciding test sees nothing), smallest_attainable_p, planned"
        },
    )  # fmt: skip
    advice = fields.List(
        fields.Dict(), required=True,
        metadata={"description": "sentence, and `change`: fields of the plan, or null"},
    )  # fmt: skip
    pilots = fields.List(
        fields.Dict(), required=True, metadata={"description": "site, why, taken; the best first"}
    )
    controls = fields.List(
        fields.Dict(), required=True, metadata={"description": "site, why, taken; the best first"}
    )
    draws = fields.List(fields.Dict(), required=True, metadata={"description": "Newest first"})


class PilotDrawOut(ma.Schema):
    sites = fields.List(fields.String(), required=True)
    seed = fields.Integer(required=True)
    count = fields.Integer(required=True)
    candidates = fields.Integer(required=True)
    stratum = fields.String(required=True, allow_none=True)
    at = fields.String(required=True, metadata={"format": "date-time"})


BODY = {
    "required": False,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "A row for each site and period, or for each period with "
                        "a column for each site; up to 8 MB",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    **{name: {"description": "A column", "type": "string"} for name in COLUMNS},
                    "wide": {"type": "string", "enum": ["true", "false", ""]},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object", "additionalProperties": False,
                "properties": {
                    **{name: {"type": ["string", "null"]} for name in ("dataset", *COLUMNS)},
                    "wide": {"type": "boolean"},
                },
            }
        },
    },
}  # fmt: skip


@endpoints.at("/hypotheses/<key>/pilot-check", "GET")
@endpoints.answers(200, PilotCheckOut, 404)
def get(key: str) -> Response:
    """What the past periods that are attached say of the plan as it is stored."""
    return answer(_shown(found.hypothesis(key)))


@endpoints.at("/hypotheses/<key>/pilot-check", "POST")
@endpoints.answers(
    200, PilotCheckOut, 400, 404, 409, 412, 413, 415, 422, parameters=[IDEMPOTENCY_KEY],
    request_body=BODY,
)  # fmt: skip
@once
def check(key: str) -> Response:
    """Attach past periods (a file, or an earlier data set) or say what their columns are, and
    answer what they say of the plan. They are for planning: no verdict rests on them."""
    hypothesis = found.hypothesis(key)
    if request.mimetype == "multipart/form-data":
        _keep_file(hypothesis)
        columns = {name: request.form.get(name, "") for name in COLUMNS}
        written = request.form.get("wide", "")
        is_wide = written == "true" if written in ("true", "false") else None
    elif is_json(request.mimetype) or not request.content_length:
        body = BodyParser().parse(PilotCheckIn(), request) if request.content_length else {}
        if body.get("dataset"):
            pilots.keep_dataset(
                hypothesis.id, dataset_id=body["dataset"][:40], folder=folder(), by=actor(),
                now=now(),
            )  # fmt: skip
        columns = {name: body.get(name) or "" for name in COLUMNS}
        is_wide = body.get("wide")
    else:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json_or_form"))
    _choose(hypothesis, columns, is_wide)
    settle()
    return answer(_shown(found.hypothesis(hypothesis.id)))


@endpoints.at("/hypotheses/<key>/pilot-draw", "POST")
@endpoints.answers(
    201, PilotDrawOut, 400, 404, 409, 412, 413, 415, 422, has_etag=True,
    parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
)  # fmt: skip
@endpoints.takes(PilotDrawIn)
@once
def draw(body: Json, key: str) -> Response:
    """Draw the pilots by chance and write them into the plan; the draw and its seed are logged."""
    hypothesis = found.hypothesis(key)
    conditions.optional(hypothesis.version, stale=stale(hypothesis))
    history = _history(hypothesis)
    listed = body.get("candidates")
    candidates = [str(site) for site in listed] if listed is not None else None
    pilot_choices.draw(
        hypothesis.id,
        candidates=candidates if candidates is not None else (history.sites if history else ()),
        count=_whole(body, "count", 1), seed=_whole(body, "seed", 0), folder=folder(),
        version=hypothesis.version, by=actor(), now=now(),
    )  # fmt: skip
    settle()
    drawn = pilot_choices.draws(hypothesis)[0]
    changed = found.hypothesis(hypothesis.id)
    return answer(_drawn(drawn), HTTPStatus.CREATED, version=changed.version)


def _keep_file(hypothesis: Hypothesis) -> None:
    files = request.files.getlist("file")
    if len(files) != 1 or not files[0].filename:
        raise invalid({"file": Text("api.file_missing", field="file")})
    stream: Any = files[0].stream
    pilots.keep_file(
        hypothesis.id, file=stream, filename=filename_of(files[0].filename), folder=folder(),
        by=actor(), now=now(),
    )  # fmt: skip


def _choose(hypothesis: Hypothesis, columns: dict[str, str], is_wide: bool | None) -> None:
    """Take the columns that are named; those left out stay as they were guessed or chosen."""
    odd = [name for name, column in columns.items() if not is_storable(column)]
    if odd:
        raise invalid({name: Text("api.odd_characters", field=name) for name in odd})
    if not any(columns.values()) and is_wide is None:
        return
    history = _history(hypothesis)
    if history is None:
        raise Invalid(Text("history_absent"))
    named = {name: columns[name] or getattr(history, name) or "" for name in COLUMNS}
    if is_wide is None:  # who names the columns of a long table does not mean a wide one
        is_wide = history.is_wide and not (columns["site"] or columns["value"])
    pilots.choose_columns(
        hypothesis.id, **named, is_wide=is_wide, folder=folder(), by=actor(), now=now()
    )


def _whole(body: Json, name: str, least: int) -> Any:
    value = body.get(name)
    if value is None and name == "seed":
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid({name: Text("field_not_whole", field=name)})
    if not least <= value < pilot_choices.SEED_LIMIT:
        raise invalid({name: Text("field_out_of_range", field=name)})
    return value


def _history(hypothesis: Hypothesis) -> PilotHistory | None:
    test = hypothesis.current_test
    return pilots.history_of(test.id) if test else None


def _shown(hypothesis: Hypothesis) -> Json:
    history, test = _history(hypothesis), hypothesis.current_test
    plan = Plan.from_json(pilot_choices.as_pilot(test.plan if test else None, history))
    known = pilot_chances.chances(plan, history, folder=folder())
    return {
        "history": _history_shown(history) if history else None,
        "missing": [say(text) for text in known.missing],
        "problem": say(known.problem) if known.problem else None,
        "alarm": say(known.alarm) if known.alarm else None,
        "sentences": [say(text) for text in known.sentences],
        "smallest_attainable_p": _number(known.smallest_p),
        "detectable_effect": _number(known.effect),
        "reaches": [
            {
                "treated": reach.n_treated,
                "periods": reach.after,
                "detectable_effect": _number(reach.effect),
                "by_t": _number(reach.by_t),
                "smallest_attainable_p": _number(reach.smallest_p),
                "planned": reach.is_planned,
            }
            for reach in known.reaches
        ],
        "advice": [
            {"sentence": say(one.text), "change": dict(one.change) if one.change else None}
            for one in known.advice
        ],
        "pilots": [_suggested(one) for one in known.pilots],
        "controls": [_suggested(one) for one in known.controls],
        "draws": [_drawn(event) for event in pilot_choices.draws(hypothesis)],
    }


def _history_shown(history: PilotHistory) -> Json:
    return {
        "filename": history.filename,
        "rows": history.rows,
        "dataset": history.dataset_id,
        "columns": {name: getattr(history, name) for name in COLUMNS},
        "wide": history.is_wide,
        "sites": list(history.sites),
    }


def _suggested(one: pilot_chances.Suggested) -> Json:
    return {"site": one.site, "why": [say(text) for text in one.why], "taken": one.is_taken}


def _drawn(event: Event) -> Json:
    details = event.details
    return {
        "sites": list(details["drawn"]),
        "seed": int(details["seed"]),
        "count": details["count"],
        "candidates": details["candidates"],
        "stratum": details["stratum"] or None,
        "at": event.at.isoformat(),
    }


def _number(figure: Figure | None) -> float | None:
    return None if figure is None else float(figure.value)
