"""Where on the pages of one hypothesis a thing is mended: from a blocker to its field's address."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app, url_for
from flask_babel import gettext as _

from hadi.domain.errors import Blocker
from hadi.domain.permissions import Permission, allows
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import units
from hadi.web.hypotheses.plan_season import SEASON_FIELDS
from hadi.web.hypotheses.where_panel import entering
from hadi.web.shared.access import current_actor
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
    return tuple(_obstacle(hypothesis, blocker) for blocker in blockers)


def _obstacle(hypothesis: Hypothesis, blocker: Blocker) -> Obstacle:
    said, url, label = say(blocker.text), field_url(hypothesis, blocker.field), _("Add it")
    if blocker.code == "unit_not_ready":
        name = blocker.text.params["unit"]
        unready = (unit for unit in units.where_it_runs(hypothesis) if not unit.is_ready)
        unit = next((unit for unit in unready if unit.name == name), None)
        if unit is not None and allows(current_actor(), Permission.MANAGE_UNITS):
            url = url_for("units.edit", unit_id=unit.id, _anchor="sales_model")
            label = _("Choose them")
        elif unit is not None:  # who may not choose reads who may
            said = f"{said} {say(Text('unit_model_chosen_by'))}"
            url, label = url_for("units.show", unit_id=unit.id), _("Look at it")
    if blocker.code in ("units_not_entered", "units_of_several"):
        actor = current_actor()
        link = entering(hypothesis, actor)
        if not allows(actor, Permission.MANAGE_UNITS):
            said = f"{said} {say(Text('units_entered_by'))}"
        label, url = link.label, link.url
    return Obstacle(said, url, label)


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
