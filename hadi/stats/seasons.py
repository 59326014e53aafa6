"""Seasonal coefficients of months: how far each stands above or below an average month.

The coefficient of a month is its mean over the years, divided by the mean of all months; the
twelve add up to 12. That holds for whole years alone: half a year more of some months than of
others moves all of them. Where sales grow from year to year, the months are held against a moving
average of twelve instead, and where one year had a promotion, the median of the years keeps it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable

Array: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]
Method: TypeAlias = Literal["level", "years", "trend"]
Over: TypeAlias = Literal["mean", "median"]

MONTHS = 12
STEADY = 0.02  # a yearly growth below it is taken for none
SAME_WAY = 0.75  # of the changes from year to year, for a growth to be steady
PLAIN = 2.5  # standard errors: a growth of noisy years that is plain over many of them
FEWEST_FOR_TREND = 3  # years: a moving average of two leaves one value of each month
APART = 1.5  # of the years' means: levels that a mean over all would hold against each other
LARGEST = 1e60  # beyond it squares of sums no longer fit a float
SPREAD = 0.10  # between the mean and the median of a month's years


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """Values of consecutive months. `start` is the first month as an ordinal, year * 12 + month - 1
    (so that January is 0 modulo 12); NaN is a month without a value."""

    start: int
    values: Array

    @property
    def end(self) -> int:
        """The ordinal after the last month."""
        return self.start + len(self.values)

    def at(self, first: int, last: int) -> Array:
        """The values of the months first..last, NaN beyond the series."""
        found = np.full(last - first + 1, np.nan)
        low, high = max(first, self.start), min(last + 1, self.end)
        if low < high:
            found[low - first : high - first] = self.values[low - self.start : high - self.start]
        return found


@dataclass(frozen=True, slots=True)
class Years:
    """The whole years of a series: the first month of each, their values (years, 12) from January
    to December, and the months that belong to none."""

    starts: tuple[int, ...]
    table: Array
    left_out: tuple[int, ...] = ()

    @property
    def is_unbroken(self) -> bool:
        return all(b - a == MONTHS for a, b in zip(self.starts, self.starts[1:], strict=False))

    @property
    def is_calendar(self) -> bool:
        return all(start % MONTHS == 0 for start in self.starts)


@dataclass(frozen=True, slots=True)
class Growth:
    """`rate` a year (a fraction; the median over the months), the share of the months' changes that
    go the same way, and `t`: the years' changes over their standard error (None: too few)."""

    rate: float
    share: float
    t: float | None = None

    @property
    def is_steady(self) -> bool:
        goes_on = self.share >= SAME_WAY or (self.t is not None and abs(self.t) >= PLAIN)
        return abs(self.rate) > STEADY and goes_on


@dataclass(frozen=True, slots=True)
class Spread:
    """A month whose years disagree: what each way of averaging makes of them."""

    month: int
    years: tuple[float, ...]
    mean: float
    median: float
    last_two: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """`values` from January to December add up to 12. `by_year` (years, 12) are the single years'
    (NaN where a moving average leaves none); `pooled_sum` is what the coefficients would add up to
    if the part-years were thrown in."""

    values: tuple[float, ...]
    method: Method
    over: Over
    years: Years
    by_year: Array
    growth: Growth | None
    spread: Spread | None
    pooled_sum: float | None = None

    @property
    def sum(self) -> float:
        return float(np.sum(self.values))

    @property
    def resting_on(self) -> int:
        """The years behind a coefficient, of the month that has the fewest."""
        return int(np.isfinite(self.by_year).sum(axis=0).min())

    def of(self, months: Places) -> Array:
        """The coefficients of ordinals of months."""
        found: Array = np.asarray(self.values)[months % MONTHS]
        return found


