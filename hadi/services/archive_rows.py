"""A row of an archive read back: every value is checked against its column, every reference
against the rows there are. An archive is a file that somebody sends; nothing in it is believed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from hadi.db import Instant
from hadi.domain.crm_hygiene import Invoices
from hadi.domain.economics import Declaration
from hadi.domain.errors import HadiError, Unreadable
from hadi.domain.funnels import FunnelSpec
from hadi.domain.money import read_amount, written_currency
from hadi.domain.permissions import RoleName
from hadi.domain.plan import Plan
from hadi.domain.quality import QualityReport
from hadi.domain.season_plan import KeptSeason
from hadi.domain.tags import ColumnTag, without_values
from hadi.domain.text import Text
from hadi.ingest.deal_columns import DealColumns
from hadi.models.columns import Amount
from hadi.services.archive_tables import ROLES, Archived, Row

_LONG = 2**63
_SHORT = 2**31
_DIGEST = re.compile(r"[0-9a-f]{64}")  # files are named by it, and deleted
AHEAD = frozenset({"due_at"})  # the one moment that lies ahead: when a feed asks again


@dataclass(slots=True)
class Known:
    """What was read so far: the ids of every table, what has to be unique, and the references
    forward, which are looked up at the end."""

    ids: dict[str, set[Any]] = field(default_factory=dict)
    taken: dict[tuple[str, str], set[tuple[Any, ...]]] = field(default_factory=dict)
    forward: list[tuple[str, int, str, str, Any]] = field(default_factory=list)

    def look_up(self) -> None:
        """Raises Unreadable naming a reference that leads nowhere."""
        for table, number, column, target, value in self.forward:
            if value not in self.ids.get(target, ()):
                raise _wrong("archive_row_reference", table, number, column)


def read(
    content: bytes, archived: Archived, number: int, *, has_secrets: bool, now: datetime
) -> Row:
    """The values of a line, as the database takes them. Raises Unreadable naming the line."""
    name = archived.name
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise _wrong("archive_row_unreadable", name, number) from None
    if not isinstance(told, dict):
        raise _wrong("archive_row_unreadable", name, number)
    columns = archived.columns(has_secrets=has_secrets)
    expected = {column.key for column in columns} | ({ROLES} if name == "user" else set())
    unknown = sorted(told.keys() - expected - archived.local)  # which older archives have
    if unknown:
        raise _wrong("archive_row_column", name, number, str(unknown[0])[:60])
    row: Row = {}
    for column in columns:
        if column.key in told:
            row[column.key] = _value(told[column.key], column, name, number, now)
        elif not column.nullable and column.default is None:
            raise _wrong("archive_row_lacks", name, number, column.key)
    if name == "user":
        row[ROLES] = _roles(told.get(ROLES), number)
    for key, check in _CHECKS.get(name, {}).items():
        if key in row:
            _check(check, row[key], name, number, key)
    return row


def remember(row: Row, archived: Archived, number: int, known: Known) -> None:
    """Note what the row is known by, and look up what it points at. Raises Unreadable."""
    name, table = archived.name, archived.table
    for label, values in _uniques(archived, row):
        seen = known.taken.setdefault((name, label), set())
        if values in seen:
            raise _wrong("archive_row_twice", name, number, label)
        seen.add(values)
    if "id" in row:
        known.ids.setdefault(name, set()).add(row["id"])
    for key in table.foreign_keys:
        column, value = key.parent.key, row.get(key.parent.key)
        if value is None:
            continue
        target = key.column.table.name
        if column in archived.late:
            known.forward.append((name, number, column, target, value))
        elif value not in known.ids.get(target, ()):
            raise _wrong("archive_row_reference", name, number, column)


def _uniques(archived: Archived, row: Row) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What may stand in the table once."""
    if "id" in row:
        yield "id", (row["id"],)
    for constraint in archived.table.constraints:
        if isinstance(constraint, UniqueConstraint):
            keys = [column.key for column in constraint.columns]
            values = tuple(row.get(key) for key in keys)
            if None not in values:
                yield ", ".join(keys), values


def _value(value: Any, column: Column[Any], table: str, number: int, now: datetime) -> Any:
    if value is None:
        if not column.nullable:
            raise _wrong("archive_row_lacks", table, number, column.key)
        return None
    try:
        is_amount = isinstance(column.type, Amount)
        found = _amount(value) if is_amount else _typed(value, column.type)
    except (TypeError, ValueError, OverflowError, binascii.Error):
        raise _wrong("archive_row_value", table, number, column.key) from None
    if isinstance(found, datetime) and found >= now and column.key not in AHEAD:
        # Else a moment nobody has seen could later be taken for one of this clock.
        raise _wrong("archive_row_future", table, number, column.key)
    return found


