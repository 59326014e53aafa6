"""Sums made by hand, judged as a record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hadi.analysis.run import analyse
from hadi.domain.plan import Plan
from hadi.ingest.source import ArmSummary, Sample, Summaries, Summed

Judge = Callable[..., dict[str, Any]]


def arms_of(arms: Mapping[str, Mapping[str, Sample]]) -> tuple[ArmSummary, ...]:
    """Arms whose units are those of their first sample."""
    return tuple(
        ArmSummary(name, next(iter(samples.values())).n, samples, dict.fromkeys(samples, 0))
        for name, samples in arms.items()
    )


@pytest.fixture
def judge() -> Judge:
    """Judge arms by a plan; what is more goes into the sums, `ask` to the analysis."""

    def run(
        arms: Mapping[str, Mapping[str, Sample]], asked: Plan, ask: Any = None, **more: Any
    ) -> dict[str, Any]:
        listed = arms_of(arms)
        total = sum(arm.units for arm in listed)
        known = Summaries(listed, **({"rows": total, "all_units": total} | more))
        answer = analyse(Summed("0" * 64, known), asked, **(ask or {})).as_json()
        json.dumps(answer, allow_nan=False)
        return answer

    return run
