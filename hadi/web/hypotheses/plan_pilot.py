"""The part of a plan's form that only a pilot asks: which sites, since when, and how it is judged.

What is typed here becomes the pilot's fields of the plan's JSON, and comes back from there. On the
logarithmic scale effects are typed as per cent, on the linear one in units of the value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from hadi.domain.pilot_plan import MOST_SITES, Decide, Method, PilotPlan, Scale
from hadi.domain.plan import Better, Metric, MetricKind, MetricRole, Plan
from hadi.domain.text import Text
from hadi.web.shared.forms import choices
from hadi.web.shared.language import say, speaker
from hadi.web.shared.typed_lists import read_names, written_names
from hadi.web.shared.typed_numbers import NumberField, hundredfold, written_number

NAMES = 100_000  # characters of a list of sites
_BETWEEN = re.compile(r"[\r\n\t;]+")


class PilotFields:
    """The fields of a pilot, mixed into the form of a plan. Sites can be ticked in a list where a
    history names them; what is typed counts beside what is ticked."""

    site = StringField(_l("Column that names the site"), validators=[Length(max=200)])
    time = StringField(_l("Column of the period"), validators=[Length(max=200)])
    value = StringField(_l("Column of the value"), validators=[Length(max=200)])
    divisor = StringField(_l("Divided by the column"), validators=[Length(max=200)])
    treated = TextAreaField(_l("Sites that get the change"), validators=[Length(max=NAMES)])
    treated_picked = SelectMultipleField(_l("Sites that get the change"), validate_choice=False)
    controls = TextAreaField(_l("Sites they are compared with"), validators=[Length(max=NAMES)])
    controls_picked = SelectMultipleField(_l("Sites they are compared with"), validate_choice=False)
    start = StringField(_l("First period of the change"), validators=[Length(max=200)])
    method = SelectField(_l("What would have been without the change"), validate_choice=False)
    scale = RadioField(_l("In what is the effect counted?"), validate_choice=False)
    decide = RadioField(_l("Which test decides?"), validate_choice=False)
    components = StringField(_l("Parts of the change"), validators=[Length(max=2000)])
    pilot_threshold = NumberField(_l("How much is worth it?"))
    pilot_effect = NumberField(_l("How much better do you honestly expect it to get?"))

    def offer_pilot(self, sites: Sequence[str] = ()) -> None:
        """Fill in what can be chosen; `sites` are those of the history."""
        self.method.choices = choices((each.value, method_word(each)) for each in Method)
        self.scale.choices = choices((each.value, scale_word(each)) for each in Scale)
        self.decide.choices = choices((each.value, decide_word(each)) for each in Decide)
        for typed, picked in self.site_lists:
            picked.choices = choices((site, site) for site in sites)
            named = [*read_sites(typed.data), *(picked.data or ())]
            if sites and not typed.errors:
                # What is known stands ticked in the list, and not a second time in the field.
                picked.data = [site for site in sites if site in set(named)]
                typed.data = written_names(n for n in dict.fromkeys(named) if n not in set(sites))

    def name_columns(
        self, site: str | None, time: str | None, value: str | None, divisor: str | None
    ) -> None:
        """The columns of the history, where nobody has named any."""
        named = [(self.site, site), (self.time, time)]
        if not self.value.data:  # a value that is named already is divided as its plan says
            named += [(self.value, value), (self.divisor, divisor)]
        for field, column in named:
            field.data = field.data or column or ""

    @property
    def site_lists(self) -> tuple[tuple[Field, SelectMultipleField], ...]:
        return (self.treated, self.treated_picked), (self.controls, self.controls_picked)

    @property
    def is_log(self) -> bool:
        return bool(self.scale.data != Scale.LINEAR)

    def pilot_only(self) -> tuple[Field, ...]:
        """What no other design asks."""
        return (
            self.site, self.time, self.value, self.divisor, self.treated, self.controls,
            self.start, self.method, self.scale, self.decide, self.components,
            self.pilot_threshold, self.pilot_effect,
        )  # fmt: skip


def method_word(method: Method) -> str:
    return say(Text(f"pilot_method_{method.value}"))


def scale_word(scale: Scale) -> str:
    return say(Text(f"pilot_scale_{scale.value}"))


def decide_word(decide: Decide) -> str:
    return say(Text(f"pilot_decide_{decide.value}"))


def read_sites(typed: str | None) -> list[str]:
    """Sites as people type or paste them: with commas, or one below or beside the other, as cells
    come from a spreadsheet."""
    return read_names(_BETWEEN.sub(",", typed or ""), limit=NAMES)


def sites_of(typed: Field, picked: Field) -> list[str]:
    """Ticked and typed, each once."""
    return list(dict.fromkeys([*(picked.data or ()), *read_sites(typed.data)]))


def pilot_body(form: Any) -> dict[str, Any]:
    """The pilot's fields of the plan, and the parts of a plan that it has of its own kind."""
    treated, controls = (sites_of(*pair) for pair in form.site_lists)
    return {
        "site": form.site.data,
        "time": form.time.data,
        "value": form.value.data,
        "treated": treated[: MOST_SITES + 1],
        "controls": controls[: MOST_SITES + 1],
        "start": form.start.data,
        "method": form.method.data or Method.DID.value,
        "scale": form.scale.data or Scale.LOG.value,
        "decide": form.decide.data or Decide.PLACEBO.value,
        "components": read_names(form.components.data),
        "expected_effect": _signed(form),
    }


