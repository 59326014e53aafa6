"""What has to be known of a series before its season is believed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from hadi.domain import months
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.series import SeriesTable
from hadi.stats.season_change import FAR, NEAR, SUM_OF, Change, scale_off, times_off
from hadi.stats.seasons import FEWEST_FOR_TREND, Coefficients, MonthSeries

_NAMED = 6  # periods that are named before "…"
_MOST_YEARS = 12


def checks_of(
    table: SeriesTable,
    series: MonthSeries,
    partial: Sequence[int],
    found: Coefficients,
    changed: Change | None,
    *,
    is_chosen: bool = False,
    kept_as: str | None = None,
    is_inside: bool = False,
) -> tuple[Check, ...]:
    """Every check, in the order it is read. `is_chosen`: someone said mean or median; `kept_as`:
    the coefficients are kept ones, of that name; `is_inside`: they come from the months before
    themselves."""
    own = (
        _years(found),
        *((_warn("years_inside", Text("season_years_inside")),) if is_inside else ()),
        *_part_years(found),
        _growth(found),
        _spread(found, is_chosen=is_chosen),
    ) if kept_as is None else (_kept(kept_as),)  # fmt: skip
    return (
        *_reading(table, partial),
        *own,
        *(_windows(found, changed) if changed else ()),
    )


def reading_checks(table: SeriesTable) -> tuple[Check, ...]:
    """Of the series alone: gaps and repeated rows."""
    return tuple(_reading(table, ()))


def _reading(table: SeriesTable, partial: Sequence[int]) -> Iterator[Check]:
    gone = table.missing
    labels = table.labels
    if gone:
        yield _warn("gaps", Text("season_gaps", n=len(gone), periods=listed(gone)))
    else:
        yield _pass("gaps", Text("season_gaps_none", first=labels[0], last=labels[-1]))
    if table.merged_rows:
        text = Text("season_duplicates", n=table.merged_rows, period=table.merged or "")
        yield _warn("duplicates", text)
    else:
        yield _pass("duplicates", Text("season_duplicates_none"))
    if table.blank_rows:
        yield _warn("blank", Text("season_blank", n=table.blank_rows))
    if table.step != "month":
        yield _pass("summed", Text(f"season_summed_{table.step}s"))
    if partial:
        named = listed([months.written(m) for m in partial])
        yield _warn("partial_months", Text("season_partial", n=len(partial), months=named))


def _kept(name: str) -> Check:
    return _pass("years", Text("season_profile_used", name=name))


def _years(found: Coefficients) -> Check:
    starts = found.years.starts
    if found.years.is_calendar:
        named = [str(start // 12) for start in starts]
    else:
        named = [f"{months.written(s)}..{months.written(s + 11)}" for s in starts]
    if len(starts) == 1:
        text = Text("season_years_one", years=named[0])
    else:
        text = Text("season_years", n=len(starts), years=listed(named))
    if not found.years.is_calendar:
        text = Text("season_years_from", what=text, month=months.written(starts[0]))
    return _warn("years", text) if len(starts) == 1 else _pass("years", text)


def _part_years(found: Coefficients) -> Iterator[Check]:
    gone = found.years.left_out
    if not gone:
        return
    text = Text("season_part_years", n=len(gone), months=listed([months.written(m) for m in gone]))
    if found.pooled_sum is not None and abs(found.pooled_sum - 12.0) >= 0.005:
        total = Figure(FigureKind.NUMBER, round(found.pooled_sum, 2))
        text = Text("season_part_years_sum", what=text, sum=total)
    yield _warn("part_years", text)


def _growth(found: Coefficients) -> Check:
    grown = found.growth
    if grown is None:
        return _pass("growth", Text("season_growth_unknown"))
    if not grown.is_steady and found.method == "trend":
        return _pass("growth", Text("season_growth_levels"))
    if not grown.is_steady:
        return _pass("growth", Text("season_growth_none"))
    rate = Figure(FigureKind.PERCENT, round(grown.rate, 12), is_signed=True)
    if found.method == "level":
        return _warn("growth", Text("season_growth_level", rate=rate))
    is_long = len(found.years.starts) >= FEWEST_FOR_TREND
    code = "season_growth_trend" if found.method == "trend" else "season_growth_years"
    return (_pass if is_long else _warn)("growth", Text(code, rate=rate))


def _spread(found: Coefficients, *, is_chosen: bool) -> Check:
    spread = found.spread
    if spread is None:
        return _pass("spread", Text("season_spread_none"))
    code = "season_spread" if found.over == "median" and not is_chosen else "season_spread_mean"
    return _warn(
        "spread",
        Text(
            code,
            month=Text(f"month_{spread.month}"),
            years=_figures(spread.years[:_MOST_YEARS]),
            mean=_number(spread.mean),
            last_two=_number(spread.last_two),
            median=_number(spread.median),
        ),
    )


def _windows(found: Coefficients, changed: Change) -> Iterator[Check]:
    gone = changed.before.missing + changed.after.missing
    if gone:
        yield _warn("window_gaps", Text("season_window_gaps", n=gone))
    yield _units(found, changed)
    if changed.growing:
        part, effect = (
            Figure(FigureKind.PERCENT, round(each, 12), is_signed=True)
            for each in (changed.growing, changed.effect)
        )
        yield _warn("growing", Text("season_growing", part=part, effect=effect))
    if changed.reason is not None:
        yield _warn("range", Text(changed.reason))
    yield _warn("no_control", Text("season_no_control"))


def _units(found: Coefficients, changed: Change) -> Check:
    """Sums of several months beside single ones."""
    scale = scale_off(changed)
    if scale is not None:
        told = Text("season_units_scale", n=Figure(FigureKind.COUNT, scale))
        return Check("units", CheckStatus.FAIL, told)
    times = times_off(changed)
    if times is not None:
        return Check("units", CheckStatus.FAIL, Text("season_units_sum", n=times))
    if not found.years.starts:
        return _pass("units", Text("season_units_same"))
    usual = float(np.mean(found.years.table[-1]))
    for level in (changed.before.level, changed.after.level):
        if abs(abs(math.log(level / usual)) - math.log(SUM_OF)) <= NEAR:
            return _warn("units", Text("season_units_level", n=SUM_OF))
        if abs(math.log(level / usual)) >= math.log(FAR):
            return _warn("units", Text("season_units_far", n=Figure(FigureKind.COUNT, FAR)))
    return _pass("units", Text("season_units_same"))


def listed(names: Sequence[str]) -> str:
    """The first names, and whether there are more."""
    more = ", …" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _figures(values: Sequence[float]) -> Text | Figure:
    """The numbers one after the other, each as its language writes it."""
    first, *rest = values
    if not rest:
        return _number(first)
    return Text("season_list", first=_number(first), rest=_figures(rest))


def _number(value: float) -> Figure:
    return Figure(FigureKind.NUMBER, round(value, 12))


def _pass(code: str, text: Text) -> Check:
    return Check(code, CheckStatus.PASS, text)


def _warn(code: str, text: Text) -> Check:
    return Check(code, CheckStatus.WARN, text)
