"""A pilot's data and its plan, analysed: behind `hadi pilot`, the pages and the API.

The site is the unit. Nothing here looks at an effect before the planned end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from hadi.analysis.adjusting import adjusted, on_lift
from hadi.analysis.comparisons import Compared
from hadi.analysis.looks import Look
from hadi.analysis.pilot_checks import Laid, attainable, fit, lay, validity
from hadi.analysis.pilot_fading import Left, left
from hadi.analysis.pilot_found import Found
from hadi.analysis.pilot_methods import estimate
from hadi.analysis.pilot_record import PilotRecord, finite
from hadi.analysis.pilot_settling import settling_of
from hadi.analysis.pilot_warnings import Trap, bundle, fades, traps
from hadi.analysis.record import AnalysisRecord, Progress, Warned, packages
from hadi.domain import pilot_sentence
from hadi.domain.errors import Invalid
from hadi.domain.evidence import grade_of
from hadi.domain.pilot_plan import Decide, PilotPlan, Scale
from hadi.domain.pilot_sentence import Around
from hadi.domain.plan import Design, Looks, Metric, MetricRole, Plan, Threshold
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
from hadi.ingest.panels import PanelSource
from hadi.stats import pilot as stats
from hadi.stats.errors import NotEstimable
from hadi.stats.panel import Panel, mean_there, usable
from hadi.stats.panel import Scale as PanelScale
from hadi.stats.permutation import DRAWS, MOST_ENUMERATED
from hadi.stats.pilot import Raw
from hadi.stats.results import Comparison, Interval, Lift
from hadi.stats.samples import Moments
from hadi.stats.synthetic_placebo import DRAWS as MIX_DRAWS


def analyse_pilot(
    source: PanelSource,
    plan: Plan,
    *,
    is_final: bool | None = None,
    opened_early: bool = False,
    today: date | None = None,
    has_digest: bool = True,
    has_result: bool = False,
    findings: Sequence[Check] = (),
) -> PilotRecord:
    """Analyse sites over time by a pilot's plan; the parameters are those of `run.analyse`.

    Raises Unreadable or Invalid with one sentence.
    """
    pilot, primary = plan.pilot, plan.primary
    if primary is None or pilot is None:
        raise Invalid(Text("analysis_no_primary"))
    laid = lay(source.panel(plan), plan)
    if is_final is None:
        is_final = has_ended(laid, plan, today)
    look = _look(laid, plan, is_final=is_final, opened_early=opened_early)
    treated, controls = len(laid.any.treated), len(laid.any.controls)
    smallest, assignments = _reach(laid, pilot)
    arm = _arm(pilot)
    answers = tuple(_answer(laid, plan, metric, arm, look) for metric in plan.metrics)
    compared = adjusted([each for each, _ in answers])
    place = plan.metrics.index(primary)
    found, deciding = answers[place][1], compared[place]
    known = {finding.code for finding in findings}
    own = (
        *validity(laid, plan),
        attainable(smallest, pilot, plan.alpha, treated=treated, controls=controls),
        *(fit(found, pilot.scale) if found is not None else ()),
    )
    checks = (*(c for c in own if c is not None and c.code not in known), *findings)
    verdict = judge_test(
        checks,
        {deciding.arm: deciding.judged} if deciding.judged is not None else {},
        [c.guardrail for c in compared if c.guardrail is not None],
        is_final=look.is_open,
    )
    panel = laid.panels[primary.name]
    raw = _raw(panel, pilot) if look.is_open else None
    faded = fades(found, panel) if found is not None else None
    remains = left(panel, pilot, faded, alpha=plan.alpha)
    around = _around(plan, pilot, laid, raw, smallest, found, remains)
    if found is not None and verdict.verdict is Verdict.NOT_ENOUGH_DATA:
        settles = settling_of(panel, plan, pilot, found, primary.sign)
        around = replace(around, settles=settles)
    trap = None
    if found is not None:
        trap = Trap(
            panel, pilot, primary, found, around, faded, laid.table.groups, plan.expected_effect
        )
    progress = Progress(laid.after, arm, plan.planned_units, is_final, look.opened_early)
    base = AnalysisRecord(
        plan=plan,
        verdict=verdict,
        text=pilot_sentence.sentence(
            verdict, metric=deciding.metric, comparison=deciding.result, around=around
        ),
        evidence=grade_of(Design.PILOT),
        checks=checks,
        units=(),
        comparisons=compared,
        progress=progress,
        look=look,
        rule_version=RULE_VERSION,
        input_digest=source.digest if has_digest else None,
        warnings=tuple(_warnings(verdict, pilot, trap, progress, look, has_result=has_result)),
        packages=packages(),
    )
    return PilotRecord(base, pilot, laid, found, raw, smallest, assignments, remains)


def has_ended(laid: Laid, plan: Plan, today: date | None) -> bool:
    """Whether the planned end is reached: the last day is over, or the planned periods from the
    start on are there. A plan that names neither has no end to wait for."""
    if plan.planned_units is None and plan.ends_on is None:
        return True
    if plan.ends_on is not None and today is not None and today > plan.ends_on:
        return True
    return plan.planned_units is not None and laid.after >= plan.planned_units


def _look(laid: Laid, plan: Plan, *, is_final: bool, opened_early: bool) -> Look:
    """The only look there is: at the end, or before it for a reason."""
    planned = plan.planned_units
    return Look(
        Looks.FIXED,
        is_open=is_final or opened_early,
        is_final=is_final,
        opened_early=opened_early and not is_final,
        fraction=min(laid.after / planned, 1.0) if planned else None,
    )


def _arm(pilot: PilotPlan) -> str:
    """The pilots by name, as an arm of a test is named."""
    named = ", ".join(pilot.treated[:3])
    return f"{named}, …" if len(pilot.treated) > 3 else named


def _reach(laid: Laid, pilot: PilotPlan) -> tuple[float | None, int | None]:
    """The smallest p that the placebo test can give with these sites, and of how many choices."""
    try:
        panel = usable(laid.any)
    except NotEstimable:
        return None, None
    n, treated = len(panel.sites), len(panel.treated)
    choices = math.comb(n, treated)
    drawn = 1 + (MIX_DRAWS if pilot.method.is_mix else DRAWS)
    if choices > MOST_ENUMERATED:
        return 1.0 / drawn, drawn
    # Of as many pilots as controls the mirror image ties, though not a mix of one by the other.
    is_mirrored = 2 * treated == n and not pilot.method.is_mix
    return (2.0 if is_mirrored else 1.0) / choices, choices


def _answer(
    laid: Laid, plan: Plan, metric: Metric, arm: str, look: Look
) -> tuple[Compared, Found | None]:
    """One metric, estimated and judged; nothing of it before the end."""
    pilot = plan.pilot
    assert pilot is not None
    panel, judging = laid.panels[metric.name], _in_scale(metric, pilot)
    found, comparison, reason = None, None, Text("comparison_not_yet")
    if look.is_open:
        try:
            found = estimate(panel, pilot, alpha=plan.alpha)
            comparison = _comparison(panel, found, pilot, plan.alpha)
        except NotEstimable as unknown:
            params = {name: str(value) for name, value in unknown.params.items()}
            found, reason = None, Text(unknown.code, **params)
    controls, treated = len(panel.controls), len(panel.treated)
    compared = Compared(
        metric=judging,
        arm=arm,
        control_sample=Moments(controls, comparison.control if comparison else 0.0, 0.0),
        treatment_sample=Moments(treated, comparison.treatment if comparison else 0.0, 0.0),
        alpha=plan.alpha,
        result=comparison,
        reason=None if comparison else reason,
    )
    if metric.role is MetricRole.GUARDRAIL:
        compared_in = on_lift(comparison) if pilot.scale is Scale.LOG else comparison
        status = judge_guardrail(compared_in, sign=metric.sign, margin=metric.margin)
        return replace(compared, guardrail=GuardrailVerdict(metric.name, arm, status)), found
    judged = judge_comparison(comparison, judging, alpha=plan.alpha, reason=reason)
    return replace(compared, judged=judged), found


def _in_scale(metric: Metric, pilot: PilotPlan) -> Metric:
    """The metric as it is judged: on the log scale a threshold is a fraction, as the effect is."""
    threshold = metric.threshold
    if pilot.scale is not Scale.LOG or threshold is None or threshold.is_relative:
        return metric
    return replace(metric, threshold=Threshold(threshold.value, True))


def _comparison(panel: Panel, found: Found, pilot: PilotPlan, alpha: float) -> Comparison:
    """The effect as a comparison of the average pilot with what it would have been: the difference
    in the value's units for a site and a period, the lift as a fraction. Its p is the one that
    decides."""
    actual = float(mean_there(found.series.actual[None, panel.first_post :])[0])
    ends = (found.low, found.high)
    if pilot.scale is Scale.LOG:
        if found.estimate <= -1.0:  # its logarithm is too far down for a float
            raise NotEstimable("numbers_too_large")
        expected = actual / (1.0 + found.estimate)
        lift: Lift | None = Lift(found.estimate, Interval(*ends, 1.0 - alpha))
        estimate = actual - expected
        # What was seen stands; what would have been is lower the larger the effect.
        low, high = (
            None if end is None or end <= -1.0 else actual - actual / (1.0 + end) for end in ends
        )
    else:
        estimate, (low, high) = found.estimate, ends
        expected = actual - estimate
        lift = _lift(estimate, low, high, expected, alpha)
    return Comparison(
        n_control=found.n_controls,
        n_treatment=found.n_treated,
        control=expected,
        treatment=actual,
        estimate=estimate,
        interval=Interval(low, high, 1.0 - alpha),
        p_value=found.decides,
        log10_p=found.decides_log10,
        lift=lift,
        method=found.method,
        df=found.df,
        parameters={"scale": pilot.scale.value, "decide": pilot.decide.value, **found.parameters},
    )


def _lift(
    estimate: float, low: float | None, high: float | None, expected: float, alpha: float
) -> Lift | None:
    """A difference as a fraction of what would have been; None where that is not above zero."""
    if expected <= 0.0:
        return None
    bottom, top = (None if end is None else end / expected for end in (low, high))
    return Lift(estimate / expected, Interval(bottom, top, 1.0 - alpha))


def _raw(panel: Panel, pilot: PilotPlan) -> tuple[Raw, Raw] | None:
    try:
        return stats.raw_changes(panel, scale=PanelScale(pilot.scale.value))
    except NotEstimable:
        return None


def _around(
    plan: Plan,
    pilot: PilotPlan,
    laid: Laid,
    raw: tuple[Raw, Raw] | None,
    smallest: float | None,
    found: Found | None,
    remains: Left | None,
) -> Around:
    has_placebo = pilot.decide is Decide.PLACEBO
    return Around(
        is_in_percent=pilot.scale is Scale.LOG,
        pilots=raw[0].estimate if raw else None,
        controls=raw[1].estimate if raw else None,
        n_treated=len(laid.any.treated),
        n_controls=len(laid.any.controls),
        smallest_p=smallest if has_placebo else None,
        alpha=plan.alpha,
        periods=laid.after,
        planned_periods=plan.planned_units,
        ends_on=plan.ends_on,
        no_range=Text(found.no_interval) if found and found.no_interval else None,
        lately=remains.estimate if remains else None,
        lately_ends=(finite(remains.low), finite(remains.high)) if remains else (None, None),
    )


def _warnings(
    verdict: TestVerdict,
    pilot: PilotPlan,
    trap: Trap | None,
    progress: Progress,
    look: Look,
    *,
    has_result: bool,
) -> Iterator[Warned]:
    """Everything to be said beside the verdict; of values nothing before the end."""
    is_shown = verdict.verdict is not Verdict.NOT_YET
    if has_result and is_shown:
        yield Warned("after_result", Text("warning_after_result"))
    if look.opened_early:
        yield Warned("opened_early", Text("warning_opened_early"))
    planned = progress.planned_units
    if progress.is_final and planned is not None and progress.units < planned:
        text = Text("warning_ended_short_periods", periods=progress.units, planned=planned)
        yield Warned("ended_short", text)
    if trap is not None and is_shown:
        yield from traps(trap)
    yield from bundle(pilot)
