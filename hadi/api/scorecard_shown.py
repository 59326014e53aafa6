"""Scorecards and visits as JSON."""

from __future__ import annotations

from typing import Any

from hadi.api import shown
from hadi.api.authentication import actor
from hadi.domain.permissions import Permission, allows
from hadi.models import Scorecard, ScorecardCriterion, ScorecardVisit
from hadi.models.scorecard import FIRST, SECOND
from hadi.services.scorecards import PARTS


def card(kept: Scorecard) -> dict[str, Any]:
    return {
        "id": kept.id,
        "name": kept.name,
        "purpose": kept.purpose,
        "edition": kept.edition,
        "closed_at": shown.moment(kept.closed_at),
        "author": shown.person(kept.author),
        "created_at": shown.moment(kept.created_at),
        "updated_at": shown.moment(kept.updated_at),
        "criteria": [criterion(each) for each in kept.criteria],
        "version": kept.version,
    }


def criterion(kept: ScorecardCriterion) -> dict[str, Any]:
    return {
        "number": kept.number,
        **{name: getattr(kept, name) for name in PARTS},
        "is_retired": kept.retired_at is not None,
        "version": kept.version,
    }


def visit(kept: ScorecardVisit, of: Scorecard) -> dict[str, Any]:
    """Who visited and who marked it too are personal."""
    numbers = {each.id: str(each.number) for each in of.criteria}
    sees_people = allows(actor(), Permission.VIEW_PERSONAL)

    def marks(coder: int) -> dict[str, str]:
        return {numbers[key]: mark.value for key, mark in kept.marks_of(coder).items()}

    return {
        "id": kept.id,
        "code": kept.code,
        "visited_on": kept.visited_on.isoformat(),
        "unit": kept.unit,
        "shopper": kept.shopper if sees_people else None,
        "second_coder": kept.second_coder if sees_people else None,
        "note": kept.note,
        "marks": marks(FIRST),
        "second": marks(SECOND),
        "author": shown.person(kept.author),
        "created_at": shown.moment(kept.created_at),
        "updated_at": shown.moment(kept.updated_at),
        "void_reason": kept.void_reason if kept.is_void else None,
        "voided_at": shown.moment(kept.voided_at),
        "version": kept.version,
    }
