"""A test before the current one, as it ended: its plan, data, result and what was learned."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.models import Hypothesis, Test
from hadi.services.hypotheses import conclusion_of
from hadi.web.hypotheses import plan_words
from hadi.web.hypotheses.analysis_panels import VerdictPanel, verdict_of
from hadi.web.hypotheses.conclusion_panels import DecisionLine, decision_line
from hadi.web.hypotheses.data_panels import DatasetLine, dataset_line


@dataclass(frozen=True, slots=True)
class EarlierTest:
    """What a repeated hypothesis keeps of a test that is over."""

    number: int
    verdict: VerdictPanel | None
    plan: tuple[tuple[str, str], ...]
    data: tuple[DatasetLine, ...]
    decision: DecisionLine | None
    learned: str
    holds_where: str
    next: str


def earlier_test(hypothesis: Hypothesis, test: Test) -> EarlierTest | None:
    """The test as it ended; None for the current one, whose page is the page itself."""
    if test.id == hypothesis.current_test_id:
        return None
    conclusion = conclusion_of(test.id)
    return EarlierTest(
        number=test.number,
        verdict=verdict_of(hypothesis, test.result) if test.result else None,
        plan=tuple(row for row in plan_words.plan_rows(test.plan) if row[1]) if test.plan else (),
        data=tuple(dataset_line(hypothesis, d) for d in test.datasets if d.is_attached),
        decision=decision_line(conclusion) if conclusion else None,
        learned=test.learned,
        holds_where=test.holds_where,
        next=test.next,
    )
