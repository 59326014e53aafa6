"""Data that stand beside a test's outcomes: a log that people keep, receipts that the till keeps.

They are attached with columns of their own, to be compared; and where a log cannot carry a verdict,
the receipts take its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hadi.db import db, new_id, transaction
from hadi.domain.errors import Invalid
from hadi.domain.permissions import Actor
from hadi.domain.reconciliation import LOG_COLUMNS, RECEIPT_COLUMNS
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetRole, Relation
from hadi.models.upload import UploadState
from hadi.services import hypotheses, quality
from hadi.services.dataset_receiving import incoming_beside, release, uploads_behind
from hadi.services.dataset_records import (
    attaching,
    find,
    hypothesis_of,
    require_content,
    require_running,
    require_unattached,
)
from hadi.services.dataset_terms import checked_tags
from hadi.services.dataset_versions import copied, give_version

COLUMNS: Mapping[DatasetRole, Sequence[str]] = {
    DatasetRole.LOG: LOG_COLUMNS,
    DatasetRole.RECEIPTS: RECEIPT_COLUMNS,
}
_TIMES = ("entered_at", "event_at", "at")
_WORDS = {
    "receipt": ("receipt_id", "receipt", "check_id", "чек", "номер чека", "nyugta"),
    "store": ("store_id", "store", "shop", "точка", "магазин", "bolt", "üzlet"),
    "item": ("addon_item", "item", "sku", "товар", "артикул", "cikk", "termék"),
    "entered_at": ("entered_at", "entered", "created_at", "внесено", "введено", "rögzítve"),
    "event_at": ("event_at", "sold_at", "время продажи", "eladás ideje"),
    "noted": ("noted", "addons", "add_on", "addon", "допродажа", "допродажи", "отметка",
              "kiegészítő"),
    "at": ("at", "datetime", "time", "sold_at", "дата", "время", "időpont", "dátum"),
    "core": ("core_flag", "core", "ядро", "fő"),
}  # fmt: skip


def attach_as(
    dataset_id: str,
    *,
    role: DatasetRole,
    columns: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
    folder: Path,
    incoming: Path | None = None,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Confirm a staged file as a log or as receipts, with its columns by what they are for. Raises
    Invalid naming every column that cannot be used, Blocked, NotAllowed."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        hypothesis = hypotheses.locked(hypothesis_id)
        require_running(hypothesis, by=by)
        dataset = find(dataset_id, by=by)
        require_unattached(dataset)
        require_content(dataset)
        dataset.mapping = checked(dataset, role, columns)
        dataset.tags = checked_tags(dataset, tags or {})
        dataset.role = role
        uploads = [u for u in uploads_behind(dataset) if u.state is not UploadState.CANCELLED]
        release(uploads, incoming=incoming or incoming_beside(folder), now=now)
        give_version(dataset, hypothesis, by=by, now=now)
    quality.look_soon(dataset, folder=folder, by=by, now=now)
    return dataset


def in_place_of(
    log: Dataset,
    receipts: Dataset,
    *,
    mapping: Mapping[str, str],
    hypothesis: Hypothesis,
    by: Actor,
    now: datetime,
) -> Dataset:
    """The receipts as the data that the check rests on, where the log stood. In a writing
    transaction."""
    made = Dataset(
        id=new_id(), test_id=log.test_id, kind=receipts.kind, role=DatasetRole.OUTCOME,
        relation=Relation.CORRECTION, previous_id=log.id, filename=receipts.filename,
        digest=receipts.digest, rows=receipts.rows, report=dict(receipts.report),
        mapping=dict(mapping), tags=dict(receipts.tags), author_id=by.user_id or log.author_id,
        created_at=now,
    )  # fmt: skip
    made.parts.extend(copied(part, made, is_last=True) for part in receipts.parts)
    db.session.add(made)
    db.session.flush()
    give_version(made, hypothesis, by=by, now=now)
    return made


def checked(dataset: Dataset, role: DatasetRole, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns by what they are for. Raises Invalid with every one that cannot be used."""
    types = {column["name"]: column["type"] for column in dataset.report["columns"]}
    wrong: dict[str, Text] = {}
    found: dict[str, str] = {}
    for name, column in columns.items():
        if not column:
            continue
        if name not in COLUMNS[role]:
            wrong[name] = Text("quality_setting_unknown", field=name[:80])
        elif column not in types:
            known = ", ".join(f"“{each}”" for each in types)
            wrong[name] = Text("quality_setting_column", column=column[:80], columns=known)
        elif name in _TIMES and types[column] not in (
            ColumnType.TIME,
            ColumnType.DATE,
            ColumnType.TEXT,
        ):
            wrong[name] = Text("quality_setting_not_stamps", column=column)
        found[name] = column
    if not wrong and not found.get("receipt") and not any(found.get(name) for name in _TIMES):
        wrong["receipt"] = Text("reconciling_needs_receipt")
    if wrong:
        raise Invalid(Text("quality_settings_invalid"), wrong)
    return found


def suggested(report: Mapping[str, Any], role: DatasetRole) -> dict[str, str]:
    """The columns that are called what they are for, in any language of HADI."""
    names = {str(column["name"]).strip().lower(): column["name"] for column in report["columns"]}
    found: dict[str, str] = {}
    for purpose in COLUMNS[role]:
        words = _WORDS[purpose]
        likely = next((names[word] for word in words if word in names), None)
        if likely is not None and likely not in found.values():
            found[purpose] = likely
    return found
