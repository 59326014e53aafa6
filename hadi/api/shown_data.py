"""Data as the API shows them: the record of a version, without the values of columns that the
reader may not see, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from hadi.api.shown import Json, in_language, moment, person, verdict_label
from hadi.api.voice import say
from hadi.domain.quality import seen
from hadi.domain.tags import without_values
from hadi.domain.text import Text
from hadi.models import Dataset
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services import quality
from hadi.services.dataset_provenance import Provenance
from hadi.services.dataset_records import newest_versions, versions_before
from hadi.services.made_datasets import origin_of


class Beside(NamedTuple):
    """What is told of data sets by the versions beside them, asked once for all of a page."""

    newest: Mapping[tuple[str, DatasetRole], int]  # by test and purpose
    before: Mapping[str, int | None]  # by the id of the version before

    @classmethod
    def of(cls, shown: Sequence[Dataset]) -> Beside:
        return cls(newest_versions(shown), versions_before(shown))


def dataset(
    shown: Dataset,
    test_number: int,
    *,
    hidden: Set[str] = frozenset(),
    beside: Beside | None = None,
) -> Json:
    """A version, or a file that waits; nothing of the values in `hidden` columns."""
    is_file = shown.kind is DatasetKind.FILE
    beside = beside or Beside.of([shown])
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
        "previous_version": beside.before.get(shown.previous_id or ""),
        "reason": shown.reason or None,
        "is_current": shown.version is not None
        and shown.version == beside.newest.get((shown.test_id, shown.role)),
        "quality": _quality(shown, hidden),
        "origin": _origin(shown),
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
                "verdict_label": verdict_label(analysis.label),
                "is_final": analysis.is_final,
                "plan_version": analysis.plan_version.number,
                "created_at": moment(analysis.created_at),
            }
            for analysis in found.analyses
        ],
    }


def _origin(shown: Dataset) -> Json | None:
    """What the rows were worked out from, where nobody sent them as they are."""
    origin = origin_of(shown)
    if origin is None:
        return None
    return {
        "kind": origin.kind.value,
        "filename": origin.filename,
        "digest": origin.digest,
        "rows": origin.rows,
        "sentence": say(origin.text),
        "spec": dict(origin.spec),
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
