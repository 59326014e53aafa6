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
    """Count, mean and sum of squared deviations from the mean (`m2`) of `n` values."""

    n: int
    mean: float
    m2: float

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
    def from_sd(cls, n: int, mean: float, sd: float) -> Moments:
        return cls(n, mean, sd * sd * (n - 1))

    def __add__(self, other: Moments) -> Moments:
        """Merge two parts of one arm (Chan, Golub & LeVeque 1983, eq. 2.1)."""
        n = self.n + other.n
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        gap = other.mean - self.mean
        mean = self.mean + gap * other.n / n
        return Moments(n, mean, self.m2 + other.m2 + gap * gap * self.n * other.n / n)
