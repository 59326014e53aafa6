"""What went on around a test while it ran, as findings of its analysis: days unlike others, new
people and empty shelves, other tests in the same stores, and what each kind of data set knows of
itself. What warns travels with the verdict.

A new finding is a function of `Around` in `ASKED`. None of them looks at an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hadi.analysis.record import Warned
from hadi.domain.plan import Plan
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import (
    basket_findings,
    funnel_findings,
    hypothesis_where,
    lever_findings,
    scorecard_links,
    surrounding_days,
    surrounding_tests,
    surrounding_units,
)
from hadi.services.surrounding_ground import Ground


@dataclass(frozen=True, slots=True)
class Around:
    """A test whose data are judged. `plan` is as it was locked, over the plan's own columns;
    `dataset.mapping` leads from those to the data's. `ground` knows the stores and the days."""

    hypothesis: Hypothesis
    test: Test
    plan: Plan
    dataset: Dataset
    today: date
    ground: Ground


ASKED: tuple[Callable[[Around], Iterable[Check]], ...] = (
    lambda around: surrounding_days.checks(around.ground),
    lambda around: surrounding_units.checks(around.ground),
    lambda around: surrounding_tests.checks(around.ground),
    lambda around: funnel_findings.checks(around.dataset),
    lambda around: basket_findings.checks(around.dataset, around.plan, around.today),
    lambda around: lever_findings.checks(around.hypothesis),
    lambda around: scorecard_links.executed(around.hypothesis, around.test, around.plan),
    lambda around: hypothesis_where.checks(around.hypothesis),
)


def checks(
    hypothesis: Hypothesis, test: Test, plan: Plan, dataset: Dataset, *, today: date, folder: Path
) -> tuple[Check, ...]:
    """What an analysis of these data is told of their surroundings."""
    ground = Ground(hypothesis, test, plan, dataset, today=today, folder=folder)
    around = Around(hypothesis, test, plan, dataset, today, ground)
    return tuple(check for ask in ASKED for check in ask(around))


def with_warnings(record: dict[str, Any], found: Sequence[Check]) -> Mapping[str, Any]:
    """The record with what warns among them beside its verdict."""
    warned = [
        Warned(check.code, check.detail).as_json()
        for check in found
        if check.status is CheckStatus.WARN
    ]
    return record | {"warnings": [*record["warnings"], *warned]}