def whole_years(series: MonthSeries, until: int | None = None) -> Years:
    """The whole years before the month `until` (all of them without one).

    Calendar years, unless years that begin with the first month of the data are more.
    """
    end = series.end if until is None else min(until, series.end)
    by_calendar = _years_from(series, -(-series.start // MONTHS) * MONTHS, end)
    by_first = _years_from(series, series.start, end)
    return by_first if len(by_first.starts) > len(by_calendar.starts) else by_calendar


def _years_from(series: MonthSeries, first: int, end: int) -> Years:
    starts, rows = [], []
    for start in range(first, end - MONTHS + 1, MONTHS):
        row = series.at(start, start + MONTHS - 1)
        if np.isfinite(row).all():
            starts.append(start)
            rows.append(np.roll(row, start % MONTHS))
    inside = {month for start in starts for month in range(start, start + MONTHS)}
    known = series.start + np.flatnonzero(np.isfinite(series.values))
    left_out = tuple(int(m) for m in known if m < end and m not in inside)
    return Years(tuple(starts), np.array(rows).reshape(len(rows), MONTHS), left_out)


def growth(years: Years) -> Growth | None:
    """The change from a year to the next, by its months: a median, which one promotion does not
    move. None where no two years follow each other."""
    steps = [
        np.log(after / before)
        for start, before, after in zip(years.starts, years.table, years.table[1:], strict=False)
        if start + MONTHS in years.starts and (before > 0).all() and (after > 0).all()
    ]
    if not steps:
        return None
    changes = np.concatenate(steps)
    middle = float(np.median(changes))
    share = float(np.mean(np.sign(changes) == np.sign(middle))) if middle else 0.0
    by_year = np.median(np.array(steps), axis=1)
    error = float(by_year.std(ddof=1)) / len(by_year) ** 0.5 if len(by_year) >= 3 else 0.0
    return Growth(float(np.expm1(middle)), share, float(by_year.mean()) / error if error else None)


def coefficients(
    series: MonthSeries,
    *,
    until: int | None = None,
    method: Method | None = None,
    over: Over | None = None,
) -> Coefficients:
    """The coefficients from the whole years before `until`.

    Parameters
    ----------
    method : "level": the mean of each month over the mean of all; "years": each year over its own
        mean first; "trend": over a centred moving average of twelve. None: "trend" where there are
        three years or more that grow steadily or lie far apart, "years" where two grow, else
        "level".
    over : "mean" or "median" of the years. None: the median of three years or more where the two
        differ by a tenth for some month, else the mean.

    Raises
    ------
    NotEstimable
        ``season_no_whole_year``, ``season_negative``, ``season_all_zero`` or
        ``numbers_too_large``.

    Notes
    -----
    Persons' ratio to moving average (Persons 1919, Review of Economics and Statistics 1;
    Makridakis, Wheelwright & Hyndman 1998, Forecasting, section 3/4) and, without growth, the
    simple average of the months.
    """
    if (np.abs(series.values) > LARGEST).any():
        raise NotEstimable("numbers_too_large")
    years = whole_years(series, until)
    count = len(years.starts)
    if count == 0:
        raise NotEstimable("season_no_whole_year")
    if (years.table < 0).any():
        raise NotEstimable("season_negative")
    if (years.table.sum(axis=1) <= 0).any():
        raise NotEstimable("season_all_zero")
    grown = growth(years)
    way = method or _way(years, grown)
    if way == "trend" and (count < 2 or not years.is_unbroken):
        raise NotEstimable("season_no_trend")
    by_year = _ratios(series, years) if way == "trend" else _normalised(years)
    spread = _spread(by_year)
    if over is None:
        over = "median" if spread is not None else "mean"
    if way == "level" and over == "median":
        way = "years"  # the median of the years' own coefficients: their levels must not matter
    if way == "level":
        raw = years.table.mean(axis=0)
    else:
        raw = np.nanmedian(by_year, axis=0) if over == "median" else np.nanmean(by_year, axis=0)
    values = raw * MONTHS / raw.sum()
    return Coefficients(
        tuple(float(v) for v in values), way, over, years, by_year, grown, spread,
        _pooled_sum(series, years),
    )  # fmt: skip


def kept(
    series: MonthSeries, values: tuple[float, ...], method: Method, *, until: int | None = None
) -> Coefficients:
    """Coefficients that were worked out elsewhere, over the years of this series, of which there
    may be none: these say how much a change differs from year to year, and how sales grow."""
    years = whole_years(series, until)
    if (np.abs(series.values) > LARGEST).any():
        raise NotEstimable("numbers_too_large")
    is_usable = bool((years.table >= 0).all() and (years.table.sum(axis=1) > 0).all())
    if not years.starts or not is_usable:
        none = Years((), np.zeros((0, MONTHS)), years.left_out)
        return Coefficients(values, method, "mean", none, np.zeros((0, MONTHS)), None, None)
    return Coefficients(values, method, "mean", years, _normalised(years), growth(years), None)


def _way(years: Years, grown: Growth | None) -> Method:
    is_long = len(years.starts) >= FEWEST_FOR_TREND and years.is_unbroken
    if grown is not None and grown.is_steady:
        return "trend" if is_long else "years"
    means = years.table.mean(axis=1)
    return "trend" if is_long and means.max() > APART * means.min() else "level"


def _normalised(years: Years) -> Array:
    found: Array = years.table / years.table.mean(axis=1, keepdims=True)
    return found


def _ratios(series: MonthSeries, years: Years) -> Array:
    """(years, 12) from January to December: the value over the moving average around it."""
    flat = series.at(years.starts[0], years.starts[-1] + MONTHS - 1)
    ratios = flat / centred_average(flat, MONTHS)
    rows = ratios.reshape(len(years.starts), MONTHS)
    return np.array([np.roll(row, years.starts[0] % MONTHS) for row in rows])


def centred_average(values: Array, period: int) -> Array:
    """The moving average over `period` values, centred (2 × period where that is even); NaN for
    the half period at either end."""
    weights = np.full(period, 1.0 / period)
    if period % 2 == 0:
        weights = np.convolve(weights, [0.5, 0.5])
    half = len(weights) // 2
    found = np.full(len(values), np.nan)
    if len(values) >= len(weights):
        found[half:-half] = np.convolve(values, weights, mode="valid")
    return found


def moving_average_index(
    values: Array, *, period: int, kind: Literal["multiplicative", "additive"] = "multiplicative"
) -> Array:
    """The classical index of each place in the period, from the first value's on: mean 1
    multiplicatively, 0 additively (as R's `decompose`)."""
    trend = centred_average(values, period)
    away = values / trend if kind == "multiplicative" else values - trend
    by_place = [np.nanmean(away[place::period]) for place in range(period)]
    index = np.array(by_place)
    found: Array = index / index.mean() if kind == "multiplicative" else index - index.mean()
    return found


def _spread(by_year: Array) -> Spread | None:
    """The month whose mean and median are furthest apart, where that is far."""
    worst: Spread | None = None
    for month in range(MONTHS):
        known = by_year[np.isfinite(by_year[:, month]), month]
        if len(known) < FEWEST_FOR_TREND:
            continue
        mean, median = float(known.mean()), float(np.median(known))
        gap = abs(mean / median - 1.0) if median > 0 else abs(mean)
        if gap > SPREAD and (worst is None or gap > abs(worst.mean / worst.median - 1.0)):
            years = tuple(float(k) for k in known)
            worst = Spread(month + 1, years, mean, median, float(known[-2:].mean()))
    return worst


def _pooled_sum(series: MonthSeries, years: Years) -> float | None:
    """What the coefficients would add up to with the part-years thrown in; None without any."""
    if not years.left_out:
        return None
    months = [*years.left_out, *(m for s in years.starts for m in range(s, s + MONTHS))]
    places = np.array(months)
    values = np.array([series.values[m - series.start] for m in months])
    by_month = [values[places % MONTHS == m].mean() for m in range(MONTHS)]
    return float(np.sum(by_month) / values.mean())
