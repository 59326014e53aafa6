"""What a column holds that not everyone may see: named when the columns are mapped."""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Any

from hadi.domain.permissions import NO_STAKE, Actor, Permission, Stake, allows
from hadi.domain.text import Text


class ColumnTag(StrEnum):
    MONEY = "money"
    MARGIN = "margin"
    PERSONAL = "personal"


SEEN_WITH: Mapping[ColumnTag, Permission] = {
    ColumnTag.MONEY: Permission.VIEW_MONEY,
    ColumnTag.MARGIN: Permission.VIEW_MONEY,
    ColumnTag.PERSONAL: Permission.VIEW_PERSONAL,
}


def hidden(tags: Mapping[str, str], actor: Actor, stake: Stake = NO_STAKE) -> frozenset[str]:
    """The columns of a data set that `actor` may not see; `tags` are a column's name to its tag."""
    return frozenset(
        column
        for column, tag in tags.items()
        if not allows(actor, SEEN_WITH[ColumnTag(tag)], stake)
    )


def without_values(report: Mapping[str, Any], hidden: Set[str]) -> dict[str, Any]:
    """How a file was read (a parse report as JSON), without what it quotes of `hidden` columns.
    Where there are any, no row is quoted either: it may hold their cells."""
    if not hidden:
        return dict(report)
    kept = {
        **report,
        "columns": [
            {**each, "examples": []} if each["name"] in hidden else each
            for each in report["columns"]
        ],
        "notes": [_unquoted(note, hidden) for note in report.get("notes", ())],
    }
    if "decisions" in report:
        kept["decisions"] = [_undecided(each, hidden) for each in report["decisions"]]
    if "bad_rows" in report:
        kept["bad_rows"] = [
            {**row, "text": "", "reason": _unquoted(row["reason"], hidden)}
            for row in report["bad_rows"]
        ]
    return kept


def without_cells(choices: Mapping[str, Any], hidden: Set[str]) -> dict[str, Any]:
    """What was chosen of the reading of a file, without the values that it names of `hidden`
    columns: those that were read as arms."""
    columns = choices.get("columns", {})
    if not any(columns[name].get("arms") for name in hidden if name in columns):
        return dict(choices)
    kept = {
        name: {**own, "arms": {"…": "…"}} if name in hidden and own.get("arms") else own
        for name, own in columns.items()
    }
    return {**choices, "columns": kept}


def _undecided(decision: Mapping[str, Any], hidden: Set[str]) -> Mapping[str, Any]:
    column = decision["column"]
    if column is not None and column not in hidden:
        return decision
    detail = decision["detail"]
    told = _unquoted(detail, hidden, column) if detail and column is not None else detail
    if decision["field"] == "arms":  # its value names cells
        decision = {**decision, "value": "…", "options": ["…"]}
    return {**decision, "examples": [], "detail": told}


def _unquoted(
    text: Mapping[str, Any], hidden: Set[str], column: str | None = None
) -> Mapping[str, Any]:
    """A Text, as JSON, that names a column and quotes a value of it."""
    params = text["params"]
    if "value" not in params or params.get("column", column) not in hidden:
        return text
    told = {**text, "params": {**params, "value": "…"}}
    return {**told, "sentence": str(Text.from_json(told))} if "sentence" in text else told
