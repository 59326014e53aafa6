"""Before against after in one series, with its season taken out, and how sure that is.

One series has nothing beside it to be compared with. What it has is its own past: the same change,
a year ago, two years ago, and at every other time of the year. How much that differed from year to
year when nothing was done is how far chance carries it now.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Interval
from hadi.stats.seasons import MONTHS, Array, Coefficients, MonthSeries

SUM_OF = 3  # months: what is most often added up where a monthly mean was meant
NEAR = 0.2  # of a logarithm: 3.7 and 2.5 are near 3
FAR = 50  # times: from here on it is the unit that differs
SCALES = (100, 1_000, 1_000_000)
MOST_HISTORY = 240  # months; what is older than twenty years says little of today


@dataclass(frozen=True, slots=True)
class Window:
    """Months first..last (ordinals): those with a value, their mean and that of their
    coefficients."""

    first: int
    last: int
    months: tuple[int, ...]
    mean: float
    coefficient: float

    @property
    def level(self) -> float:
        """The mean with the season taken out."""
        return self.mean / self.coefficient

    @property
    def missing(self) -> int:
        return self.last - self.first + 1 - len(self.months)


@dataclass(frozen=True, slots=True)
class Placebo:
    """The change between the same months of an earlier year, with the season taken out."""

    first: int  # the ordinal of its first month before
    adjusted: float


@dataclass(frozen=True, slots=True)
class Change:
    """Changes are fractions of before. `naive` is as measured, `adjusted` with the season taken
    out, `growing` what the yearly growth makes of the time between the windows, and `effect` what
    is left of `adjusted` beside it. `interval` is that of `adjusted`, `effect_interval` of
    `effect`; they and p are None where `reason` says why (a code of the estimates' wordings)."""

    before: Window
    after: Window
    naive: float
    adjusted: float
    growing: float
    effect: float
    interval: Interval | None
    effect_interval: Interval | None
    p_value: float | None
    log10_p: float | None
    standard_error: float | None  # of the logarithm
    df: float | None
    placebos: tuple[Placebo, ...]
    reason: str | None = None

    @property
    def expected(self) -> float:
        """What the after months would have been by season and growth alone, a month."""
        return self.before.level * self.after.coefficient * (1.0 + self.growing)

    @property
    def explained(self) -> float | None:
        """The share of the naive change that season and growth account for; None where there is
        hardly one."""
        whole = math.log1p(self.naive)
        if abs(whole) < math.log(1.01):
            return None
        return 1.0 - math.log1p(self.effect) / whole


def change(
    series: MonthSeries,
    found: Coefficients,
    *,
    before: tuple[int, int],
    after: tuple[int, int],
    alpha: float,
) -> Change:
    """The change from the months `before` to the months `after` (first and last ordinals).

    Raises
    ------
    NotEstimable
        ``season_no_before``, ``season_no_after``, ``season_before_zero``, ``season_after_zero``
        or ``season_no_coefficient``.

    Notes
    -----
    The standard error is that of the same contrast at every earlier time: the logarithms of its
    ratios, each less the mean of those at the same time of the year, give the variance of a single
    contrast, and the mean over Y years adds its own 1/Y. Overlapping contrasts share months, so
    that the degrees of freedom are those of the quadratic form (Satterthwaite 1946, Biometrics
    Bulletin 2), the fewer of white noise and of a random walk.
    """
    first = _window(series, found, before, "before")
    second = _window(series, found, after, "after")
    naive = second.mean / first.mean - 1.0
    adjusted = second.level / first.level - 1.0
    growing = _growing(found, first, second)
    effect = (1.0 + adjusted) / (1.0 + growing) - 1.0
    usual = _usual(series, found, first, second)
    interval = effect_interval = None
    p_value = log10_p = error = df = None
    reason = usual if isinstance(usual, str) else None
    if not isinstance(usual, str):
        error, df = usual
        half = t_quantile_two_sided(alpha, df) * error
        interval = _around(adjusted, half, alpha)
        effect_interval = _around(effect, half, alpha)
        p_value, log10_p = p_from_log(log_t_two_sided(math.log1p(effect) / error, df))
    return Change(
        first, second, naive, adjusted, growing, effect, interval, effect_interval, p_value,
        log10_p, error, df, _same_months(series, found, first, second), reason,
    )  # fmt: skip


def times_off(found: Change) -> int | None:
    """3 where after stands at about three times before or a third of it, season aside: sums of
    three months beside monthly means. A longer window's sum likewise."""
    ratio = abs(math.log1p(found.adjusted))
    for n in {SUM_OF, found.before.last - found.before.first + 1,
              found.after.last - found.after.first + 1}:  # fmt: skip
        if n >= SUM_OF and abs(ratio - math.log(n)) <= NEAR:
            return n
    return None


def scale_off(found: Change) -> int | None:
    """100, 1,000 or 1,000,000 where one side stands at about so many times the other: kopecks
    beside roubles, roubles beside thousands. No change of a business is of that size."""
    ratio = abs(math.log1p(found.adjusted))
    if ratio < math.log(FAR):
        return None
    return min(SCALES, key=lambda scale: abs(ratio - math.log(scale)))


def _window(series: MonthSeries, found: Coefficients, ends: tuple[int, int], name: str) -> Window:
    values = series.at(*ends)
    known = np.flatnonzero(np.isfinite(values))
    if len(known) == 0:
        raise NotEstimable(f"season_no_{name}")
    months = (ends[0] + known).astype(np.int64)
    mean, coefficient = float(values[known].mean()), float(found.of(months).mean())
    if mean <= 0.0:
        raise NotEstimable(f"season_{name}_zero")
    if coefficient <= 0.0:
        raise NotEstimable("season_no_coefficient")
    return Window(ends[0], ends[1], tuple(int(m) for m in months), mean, coefficient)


def _growing(found: Coefficients, before: Window, after: Window) -> float:
    """What steady growth makes of the time between the windows.

    Coefficients of normalised years hold the growth within a year; only that from a year to the
    next is left. Those over a moving average hold none of it.
    """
    if found.growth is None or not found.growth.is_steady or found.method == "level":
        return 0.0
    if found.method == "years":
        start = found.years.starts[0] % MONTHS
        years = [np.mean([(m - start) // MONTHS for m in w.months]) for w in (before, after)]
        between = float(years[1] - years[0])
    else:
        between = float(np.mean(after.months) - np.mean(before.months)) / MONTHS
    return float((1.0 + found.growth.rate) ** between - 1.0)


def _usual(
    series: MonthSeries, found: Coefficients, before: Window, after: Window
) -> tuple[float, float] | str:
    """(standard error of the logarithm, degrees of freedom), or the code of why there is none."""
    if not found.years.starts:
        return "season_few_windows"
    if len(found.years.starts) < 2:
        return "season_one_year"
    contrasts, changes, places = _contrasts(series, before, after)
    centre = _centring(places)
    spare = float(np.trace(centre))
    if spare < 1.0:
        return "season_few_windows"
    away = centre @ changes
    variance = float(away @ away) / spare
    if variance <= 1e-18:
        return "season_no_variation"
    forms = (contrasts, np.cumsum(contrasts[:, ::-1], axis=1)[:, ::-1])  # white noise, random walk
    df = min(_degrees(centre @ form) for form in forms)
    return math.sqrt(variance * (1.0 + 1.0 / found.resting_on)), max(df, 1.0)


def _contrasts(
    series: MonthSeries, before: Window, after: Window
) -> tuple[Array, Array, tuple[int, ...]]:
    """The same contrast at every earlier time with all its months: the weights (times, months), the
    logarithm of each ratio, and the time of the year."""
    low = max(series.start, before.first - MOST_HISTORY)
    history = series.at(low, before.first - 1)
    ones, others = np.array(before.months), np.array(after.months)
    rows, changes, places = [], [], []
    for shift in range(after.last - before.first + 1, before.first - low + 1):
        first, second = ones - shift - low, others - shift - low
        if first[0] < 0:
            break
        means = history[first].mean(), history[second].mean()
        if not (means[0] > 0.0 and means[1] > 0.0):  # NaN among them too
            continue
        row = np.zeros(len(history))
        row[first], row[second] = -1.0 / len(first), 1.0 / len(second)
        rows.append(row)
        changes.append(math.log(means[1] / means[0]))
        places.append(shift % MONTHS)
    return np.array(rows).reshape(len(rows), len(history)), np.array(changes), tuple(places)


def _centring(places: tuple[int, ...]) -> Array:
    """The projection that takes from each its group's mean."""
    groups = np.array(places)
    same = (groups[:, None] == groups[None, :]).astype(float)
    if not len(groups):
        return np.zeros((0, 0))
    found: Array = np.eye(len(groups)) - same / same.sum(axis=1, keepdims=True)
    return found


def _degrees(form: Array) -> float:
    """Of the sum of squares of form @ noise."""
    gram = form @ form.T
    return float(np.trace(gram) ** 2 / np.sum(gram * gram))


def _same_months(
    series: MonthSeries, found: Coefficients, before: Window, after: Window
) -> tuple[Placebo, ...]:
    """The changes between the same months of earlier years, the season taken out; newest first."""
    away = []
    ones, others = np.array(before.months), np.array(after.months)
    for shift in range(MONTHS, before.first - series.start + 1, MONTHS):
        if after.last - shift >= before.first:
            continue
        values = [
            float(np.mean(series.at(int(m[0]) - shift, int(m[-1]) - shift)[m - m[0]]))
            for m in (ones, others)
        ]
        if values[0] > 0.0 and values[1] > 0.0:
            ratio = values[1] / after.coefficient / (values[0] / before.coefficient)
            away.append(Placebo(before.first - shift, ratio - 1.0))
    return tuple(away)


def _around(fraction: float, half: float, alpha: float) -> Interval:
    middle = math.log1p(fraction)
    high = middle + half
    return Interval(
        math.expm1(middle - half), math.expm1(high) if high < 700.0 else None, 1.0 - alpha
    )
