"""Where on the pages of one hypothesis a thing is mended: from a blocker to its field's address."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app, url_for
from flask_babel import gettext as _

from hadi.domain.errors import Blocker
from hadi.models import Hypothesis
from hadi.web.hypotheses.plan_season import SEASON_FIELDS
from hadi.web.shared.language import say
from hadi.web.shared.pages import Obstacle

# A blocker's field -> (endpoint, id of the field on that page).
_PLACES = {
    "change": ("hypotheses.edit", "change"),
    "effect": ("hypotheses.edit", "effect"),
    "reason": ("hypotheses.edit", "reason"),
    "owner": ("hypotheses.plan", "owner"),
    "steward": ("hypotheses.plan", "steward"),
    "metrics": ("hypotheses.plan", "metric_name"),
    "better": ("hypotheses.plan", "better"),
    "threshold": ("hypotheses.plan", "threshold"),
    "design": ("hypotheses.plan", "design"),
    "control": ("hypotheses.plan", "arms-0-name"),
    "split": ("hypotheses.plan", "arms-0-name"),
    "planned_units": ("hypotheses.plan", "planned_units"),
    "look_count": ("hypotheses.plan", "look_count"),
    "expected_effect": ("hypotheses.plan", "expected_effect"),
    "variant": ("hypotheses.plan", "variant"),
    "unit": ("hypotheses.plan", "unit"),
    "cluster": ("hypotheses.plan", "cluster"),
    "segments": ("hypotheses.plan", "segments"),
    "day": ("hypotheses.plan", "day"),
    "group": ("hypotheses.plan", "group"),
    "site": ("hypotheses.plan", "site"),
    "time": ("hypotheses.plan", "time"),
    "value": ("hypotheses.plan", "value"),
    "treated": ("hypotheses.plan", "treated"),
    "controls": ("hypotheses.plan", "controls"),
    "start": ("hypotheses.plan", "start"),
    "method": ("hypotheses.plan", "method"),
    "scale": ("hypotheses.plan", "scale"),
    "decide": ("hypotheses.plan", "decide"),
    "pilot_threshold": ("hypotheses.plan", "pilot_threshold"),
    "pilot_effect": ("hypotheses.plan", "pilot_effect"),
    "season_start": ("hypotheses.plan", "season_start"),
    "season_before": ("hypotheses.plan", "season_before"),
    "season_time": ("hypotheses.plan", "season_time"),
    "season_value": ("hypotheses.plan", "season_value"),
    "season_method": ("hypotheses.plan", "season_method"),
    "budget": ("hypotheses.plan", "budget_amount"),
    "units": ("hypotheses.where", None),
    "order_reason": ("hypotheses.where", "order_reason"),
    "scorecard": ("hypotheses.execution", None),
    "plan": ("hypotheses.plan", None),
    "datasets": ("hypotheses.data", None),
    "analyses": ("hypotheses.data", None),
    "decision": ("hypotheses.conclusion", "decision"),
    "learned": ("hypotheses.conclusion", "learned"),
    "holds_where": ("hypotheses.conclusion", "holds_where"),
    "next": ("hypotheses.conclusion", "next"),
    "cause": ("hypotheses.conclusion", "cause"),
}


# Parts of a plan that a pilot's form asks in fields of its own.
PILOT_FIELDS = {"threshold": "pilot_threshold", "expected_effect": "pilot_effect"}


def obstacles(hypothesis: Hypothesis, blockers: Iterable[Blocker]) -> tuple[Obstacle, ...]:
    """The blockers in words, each with the way to what mends it."""
    return tuple(
        Obstacle(say(blocker.text), field_url(hypothesis, blocker.field), _("Add it"))
        for blocker in blockers
    )


def field_url(hypothesis: Hypothesis, field: str | None) -> str | None:
    """The address of a field, where it has one."""
    test = hypothesis.current_test
    plan = test.plan if test else None
    if plan is not None and plan.pilot is not None:
        field = PILOT_FIELDS.get(field or "", field)
    if plan is not None and plan.season is not None:
        field = SEASON_FIELDS.get(field or "", field)
    endpoint, anchor = _PLACES.get(field or "", (None, None))
    if endpoint is None or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, key=hypothesis.key, _anchor=anchor)
