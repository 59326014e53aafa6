"""The lifecycle: one table that buttons, API, command line, documentation and tests all read.

A guard looks at the facts and answers with what stands in the way, or nothing. A step is refused
with every blocker at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from hadi.domain.errors import Blocker
from hadi.domain.permissions import Permission
from hadi.domain.plan import Looks, MetricRole, Plan
from hadi.domain.plan_sense import nonsense
from hadi.domain.statement import Statement
from hadi.domain.text import Text
from hadi.domain.units import Place


class State(StrEnum):
    """Where a hypothesis is; each belongs to a letter of HADI."""

    IDEA = "idea"
    PLANNED = "planned"
    RUNNING = "running"
    MEASURED = "measured"
    CONCLUDED = "concluded"
    ARCHIVED = "archived"


LETTERS = {
    State.IDEA: "H",
    State.PLANNED: "H",
    State.RUNNING: "A",
    State.MEASURED: "D",
    State.CONCLUDED: "I",
}


class Decision(StrEnum):
    """What a conclusion decides."""

    SCALE = "scale"
    STOP = "stop"
    REPEAT = "repeat"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Insight:
    """What was learned; an empty part is an empty string."""

    learned: str = ""
    holds_where: str = ""
    next: str = ""
    cause: str = ""  # a FailureCause: why it was not carried out, or did nothing


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a guard may look at."""

    state: State
    statement: Statement
    plan: Plan | None = None
    is_plan_locked: bool = False
    has_data: bool = False
    has_final_analysis: bool = False
    decision: Decision | None = None
    decision_reason: str = ""
    insight: Insight = Insight()
    reason: str = ""  # of an archiving or a reopening
    scale_blockers: tuple[Blocker, ...] = ()  # of `scaling.blockers`, where the decision is scale
    places: tuple[Place, ...] = ()  # the units it is said to run in
    place_blockers: tuple[Blocker, ...] = ()  # sites of its pilot that the kept list does not know
    order_blockers: tuple[Blocker, ...] = ()  # its lever comes before its turn, and nobody says why
    step_blockers: tuple[Blocker, ...] = ()  # steps of its scorecard that nobody would see taken
    was_not_executed: bool = False  # so the visits of its scorecard say


Guard = Callable[[Facts], Iterable[Blocker]]


