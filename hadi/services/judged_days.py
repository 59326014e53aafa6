"""Which days the data of a test judge, as far as they name any: what decides whether the plan came
first.

The column is the one that somebody named, that of the plan, or of rows that were worked out here
the one that they were given. A pilot and a test before and after are judged on what came after the
change; what was before it is history on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.plan import Plan
from hadi.domain.quality import QualitySettings
from hadi.ingest.period_spans import Judged, judged
from hadi.ingest.series import labels_of
from hadi.ingest.source import Source
from hadi.models import Dataset
from hadi.services.made_datasets import MadeFrom, Origin, origin_of

_OF_MADE = {MadeFrom.FUNNEL: "entered_on", MadeFrom.BASKET: "week"}
_KEPT = "judged"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where to look: the column of days (None: nothing names any), whether it has the first days
    of weeks, and what is known of the file behind rows that were worked out here."""

    plan: Plan | None
    column: str | None
    are_weeks: bool
    origin: Origin | None
    rows: int
    locked_on: date | None


def asked(
    dataset: Dataset, plan: Plan | None, settings: QualitySettings, *, locked_on: date | None
) -> Asked:
    """Where the days of a data set are; `plan` is bound to its columns."""
    origin = origin_of(dataset)
    column = plan.own.time if plan and plan.own else settings.day or (plan.day if plan else None)
    made = _OF_MADE[origin.kind] if origin else None
    has_made = made in {each["name"] for each in dataset.report.get("columns", ())}
    column = column or (made if has_made else None)
    are_weeks = origin is not None and origin.kind is MadeFrom.BASKET and column == made
    return Asked(plan, column, are_weeks, origin, dataset.rows, locked_on)


def look(asked: Asked, *, paths: list[Path], source: Source | None) -> Judged | None:
    """The days, by the rows of files or by the sums of a source; None where none are known."""
    try:
        counts = _counts(asked, paths, source)
    except (Invalid, Unreadable):  # the report says what is wrong with the rows
        counts = {}
    own = asked.plan.own if asked.plan else None
    found = judged(
        counts, start=own.start if own else None, locked_on=asked.locked_on,
        are_periods=own is not None or asked.are_weeks,
    )  # fmt: skip
    return found or _of_origin(asked)


def _counts(asked: Asked, paths: list[Path], source: Source | None) -> Mapping[str, int]:
    if paths:
        return labels_of(paths, asked.column) if asked.column else {}
    plan = asked.plan
    if source is None or plan is None or plan.pilot is None:
        return {}
    return dict.fromkeys(source.panel(plan).periods.labels, 1)


def _of_origin(asked: Asked) -> Judged | None:
    """By what was seen of the rows behind: sums of stores have no days of their own, but the
    receipts had."""
    told = asked.origin.found if asked.origin else {}
    if not (told.get("first_day") and told.get("last_day")):
        return None
    first, last = (date.fromisoformat(told[name]) for name in ("first_day", "last_day"))
    early = 0
    if asked.locked_on is not None:
        before = (min(asked.locked_on, last + timedelta(days=1)) - first).days
        early = round(asked.rows * max(0, before) / ((last - first).days + 1))
    return Judged(first, last, asked.rows, early)


def kept(found: Judged | None) -> dict[str, Any]:
    """As it stands beside the report."""
    if found is None:
        return {_KEPT: None}
    first, last = found.first.isoformat(), found.last.isoformat()
    return {_KEPT: {"first": first, "last": last, "rows": found.rows, "early": found.early}}


def is_known(quality: dict[str, Any]) -> bool:
    """Whether somebody has looked for them: earlier reports have nothing of it."""
    return _KEPT in quality


def read(quality: dict[str, Any]) -> Judged | None:
    told = quality.get(_KEPT)
    if not told:
        return None
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    return Judged(first, last, told["rows"], told["early"])
