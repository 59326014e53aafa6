"""Can this test succeed? A plan's chances in figures and words, before it is run.

The chance to be confirmed is asked apart from power: at a true effect equal to the threshold a
test of any size is confirmed at most about half the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hadi.domain.plan import Plan
from hadi.domain.plan_sense import expects_worse
from hadi.domain.text import Figure, FigureKind, Text
from hadi.services import planning_words
from hadi.services.planning_question import Question
from hadi.stats.errors import NotEstimable


@dataclass(frozen=True, slots=True)
class PlanningAnswer:
    """What a plan can expect at `at_units` per arm: the planned ones, or the needed ones. Where
    `counts_clusters`, all sizes are clusters.

    Where `missing` says what has to be filled in first, or `problem` why there is no answer, the
    rest is empty. `curve` holds (units per arm, chance to see the expected effect); `confirmed`
    is the chance of that verdict; `wanted` the chance the plan asks for. `expected_units` is where
    a test of several looks ends on average; `smallest_p` the smallest p that few clusters can
    give, and `can_confirm` whether that is small enough; `draws` how often the test was simulated
    where it was (None: computed), with `simulation_error`.
    """

    missing: tuple[Text, ...] = ()
    problem: Text | None = None
    wanted: float = 0.8
    confirmed: float = 0.0
    needed_units: int | None = None
    at_units: int = 0
    is_planned: bool = False  # `at_units` are the plan's own
    counts_clusters: bool = False
    power: float = 0.0
    smallest_effect: Figure | None = None
    verdicts: Mapping[str, float] | None = None
    curve: tuple[tuple[int, float], ...] = ()
    sentences: tuple[Text, ...] = ()
    help: Text | None = None
    honest_note: Text | None = None
    expected_units: int | None = None
    smallest_p: Figure | None = None
    can_confirm: bool = True
    draws: int | None = None
    simulation_error: Figure | None = None

    @property
    def is_answer(self) -> bool:
        return not self.missing and self.problem is None


def planning_answer(plan: Plan) -> PlanningAnswer:
    """The chances of a plan, complete or not."""
    missing = tuple(planning_words.missing(plan))
    if missing:
        return PlanningAnswer(missing=missing, wanted=plan.power)
    if (worse := expects_worse(plan)) is not None:
        return PlanningAnswer(problem=worse, wanted=plan.power)
    asked = Question.of(plan)
    try:
        return _answer(plan, asked)
    except NotEstimable as refusal:
        problem = Text(refusal.code, **_params(refusal))
        return PlanningAnswer(problem=problem, wanted=plan.power)


def _answer(plan: Plan, asked: Question) -> PlanningAnswer:
    """Raises NotEstimable."""
    is_planned = plan.planned_units is not None
    found = asked.settled(asked.answer(plan.planned_units), is_planned=is_planned)
    can_confirm = planning_words.cannot_confirm(found) is None
    return PlanningAnswer(
        wanted=plan.power,
        confirmed=found.verdict_probabilities["confirmed"],
        needed_units=found.n_per_arm,
        at_units=found.at_n_per_arm,
        is_planned=is_planned,
        counts_clusters=asked.counts_clusters,
        power=found.power,
        smallest_effect=None if found.mde is None else Figure(asked.kind, found.mde),
        verdicts=found.verdict_probabilities,
        curve=asked.curve(found),
        sentences=tuple(planning_words.sentences(plan, asked, found)),
        help=planning_words.help_most(asked, found, is_planned=is_planned),
        honest_note=asked.honest_note if can_confirm else None,
        expected_units=found.expected_units,
        smallest_p=_figure(FigureKind.P_VALUE, found.smallest_p),
        can_confirm=can_confirm,
        draws=found.draws,
        simulation_error=_figure(FigureKind.POINTS, found.simulation_error),
    )


def _figure(kind: FigureKind, value: float | None) -> Figure | None:
    return None if value is None else Figure(kind, value)


def _params(refusal: NotEstimable) -> dict[str, str | int | Figure | Text]:
    return {
        name: value if isinstance(value, str) else Figure(FigureKind.NUMBER, value)
        for name, value in refusal.params.items()
    }
