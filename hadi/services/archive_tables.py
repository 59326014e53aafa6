"""What of the database goes into an archive, table by table, and how a row is written.

The order is that of the references, so that every row finds what it points at; columns that point
forward are written with the row and set last when it is read. Two databases that hold the same
write the same bytes: rows go by their keys, columns by their order, parts of documents by name.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, select

from hadi.db import Base, db
from hadi.domain.permissions import ActorKind
from hadi.models import Dataset, DatasetPart, Event, Reconciliation, Role
from hadi.models.account import roles_users

Row = dict[str, Any]

ROLES = "roles"  # of a person: their names, instead of two tables
BLOCK = 500
_EXACT = 1e16  # from here on a database may write a whole float without its point


def _all() -> list[ColumnElement[bool]]:
    return []


def _attached() -> list[ColumnElement[bool]]:
    return [Dataset.version.is_not(None)]


def _part_of_attached() -> list[ColumnElement[bool]]:
    return [DatasetPart.dataset_id.in_(select(Dataset.id).where(*_attached()))]


def _between_attached() -> list[ColumnElement[bool]]:
    attached = select(Dataset.id).where(*_attached())
    return [Reconciliation.log_id.in_(attached), Reconciliation.receipts_id.in_(attached)]


def _not_of_imports() -> list[ColumnElement[bool]]:
    """That a workspace came here by an archive is said of this database, not of the workspace."""
    return [Event.actor_kind != ActorKind.RESTORE]


@dataclass(frozen=True, slots=True)
class Archived:
    """A table of an archive. `without` are columns that stay behind, `secret` those that only a
    backup holds, and `local` likewise, because they tell of one server alone; `late` point at rows
    that are written after them."""

    name: str
    without: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    order: tuple[str, ...] = ("id",)
    conditions: Callable[[], list[ColumnElement[bool]]] = field(default=_all)

    @property
    def table(self) -> Table:
        return Base.metadata.tables[self.name]

    def columns(self, *, has_secrets: bool) -> list[Column[Any]]:
        """What a row is written with, in the order of the table."""
        left_out = self.without if has_secrets else self.without | self.secret | self.local
        return [column for column in self.table.columns if column.key not in left_out]

    def query(self, *, has_secrets: bool) -> Select[Any]:
        is_text = {column.key: column.type.python_type is str for column in self.table.columns}
        keys = [
            # Letters stand in another order in every language: keys go by their bytes.
            self.table.c[key].collate(_bytewise()) if is_text[key] else self.table.c[key]
            for key in self.order
        ]
        columns = self.columns(has_secrets=has_secrets)
        return select(*columns).where(*self.conditions()).order_by(*keys)


def _bytewise() -> str:
    return "C" if db.engine.dialect.name == "postgresql" else "BINARY"


ARCHIVED = (
    Archived("workspace"),
    Archived("user", frozenset({"fs_uniquifier"}), frozenset({"password"})),
    Archived("hypothesis", late=frozenset({"previous_id", "current_test_id"})),
    Archived("test", late=frozenset({"plan_id", "result_id"})),
    Archived("plan_version"),
    Archived("unit", late=frozenset({"parent_id"})),
    Archived("unit_week"),
    Archived("hypothesis_setting"),
    Archived("hypothesis_unit", order=("hypothesis_id", "unit_id")),
    Archived("season_profile"),
    Archived("calendar_entry"),
    Archived("calendar_entry_unit", order=("entry_id", "unit_id")),
    Archived("cost"),
    Archived("budget_decision"),
    Archived("money_estimate"),
    Archived("lever_period"),
    Archived("lever_target"),
    Archived("client_base"),
    Archived("scorecard"),
    Archived("scorecard_criterion"),
    Archived("scorecard_visit"),
    Archived("scorecard_mark"),
    Archived("scorecard_link"),
    # Whether it answers is another question on another server.
    Archived("connection", secret=frozenset({"secret"}), local=frozenset({"tested_at", "problem"})),
    Archived("feed", frozenset({"job_id"})),
    # What a data set is searched by is its name again.
    Archived(
        "dataset", frozenset({"search"}), late=frozenset({"previous_id"}), conditions=_attached
    ),
    Archived("dataset_part", frozenset({"upload_id"}), conditions=_part_of_attached),
    Archived("reconciliation", conditions=_between_attached),
    Archived("pilot_history"),
    Archived("funnel"),
    Archived("funnel_deals"),
    Archived("basket"),
    Archived("analysis"),
    Archived("conclusion"),
    Archived("rollout"),
    Archived("wave"),
    # The number of an event is its place in the log: it is given anew.
    Archived("event", frozenset({"id"}), order=("id",), conditions=_not_of_imports),
)
BY_NAME: Mapping[str, Archived] = {archived.name: archived for archived in ARCHIVED}
# Sessions, tokens, answers to repeated requests, and work under way belong to a place.
STAYS = frozenset({"api_token", "receipt", "upload", "job"})
# Folded into the people.
FOLDED = frozenset({"role", "user_role"})


def rows(archived: Archived, *, has_secrets: bool) -> Iterator[Row]:
    """The rows of a table as they are written, in the order of an archive."""
    roles = _roles() if archived.name == "user" else {}
    columns = archived.columns(has_secrets=has_secrets)
    query = archived.query(has_secrets=has_secrets)
    found = db.session.execute(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        for values in block:
            row = {c.key: written(value) for c, value in zip(columns, values, strict=True)}
            if archived.name == "user":
                row[ROLES] = sorted(roles.get(row["id"], ()))
            yield row


def line(row: Row) -> bytes:
    """A row as a line of an archive."""
    told = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return told.encode() + b"\n"


def written(value: Any) -> Any:
    """A value of a column as JSON, the same whichever database it came from."""
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case dict() | list() | float():
            return _canonical(value)
        case _:
            return value


def _canonical(value: Any) -> Any:
    """A document whose parts stand in one order, and whose numbers are those of every database."""
    if isinstance(value, dict):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        if value == 0:
            return 0.0  # without its sign, which PostgreSQL's documents do not have
        return int(Decimal(repr(value))) if abs(value) >= _EXACT else value
    return value


def _roles() -> dict[str, list[str]]:
    query = select(roles_users.c.user_id, Role.name).join(Role, Role.id == roles_users.c.role_id)
    found: dict[str, list[str]] = {}
    for user_id, name in db.session.execute(query):
        found.setdefault(user_id, []).append(name)
    return found
