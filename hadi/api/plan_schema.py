"""How a plan is written in the API's document: what each part means and which values it takes.

The plan itself reads what is sent (`hadi.domain.plan_reader`); nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Sent, Words, described
from hadi.domain.pilot_plan import MOST_COMPONENTS, MOST_SITES, Decide, Method, Scale
from hadi.domain.plan import (
    MOST_ARMS,
    MOST_COVARIATES,
    MOST_LOOKS,
    MOST_METRICS,
    MOST_SEGMENTS,
    Better,
    Design,
    Looks,
    MetricKind,
    MetricRole,
    Spending,
)
from hadi.domain.season_plan import NAME_LIMIT, SeasonMethod
from hadi.domain.statement import LIMIT

_NUMBER = {"type": "number"}
_POSITIVE = {"type": "number", "exclusiveMinimum": 0}
_WORD = {"type": "string", "maxLength": 200}
_SITES: dict[str, Any] = {
    "type": "array",
    "maxItems": MOST_SITES,
    "items": {"type": ["string", "integer"], "maxLength": 200},
}
_DAY = {"type": "string", "format": "date"}


def _values(kind: type[Any], *, has_none: bool = True) -> dict[str, Any]:
    return {"enum": [member.value for member in kind] + ([None] if has_none else [])}


def _documented(about: str, schema: Mapping[str, Any]) -> fields.Raw:
    """A field that the plan itself reads; here it is only described. Any may be null."""
    return fields.Raw(metadata={"description": about, **schema}, allow_none=True)


_METRICS: dict[str, Any] = {
    "type": "array",
    "maxItems": MOST_METRICS,
    "items": {
        "type": "object",
        "required": ["name", "kind"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
            "kind": _values(MetricKind, has_none=False),
            "columns": {
                "description": "The data's column, unless it has the metric's name; two for a "
                "ratio (numerator, denominator) and a rate (events, exposure)",
                "type": ["array", "null"], "maxItems": 2, "items": _WORD,
            },
            "role": {"description": "secondary unless said", **_values(MetricRole)},
            "threshold": {
                "description": "What the change must reach: 0.05 in the metric's units, or "
                "“5%” of the control's value; 0 means any improvement",
                "type": ["number", "string", "null"],
            },
            "better": _values(Better),
            "margin": {
                "description": "Of a guardrail: how much worse is still acceptable, in the "
                "metric's units; a fraction for a pilot on the log scale and before_after",
                "type": ["number", "null"], "minimum": 0,
            },
            "proxy": {"description": "Only stands in for the aim", "type": ["boolean", "null"]},
            "covariate": {
                "description": "Of a mean or a ratio: a column known before the test, or several, "
                "to take noise away",
                "anyOf": [
                    _WORD,
                    {"type": "array", "maxItems": MOST_COVARIATES, "items": _WORD},
                    {"type": "null"},
                ],
            },
            "winsor": {
                "description": "Of a mean or a ratio: values above this quantile of all arms are "
                "cut down to it, such as 0.999",
                "type": ["number", "null"], "exclusiveMinimum": 0.5, "exclusiveMaximum": 1,
            },
            "q": {
                "description": "Of a quantile: which one; 0.5 (the median) unless said",
                "type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 1,
            },
        },
    },
}  # fmt: skip


METRIC_FIELDS = frozenset(_METRICS["items"]["properties"])


class PlanIn(Sent):
    """A whole plan: what is left out is empty. Any part may be missing in a draft."""

    class Meta:
        unknown = ma.INCLUDE  # the plan tells every unknown field itself, with its other faults

    design = _documented(
        "What is randomised: units (split), or whole stores, teams or sellers (cluster); or one or "
        "a few sites get the change and are followed beside the others (pilot); or one series is "
        "held against its own past (before_after)",
        _values(Design),
    )
    variant = _documented("The column that names the arm", _WORD)
    control = _documented("Its value for the control arm", _WORD)
    split = _documented(
        "Declared share of each arm; shares are made to add to 1",
        {
            "type": "object",
            "maxProperties": MOST_ARMS,
            "additionalProperties": {"type": "number", "minimum": 0},
        },
    )
    unit = _documented("The column that names the randomised unit; none: a row is a unit", _WORD)
    cluster = _documented(
        "The column that names the store, team or seller; randomised in a cluster design", _WORD
    )
    segments = _documented(
        "Columns to look into: exploratory, they never move the verdict",
        {"type": "array", "maxItems": MOST_SEGMENTS, "items": _WORD},
    )
    day = _documented("The column of the day, to see whether the effect fades", _WORD)
    group = _documented(
        "The column of the seller or store that served the unit, to see whether one carries it all",
        _WORD,
    )
    metrics = _documented("One primary, guardrails, secondary ones", _METRICS)
    looks = _documented(
        "When the result may be looked at: once at the end (fixed, unless said), at any moment "
        "with wider intervals (anytime), or at planned looks (planned)",
        _values(Looks),
    )
    look_count = _documented(
        "Of planned looks, the last one included",
        {"type": "integer", "minimum": 2, "maximum": MOST_LOOKS},
    )
    spending = _documented(
        "Of planned looks: how they spend alpha; obrien_fleming unless said", _values(Spending)
    )
    alpha = _documented("Accepted chance of a false alarm; 0.05 unless said", _NUMBER)
    power = _documented("Chance to see the expected effect; 0.8 unless said", _NUMBER)
    baseline = _documented("Expected value of the control", _NUMBER)
    baseline_sd = _documented(
        "Its standard deviation between units, for all but a conversion and a rate", _NUMBER
    )
    expected_effect = _documented(
        "The difference treatment minus control that the team expects, signed as measured: where "
        "lower is better, an improvement is below zero",
        _NUMBER,
    )
    exposure = _documented("Of a rate: what a unit is exposed to, on average", _POSITIVE)
    icc = _documented(
        "Of a cluster design: the share of the variance that lies between clusters",
        {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
    )
    cluster_size = _documented("Units of a cluster, on average", _POSITIVE)
    cluster_cv = _documented(
        "Standard deviation of the clusters' sizes over their mean",
        {"type": "number", "minimum": 0},
    )
    budget = _documented(
        "The most the test may cost",
        {
            "type": "object",
            "properties": {
                "amount": {"type": ["number", "string"]},
                "currency": {"type": "string", "minLength": 3, "maxLength": 3},
            },
        },
    )
    money = _documented(
        "What the effect is worth: currency, value_per_unit, margin and the other parts of "
        "PUT economics; locked with the plan",
        {"type": "object"},
    )
    starts_on = _documented("First day", _DAY)
    ends_on = _documented("Last day, inclusive", _DAY)
    planned_units = _documented(
        "Per arm, of what is randomised: clusters in a cluster design; of a pilot the periods from "
        "its start on",
        {"type": "integer", "minimum": 0},
    )
    owner = _documented("Id or e-mail of a person", _WORD)
    steward = _documented("Id or e-mail of the person who brings the numbers", _WORD)
    site = _documented("Of a pilot: the column of the store, team or territory", _WORD)
    time = _documented(
        "Of a pilot, and before_after: the column of the period; a row is a (site in a) period",
        _WORD,
    )
    value = _documented(
        "Of a pilot, and before_after: the column of the value; the primary metric is about it",
        _WORD,
    )
    treated = _documented("Of a pilot: the sites that get the change", _SITES)
    controls = _documented(
        "Of a pilot: the sites it is held against; where none is named, all others of the data",
        _SITES,
    )
    start = _documented(
        "Of a pilot: the first period of the change, as the data write it; of before_after: its "
        "first month or day, 2025-05 or 2025-05-01",
        {"type": ["string", "integer"], "maxLength": 200},
    )
    method = _documented(
        "Of a pilot: how it is compared; did unless said. Of before_after: coefficients (unless "
        "said) or segmented",
        {"enum": [*(each.value for each in (*Method, *SeasonMethod)), None]},
    )
    before = _documented(
        "Of before_after: the months that it is compared with, 2025-02..2025-04; the three before "
        "the start unless said",
        {"type": "string", "maxLength": 60},
    )
    counts = _documented(
        "Of before_after: the values are counts of something, so that the regression is Poisson's",
        {"type": "boolean"},
    )
    profile = _documented(
        "Of before_after: a kept season, by id or name, or its coefficients, in place of those of "
        "the series' own years",
        {
            "type": ["string", "object"], "maxLength": 200,
            "properties": {
                "name": {"type": "string", "maxLength": NAME_LIMIT},
                "coefficients": {
                    "type": "array", "minItems": 12, "maxItems": 12,
                    "items": {"type": "number", "minimum": 0},
                },
                "method": {"enum": ["level", "years", "trend", None]},
            },
        },
    )  # fmt: skip
    scale = _documented(
        "Of a pilot: effects as fractions (log, unless said) or in the value's units (linear)",
        _values(Scale),
    )
    decide = _documented("Of a pilot: the test that decides; placebo unless said", _values(Decide))
    components = _documented(
        "Of a pilot: the parts of the change where it has several",
        {"type": "array", "maxItems": MOST_COMPONENTS, "items": _WORD},
    )
    reason = Words(
        allow_none=True,
        metadata=described("Why a running test's plan changes", maxLength=LIMIT),
    )
