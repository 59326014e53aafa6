"""Effects by segment: a look around, marked exploratory, that never moves the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from hadi.analysis.estimates import estimate, value_of
from hadi.analysis.looks import Look
from hadi.domain.plan import Metric, Plan
from hadi.domain.text import Text
from hadi.ingest.source import Slice, Summaries
from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import benjamini_hochberg, holm
from hadi.stats.results import Comparison


@dataclass(frozen=True, slots=True)
class Level:
    """One treatment in one segment; `result` None: no estimate, for the `reason`. `p_adjusted`
    allows for every level of every column (Benjamini-Hochberg)."""

    name: str
    n: tuple[int, int]
    values: tuple[float | None, float | None]
    result: Comparison | None
    reason: Text | None = None
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class Segmented:
    """The primary metric's effect in one arm by the levels of one column, and whether it differs
    between them at all (Cochran's Q, as Welch's F where errors have degrees of freedom; None with
    fewer than two estimates). The adjusted p of the interactions allows for all columns and arms
    (Holm)."""

    column: str
    metric: str
    arm: str
    levels: tuple[Level, ...]
    method: str | None = None
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    log10_p: float | None = None
    p_adjusted: float | None = None

    def as_json(self) -> dict[str, Any]:
        interaction = None
        if self.statistic is not None:
            interaction = {
                "method": self.method,
                "statistic": self.statistic,
                "df": self.df,
                "p_value": self.p_value,
                "log10_p": self.log10_p,
                "p_adjusted": self.p_adjusted,
            }
        return {
            "column": self.column,
            "metric": self.metric,
            "arm": self.arm,
            "exploratory": True,
            "interaction": interaction,
            "levels": [_level_json(level) for level in self.levels],
        }


def by_segment(summaries: Summaries, plan: Plan, *, level: float, look: Look) -> list[Segmented]:
    """The primary metric by every segment column of the plan."""
    primary = plan.primary
    if primary is None:
        return []
    found = [
        _segmented(primary, column, slices, arm.name, place, level, look)
        for column, slices in summaries.segments.items()
        for place, arm in enumerate(summaries.arms)
        if place
    ]
    return _adjusted(found)


def _segmented(
    metric: Metric,
    column: str,
    slices: tuple[Slice, ...],
    arm: str,
    place: int,
    alpha: float,
    look: Look,
) -> Segmented:
    levels = tuple(_level(metric, part, place, alpha, look) for part in slices)
    found = Segmented(column, metric.name, arm, levels)
    results = [level.result for level in levels if level.result and level.result.standard_error]
    if len(results) < 2:
        return found
    from hadi.stats.segments import interaction

    test = interaction(
        [r.estimate for r in results],
        [r.standard_error or 0.0 for r in results],
        [inf if r.df is None else r.df for r in results],
    )
    return replace(
        found,
        method=test.method,
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        log10_p=test.log10_p,
    )


def _level(metric: Metric, part: Slice, place: int, alpha: float, look: Look) -> Level:
    control = part.arms[0].samples.get(metric.name)
    treatment = part.arms[place].samples.get(metric.name)
    if control is None or treatment is None:
        return Level(part.name, (0, 0), (None, None), None, Text("segment_not_split"))
    level = Level(
        part.name,
        (control.n, treatment.n),
        (value_of(metric, control), value_of(metric, treatment)),
        None,
    )
    try:
        return replace(level, result=estimate(metric, control, treatment, alpha=alpha, look=look))
    except NotEstimable as unknown:
        params = {name: str(value) for name, value in unknown.params.items()}
        return replace(level, reason=Text(unknown.code, **params))


def _adjusted(found: list[Segmented]) -> list[Segmented]:
    raw = [
        0.0 if level.result.p_value is None else level.result.p_value
        for segmented in found
        for level in segmented.levels
        if level.result is not None
    ]
    of_levels: Iterator[float] = iter(benjamini_hochberg(raw))
    tested = [s for s in found if s.statistic is not None]
    of_columns = iter(holm([0.0 if s.p_value is None else s.p_value for s in tested]))
    return [
        replace(
            segmented,
            # A p too small for a float takes part as zero, and stays unsaid.
            p_adjusted=(next(of_columns) or None) if segmented.statistic is not None else None,
            levels=tuple(
                replace(level, p_adjusted=next(of_levels) or None) if level.result else level
                for level in segmented.levels
            ),
        )
        for segmented in found
    ]


def _level_json(level: Level) -> dict[str, Any]:
    result, note = level.result, level.reason
    return {
        "level": level.name,
        "n_control": level.n[0],
        "n_treatment": level.n[1],
        "control": level.values[0],
        "treatment": level.values[1],
        "estimate": result.estimate if result else None,
        "low": result.interval.low if result else None,
        "high": result.interval.high if result else None,
        "p_value": result.p_value if result else None,
        "p_adjusted": level.p_adjusted,
        "note": str(note) if note else None,
        "note_text": note.as_json() if note else None,
    }