class Step(StrEnum):
    """The moves of the lifecycle."""

    PLAN = "plan"
    START = "start"
    MEASURE = "measure"
    CONCLUDE = "conclude"
    REOPEN = "reopen"
    REPEAT = "repeat"
    ARCHIVE = "archive"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the table: `to` is None where the target is the state before archiving."""

    step: Step
    sources: tuple[State, ...]
    to: State | None
    permission: Permission
    guards: tuple[Guard, ...]


def statement_complete(facts: Facts) -> Iterable[Blocker]:
    return facts.statement.missing()


def _needed(present: object, code: str, field: str) -> Iterable[Blocker]:
    if not present:
        yield Blocker(Text(code), field)


def plan_people(facts: Facts) -> Iterable[Blocker]:
    plan = facts.plan or Plan()
    yield from _needed(plan.owner, "plan_needs_owner", "owner")
    yield from _needed(plan.steward, "plan_needs_steward", "steward")


def plan_metric(facts: Facts) -> Iterable[Blocker]:
    """One primary metric with its column, direction and threshold."""
    plan = facts.plan or Plan()
    primary = plan.primary
    if primary is None:
        yield Blocker(Text("plan_needs_primary"), "metrics")
        return
    yield from _needed(primary.better, "plan_needs_direction", "better")
    if primary.threshold is None:
        yield Blocker(Text("plan_needs_threshold"), "threshold")
    for metric in plan.metrics:
        if metric.role is MetricRole.GUARDRAIL and metric.better is None:
            yield Blocker(Text("guardrail_needs_direction", name=metric.name), "metrics")


def plan_design(facts: Facts) -> Iterable[Blocker]:
    plan = facts.plan or Plan()
    yield from _needed(plan.design, "plan_needs_design", "design")
    if plan.pilot is not None:
        yield from _needed(plan.pilot.treated, "plan_needs_treated", "treated")
        yield from _needed(plan.pilot.start, "plan_needs_start", "start")
        return
    if plan.season is not None:
        yield from _needed(plan.season.start, "plan_needs_start", "start")
        return
    yield from _needed(plan.control, "plan_needs_control", "control")
    if plan.split and plan.control and plan.control not in plan.split:
        yield Blocker(Text("split_lacks_control", control=plan.control), "split")


def plan_end(facts: Facts) -> Iterable[Blocker]:
    plan = facts.plan or Plan()
    if plan.looks is Looks.PLANNED:
        # The looks are shares of what is planned, and alpha is spent by them.
        yield from _needed(plan.planned_units, "plan_needs_units", "planned_units")
        yield from _needed(plan.look_count, "plan_needs_looks", "look_count")
    else:
        code = "plan_needs_end_pilot" if plan.own is not None else "plan_needs_end"
        yield from _needed(plan.planned_units or plan.ends_on, code, "planned_units")


def plan_budget(facts: Facts) -> Iterable[Blocker]:
    plan = facts.plan or Plan()
    if plan.budget is None:
        yield Blocker(Text("plan_needs_budget"), "budget")


def plan_makes_sense(facts: Facts) -> Iterable[Blocker]:
    """Nothing in it that cannot be meant."""
    yield from nonsense(facts.plan or Plan())


def places_ready(facts: Facts) -> Iterable[Blocker]:
    """Every unit that is named is open, and sells in a way that somebody has chosen; of a site that
    nobody entered nobody knows."""
    for place in facts.places:
        if place.is_closed:
            yield Blocker(Text("unit_not_open", unit=place.name), "units")
        elif place.model is None or not place.technology:
            yield Blocker(Text("unit_not_ready", unit=place.name), "units")
    yield from facts.place_blockers


def tuned_in_turn(facts: Facts) -> Iterable[Blocker]:
    """Whoever moves a lever before its turn has written why."""
    yield from facts.order_blockers


def steps_seen(facts: Facts) -> Iterable[Blocker]:
    """Every mandatory step of the scorecard that watches the test has its check point."""
    yield from facts.step_blockers


def plan_locked(facts: Facts) -> Iterable[Blocker]:
    if not facts.is_plan_locked:
        yield Blocker(Text("plan_not_locked"), "plan")


def data_attached(facts: Facts) -> Iterable[Blocker]:
    if not facts.has_data:
        yield Blocker(Text("needs_data"), "datasets")


def final_analysis(facts: Facts) -> Iterable[Blocker]:
    if not facts.has_final_analysis:
        yield Blocker(Text("needs_final_analysis"), "analyses")


def decision_reasoned(facts: Facts) -> Iterable[Blocker]:
    yield from _needed(facts.decision, "needs_decision", "decision")
    yield from _needed(facts.decision_reason, "needs_decision_reason", "reason")


def insight_written(facts: Facts) -> Iterable[Blocker]:
    yield from _needed(facts.insight.learned, "needs_learned", "learned")
    yield from _needed(facts.insight.holds_where, "needs_holds_where", "holds_where")
    yield from _needed(facts.insight.next, "needs_next", "next")


def cause_named(facts: Facts) -> Iterable[Blocker]:
    """A test that was not carried out has taught something once it is known why."""
    if facts.was_not_executed:
        yield from _needed(facts.insight.cause, "needs_cause", "cause")


def scaling_allowed(facts: Facts) -> Iterable[Blocker]:
    if facts.decision is Decision.SCALE:
        yield from facts.scale_blockers


def reason_given(facts: Facts) -> Iterable[Blocker]:
    yield from _needed(facts.reason, "needs_reason", "reason")


PLAN_GUARDS: tuple[Guard, ...] = (
    statement_complete, plan_people, plan_metric, plan_design, plan_end, plan_budget,
    plan_makes_sense,
)  # fmt: skip

_LIVE = tuple(s for s in State if s is not State.ARCHIVED)

MOVES: dict[Step, Move] = {
    move.step: move
    for move in (
        Move(Step.PLAN, (State.IDEA,), State.PLANNED, Permission.EDIT_PLAN, PLAN_GUARDS),
        Move(
            Step.START, (State.PLANNED,), State.RUNNING, Permission.START_TEST,
            (*PLAN_GUARDS, places_ready, tuned_in_turn, steps_seen),
        ),
        Move(
            Step.MEASURE, (State.RUNNING, State.MEASURED), State.MEASURED, Permission.RUN_ANALYSIS,
            (plan_locked, data_attached),
        ),
        Move(
            Step.CONCLUDE, (State.MEASURED,), State.CONCLUDED, Permission.CONCLUDE,
            (final_analysis, decision_reasoned, insight_written, cause_named, scaling_allowed),
        ),
        Move(
            Step.REOPEN, (State.CONCLUDED,), State.MEASURED, Permission.REOPEN, (reason_given,),
        ),
        Move(Step.REPEAT, (State.CONCLUDED,), State.PLANNED, Permission.EDIT_PLAN, ()),
        Move(Step.ARCHIVE, _LIVE, State.ARCHIVED, Permission.ARCHIVE_HYPOTHESIS, (reason_given,)),
        Move(Step.RESTORE, (State.ARCHIVED,), None, Permission.ARCHIVE_HYPOTHESIS, ()),
    )
}  # fmt: skip


def blockers(step: Step, facts: Facts) -> tuple[Blocker, ...]:
    """Everything that stands in the way of `step`, the state first; empty when nothing does."""
    move = MOVES[step]
    found = [blocker for guard in move.guards for blocker in guard(facts)]
    if facts.state not in move.sources and not _is_short_of_plan(step, facts, found):
        state = Text(f"state_{facts.state.value}")
        found.insert(0, Blocker(Text(f"wrong_state.{step.value}", state=state), "state"))
    return tuple(found)


def _is_short_of_plan(step: Step, facts: Facts, found: list[Blocker]) -> bool:
    """An idea that cannot start yet is told what its plan lacks, not that it is an idea."""
    return step is Step.START and facts.state is State.IDEA and bool(found)
