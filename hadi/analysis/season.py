"""A series and two spans of it: its coefficients, and what is left of a change without the season.

Behind `hadi season`, the page of seasons, the API, and every test before and after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias, get_args

from hadi.analysis.season_checks import checks_of
from hadi.analysis.season_json import answer_json
from hadi.domain import months
from hadi.domain.errors import Invalid
from hadi.domain.months import When
from hadi.domain.season_plan import KeptSeason
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.series import SeriesTable, by_month
from hadi.stats.errors import NotEstimable
from hadi.stats.season_change import Change, change
from hadi.stats.seasons import (
    Coefficients,
    Method,
    MonthSeries,
    Over,
    coefficients,
    kept,
    whole_years,
)

Span: TypeAlias = "tuple[When, When]"

_ALL = 0.9  # of the change, from which on the season is said to explain all of it
_HARDLY = 0.1
_ALIKE = 1e-9  # a difference of coefficients up to which it is rounding
_SEEN = 0.02  # a change from which on something was hidden
_DECIMALS = 6  # of a fraction: a millionth is rounding


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """`partial` are the months that a series of weeks or days covers in part. `change` is None
    where no spans were compared."""

    table: SeriesTable
    series: MonthSeries
    partial: tuple[int, ...]
    found: Coefficients
    change: Change | None
    checks: tuple[Check, ...]
    alpha: float
    profile: KeptSeason | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether the change may be told: not where the months are in different units."""
        failed = any(check.status is CheckStatus.FAIL for check in self.checks)
        return self.change is not None and not failed

    @property
    def text(self) -> Text:
        """The answer in one sentence."""
        if self.change is None:
            return _profile(self.found)
        if not self.is_comparable:
            return next(c.detail for c in self.checks if c.status is CheckStatus.FAIL)
        return Text("season_indicative", what=explained(self.change))

    def as_json(self) -> dict[str, Any]:
        """The object of `hadi season --json`."""
        return answer_json(self)


def season(
    table: SeriesTable,
    *,
    before: Span | None = None,
    after: Span | None = None,
    method: Method | None = None,
    over: Over | None = None,
    alpha: float = 0.05,
    profile: KeptSeason | None = None,
) -> Season:
    """The coefficients of the whole years ahead of `before` (where there are none, of those up to
    its end; of all without it), and the change from `before` to `after`. With a `profile` its
    coefficients are taken.

    Raises Invalid with one sentence where there is no answer.
    """
    if (before is None) != (after is None):
        raise Invalid(Text("season_spans_both"))
    spans = None
    if before is not None and after is not None:
        spans = whole_months(before, "before"), whole_months(after, "after")
        if spans[0][1] >= spans[1][0]:
            raise Invalid(Text("season_spans_overlap"))
    series, partial = by_month(table)
    is_inside = False
    try:
        until = spans[0][0] if spans else None
        if spans is not None and profile is None and not whole_years(series, until).starts:
            until, is_inside = spans[0][1] + 1, True
        if profile is not None:
            found = kept(series, profile.coefficients, _way(profile.method), until=until)
        else:
            found = coefficients(series, until=until, method=method, over=over)
        changed = None
        if spans:
            changed = change(series, found, before=spans[0], after=spans[1], alpha=alpha)
    except NotEstimable as unknown:
        raise Invalid(Text(unknown.code)) from None
    checks = checks_of(
        table, series, partial, found, changed, is_chosen=over is not None,
        kept_as=profile.name if profile else None, is_inside=is_inside,
    )  # fmt: skip
    return Season(table, series, partial, found, changed, checks, alpha, profile)


def _way(method: str) -> Method:
    return next((way for way in get_args(Method) if way == method), "level")


def whole_months(span: Span, field: str) -> tuple[int, int]:
    """The first and the last whole month of a span. Raises Invalid where it holds none."""
    first, last = span[0].first, months.last_day(span[1])
    low = months.month_of(first) + (first.day > 1)
    high = months.month_of(last + timedelta(days=1)) - 1
    if high < low:
        raise Invalid(Text("season_span_short", field=field))
    return low, high


def until_day(table: SeriesTable, day: date) -> SeriesTable:
    """The series up to the periods that are over by the end of `day`."""
    kept = table.place_of(When(months.month_of(day) + 1)) if table.step == "month" else (
        (day.toordinal() + 1 - table.start) // table.days
    )  # fmt: skip
    if table.step == "month" and day != months.last_day(When(months.month_of(day))):
        kept -= 1
    if kept >= len(table.values):
        return table
    whole = slice(max(kept, 0))
    exposure = None if table.exposure is None else table.exposure[whole]
    return replace(table, values=table.values[whole], exposure=exposure)


def explained(changed: Change) -> Text:
    """How much of the measured change the season (and steady growth) accounts for."""
    figures = {"naive": percent(changed.naive), "adjusted": percent(changed.effect)}
    code, share = _explained(changed), changed.explained
    if code == "season_explains_part" and share is not None:
        figures["share"] = Figure(FigureKind.SHARE, share)
    return Text(f"{code}_growth" if changed.growing else code, **figures)


def _explained(changed: Change) -> str:
    share = changed.explained
    if share is None:
        is_hidden = abs(changed.effect) >= max(_SEEN, 2 * abs(changed.naive))
        return "season_hides" if is_hidden else "season_flat"
    if share > 2.0 - _ALL:
        return "season_explains_more"
    if share >= _ALL:
        return "season_explains_all"
    if share >= _HARDLY:
        return "season_explains_part"
    return "season_hides" if share < -_HARDLY else "season_explains_none"


def explains_all(changed: Change) -> bool:
    """Whether season and growth leave next to nothing of a change that was measured."""
    share = changed.explained
    return share is not None and _ALL <= share <= 2.0 - _ALL


def percent(fraction: float) -> Figure:
    return Figure(FigureKind.PERCENT, round(fraction, _DECIMALS), is_signed=True)


def _profile(found: Coefficients) -> Text:
    """The strongest and the weakest month, where there is one."""
    high = max(range(12), key=lambda place: found.values[place])
    low = min(range(12), key=lambda place: found.values[place])
    if found.values[high] - found.values[low] <= _ALIKE:
        return Text("season_level")
    return Text(
        "season_only",
        high=Text(f"month_{high + 1}"),
        high_value=Figure(FigureKind.NUMBER, found.values[high]),
        low=Text(f"month_{low + 1}"),
        low_value=Figure(FigureKind.NUMBER, found.values[low]),
    )