def _typed(value: Any, kind: TypeEngine[Any]) -> Any:
    """The value for a column of that type. Raises ValueError."""
    match kind:
        case Enum():
            return _one_of(kind, value)
        case Instant():
            moment = datetime.fromisoformat(_text(value))
            if moment.tzinfo is None:
                raise ValueError(value)
            return moment.astimezone(UTC)
        case Date():
            return date.fromisoformat(_text(value))
        case JSON():
            _check_document(value)
            return value
        case LargeBinary():
            return base64.b64decode(_text(value), validate=True)
        case String():
            return _text(value, kind.length)
        case Boolean():
            return _exactly(value, bool)
        case Float():
            return float(value) if isinstance(value, int) else _exactly(value, float)
        case Integer():
            most = _LONG if "big" in type(kind).__name__.lower() else _SHORT
            if isinstance(value, bool) or not -most <= _exactly(value, int) < most:
                raise ValueError(value)
            return value
    raise ValueError(kind)


def _amount(value: Any) -> Decimal:
    wrong: dict[str, Text] = {}
    amount = read_amount(_text(value, 40), "amount", wrong)
    if amount is None or amount != Decimal(value):
        raise ValueError(value)
    return amount


def _one_of(kind: Enum, value: Any) -> Any:
    assert kind.enum_class is not None
    return kind.enum_class(value)


def _text(value: Any, most: int | None = None) -> str:
    text: str = _exactly(value, str)
    if "\0" in text or (most is not None and len(text) > most):
        raise ValueError(text[:40])
    text.encode()  # half a character cannot be stored
    return text


def _exactly(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        raise ValueError(value)
    return value


def _check_document(value: Any) -> None:
    """Raises ValueError for what a database cannot keep: NUL, halves of characters, infinity."""
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    if "\\u0000" in json.dumps(value):
        raise ValueError("NUL")


def _roles(told: Any, number: int) -> list[str]:
    known = {role.value for role in RoleName}
    if not isinstance(told, list) or not all(isinstance(r, str) and r in known for r in told):
        raise _wrong("archive_row_value", "user", number, ROLES)
    return sorted(set(told))


def _check(
    check: Callable[[Any], object], value: Any, table: str, number: int, column: str
) -> None:
    try:
        check(value)
    except (HadiError, AttributeError, ArithmeticError, LookupError, TypeError, ValueError):
        raise _wrong("archive_row_value", table, number, column) from None


def _check_digest(value: Any) -> None:
    if value is not None and not _DIGEST.fullmatch(value):
        raise ValueError(value)


def _check_currency(value: Any) -> None:
    wrong: dict[str, Text] = {}
    if written_currency(value, "currency", wrong) != value:
        raise ValueError(value)


def _check_tags(tags: Any) -> None:
    for tag in _exactly(tags, dict).values():
        ColumnTag(tag)


def _check_quality(report: Any) -> None:
    if report is not None:
        QualityReport.from_json(report)


def _check_names(names: Any) -> None:
    """A list of names, which pages offer to choose from."""
    for name in _exactly(names, list):
        _exactly(name, str)


def _check_report(report: Any) -> None:
    """What pages say of how a file was read: every sentence of it can be said."""
    if not _exactly(report, dict):
        return
    told = without_values(report, {column["name"] for column in report["columns"]})
    details = [each["detail"] for each in told.get("decisions", ()) if each["detail"]]
    reasons = [row["reason"] for row in told.get("bad_rows", ())]
    for text in (*told.get("notes", ()), *details, *reasons):
        str(Text.from_json(text))


_CHECKS: dict[str, dict[str, Callable[[Any], object]]] = {
    "plan_version": {"body": Plan.from_json},
    "dataset": {
        "digest": _check_digest,
        "mapping": lambda value: _exactly(value, dict),
        "tags": _check_tags,
        "quality": _check_quality,
        "report": _check_report,
    },
    "dataset_part": {"digest": _check_digest},
    "season_profile": {
        "coefficients": lambda value: KeptSeason("–", tuple(value)).checked(),
        "years": _check_names,
    },
    "pilot_history": {
        "digest": _check_digest,
        "columns": _check_names,
        "sites": _check_names,
        "notes": lambda notes: [str(Text.from_json(note)) for note in notes],
    },
    "funnel": {"body": FunnelSpec.from_json},
    "funnel_deals": {
        "digest": _check_digest,
        "columns": _check_names,
        "mapping": lambda mapping: DealColumns.from_json(mapping) if mapping else None,
        "invoices_found": lambda found: Invoices.from_json(found["counts"]) if found else None,
        "notes": lambda notes: [str(Text.from_json(note)) for note in notes],
    },
    "cost": {"currency": _check_currency},
    "budget_decision": {"currency": _check_currency},
    "money_estimate": {"body": Declaration.from_json},
}


def _wrong(code: str, table: str, number: int, column: str = "") -> Unreadable:
    more = {"column": column} if column else {}
    return Unreadable(Text(code, member=f"tables/{table}.jsonl", line=str(number), **more))