def pilot_metric(form: Any) -> dict[str, Any] | None:
    """The primary metric of a pilot: its value in each period, or the ratio of two."""
    name = (form.metric_name.data or "").strip()
    threshold = form.pilot_threshold.number
    if not name and threshold is None and not form.better.data:
        return None
    columns = [(field.data or "").strip() for field in (form.value, form.divisor)]
    kind = MetricKind.RATIO if columns[1] else MetricKind.MEAN
    reached: float | str | None = None
    if threshold is not None:
        # A percent sign says so on the linear scale, too: a share of what would have been.
        is_relative = form.is_log or str(form.pilot_threshold.data).strip().endswith("%")
        reached = f"{threshold}%" if is_relative else float(threshold)
    return {
        "name": name or _("Primary metric"),
        "kind": kind.value,
        "columns": [column for column in columns if column],
        "role": MetricRole.PRIMARY.value,
        "better": form.better.data,
        "threshold": reached,
        "proxy": form.is_proxy.data,
    }


def pilot_values(plan: Plan) -> dict[str, Any]:
    """What the pilot's fields are opened with."""
    pilot = plan.pilot or PilotPlan()
    primary = plan.primary
    effect = plan.expected_effect if plan.pilot else None
    if effect is not None:
        effect *= primary.sign if primary else 1
    return {
        "site": pilot.site or "",
        "time": pilot.time or "",
        "value": pilot.value or "",
        "divisor": _divisor(plan),
        "treated": written_names(pilot.treated),
        "controls": written_names(pilot.controls),
        "start": pilot.start or "",
        "method": pilot.method.value,
        "scale": pilot.scale.value,
        "decide": pilot.decide.value,
        "components": written_names(pilot.components),
        "pilot_threshold": _threshold(primary, pilot) if plan.pilot else "",
        "pilot_effect": _written(effect, pilot),
    }


def _divisor(plan: Plan) -> str:
    """What divides in the primary metric, where it is a ratio."""
    primary = plan.primary
    is_ratio = plan.pilot is not None and primary and primary.kind is MetricKind.RATIO
    return primary.keys[1] if primary and is_ratio else ""


def _threshold(primary: Metric | None, pilot: PilotPlan) -> str:
    threshold = primary.threshold if primary else None
    if threshold is None:
        return ""
    as_percent = threshold.is_relative or pilot.scale is Scale.LOG
    number = hundredfold(threshold.value) if as_percent else threshold.value
    written = written_number(number, language=speaker().language)
    return f"{written}%" if threshold.is_relative and pilot.scale is Scale.LINEAR else written


def _written(value: float | None, pilot: PilotPlan) -> str:
    number = hundredfold(value) if pilot.scale is Scale.LOG else value
    return written_number(number, language=speaker().language)


def _signed(form: Any) -> float | None:
    """Less is better: an improvement by 2 is a difference of -2."""
    effect: float | None = form.pilot_effect.fraction if form.is_log else form.pilot_effect.value
    if effect is not None and form.better.data == Better.LOWER:
        return -abs(effect)
    return effect
