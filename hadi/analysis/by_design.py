"""Which analysis a plan's design asks for: the one place where services choose between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from hadi.domain.plan import Plan
from hadi.domain.verdict import Check
from hadi.ingest.source import Source

if TYPE_CHECKING:
    from hadi.analysis.before_after import SeasonRecord
    from hadi.analysis.pilot_record import PilotRecord
    from hadi.analysis.record import AnalysisRecord
    from hadi.stats.bayes import Prior

AnyRecord: TypeAlias = "AnalysisRecord | PilotRecord | SeasonRecord"


def analyse(
    source: Source,
    plan: Plan,
    *,
    today: date | None = None,
    opened_early: bool = False,
    earlier: Sequence[float] = (),
    prior: Prior | None = None,
    has_result: bool = False,
    findings: Sequence[Check] = (),
) -> AnyRecord:
    """Analyse the source by the plan; the parameters are those of `run.analyse`. Raises Unreadable
    or Invalid with one sentence."""
    if plan.pilot is not None:
        from hadi.analysis.pilot import analyse_pilot

        return analyse_pilot(
            source, plan, today=today, opened_early=opened_early, has_result=has_result,
            findings=findings,
        )  # fmt: skip
    if plan.season is not None:
        from hadi.analysis.before_after import analyse_before_after

        return analyse_before_after(
            source, plan, today=today, opened_early=opened_early, has_result=has_result,
            findings=findings,
        )  # fmt: skip
    from hadi.analysis import run

    return run.analyse(
        source, plan, today=today, opened_early=opened_early, earlier=earlier, prior=prior,
        has_result=has_result, findings=findings,
    )  # fmt: skip


def require_answer(source: Source, plan: Plan) -> None:
    """Ask the data what the plan will ask them. Raises Unreadable where they cannot answer."""
    if plan.pilot is not None:
        from hadi.analysis.pilot_checks import lay

        lay(source.panel(plan), plan)
        return
    if plan.season is not None:
        from hadi.analysis.before_after import require_span

        require_span(source.series(plan), plan)
        return
    source.summaries(plan)


def validity_of_sites(source: Source, plan: Plan) -> tuple[Check, ...]:
    """The checks of the data of a pilot, or of one series, which look at no effect. Raises
    Unreadable."""
    if plan.season is not None:
        from hadi.analysis.season_checks import reading_checks

        return reading_checks(source.series(plan))
    from hadi.analysis import pilot_checks

    return pilot_checks.validity(pilot_checks.lay(source.panel(plan), plan), plan)


def days_of_sites(source: Source, plan: Plan) -> tuple[date, ...]:
    """The days of a pilot's periods; none where they are no days. Raises Unreadable."""
    return source.panel(plan).periods.days if plan.pilot is not None else ()
