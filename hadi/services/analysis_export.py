"""Every analysis with its numbers: a row for each comparison of a metric in an arm.

The record of an analysis is an object in an object; here it is laid flat, so that a spreadsheet can
filter and a program can go through all results of a workspace at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Threshold
from hadi.domain.text import Text
from hadi.models import Analysis, Dataset, Hypothesis, PlanVersion, Test
from hadi.services import hypotheses
from hadi.services.table_columns import Listed, listed
from hadi.services.table_files import Cell, Kind, Table

BLOCK = 100
_NUMBERS = (
    "control_n", "control_value", "treatment_n", "treatment_value", "difference", "low", "high",
    "lift", "lift_low", "lift_high", "p_value", "log10_p", "p_adjusted", "alpha",
    "standard_error", "statistic", "df", "threshold", "margin",
)  # fmt: skip

COLUMNS = (
    Listed("id"),
    Listed("key"),
    Listed("test", Kind.WHOLE),
    Listed("at", Kind.MOMENT),
    Listed("author"),
    Listed("data_version", Kind.WHOLE),
    Listed("plan_version", Kind.WHOLE),
    Listed("is_final", Kind.FLAG),
    Listed("early_reason"),
    Listed("test_verdict"),
    Listed("best_arm"),
    Listed("sentence"),
    Listed("evidence"),
    Listed("failed_checks"),
    Listed("metric"),
    Listed("kind"),
    Listed("role"),
    Listed("better"),
    Listed("arm"),
    Listed("verdict"),
    Listed("status"),
    *(Listed(name, Kind.NUMBER) for name in _NUMBERS),
    Listed("threshold_is_relative", Kind.FLAG),
    Listed("method"),
    Listed("note"),
    Listed("rule_version"),
    Listed("input_digest"),
)


def table(*, hypothesis: str | None = None, by: Actor) -> Table:
    """The analyses of a hypothesis (its key or id), or all of them, oldest first. Raises
    NotAllowed or NotFound before the first row is read."""
    require(by, Permission.VIEW)
    query, stem = _query(), "analyses"
    if hypothesis:
        found = hypotheses.find(hypothesis, by=by)
        query, stem = query.where(Hypothesis.id == found.id), f"{found.key}-analyses"
    size = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return listed(stem, COLUMNS, _rows(query), prefix="analysis_export", size=size, by=by)


def _query() -> Select[Analysis, int, int]:
    return (
        select(Analysis, Hypothesis.number, Test.number)
        .join(Test, Analysis.test_id == Test.id)
        .join(Hypothesis, Test.hypothesis_id == Hypothesis.id)
        .join(Dataset, Analysis.dataset_id == Dataset.id)
        .join(PlanVersion, Analysis.plan_id == PlanVersion.id)
        .options(
            contains_eager(Analysis.dataset).load_only(Dataset.version),
            contains_eager(Analysis.plan_version).load_only(PlanVersion.number),
            joinedload(Analysis.author),
        )
        .order_by(Analysis.created_at, Analysis.id)
    )


def _rows(query: Select[Analysis, int, int]) -> Iterator[tuple[Cell, ...]]:
    found = db.session.execute(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        for analysis, number, test in block:
            before = _of_analysis(analysis, f"H-{number}", test)
            record = analysis.record
            after = (record.get("rule_version"), record.get("input_digest"))
            for comparison in record.get("comparisons") or [{}]:
                yield (*before, *_of_comparison(comparison), *after)


def _of_analysis(analysis: Analysis, key: str, test: int) -> tuple[Cell, ...]:
    record = analysis.record
    failed = [check["code"] for check in record.get("checks", ()) if check["status"] == "fail"]
    sentence = record.get("sentence_text")
    return (
        analysis.id,
        key,
        test,
        analysis.created_at,
        analysis.author.name if analysis.author else None,
        analysis.dataset.version,
        analysis.plan_version.number,
        analysis.is_final,
        analysis.early_reason,
        analysis.verdict,
        record.get("arm"),
        Text.from_json(sentence) if sentence else record.get("sentence"),
        record.get("evidence"),
        ", ".join(failed),
    )


def _of_comparison(found: Mapping[str, Any]) -> tuple[Cell, ...]:
    threshold = found.get("threshold")
    is_relative = isinstance(threshold, str) and threshold.endswith("%")
    note = found.get("note_text")
    return (
        *(found.get(name) for name in ("metric", "kind", "role", "better", "arm", "verdict")),
        found.get("status"),
        *_sample(found.get("control")),
        *_sample(found.get("treatment")),
        *_estimate(found.get("difference")),
        *_estimate(found.get("lift")),
        *(found.get(name) for name in ("p_value", "log10_p", "p_adjusted", "alpha")),
        *(found.get(name) for name in ("standard_error", "statistic", "df")),
        _magnitude(threshold),
        found.get("margin"),
        is_relative if threshold is not None else None,
        found.get("method"),
        Text.from_json(note) if note else found.get("note"),
    )


def _magnitude(threshold: float | str | None) -> float | None:
    """In the metric's units, or as a fraction of the control where it is relative."""
    return None if threshold is None else Threshold.parse(threshold, "threshold").value


def _sample(sample: Mapping[str, Any] | None) -> tuple[Cell, ...]:
    return (sample.get("n"), sample.get("value")) if sample else (None, None)


def _estimate(interval: Mapping[str, Any] | None) -> tuple[Cell, ...]:
    names = ("estimate", "low", "high")
    return tuple(interval.get(name) for name in names) if interval else (None,) * 3
