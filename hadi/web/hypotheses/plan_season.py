"""The part of a plan's form that only a test before and after asks: since when, against which
months, and how the season is taken out.

Its effects are typed in per cent, in the fields that a pilot has for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.validators import Length

from hadi.domain.plan import Better, MetricKind, MetricRole, Plan
from hadi.domain.season_plan import NAME_LIMIT, KeptSeason, SeasonMethod, SeasonPlan
from hadi.domain.text import Text
from hadi.web.hypotheses.plan_answers import Answer
from hadi.web.shared.forms import choices
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_numbers import hundredfold, written_number

# Parts of a plan that this form asks in fields of its own.
SEASON_FIELDS = {
    "threshold": "pilot_threshold",
    "expected_effect": "pilot_effect",
    "start": "season_start",
    "before": "season_before",
    "time": "season_time",
    "value": "season_value",
    "method": "season_method",
    "counts": "season_counts",
    "profile": "season_profile",
}


class SeasonFields:
    """The fields of a test before and after, mixed into the form of a plan."""

    season_start = StringField(_l("Start of the change"), validators=[Length(max=60)])
    season_before = StringField(_l("Months before, to compare with"), validators=[Length(max=60)])
    season_time = StringField(_l("Column of the month"), validators=[Length(max=200)])
    season_value = StringField(_l("Column of the number"), validators=[Length(max=200)])
    season_exposure = StringField(_l("Counted from the column"), validators=[Length(max=200)])
    season_method = RadioField(_l("How is the season taken out?"), validate_choice=False)
    season_profile = SelectField(_l("The season of"), validate_choice=False)
    season_counts = BooleanField(_l("The numbers are counts: visits, calls, receipts"))

    def offer_season(self) -> None:
        words = ((each.value, season_method_word(each)) for each in SeasonMethod)
        self.season_method.choices = choices(words)

    def offer_profiles(self, kept: Iterable[KeptSeason]) -> None:
        """The kept seasons. Each choice holds its coefficients, so that a plan keeps those it was
        saved with, whatever became of the list."""
        offered = {_as_choice(each): each.name for each in kept}
        named = self.season_profile.data or ""
        if named and named not in offered:
            own = _read_choice(named)
            offered[named] = str(own.get("name") or "–")[:NAME_LIMIT]
        own_years = ("", _("this series’ own years"))
        self.season_profile.choices = choices([own_years, *offered.items()])

    def season_only(self) -> tuple[Field, ...]:
        """What no other design asks."""
        return (
            self.season_start, self.season_before, self.season_time, self.season_value,
            self.season_method, self.season_counts, self.season_profile, self.season_exposure,
        )  # fmt: skip


def _as_choice(kept: KeptSeason) -> str:
    return json.dumps(kept.as_json(), ensure_ascii=False, separators=(",", ":"))


def _read_choice(written: str) -> dict[str, Any]:
    """What a choice holds; what is none goes to the rules as it is, which refuse it."""
    try:
        found = json.loads(written[:2000])
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"name": written[:40]}


def season_method_word(method: SeasonMethod) -> str:
    return say(Text(f"season_method_{method.value}"))


def season_answer() -> Answer:
    """What a test of one series can do: how sure it will be, its own years say when they come."""
    return Answer(
        lead=_("The years before the start will say how much such a change differs from year to "
               "year, and so how small an effect can be told from chance: with two years a large "
               "one, with four or five a smaller one."),
        more=(
            _("Whatever else changes at the time, a neighbour that closes or a price that rises, "
              "is in the result as well. That is why it is a hint, and not a proof."),
        ),
        help=_("Leave some stores or teams as they are, and plan a pilot: then they say what would "
               "have happened anyway."),
    )  # fmt: skip


def season_body(form: Any) -> dict[str, Any]:
    """The fields of a test before and after in the plan's JSON."""
    return {
        "start": form.season_start.data,
        "before": form.season_before.data,
        "time": form.season_time.data,
        "value": form.season_value.data,
        "method": form.season_method.data or SeasonMethod.COEFFICIENTS.value,
        "counts": bool(form.season_counts.data),
        "profile": _read_choice(form.season_profile.data) if form.season_profile.data else None,
        "expected_effect": _signed(form),
    }


def season_metric(form: Any, unnamed: str) -> dict[str, Any] | None:
    """The primary metric: its value in each period, or how often it is counted."""
    name = (form.metric_name.data or "").strip()
    threshold = form.pilot_threshold.number
    if not name and threshold is None and not form.better.data:
        return None
    fields = (form.season_value, form.season_exposure)
    columns = [(field.data or "").strip() for field in fields]
    kind = MetricKind.RATE if columns[1] else MetricKind.MEAN
    return {
        "name": name or unnamed,
        "kind": kind.value,
        "columns": [column for column in columns if column],
        "role": MetricRole.PRIMARY.value,
        "better": form.better.data,
        "threshold": None if threshold is None else f"{threshold}%",
        "proxy": form.is_proxy.data,
    }


def season_values(plan: Plan) -> dict[str, Any]:
    """What the fields are opened with; those of effects only where this is the design."""
    season = plan.season or SeasonPlan()
    values: dict[str, Any] = {
        "season_start": season.start or "",
        "season_before": season.before or "",
        "season_time": season.time or "",
        "season_value": season.value or "",
        "season_exposure": _exposure(plan),
        "season_method": season.method.value,
        "season_counts": season.is_counts,
        "season_profile": _as_choice(season.profile) if season.profile else "",
    }
    if plan.season is None:
        return values
    primary, language = plan.primary, speaker().language
    threshold = primary.threshold.value if primary and primary.threshold else None
    effect = plan.expected_effect
    if effect is not None and primary is not None:
        effect *= primary.sign
    return values | {
        "pilot_threshold": written_number(hundredfold(threshold), language=language),
        "pilot_effect": written_number(hundredfold(effect), language=language),
    }


def _exposure(plan: Plan) -> str:
    """What the events are counted from, where the primary metric is a rate."""
    primary = plan.primary
    is_rate = plan.season is not None and primary and primary.kind is MetricKind.RATE
    return primary.keys[1] if primary and is_rate else ""


def _signed(form: Any) -> float | None:
    """Less is better: an improvement by 2 % is a difference of -2 %."""
    effect: float | None = form.pilot_effect.fraction
    if effect is not None and form.better.data == Better.LOWER:
        return -abs(effect)
    return effect
