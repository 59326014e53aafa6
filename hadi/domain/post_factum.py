"""Was the plan written before the data? By the server's clock alone.

What a file or a request says of its own dates counts for the data's days, never for when a
hypothesis was written: those moments are the ones that the server saw. A plan written after the
data is exploration, and its test is judged on new data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.domain.verdict import Check, CheckStatus

CODE = "after_the_fact"
# What a verdict hangs on. Who keeps the data, or what a test may cost, may change at any time.
_DECIDING = (
    "design", "control", "split", "looks", "look_count", "spending", "alpha",
    "treated", "controls", "start", "method", "scale", "decide",  # of a pilot
)  # fmt: skip
_OF_A_METRIC = ("name", "kind", "role", "threshold", "better", "margin", "winsor", "q")


@dataclass(frozen=True, slots=True)
class Written:
    """When what is judged was written: the hypothesis, the test's plan as it stands now, and its
    first version."""

    hypothesis_at: datetime
    plan_at: datetime
    first_plan_at: datetime
    is_imported: bool = False  # another server saw it happen


@dataclass(frozen=True, slots=True)
class Seen:
    """When the data were there: `first_day` to `last_day` are theirs, `uploaded_at` the first time
    that the hypothesis, or one that it follows, received any of them; `elsewhere_at` the first time
    that any other did. `rows` and those of days before the plan stood. Typed counts have no columns
    that could name a day; of a pilot, or before and after, its periods do or do not."""

    uploaded_at: datetime
    first_day: date | None = None
    last_day: date | None = None
    rows: int = 0
    early_rows: int = 0
    has_columns: bool = True
    has_periods: bool = False
    elsewhere_at: datetime | None = None


def judged_part(plan: Mapping[str, Any]) -> dict[str, Any]:
    """What of a plan's JSON a verdict hangs on. The names of columns do not: a file may call them
    otherwise."""
    metrics = [
        {name: metric.get(name) for name in _OF_A_METRIC} for metric in plan.get("metrics") or []
    ]
    return {name: plan.get(name) for name in _DECIDING} | {"metrics": metrics}


def stands_since(versions: Sequence[tuple[datetime, Mapping[str, Any]]]) -> datetime:
    """Since when the plan has been judging as it does now: the first of the last versions, oldest
    first, that do not differ in it."""
    at, body = versions[-1]
    for locked_at, earlier in reversed(versions):
        if judged_part(earlier) != judged_part(body):
            break
        at = locked_at
    return at


def check(written: Written, seen: Seen, *, zone: ZoneInfo) -> Check:
    """Fails where the plan, or the threshold in it, came after the data: after the last of their
    days, or after they were uploaded. Warns where it came between their first day and the last,
    where another hypothesis had the data before, or where nothing says which days they are of."""
    plan_day = written.plan_at.astimezone(zone).date()
    is_changed = written.plan_at > written.first_plan_at
    dates = {"written": day_figure(plan_day)}
    if seen.uploaded_at < written.plan_at:
        code = "after_upload_changed" if is_changed else "after_upload"
        uploaded = day_figure(seen.uploaded_at.astimezone(zone).date())
        return Check(CODE, CheckStatus.FAIL, Text(code, **dates, uploaded=uploaded))
    if seen.last_day is not None and plan_day > seen.last_day:
        return _after_the_days(written, seen, dates, zone=zone)
    if seen.elsewhere_at is not None and seen.elsewhere_at < written.plan_at:
        uploaded = day_figure(seen.elsewhere_at.astimezone(zone).date())
        return Check(CODE, CheckStatus.WARN, Text("after_elsewhere", **dates, uploaded=uploaded))
    if seen.last_day is None or seen.first_day is None:
        code = "after_unknown_periods" if seen.has_periods else "after_unknown"
        code = code if seen.has_columns else "after_unknown_counts"
        return Check(CODE, CheckStatus.WARN, Text(code))
    dates |= {"first": day_figure(seen.first_day), "last": day_figure(seen.last_day)}
    if seen.early_rows:
        share = Figure(FigureKind.SHARE, seen.early_rows / seen.rows if seen.rows else 0.0)
        return Check(CODE, CheckStatus.WARN, Text("after_the_start", **dates, share=share))
    if written.is_imported:
        return Check(CODE, CheckStatus.WARN, Text("after_imported", **dates))
    return Check(CODE, CheckStatus.PASS, Text("after_nothing", **dates))


def _after_the_days(
    written: Written, seen: Seen, dates: Mapping[str, Figure], *, zone: ZoneInfo
) -> Check:
    """The plan came after the last of the data's days, and perhaps the hypothesis as well."""
    assert seen.first_day is not None and seen.last_day is not None
    told = {**dates, "first": day_figure(seen.first_day), "last": day_figure(seen.last_day)}
    code = "after_the_plan_changed" if written.plan_at > written.first_plan_at else "after_the_plan"
    hypothesis_day = written.hypothesis_at.astimezone(zone).date()
    if hypothesis_day > seen.last_day:
        code, told["written"] = "after_the_hypothesis", day_figure(hypothesis_day)
    return Check(CODE, CheckStatus.FAIL, Text(code, **told))
