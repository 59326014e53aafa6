"""What went on around a test while it ran, as findings of its analysis: days unlike others, other
tests in the same stores, and what each kind of data set knows of itself.

A new finding is a function of `Around` in `ASKED`. None of them looks at an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from hadi.domain.plan import Plan
from hadi.domain.verdict import Check
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import scorecard_links


@dataclass(frozen=True, slots=True)
class Around:
    """A test whose data are judged. `plan` is as it was locked, over the plan's own columns;
    `dataset.mapping` leads from those to the data's."""

    hypothesis: Hypothesis
    test: Test
    plan: Plan
    dataset: Dataset
    today: date


ASKED: tuple[Callable[[Around], Iterable[Check]], ...] = (scorecard_links.executed,)


def checks(
    hypothesis: Hypothesis, test: Test, plan: Plan, dataset: Dataset, *, today: date
) -> tuple[Check, ...]:
    """What an analysis of these data is told of their surroundings."""
    around = Around(hypothesis, test, plan, dataset, today)
    return tuple(check for ask in ASKED for check in ask(around))
