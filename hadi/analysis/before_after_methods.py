"""How a test before and after is estimated: by coefficients of months, or by a regression."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from hadi.analysis.season import Season, season
from hadi.analysis.season_checks import reading_checks
from hadi.domain import months
from hadi.domain.errors import Invalid
from hadi.domain.months import When, read_span
from hadi.domain.plan import Plan
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.series import SeriesTable
from hadi.stats.errors import NotEstimable
from hadi.stats.interrupted import Effect, Family, Interrupted, segmented
from hadi.stats.results import Comparison, Interval, Lift
from hadi.stats.season_change import Change

WINDOW = 3  # months before, where the plan names none
_YEAR = {"month": 12.0, "week": 365.25 / 7.0, "day": 365.25}
_LOG: Family = "log"
_POISSON: Family = "poisson"
_ALIKE = 0.2  # correlation of neighbours from which on it is worth a word


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """`comparison` holds what was against what would have been, by season and trend alone, and is
    None where `reason` says why. `before` counts the periods before that it rests on."""

    before: int
    checks: tuple[Check, ...]
    comparison: Comparison | None
    reason: Text | None
    found: Change | None = None
    season: Season | None = None
    regression: Interrupted | None = None
    table: SeriesTable | None = None
    start: int = 0

    @property
    def expected(self) -> float:
        """What the mean of a period would have been by season and trend; zero where unknown."""
        if self.comparison is not None:
            return self.comparison.control
        return self.found.expected if self.found else 0.0

    @property
    def actual(self) -> float:
        if self.comparison is not None:
            return self.comparison.treatment
        return self.found.after.mean if self.found else 0.0

    def as_json(self) -> dict[str, Any] | None:
        """What the pages show beside the verdict."""
        if self.season is None and self.regression is None:
            return None
        told: dict[str, Any] = self.season.as_json() if self.season else {}
        if self.regression is not None and self.table is not None:
            told["regression"] = regression_json(self.regression, self.table, self.start)
            told["times"] = told["regression"]["times"]
        return told


def by_coefficients(table: SeriesTable, plan: Plan, own: SeasonPlan, start: When) -> Answer:
    """The months before and after, each without its season."""
    try:
        answer = _season(table, plan, own, start)
    except Invalid as refused:
        return Answer(0, reading_checks(table), None, refused.text)
    changed = answer.change
    assert changed is not None
    checks = answer.checks
    if start.day is not None and start.day.day > 1:
        month = months.written(start.month)
        inside = Check("start", CheckStatus.WARN, Text("season_start_inside", month=month))
        checks = (*checks, inside)
    reason = None
    if not answer.is_comparable:
        reason = Text("season_units")
    elif changed.effect_interval is None:
        reason = Text(changed.reason or "season_few_windows")
    comparison = _comparison(changed, plan) if reason is None else None
    told = changed if answer.is_comparable else None
    return Answer(len(changed.before.months), checks, comparison, reason, told, answer)


def _season(table: SeriesTable, plan: Plan, own: SeasonPlan, start: When) -> Season:
    """The comparison that the plan names: the months before, and all whole months from the start
    on, as many as were planned."""
    first = start.month + (start.day is not None and start.day.day > 1)
    last = table.start + len(table.values) - 1
    if table.step != "month":
        end = table.start + len(table.values) * table.days
        last = months.month_of(date.fromordinal(end)) - 1
    if plan.planned_units is not None and table.step == "month":
        last = min(last, first + plan.planned_units - 1)
    if last < first:
        raise Invalid(Text("season_no_after"))
    if own.before:
        before = read_span(own.before, "before")
    else:
        before = When(start.month - WINDOW), When(start.month - 1)
    after = When(first), When(last)
    return season(table, before=before, after=after, alpha=plan.alpha, profile=own.profile)


def by_regression(table: SeriesTable, plan: Plan, own: SeasonPlan, start: When) -> Answer:
    """The series as it is, with a step and a bend at the start."""
    place = table.place_of(start)
    values, exposure = table.values, table.exposure
    if plan.planned_units is not None:
        values = values[: place + plan.planned_units]
    shown = None
    with suppress(Invalid):  # coefficients stand beside a regression, and need whole years
        shown = _season(table, plan, own, start)
    checks = shown.checks if shown else reading_checks(table)
    checks = tuple(c for c in checks if c.code not in ("units", "range", "growing", "no_control"))
    before = int(np.isfinite(values[:place]).sum())
    try:
        found = regressed(
            table, place, values=values, is_counts=own.is_counts or exposure is not None,
            alpha=plan.alpha,
        )  # fmt: skip
    except NotEstimable as unknown:
        return Answer(before, checks, None, Text(unknown.code), season=shown)
    return Answer(
        before, (*checks, *_regression_checks(found, values, table)),
        _regressed(found, table, place, plan), None, season=shown, regression=found, table=table,
        start=place,
    )  # fmt: skip


def regressed(
    table: SeriesTable, place: int, *, values: Any = None, is_counts: bool, alpha: float
) -> Interrupted:
    """A step and a bend at the place: of counts by Poisson's regression, of what they are counted
    from its logarithm beside them. Raises NotEstimable."""
    values = table.values if values is None else values
    exposure = None if table.exposure is None else table.exposure[: len(values)]
    return segmented(
        values, first_after=place, year=_YEAR[table.step],
        family=_POISSON if is_counts else _LOG, week=table.step == "day", exposure=exposure,
        alpha=alpha,
    )  # fmt: skip


def _regression_checks(found: Interrupted, values: Any, table: SeriesTable) -> tuple[Check, ...]:
    alike = Figure(FigureKind.NUMBER, round(found.autocorrelation, 2))
    checks = []
    if found.autocorrelation >= _ALIKE:
        checks.append(Check("neighbours", CheckStatus.WARN, Text("season_neighbours", rho=alike)))
    else:
        checks.append(Check("neighbours", CheckStatus.PASS, Text("season_neighbours_none")))
    if found.waves == 0 and len(values) < 1.5 * _YEAR[table.step]:
        checks.append(Check("season", CheckStatus.WARN, Text("season_unmodelled")))
    return tuple(checks)


def _comparison(changed: Change, plan: Plan) -> Comparison:
    interval = changed.effect_interval
    assert interval is not None
    return _against(
        changed.after.mean, changed.expected, Lift(changed.effect, interval),
        counts=(len(changed.before.months), len(changed.after.months)), plan=plan,
        p_value=changed.p_value, log10_p=changed.log10_p, method="season_coefficients",
        df=changed.df, standard_error=None,
    )  # fmt: skip


def _regressed(found: Interrupted, table: SeriesTable, place: int, plan: Plan) -> Comparison:
    after = found.periods >= place
    actual = float(found.observed[after].mean())
    if table.exposure is not None:  # a rate: the counts of all periods over all exposure
        actual /= float(table.exposure[found.periods[after].astype(int)].mean())
    return _against(
        actual, actual / (1.0 + found.effect.estimate),
        Lift(found.effect.estimate, found.effect.interval),
        counts=(int((~after).sum()), int(after.sum())), plan=plan,
        p_value=found.effect.p_value, log10_p=found.effect.log10_p,
        method=f"segmented_{found.family}", df=found.df, standard_error=None,
    )  # fmt: skip


def _against(
    actual: float,
    expected: float,
    lift: Lift,
    *,
    counts: tuple[int, int],
    plan: Plan,
    p_value: float | None,
    log10_p: float | None,
    method: str,
    df: float | None,
    standard_error: float | None,
) -> Comparison:
    """What was against what would have been: the difference in the value's units, for a period."""
    ends = (lift.interval.low, lift.interval.high)
    low, high = (None if end is None else expected * end for end in ends)
    return Comparison(
        n_control=counts[0], n_treatment=counts[1], control=expected, treatment=actual,
        estimate=actual - expected, interval=Interval(low, high, 1.0 - plan.alpha),
        p_value=p_value, log10_p=log10_p, lift=lift, method=method, df=df,
        standard_error=standard_error,
    )  # fmt: skip


def regression_json(found: Interrupted, table: SeriesTable, start: int) -> dict[str, Any]:
    places = found.periods.astype(int)
    below = 1.0 if table.exposure is None else table.exposure[places]
    return {
        "family": found.family,
        "waves": found.waves,
        "df": found.df,
        "dispersion": found.dispersion,
        "lags": found.lags,
        "autocorrelation": found.autocorrelation,
        "effect": _effect_json(found.effect),
        "level": _effect_json(found.level),
        "slope": _effect_json(found.slope) if found.slope else None,
        "times": [table.label(int(place)) for place in places],
        "first_after": int(np.searchsorted(places, start)),
        "exposure": None if table.exposure is None else table.exposure[places].tolist(),
        "actual": (found.observed / below).tolist(),
        "fitted": (found.fitted / below).tolist(),
        "expected": (found.expected / below).tolist(),
    }


def _effect_json(effect: Effect) -> dict[str, Any]:
    return {
        "estimate": effect.estimate,
        "low": effect.interval.low,
        "high": effect.interval.high,
        "p_value": effect.p_value,
        "log10_p": effect.log10_p,
    }
