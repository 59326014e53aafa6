"""Guardrails and secondary metrics before and after: each in a series of its own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from hadi.analysis.before_after import SeasonRecord, analyse_before_after
from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.plan_sense import nonsense
from hadi.domain.verdict import GuardrailStatus
from hadi.ingest.tables import TableSource

PRIMARY = {
    "name": "Revenue", "kind": "mean", "role": "primary", "better": "higher", "threshold": "5%",
    "columns": ["revenue"],
}  # fmt: skip
RETURNS = {
    "name": "Returns", "kind": "mean", "role": "guardrail", "better": "lower", "margin": 0.02,
    "columns": ["returns"],
}  # fmt: skip
RATE = {"name": "Complaints of a receipt", "kind": "rate", "columns": ["complaints", "receipts"]}


def plan(*metrics: dict[str, Any], **more: Any) -> Plan:
    written = {
        "design": "before_after", "time": "month", "value": "revenue", "start": "2025-05",
        "method": "segmented", "metrics": [PRIMARY, *metrics],
    }  # fmt: skip
    return Plan.from_json(written | more).bound({})


def status(record: SeasonRecord) -> GuardrailStatus | None:
    found = record.base.comparisons[1].guardrail
    return found.status if found else None


@pytest.fixture
def source(tmp_path: Path) -> TableSource:
    """Five years of months; in May 2025 revenue and returns rise by a fifth."""
    import duckdb

    rows = []
    for place in range(60):
        season = math.exp(0.2 * math.sin(2 * math.pi * place / 12))
        gain = 1.2 if place >= 52 else 1.0
        wiggle = [math.exp(0.02 * math.sin(place**2 * k + k)) for k in (1.3, 2.7)]
        month = f"{2021 + place // 12}-{place % 12 + 1:02d}"
        receipts = 500 + (place * 37) % 60
        complaints = round(receipts * 0.06 + (place * 13) % 7)
        rows.append(
            f"('{month}', {1000 * season * gain * wiggle[0]}, "
            f"{50 * season * gain * wiggle[1]}, {complaints}, {receipts})"
        )
    path = tmp_path / "rows.parquet"
    names = "month, revenue, returns, complaints, receipts"
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {', '.join(rows)}) t({names})) TO '{path}'")
    return TableSource([path])


def test_a_breached_guardrail_makes_it_harmful(source: TableSource) -> None:
    alone = analyse_before_after(source, plan()).as_json()
    assert alone["verdict"] == "confirmed"
    record = analyse_before_after(source, plan(RETURNS))
    told = record.as_json()
    assert told["verdict"] == "harmful"
    assert "“Returns”, which had to be protected, got worse" in told["sentence"]
    guarded = next(c for c in told["comparisons"] if c["metric"] == "Returns")
    assert status(record) is GuardrailStatus.BREACHED
    assert guarded["lift"]["low"] < 0.2 < guarded["lift"]["high"]


def test_a_guardrail_that_holds_leaves_the_verdict(source: TableSource) -> None:
    held = RETURNS | {"better": "higher"}
    record = analyse_before_after(source, plan(held))
    assert record.as_json()["verdict"] == "confirmed"
    assert status(record) is GuardrailStatus.PROVEN


def test_a_secondary_rate_has_its_own_regression_and_an_adjusted_p(source: TableSource) -> None:
    told = analyse_before_after(source, plan(RATE, RETURNS | {"role": "secondary"})).as_json()
    assert told["verdict"] == "confirmed"
    rate = next(c for c in told["comparisons"] if c["kind"] == "rate")
    assert rate["method"] == "segmented_poisson"
    assert rate["lift"]["low"] < 0.0 < rate["lift"]["high"]
    p = {c["metric"]: (c["p_value"], c["p_adjusted"]) for c in told["comparisons"][1:]}
    assert all(adjusted is not None and adjusted >= raw for raw, adjusted in p.values())


def test_nothing_is_seen_of_any_before_the_end(source: TableSource) -> None:
    told = analyse_before_after(source, plan(RETURNS, planned_units=12)).as_json()
    assert told["verdict"] == "not_yet"
    assert all(c["difference"]["estimate"] is None for c in told["comparisons"])


def test_a_guardrail_of_zeros_is_unproven_and_no_crash(source: TableSource) -> None:
    by_coefficients = plan(RETURNS, method="coefficients")
    told = analyse_before_after(source, by_coefficients).as_json()
    assert len(told["comparisons"]) == 2
    with pytest.raises(Unreadable, match="nowhere"):
        analyse_before_after(source, plan(RETURNS | {"columns": ["nowhere"]}))


def test_the_plan_takes_them(source: TableSource) -> None:
    assert not list(nonsense(plan(RETURNS, RATE)))
    needs = [(need.key, need.metric) for need in plan(RETURNS, RATE).needs()]
    assert ("returns", "Returns") in needs and ("receipts", RATE["name"]) in needs
