"""A source and a plan, analysed: the one function behind `hadi check`, the pages and the API."""

from __future__ import annotations

from datetime import date

from hadi import __version__
from hadi.analysis.checks import validity
from hadi.analysis.comparisons import Compared, compare_all
from hadi.analysis.record import AnalysisRecord, Progress, Warned
from hadi.domain import verdict_sentence
from hadi.domain.errors import Invalid
from hadi.domain.evidence import grade_of
from hadi.domain.plan import Design, Metric, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import RULE_VERSION, TestVerdict, Verdict, judge_test
from hadi.ingest.source import Source, Summaries
from hadi.stats.distributions import normal_cdf, two_sided_z
from hadi.stats.power import units_to_settle

LOW_POWER = 0.5  # under it, what reaches significance is mostly luck on top of the effect


def analyse(
    source: Source,
    plan: Plan,
    *,
    is_final: bool | None = None,
    opened_early: bool = False,
    today: date | None = None,
    has_digest: bool = True,
) -> AnalysisRecord:
    """Analyse the source by the plan.

    Parameters
    ----------
    is_final : whether the planned end is reached; None: see `has_ended`.
    opened_early : show the results before the end (someone gave a reason); the record says so.
    today : the day it is, where the plan names its last day.
    has_digest : False leaves out the digest of the data, which costs reading all of it.

    Raises Unreadable or Invalid with one sentence.
    """
    primary = plan.primary
    if primary is None:
        raise Invalid(Text("analysis_no_primary"))
    summaries = source.summaries(plan)
    if is_final is None:
        is_final = has_ended(summaries, plan, today)
    is_open = is_final or opened_early
    checks = validity(summaries, plan)
    compared = compare_all(summaries, plan)
    verdict = judge_test(
        checks,
        {c.arm: c.judged for c in compared if c.metric is primary and c.judged is not None},
        [c.guardrail for c in compared if c.guardrail is not None],
        is_final=is_open,
    )
    deciding = _deciding(compared, primary, verdict)
    smallest = min(summaries.arms, key=lambda arm: arm.units)
    progress = Progress(
        smallest.units, smallest.name, plan.planned_units, is_final, opened_early and not is_final
    )
    return AnalysisRecord(
        plan=plan,
        verdict=verdict,
        text=_sentence(verdict, plan, primary, deciding, len(summaries.arms) > 2, progress),
        evidence=grade_of(plan.design or Design.SPLIT),
        checks=checks,
        units=tuple((arm.name, arm.units) for arm in summaries.arms),
        comparisons=compared,
        progress=progress,
        rule_version=RULE_VERSION,
        input_digest=source.digest if has_digest else None,
        warnings=tuple(_warnings(verdict, plan, deciding, progress)),
        packages=_packages(),
    )


def has_ended(summaries: Summaries, plan: Plan, today: date | None) -> bool:
    """Whether a fixed look may be opened: every arm has its planned units, or the last day is
    over. A plan that names neither has no end to wait for."""
    if plan.planned_units is None and plan.ends_on is None:
        return True
    if plan.ends_on is not None and today is not None and today > plan.ends_on:
        return True
    planned = plan.planned_units
    return planned is not None and all(arm.units >= planned for arm in summaries.arms)


def _deciding(
    compared: tuple[Compared, ...], primary: Metric, verdict: TestVerdict
) -> Compared | None:
    """The primary metric in the verdict's arm."""
    return next((c for c in compared if c.metric is primary and c.arm == verdict.arm), None)


def _sentence(
    verdict: TestVerdict,
    plan: Plan,
    primary: Metric,
    deciding: Compared | None,
    has_several_arms: bool,
    progress: Progress,
) -> Text:
    return verdict_sentence.sentence(
        verdict,
        metric=primary,
        comparison=deciding.result if deciding else None,
        has_several_arms=has_several_arms,
        settles_at=_settles_at(verdict, plan, deciding),
        progress=verdict_sentence.Progress(progress.units, progress.planned_units, plan.ends_on),
    )


def _settles_at(verdict: TestVerdict, plan: Plan, deciding: Compared | None) -> int | None:
    """Units per arm that would settle what is open, in the units the verdict was judged in."""
    if verdict.verdict is not Verdict.NOT_ENOUGH_DATA or deciding is None:
        return None
    result, judged = deciding.result, deciding.judged
    assert result is not None and judged is not None
    estimate, interval = result.estimate, result.interval
    if judged.is_on_lift and result.lift is not None:
        estimate, interval = result.lift.estimate, result.lift.interval
    threshold = deciding.metric.threshold
    return units_to_settle(
        estimate=estimate,
        low=interval.low,
        high=interval.high,
        n_control=result.n_control,
        n_treatment=result.n_treatment,
        alpha=deciding.alpha,
        threshold=threshold.value if threshold else 0.0,
        sign=deciding.metric.sign,
        power=plan.power,
    )


def _warnings(
    verdict: TestVerdict, plan: Plan, deciding: Compared | None, progress: Progress
) -> list[Warned]:
    found: list[Warned] = []
    if progress.opened_early:
        found.append(Warned("opened_early", Text("warning_opened_early")))
    planned = progress.planned_units
    if progress.is_final and planned is not None and progress.units < planned:
        text = Text("warning_ended_short", units=progress.units, planned=planned, arm=progress.arm)
        found.append(Warned("ended_short", text))
    low_power = _low_power(plan, deciding) if verdict.verdict is not Verdict.NOT_YET else None
    if low_power is not None:
        found.append(Warned("low_power", low_power))
    return found


def _low_power(plan: Plan, deciding: Compared | None) -> Text | None:
    """A significant result of a test that had little chance to see what it was made for: the
    expected effect, or else the threshold. Gelman & Carlin (2014), Perspectives on Psychological
    Science 9: such a result exaggerates."""
    if deciding is None or deciding.result is None:
        return None
    result, metric, error = deciding.result, deciding.metric, deciding.result.standard_error
    if not error:
        return None
    if result.p_value is not None and result.p_value > deciding.alpha:
        return None
    effect = abs(plan.expected_effect or 0.0)
    if not effect and metric.threshold is not None:
        scale = abs(result.control) if metric.threshold.is_relative else 1.0
        effect = metric.threshold.value * scale
    if not effect:
        return None
    power = normal_cdf(effect / error - two_sided_z(deciding.alpha))
    if power >= LOW_POWER:
        return None
    kind = FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER
    return Text(
        "warning_low_power",
        metric=metric.name,
        power=Figure(FigureKind.SHARE, power),
        effect=Figure(kind, effect),
    )


def _packages() -> dict[str, str]:
    """The versions behind the numbers. Asked of the metadata: nothing is imported for it."""
    from importlib.metadata import version

    return {"hadi": __version__} | {name: version(name) for name in ("duckdb", "numpy", "scipy")}
