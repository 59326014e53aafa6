"""Seasons that are kept by name, for programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from hadi.api import found
from hadi.api.answers import IDEMPOTENCY_KEY, Endpoints, answer, answer_page, settle
from hadi.api.authentication import actor, now
from hadi.api.fields import Sent, Words, described
from hadi.api.hypotheses import Nothing
from hadi.api.paging import PageQuery, sliced
from hadi.api.repeats import once
from hadi.api.schemas import PersonOut
from hadi.api.shown import person
from hadi.domain.errors import NotFound
from hadi.domain.season_plan import NAME_LIMIT
from hadi.domain.text import Text
from hadi.models import SeasonProfile
from hadi.services import season_profiles

endpoints = Endpoints("season-profiles", "Seasons that are kept by name")
Json = dict[str, Any]
_TWELVE = "Twelve, from January to December, adding up to 12"


class SeasonProfileIn(Sent):
    name = Words(required=True, metadata=described("What it is of", maxLength=NAME_LIMIT))
    coefficients = fields.Raw(
        required=True,
        metadata={
            "description": _TWELVE, "type": "array", "minItems": 12, "maxItems": 12,
            "items": {"type": "number", "minimum": 0},
        },
    )  # fmt: skip
    method = Words(
        allow_none=True,
        metadata=described("What they were divided by: level (unless said), years, trend"),
    )


class SeasonProfileOut(ma.Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    coefficients = fields.List(fields.Float(), required=True, metadata={"description": _TWELVE})
    method = fields.String(required=True)
    years = fields.List(
        fields.String(), required=True, metadata={"description": "The first month of each"}
    )
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})


@endpoints.at("/season-profiles", "GET")
@endpoints.answers(200, SeasonProfileOut(many=True), 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: Json) -> Response:
    """List the kept seasons, by name."""
    return answer_page(sliced(season_profiles.listing(by=actor()), query), _shown)


@endpoints.at("/season-profiles", "POST")
@endpoints.answers(
    201, SeasonProfileOut, 400, 409, 413, 415, 422, has_location=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(SeasonProfileIn)
@once
def keep(body: Json) -> Response:
    """Keep a season: the answer of `POST /seasons` has its coefficients."""
    kept = season_profiles.put(body, by=actor(), now=now())
    settle()
    return answer(_shown(kept), HTTPStatus.CREATED, location=f"/season-profiles/{kept.id}")


@endpoints.at("/season-profiles/<profile_id>", "GET")
@endpoints.answers(200, SeasonProfileOut, 404)
def get(profile_id: str) -> Response:
    """One kept season."""
    return answer(_shown(season_profiles.find(_id(profile_id), by=actor())))


@endpoints.at("/season-profiles/<profile_id>", "DELETE")
@endpoints.answers(200, SeasonProfileOut, 404, 409)
def delete(profile_id: str) -> Response:
    """Delete a kept season; plans that use it keep its coefficients."""
    gone = season_profiles.delete(_id(profile_id), by=actor(), now=now())
    settle()
    return answer(_shown(gone))


@endpoints.at("/season-profiles/<profile_id>/restore", "POST")
@endpoints.answers(
    200, SeasonProfileOut, 400, 404, 409, 413, 415, 422, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(Nothing, is_required=False)
@once
def restore(body: Json, profile_id: str) -> Response:
    """Bring a deleted season back."""
    back = season_profiles.restore(_id(profile_id), by=actor(), now=now())
    settle()
    return answer(_shown(back))


def _id(profile_id: str) -> str:
    if not found.is_name(profile_id):
        raise NotFound(Text("season_profile_unknown", name=profile_id[:40]))
    return profile_id


def _shown(kept: SeasonProfile) -> Json:
    return {
        "id": kept.id,
        "name": kept.name,
        "coefficients": list(kept.coefficients),
        "method": kept.method,
        "years": list(kept.years),
        "author": person(kept.author),
        "created_at": kept.created_at.isoformat(),
    }
