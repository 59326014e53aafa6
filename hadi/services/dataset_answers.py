"""What a person answered of an earlier file holds for the next one: nobody is asked twice whether
the day or the month comes first, or which arm “контроль” is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hadi.db import db
from hadi.models import Dataset, Test
from hadi.services import dataset_arms
from hadi.services.dataset_memory import last_mapped


def answers(test_id: str, reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The choices that answer what is asked of new files, as it was answered of the data before,
    and that read their values as the same arms; empty where nothing is, or where it is asked for
    the first time."""
    test = db.session.get(Test, test_id)
    before = last_mapped(test) if test is not None else None
    if test is None or before is None or not before.parts:
        return {}
    found = _answered(before, reports)
    if test.plan is not None:
        columns = [column["name"] for column in _common(reports)]
        arms = dataset_arms.remembered(before, test.plan, columns)
        for column, said in dataset_arms.seen(arms, reports).items():
            found.setdefault("columns", {}).setdefault(column, {})["arms"] = said
    return found


def _answered(before: Dataset, reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is asked of new files, as it was answered before."""
    asked = [
        (decision["field"], decision["column"])
        for report in reports
        for decision in report.get("decisions", ())
        if decision["value"] is None
    ]
    known = before.parts[-1].choices
    found: dict[str, Any] = {}
    for name, column in asked:
        said = known.get("columns", {}).get(column, {}) if column is not None else known
        if name in said and column is None:
            found[name] = said[name]
        elif name in said:
            found.setdefault("columns", {}).setdefault(column, {})[name] = said[name]
    return found


def _common(reports: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns that all of the files have."""
    first, *others = [report["columns"] for report in reports]
    names = [{column["name"] for column in each} for each in others]
    return [column for column in first if all(column["name"] in each for each in names)]
