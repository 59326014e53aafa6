"""A source and a plan, analysed: the one function behind `hadi check`, the pages and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hadi.analysis.checks import validity
from hadi.analysis.comparisons import Compared, compare_all
from hadi.analysis.looks import Look, has_ended, look_of
from hadi.analysis.record import AnalysisRecord, Progress, packages
from hadi.analysis.settling import Settling, settling_of
from hadi.analysis.warnings import warnings_of
from hadi.domain import verdict_sentence
from hadi.domain.errors import Invalid
from hadi.domain.evidence import grade_of
from hadi.domain.plan import Design, Metric, Plan
from hadi.domain.text import Text
from hadi.domain.verdict import RULE_VERSION, Check, TestVerdict, judge_test
from hadi.ingest.source import Source, Summaries

if TYPE_CHECKING:
    from hadi.stats.bayes import Prior


def analyse(
    source: Source,
    plan: Plan,
    *,
    is_final: bool | None = None,
    opened_early: bool = False,
    today: date | None = None,
    has_digest: bool = True,
    earlier: Sequence[float] = (),
    prior: Prior | None = None,
    has_result: bool = False,
    findings: Sequence[Check] = (),
) -> AnalysisRecord:
    """Analyse the source by the plan.

    Parameters
    ----------
    is_final : whether the planned end is reached; None: see `has_ended`.
    opened_early : show the results before the end (someone gave a reason); the record says so.
    today : the day it is, where the plan names its last day.
    has_digest : False leaves out the digest of the data, which costs reading all of it.
    earlier : the fractions of the planned units at which this test was looked at before.
    prior : of the workspace's lifts, for the sceptical Bayesian view.
    has_result : whether the test had a result before these data came; the record says so.
    findings : what is known of the data beside their sums; one that failed invalidates, and one of
        a validity check's code takes its place.

    Raises Unreadable or Invalid with one sentence.
    """
    primary = plan.primary
    if primary is None:
        raise Invalid(Text("analysis_no_primary"))
    summaries = source.summaries(plan)
    if is_final is None:
        is_final = has_ended(summaries, plan, today)
    look = look_of(summaries, plan, is_final=is_final, opened_early=opened_early, earlier=earlier)
    known = {finding.code for finding in findings}
    checks = (*(c for c in validity(summaries, plan) if c.code not in known), *findings)
    compared = compare_all(summaries, plan, look=look, prior=prior)
    verdict = judge_test(
        checks,
        {c.arm: c.judged for c in compared if c.metric is primary and c.judged is not None},
        [c.guardrail for c in compared if c.guardrail is not None],
        is_final=look.is_open,
    )
    deciding = _deciding(compared, primary, verdict)
    smallest = min(summaries.arms, key=lambda arm: arm.units)
    progress = Progress(
        smallest.units, smallest.name, plan.planned_units, is_final, look.opened_early
    )
    settling = settling_of(
        verdict, plan, deciding, look, treatments=len(summaries.arms) - 1, today=today
    )
    record = AnalysisRecord(
        plan=plan,
        verdict=verdict,
        text=_sentence(
            verdict, plan, primary, deciding, len(summaries.arms) > 2, progress, look, settling
        ),
        evidence=grade_of(plan.design or Design.SPLIT),
        checks=checks,
        units=tuple((arm.name, arm.units) for arm in summaries.arms),
        comparisons=compared,
        progress=progress,
        look=look,
        settling=settling,
        rule_version=RULE_VERSION,
        input_digest=source.digest if has_digest else None,
        warnings=tuple(warnings_of(verdict, plan, deciding, progress, look, has_result=has_result)),
        packages=packages(),
        caps=summaries.caps,
        cluster_units=summaries.cluster_units,
    )
    return _looked_into(record, summaries, deciding) if look.is_open else record


def _looked_into(
    record: AnalysisRecord, summaries: Summaries, deciding: Compared | None
) -> AnalysisRecord:
    """With what values tell beside the verdict, which nobody may see before the end."""
    plan, look, primary = record.plan, record.look, record.plan.primary
    assert primary is not None
    if summaries.segments:
        from hadi.analysis.segments import by_segment

        level = look.level(plan.alpha, len(summaries.arms) - 1)
        segments = tuple(by_segment(summaries, plan, level=level, look=look))
        record = replace(record, segments=segments)
    if len(summaries.arms) > 2:
        from hadi.analysis.beside import arms_differ

        samples = {arm.name: arm.samples[primary.name] for arm in summaries.arms}
        record = replace(record, omnibus=arms_differ(primary, samples, alpha=plan.alpha, look=look))
    from hadi.analysis.quality import quality

    deciding = deciding or next((c for c in record.comparisons if c.metric is primary), None)
    return replace(
        record, checks=(*record.checks, *quality(summaries, plan, record.comparisons, deciding))
    )


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
    look: Look,
    settling: Settling | None,
) -> Text:
    return verdict_sentence.sentence(
        verdict,
        metric=primary,
        comparison=deciding.result if deciding else None,
        has_several_arms=has_several_arms,
        is_clustered=plan.design is Design.CLUSTER,
        settles_at=settling.units_per_arm if settling else None,
        progress=verdict_sentence.Progress(
            progress.units, progress.planned_units, plan.ends_on, look.next_due
        ),
        is_flat=bool(deciding and deciding.equivalence and deciding.equivalence.is_met),
        is_disputed=bool(deciding and deciding.is_disputed),
    )
