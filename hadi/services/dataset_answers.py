"""What a person answered of an earlier file holds for the next one: nobody is asked twice whether
the day or the month comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hadi.db import db
from hadi.models import Test
from hadi.services.dataset_memory import last_mapped


def answers(test_id: str, reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The choices that answer what is asked of new files, as it was answered of the data before;
    empty where nothing is, or where it is asked for the first time."""
    asked = [
        (decision["field"], decision["column"])
        for report in reports
        for decision in report.get("decisions", ())
        if decision["value"] is None
    ]
    test = db.session.get(Test, test_id) if asked else None
    before = last_mapped(test) if test is not None else None
    if before is None or not before.parts:
        return {}
    known = before.parts[-1].choices
    found: dict[str, Any] = {}
    for name, column in asked:
        said = known.get("columns", {}).get(column, {}) if column is not None else known
        if name in said and column is None:
            found[name] = said[name]
        elif name in said:
            found.setdefault("columns", {}).setdefault(column, {})[name] = said[name]
    return found
