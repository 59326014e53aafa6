"""Which column says the day of a row, where the plan does not name it: without it nobody can tell
whether the plan came before the data, or which rows lie outside of the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Dataset
from hadi.services.dataset_parts import MOMENTS, listed


def day_columns(report: Mapping[str, Any]) -> list[str]:
    """The columns of a parse report that hold days."""
    return [column["name"] for column in report["columns"] if column["type"] in MOMENTS]


def likely_day(report: Mapping[str, Any], before: Dataset | None) -> str | None:
    """The day column as it was named for the data before, else the only one that holds days."""
    columns = day_columns(report)
    known = day_of(before)
    if known in columns:
        return known
    return columns[0] if len(columns) == 1 else None


def day_of(dataset: Dataset | None) -> str | None:
    """The day column that was named for a data set beside the plan's own."""
    return (dataset.quality_settings or {}).get("day") if dataset is not None else None


def required_day(columns: Sequence[Mapping[str, Any]], plan: Plan, day: str) -> str:
    """A column that holds days. Raises Invalid for one that is not there or holds none, or where
    the plan names its own."""
    fitting = day_columns({"columns": columns})
    refusal = None
    if plan.day is not None:
        refusal = Text("day_of_plan", column=plan.day)
    elif day not in {column["name"] for column in columns}:
        refusal = Text("day_unknown", column=day[:80], columns=listed(fitting) or "–")
    elif day not in fitting:
        refusal = Text("quality_setting_not_days", column=day)
    if refusal is not None:
        raise Invalid(refusal, {"day": refusal})
    return day


def checked_day(
    dataset: Dataset, plan: Plan, day: str | None, before: Dataset | None
) -> str | None:
    """The day column to attach data with. `day` None: as for the data before; empty: none. Raises
    Invalid as above."""
    columns = day_columns(dataset.report)
    if day is None:
        known = day_of(before)
        return known if known in columns and plan.day is None else None
    return required_day(dataset.report["columns"], plan, day) if day else None
