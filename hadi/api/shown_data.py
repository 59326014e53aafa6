"""Data as the API shows them: the record of a version, without the values of columns that the
reader may not see, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from hadi.api.shown import Json, in_language, moment, person
from hadi.api.voice import say
from hadi.db import db
from hadi.domain.quality import seen
from hadi.domain.tags import without_values
from hadi.domain.text import Text
from hadi.models import Dataset
from hadi.models.dataset import DatasetKind
from hadi.services import quality
from hadi.services.dataset_provenance import Provenance
from hadi.services.dataset_records import newer_than


def dataset(shown: Dataset, test_number: int, *, hidden: Set[str] = frozenset()) -> Json:
    """A version, or a file that waits; nothing of the values in `hidden` columns."""
    is_file = shown.kind is DatasetKind.FILE
    previous = db.session.get(Dataset, shown.previous_id) if shown.previous_id else None
    return {
        "id": shown.id,
        "version": shown.version,
        "rows": shown.rows,
        "report": _report(in_language(without_values(shown.report, hidden))),
        "kind": shown.kind.value,
        "filename": shown.filename if is_file else None,
        "digest": shown.digest,
        "mapping": dict(shown.mapping),
        "tags": dict(shown.tags),
        "role": shown.role.value,
        "relation": shown.relation.value,
        "previous_version": previous.version if previous else None,
        "reason": shown.reason or None,
        "is_current": shown.is_attached and newer_than(shown) is None,
        "quality": _quality(shown, hidden),
        "test": test_number,
        "author": person(shown.author),
        "attached_at": moment(shown.attached_at),
        "deleted_at": moment(shown.deleted_at),
    }


def provenance(found: Provenance) -> Json:
    """Every step from the files to the verdicts."""
    return {
        "id": found.dataset.id,
        "version": found.dataset.version,
        "digest": found.dataset.digest,
        "mapping": dict(found.dataset.mapping),
        "parts": [
            {
                "filename": origin.filename,
                "received_digest": origin.received_digest,
                "received_bytes": origin.received_bytes,
                "choices": dict(origin.choices),
                "digest": origin.digest,
                "rows": origin.rows,
                "at": moment(origin.at),
                "is_new": origin.is_new,
            }
            for origin in found.origins
        ],
        "versions": [
            {"id": each.id, "version": each.version, "relation": each.relation.value}
            for each in found.versions
        ],
        "newest_version": found.newest.version if found.newest else found.dataset.version,
        "deleted_at": moment(found.dataset.deleted_at),
        "analyses": [
            {
                "id": analysis.id,
                "verdict": analysis.verdict,
                "is_final": analysis.is_final,
                "plan_version": analysis.plan_version.number,
                "created_at": moment(analysis.created_at),
            }
            for analysis in found.analyses
        ],
    }


def _quality(shown: Dataset, hidden: Set[str]) -> Json | None:
    """What is odd about the data; of a hidden column only that something is."""
    report = quality.report_of(shown)
    if report is None:
        return None
    findings = seen(report.findings, hidden)
    kept = {**(shown.quality or {}), "findings": [each.as_json() for each in findings]}
    told: Json = in_language(kept)
    return told


def _report(report: Mapping[str, Any]) -> Json:
    """A report with its sentences said, and what reports of older files lack."""
    return {
        **report,
        "decisions": [
            {**decision, "detail": _sentence(decision["detail"])}
            for decision in report.get("decisions", ())
        ],
        "bad_rows": [
            {**row, "reason": _sentence(row["reason"])} for row in report.get("bad_rows", ())
        ],
        "bad_row_count": report.get("bad_row_count", 0),
    }


def _sentence(text: Mapping[str, Any] | None) -> str | None:
    return say(Text.from_json(text)) if text else None
