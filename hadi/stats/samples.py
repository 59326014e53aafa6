"""Sufficient statistics of one arm: what the tests need, and nothing of the rows themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conversion:
    """`successes` of `n` units; 0 <= successes <= n."""

    n: int
    successes: int

    @property
    def rate(self) -> float:
        return self.successes / self.n if self.n else math.nan

    def __add__(self, other: Conversion) -> Conversion:
        return Conversion(self.n + other.n, self.successes + other.successes)


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and sum of squared deviations from the mean (`m2`) of `n` values.

    `rest` is what rounding took from the mean: beside values of a thousand million it is as
    large as the seventh digit of a difference of two means.
    """

    n: int
    mean: float
    m2: float
    rest: float = 0.0

    @property
    def variance(self) -> float:
        """Unbiased variance; NaN under two values."""
        return self.m2 / (self.n - 1) if self.n > 1 else math.nan

    @classmethod
    def of(cls, values: Sequence[float]) -> Moments:
        """From the values themselves; two passes, so that an offset costs no digits."""
        n = len(values)
        if n == 0:
            return cls(0, math.nan, 0.0)
        mean = math.fsum(values) / n
        return cls(n, mean, math.fsum((v - mean) ** 2 for v in values))

    @classmethod
    def shifted(cls, n: int, mean: float, m2: float, offset: float) -> Moments:
        """From the mean of the values less `offset`, losing no digit (Knuth's two-sum)."""
        total = offset + mean
        part = total - offset
        return cls(n, total, m2, (offset - (total - part)) + (mean - part))

    @classmethod
    def from_sd(cls, n: int, mean: float, sd: float) -> Moments:
        return cls(n, mean, sd * sd * (n - 1))

    def __add__(self, other: Moments) -> Moments:
        """Merge two parts of one arm (Chan, Golub & LeVeque 1983, eq. 2.1)."""
        n = self.n + other.n
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        gap = self.gap_to(other)
        m2 = self.m2 + other.m2 + gap * gap * self.n * other.n / n
        return Moments.shifted(n, self.rest + gap * other.n / n, m2, self.mean)

    def gap_to(self, other: Moments) -> float:
        """The other's mean less this one."""
        return (other.mean - self.mean) + (other.rest - self.rest)


@dataclass(frozen=True, slots=True)
class CoMoments:
    """Count, means and sums of products of deviations of several columns of the same `n` units.

    `comoments[i][j]` is the sum over the units of (x_i - mean_i)(x_j - mean_j), a symmetric table;
    `rests` is what rounding took from each mean, as in `Moments`. A ratio has the columns
    (numerator, denominator); a metric with covariates has its own columns first.
    """

    n: int
    means: tuple[float, ...]
    comoments: tuple[tuple[float, ...], ...]
    rests: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        return len(self.means)

    def covariance(self, i: int, j: int) -> float:
        """Unbiased covariance of two columns; NaN under two units."""
        return self.comoments[i][j] / (self.n - 1) if self.n > 1 else math.nan

    def marginal(self, i: int) -> Moments:
        """One column alone."""
        rest = self.rests[i] if self.rests else 0.0
        return Moments(self.n, self.means[i], self.comoments[i][i], rest)

    @classmethod
    def of(cls, *columns: Sequence[float]) -> CoMoments:
        """From the columns themselves, of equal length; two passes, as in `Moments.of`."""
        n = len(columns[0])
        if n == 0:
            width = len(columns)
            return cls(0, (math.nan,) * width, ((0.0,) * width,) * width)
        means = tuple(math.fsum(column) / n for column in columns)
        parts = [[v - mean for v in col] for col, mean in zip(columns, means, strict=True)]
        table = tuple(
            tuple(math.fsum(a * b for a, b in zip(left, right, strict=True)) for right in parts)
            for left in parts
        )
        return cls(n, means, table)

    def gap_to(self, other: CoMoments, i: int) -> float:
        """The other's mean of column `i` less this one's."""
        return self.marginal(i).gap_to(other.marginal(i))

    def __add__(self, other: CoMoments) -> CoMoments:
        """Merge two parts of one arm (Chan, Golub & LeVeque 1983, eq. 2.1)."""
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        n, width = self.n + other.n, range(self.width)
        gaps = [self.gap_to(other, i) for i in width]
        weight = self.n * (other.n / n)
        table = tuple(
            tuple(
                self.comoments[i][j] + other.comoments[i][j] + gaps[i] * gaps[j] * weight
                for j in width
            )
            for i in width
        )
        merged = [self.marginal(i) + other.marginal(i) for i in width]
        return CoMoments(n, tuple(m.mean for m in merged), table, tuple(m.rest for m in merged))


@dataclass(frozen=True, slots=True)
class Events:
    """`events` (a whole number) counted over `exposure` (> 0 once there are units) by `n` units.

    `by_unit` holds (events, exposure) of the units where it is known: it tells whether events
    come one by one, as a Poisson rate assumes, or in bunches.
    """

    n: int
    events: int
    exposure: float
    by_unit: CoMoments | None = None

    @property
    def rate(self) -> float:
        return self.events / self.exposure if self.exposure else math.nan

    def __add__(self, other: Events) -> Events:
        by_unit = None
        if self.by_unit is not None and other.by_unit is not None:
            by_unit = self.by_unit + other.by_unit
        return Events(
            self.n + other.n, self.events + other.events, self.exposure + other.exposure, by_unit
        )
