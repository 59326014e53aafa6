"""One report of several parts: files sent together, or the tables of a zip, are one data set.

What all parts have is theirs together; where they differ, the notes name the part and the column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType

Report = Mapping[str, Any]

NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN})
MOMENTS = frozenset({ColumnType.DATE, ColumnType.TIME})
MOST_BAD_ROWS = 200  # listed; the count goes on


def merged(parts: Sequence[tuple[str, Report]]) -> dict[str, Any]:
    """The report of a data set from those of its parts, each with its file's name. Raises
    Unreadable where two parts have no column in common."""
    if len(parts) == 1:
        return {**parts[0][1]}
    reports = [report for _, report in parts]
    return {
        "rows": sum(report["rows"] for report in reports),
        "columns": _columns(parts),
        **{name: _common(reports, name) for name in ("encoding", "delimiter", "decimal", "sheet")},
        "notes": [*_notes(parts), *(told(text) for text in differences(parts))],
        "decisions": _decisions(parts),
        "bad_rows": _bad_rows(parts),
        "bad_row_count": sum(report.get("bad_row_count", 0) for report in reports),
    }


def same_family(one: str, other: str) -> bool:
    """Whether cells of two types can stand in one column: all numbers, or all moments."""
    kinds = {ColumnType(one), ColumnType(other)}
    return len(kinds) == 1 or kinds <= NUMBERS or kinds <= MOMENTS


def told(text: Text) -> dict[str, Any]:
    """A note as reports keep it."""
    return {**text.as_json(), "sentence": str(text)}


def _columns(parts: Sequence[tuple[str, Report]]) -> list[dict[str, Any]]:
    """The columns that every part has, in the order of the first."""
    first, *others = [_by_name(report) for _, report in parts]
    names = [name for name in first if all(name in other for other in others)]
    if not names:
        raise Unreadable(Text("parts_nothing_common", file=parts[0][0], other=parts[1][0]))
    return [_column([first[name], *(other[name] for other in others)]) for name in names]


def _column(same: Sequence[Report]) -> dict[str, Any]:
    examples: list[str] = list(dict.fromkeys(e for column in same for e in column["examples"]))
    return {
        **same[0],
        "type": _joined([column["type"] for column in same]).value,
        "examples": examples[:5],
        "missing": sum(column["missing"] for column in same),
    }


def _joined(types: Sequence[str]) -> ColumnType:
    kinds = {ColumnType(written) for written in types}
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds <= NUMBERS:
        return ColumnType.NUMBER if ColumnType.NUMBER in kinds else ColumnType.INTEGER
    return ColumnType.TIME if kinds <= MOMENTS else ColumnType.TEXT


def differences(parts: Sequence[tuple[str, Report]]) -> list[Text]:
    """Where a part has other columns than the first, or another type in one."""
    label, report = parts[0]
    first = _by_name(report)
    found: list[Text] = []
    for other, each in parts[1:]:
        own = _by_name(each)
        lacking = [name for name in first if name not in own]
        more = [name for name in own if name not in first]
        if lacking:
            found.append(Text("part_lacks", file=other, columns=listed(lacking), other=label))
        if more:
            found.append(Text("part_has_more", file=other, columns=listed(more), other=label))
        for name in first:
            if name in own and not same_family(first[name]["type"], own[name]["type"]):
                types = (Text(f"type_{own[name]['type']}"), Text(f"type_{first[name]['type']}"))
                found.append(
                    Text("part_of_other_type", file=other, column=name, found=types[0],
                         other=label, expected=types[1])
                )  # fmt: skip
    return found


def _notes(parts: Sequence[tuple[str, Report]]) -> list[dict[str, Any]]:
    """The notes of the parts; one that holds of a single part says of which."""
    notes: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for label, report in parts:
        for note in report["notes"]:
            notes.setdefault(note["sentence"], (note, []))[1].append(label)
    return [
        note if len(labels) == len(parts)
        else told(Text("part_note", file=listed(labels), note=Text.from_json(note)))
        for note, labels in notes.values()
    ]  # fmt: skip


def _decisions(parts: Sequence[tuple[str, Report]]) -> list[dict[str, Any]]:
    """The decisions of the parts, told once where they are the same; `parts` are the places of
    those that each holds for."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for place, (label, report) in enumerate(parts):
        for decision in report.get("decisions", ()):
            key = (decision["field"], decision["column"], decision["value"])
            same = kept.setdefault(key, {**decision, "parts": [], "files": []})
            same["parts"].append(place)
            same["files"].append(label)
    return list(kept.values())


def _bad_rows(parts: Sequence[tuple[str, Report]]) -> list[dict[str, Any]]:
    rows = [{**row, "file": label} for label, report in parts for row in report.get("bad_rows", ())]
    return rows[:MOST_BAD_ROWS]


def _common(reports: Sequence[Report], name: str) -> Any:
    found = {report.get(name) for report in reports}
    return next(iter(found)) if len(found) == 1 else None


def _by_name(report: Report) -> dict[str, Report]:
    return {column["name"]: column for column in report["columns"]}


def listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
