"""The history of a hypothesis: who did what, when, and what changed."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import found, shown
from hadi.api.answers import Endpoints, answer_page
from hadi.api.authentication import actor
from hadi.api.paging import PageQuery, paged
from hadi.api.schemas import EventOut
from hadi.models import Event
from hadi.services import hypotheses
from hadi.services.events import seen_changes

endpoints = Endpoints("events", "The log, which nobody can change")


@endpoints.at("/hypotheses/<key>/events", "GET")
@endpoints.answers(200, EventOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List what happened, the newest first; refused steps included."""
    hypothesis = found.hypothesis(key)
    page = paged(
        select(Event)
        .where(Event.hypothesis_id == hypothesis.id)
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc()),
        query,
    )
    by, stake = actor(), hypotheses.stake(hypothesis)
    return answer_page(page, lambda event: shown.event(event, seen_changes(event, by, stake)))
