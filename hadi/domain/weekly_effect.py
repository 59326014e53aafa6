"""What an effect comes to in a week, in units of the metric: from a stored analysis.

A draw compares units: the difference of one unit, times the units that the change reaches in a
week. A pilot compares sites over time: its effect on what a site would have done without the
change, times the sites (an effect on a ratio is that of one unit below the line, a receipt, times
the units that the change reaches in a week); where it fades, what is left of it. A series before
and after is one site and mostly has months. Better is up, whichever way the metric is counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from hadi.domain.economics import Declaration
from hadi.domain.plan import Better, Design, MetricKind, MetricRole
from hadi.domain.text import Text
from hadi.stats.payback import WEEKS_PER_YEAR, Gain

# A shift of ranks or of a quantile is nobody's sum: no money follows from it.
_NOT_SUMS = (MetricKind.RANK, MetricKind.QUANTILE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WITHOUT = ("not_yet", "invalid", "not_estimable")


@dataclass(frozen=True, slots=True)
class WeeklyEffect:
    """`gain` is None where something is missing, which `missing` names. `weeks` is how long the
    data say the test lasted, where they do. `in_test` is what a week of the test brought where
    that is not what a week still brings: the effect fades."""

    gain: Gain | None
    missing: tuple[Text, ...] = ()
    weeks: float | None = None
    stores: int | None = None
    in_test: Gain | None = None


def remaining(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is left of a pilot's effect that fades: that of the later half of its time, with the
    interval of these periods. None where it does not fade."""
    found = record.get("lately")
    if found is not None or "effect" not in record:
        return found
    # Records written before that was kept in them say it in a warning, without its interval.
    warned = [each for each in record.get("warnings") or () if each["code"] == "fading"]
    if not warned:
        return None
    figure = warned[0]["text"]["params"]["lately"]
    return {"estimate": figure["value"], "low": None, "high": None}


def weekly_effect(record: Mapping[str, Any], declared: Declaration) -> WeeklyEffect:
    """What the record of an analysis comes to in a week."""
    if record.get("verdict") in _WITHOUT:
        return WeeklyEffect(None, (Text("payback_needs_result"),))
    if "effect" in record:
        return _of_pilot(record, declared)
    comparison = _deciding(record)
    if comparison is None or comparison["difference"].get("estimate") is None:
        return WeeklyEffect(None, (Text("payback_needs_result"),))
    if record.get("design") == Design.BEFORE_AFTER and comparison.get("kind") != MetricKind.RATE:
        return _of_series(record, comparison)
    if comparison.get("kind") in _NOT_SUMS:
        return WeeklyEffect(None, (Text("payback_not_a_sum", metric=comparison["metric"]),))
    if declared.units_per_week is None:
        return WeeklyEffect(None, (Text("payback_needs_units"),))
    gain = _gain(comparison["difference"]).times(_sign(comparison.get("better")))
    return WeeklyEffect(gain.times(declared.units_per_week), stores=declared.stores)


def _deciding(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The comparison of the primary metric in the arm that the verdict speaks of."""
    found = [c for c in record.get("comparisons", ()) if c["role"] == MetricRole.PRIMARY]
    named = [c for c in found if c["arm"] == record.get("arm")]
    return next(iter(named or found), None)


def _of_pilot(record: Mapping[str, Any], declared: Declaration) -> WeeklyEffect:
    """On the log scale the effect is a fraction of what would have been; on the linear scale it is
    in units of the value already, a period."""
    effect = record["effect"]
    if effect.get("estimate") is None:
        return WeeklyEffect(None, (Text("payback_needs_result"),))
    series = record.get("series") or {}
    sites = len((record.get("sites") or {}).get("treated") or ()) or 1
    period = weeks_per_period(series)
    comparison = _deciding(record) or {}
    is_ratio = comparison.get("kind") == MetricKind.RATIO
    if is_ratio and declared.units_per_week is None:
        return WeeklyEffect(None, (Text("payback_needs_units"),))
    times = float(declared.units_per_week or 0) if is_ratio else sites / period
    factor = _sign(comparison.get("better")) * times
    after = (series.get("counterfactual") or ())[int(series.get("first_post") or 0) :]
    if record.get("scale", "log") == "log":
        level = _mean(after)
        if level is None:
            return WeeklyEffect(None, (Text("payback_needs_level"),))
        factor *= level
    stores, whole = declared.stores if is_ratio else sites, _gain(effect).times(factor)
    weeks, left = len(after) * period or None, remaining(record)
    if left is None:
        return WeeklyEffect(whole, weeks=weeks, stores=stores)
    return WeeklyEffect(_gain(left).times(factor), weeks=weeks, stores=stores, in_test=whole)


def _of_series(record: Mapping[str, Any], comparison: Mapping[str, Any]) -> WeeklyEffect:
    """Of one series before and after, the difference is one of a period: mostly a month."""
    times = (record.get("season") or {}).get("times") or ()
    is_of_days = len(times) > 1 and all(_DAY.fullmatch(time) for time in times)
    kind = "day" if is_of_days else "month"
    period = weeks_per_period({"kind": kind, "times": times})
    gain = _gain(comparison["difference"]).times(_sign(comparison.get("better")) / period)
    return WeeklyEffect(gain, weeks=comparison["treatment"]["n"] * period or None, stores=1)


def weeks_per_period(series: Mapping[str, Any]) -> float:
    """How long a period of a pilot is: of dates their usual distance, of parts of a year what they
    are called; periods that are only numbered are taken for weeks."""
    times, kind = series.get("times") or (), series.get("kind")
    if kind == "day" and len(times) > 1:
        days = [date.fromisoformat(time).toordinal() for time in times]
        return median(after - before for before, after in pairwise(days)) / 7
    if kind == "month":
        return WEEKS_PER_YEAR / 12
    if kind != "part":
        return 1.0
    if any(letter in time for time in times for letter in "QqКк"):
        return WEEKS_PER_YEAR / 4
    parts = [part for time in times for part in re.findall(r"\d+", time) if len(part) != 4]
    numbers = {int(part[-2:]) for part in parts}
    is_of_weeks = any(letter in time for time in times for letter in "WwНн")
    return 1.0 if is_of_weeks or any(number > 12 for number in numbers) else WEEKS_PER_YEAR / 12


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def _gain(estimate: Mapping[str, Any]) -> Gain:
    return Gain(estimate["estimate"], estimate.get("low"), estimate.get("high"))


def _sign(better: object) -> float:
    return -1.0 if better == Better.LOWER else 1.0
