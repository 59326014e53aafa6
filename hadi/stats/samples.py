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
