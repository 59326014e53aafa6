"""A test before and after: one series and its plan, analysed for the pages and the API.

Whatever is found here is a hint: nothing stood beside the series that the change did not reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np

from hadi.analysis.adjusting import adjusted, on_lift
from hadi.analysis.before_after_methods import Answer, by_coefficients, by_regression
from hadi.analysis.comparisons import Compared
from hadi.analysis.looks import Look
from hadi.analysis.record import AnalysisRecord, Progress, RecordBeside, Warned, packages
from hadi.analysis.season import explained, explains_all, until_day
from hadi.domain import season_sentence
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.evidence import grade_of
from hadi.domain.months import When, read_when
from hadi.domain.plan import Design, Looks, Metric, MetricRole, Plan
from hadi.domain.season_plan import SeasonMethod, SeasonPlan
from hadi.domain.text import Text
from hadi.domain.verdict import (
    RULE_VERSION,
    Check,
    GuardrailVerdict,
    TestVerdict,
    Verdict,
    judge_comparison,
    judge_guardrail,
    judge_test,
)
from hadi.ingest.series import SeriesTable
from hadi.stats.results import Comparison
from hadi.stats.samples import Moments


class SeriesSource(Protocol):
    """Data that can be read as one series. Raises Unreadable with one sentence."""

    @property
    def digest(self) -> str: ...

    def series(self, plan: Plan) -> SeriesTable: ...


@dataclass(frozen=True, slots=True, eq=False)
class SeasonRecord(RecordBeside):
    """`base` holds the verdict, checks, comparison and warnings, as for every test; `answer` what
    is to be said of the series beside it."""

    season: SeasonPlan
    answer: Answer

    def as_json(self) -> dict[str, Any]:
        """The object of every analysis, with "season" beside it: that of `hadi season --json`, or
        of the regression."""
        shown = self.answer.as_json() if self.base.is_shown else None
        return self.base.as_json() | {
            "design": Design.BEFORE_AFTER.value,
            "method": self.season.method.value,
            "start": self.season.start,
            "indicative": True,
            "season": shown,
        }


def analyse_before_after(
    source: SeriesSource,
    plan: Plan,
    *,
    is_final: bool | None = None,
    opened_early: bool = False,
    today: date | None = None,
    has_digest: bool = True,
    has_result: bool = False,
    findings: Sequence[Check] = (),
) -> SeasonRecord:
    """Analyse one series by the plan of a test before and after; the parameters are those of
    `run.analyse`.

    Raises Unreadable or Invalid with one sentence.
    """
    season, primary = plan.season, plan.primary
    if primary is None or season is None:
        raise Invalid(Text("analysis_no_primary"))
    start = _start(season)
    table = source.series(plan)
    if plan.ends_on is not None:
        table = until_day(table, plan.ends_on)
    periods = _periods_after(table, start)
    if is_final is None:
        is_final = _has_ended(periods, plan, today)
    look = _look(periods, plan, is_final=is_final, opened_early=opened_early)
    ask = by_regression if season.method is SeasonMethod.SEGMENTED else by_coefficients
    answer = ask(table, plan, season, start)
    checks = (*_visible(answer.checks, look, findings), *findings)
    comparison, reason = answer.comparison, answer.reason
    if not look.is_open:
        comparison, reason = None, Text("comparison_not_yet")
    compared = _compared(plan, primary, answer, comparison, reason, periods)
    others = {
        metric.name: _other(source, plan, metric, start, look)
        for metric in plan.metrics
        if metric is not primary
    }
    every = adjusted([others.get(metric.name, compared) for metric in plan.metrics])
    judged = {AFTER: compared.judged} if compared.judged else {}
    guardrails = [each.guardrail for each in every if each.guardrail is not None]
    verdict = judge_test(checks, judged, guardrails, is_final=look.is_open)
    progress = Progress(periods, AFTER, plan.planned_units, is_final, look.opened_early)
    base = AnalysisRecord(
        plan=plan,
        verdict=verdict,
        text=season_sentence.sentence(
            verdict, metric=primary, comparison=comparison,
            explained=explained(answer.found) if answer.found else None,
            explains_all=bool(answer.found and explains_all(answer.found)),
            periods=periods, planned=plan.planned_units, ends_on=plan.ends_on,
        ),
        evidence=grade_of(Design.BEFORE_AFTER),
        checks=checks,
        units=(),
        comparisons=every,
        progress=progress,
        look=look,
        rule_version=RULE_VERSION,
        input_digest=source.digest if has_digest else None,
        warnings=tuple(_warnings(verdict, progress, look, has_result=has_result)),
        packages=packages(),
    )  # fmt: skip
    return SeasonRecord(base, season, answer)


def _visible(checks: Sequence[Check], look: Look, findings: Sequence[Check]) -> Iterator[Check]:
    """Those that may be seen now, without what is known otherwise or warned of beside."""
    unsaid = {"no_control", *(finding.code for finding in findings)}
    for check in checks:
        if check.code not in unsaid and (look.is_open or check.code in _BEFORE_THE_END):
            yield check


def _compared(
    plan: Plan,
    primary: Metric,
    answer: Answer,
    comparison: Comparison | None,
    reason: Text | None,
    periods: int,
) -> Compared:
    """After against what was to be expected, judged; only progress where nothing may be seen."""
    return Compared(
        metric=primary,
        arm=AFTER,
        control_sample=Moments(answer.before, answer.expected, 0.0),
        treatment_sample=Moments(
            comparison.n_treatment if comparison else periods, answer.actual, 0.0
        ),
        alpha=plan.alpha,
        result=comparison,
        reason=None if comparison else reason,
        judged=judge_comparison(comparison, primary, alpha=plan.alpha, reason=reason),
    )


def _other(source: SeriesSource, plan: Plan, metric: Metric, start: When, look: Look) -> Compared:
    """A guardrail or a secondary metric: a series of its own, with a season of its own. One that
    cannot be read so is not estimated; a guardrail is then unproven."""
    assert plan.season is not None
    own = replace(plan.season, value=metric.columns[0], profile=None, is_counts=False)
    alone = replace(plan, season=own, metrics=(replace(metric, role=MetricRole.PRIMARY),))
    answer = Answer(0, (), None, Text("comparison_not_yet"))
    periods = 0
    if look.is_open:
        table = source.series(alone)
        table = until_day(table, plan.ends_on) if plan.ends_on is not None else table
        ask = by_regression if own.method is SeasonMethod.SEGMENTED else by_coefficients
        try:
            periods = _periods_after(table, start)
            answer = ask(table, alone, own, start)
        except Unreadable as refused:
            answer = Answer(0, (), None, refused.text)
    compared = _compared(plan, metric, answer, answer.comparison, answer.reason, periods)
    if metric.role is not MetricRole.GUARDRAIL:
        return compared
    status = judge_guardrail(on_lift(answer.comparison), sign=metric.sign, margin=metric.margin)
    return replace(compared, judged=None, guardrail=GuardrailVerdict(metric.name, AFTER, status))


def require_span(table: SeriesTable, plan: Plan) -> None:
    """Raises Unreadable where the series does not reach over the start of the change, or names no
    period that the plan can mean."""
    assert plan.season is not None
    if plan.season.start:
        _periods_after(table, _start(plan.season))


AFTER = "after"

# Checks that look at no effect, and so may be seen while the test runs.
_BEFORE_THE_END = frozenset(
    {"gaps", "duplicates", "blank", "summed", "partial_months", "years", "part_years", "growth",
     "spread"}
)  # fmt: skip


def _start(season: SeasonPlan) -> When:
    start = read_when(season.start or "")
    if start is None:
        raise Invalid(Text("plan_needs_start"))
    return start


def _periods_after(table: SeriesTable, start: When) -> int:
    """The periods from the start on. Raises Unreadable where the series does not reach over it."""
    place = table.place_of(start)
    first, last = table.label(0), table.label(len(table.values) - 1)
    if place <= 0:
        raise Unreadable(Text("season_start_first", start=str(start.first), first=first))
    if place >= len(table.values):
        raise Unreadable(Text("season_start_last", start=str(start.first), last=last))
    return int(np.isfinite(table.values[place:]).sum())


def _has_ended(periods: int, plan: Plan, today: date | None) -> bool:
    """Whether the planned end is reached: the last day is over, or the planned periods are there.
    A plan that names neither has no end to wait for."""
    if plan.planned_units is None and plan.ends_on is None:
        return True
    if plan.ends_on is not None and today is not None and today > plan.ends_on:
        return True
    return plan.planned_units is not None and periods >= plan.planned_units


def _look(periods: int, plan: Plan, *, is_final: bool, opened_early: bool) -> Look:
    """The only look there is: at the end, or before it for a reason."""
    planned = plan.planned_units
    return Look(
        Looks.FIXED,
        is_open=is_final or opened_early,
        is_final=is_final,
        opened_early=opened_early and not is_final,
        fraction=min(periods / planned, 1.0) if planned else None,
    )


def _warnings(
    verdict: TestVerdict, progress: Progress, look: Look, *, has_result: bool
) -> Iterator[Warned]:
    """Everything to be said beside the verdict."""
    is_shown = verdict.verdict is not Verdict.NOT_YET
    if is_shown:
        yield Warned("no_control", Text("season_no_control"))
    if has_result and is_shown:
        yield Warned("after_result", Text("warning_after_result"))
    if look.opened_early:
        yield Warned("opened_early", Text("warning_opened_early"))
    planned = progress.planned_units
    if progress.is_final and planned is not None and progress.units < planned:
        text = Text("warning_ended_short_periods", periods=progress.units, planned=planned)
        yield Warned("ended_short", text)
