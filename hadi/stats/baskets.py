"""What goes together in a basket: support, confidence and lift, with ranges over stores.

Receipts of one store resemble each other, so that counting each as evidence of its own makes every
rule look surer than it is. The ranges come from leaving out one store (or one week) after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hadi.stats.distributions import log_t_two_sided, p_from_log, t_quantile_two_sided
from hadi.stats.errors import NotEstimable

Floats = NDArray[np.float64]

FEWEST_BLOCKS = 5  # stores or weeks, from which on a range is given


@dataclass(frozen=True, slots=True)
class Ranged:
    """A quotient of sums, with the ends of its range (None: there is none) and the p of the
    hypothesis that it is `no_effect` (None: not asked)."""

    value: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who buys A also buys B: counted in receipts."""

    n: int
    n_a: int
    n_b: int
    n_both: int

    @property
    def support(self) -> float:
        """Share of all receipts with both: n(A and B) / n."""
        return self.n_both / self.n

    @property
    def confidence(self) -> float:
        """Share of the receipts with A that have B too: n(A and B) / n(A)."""
        return self.n_both / self.n_a

    @property
    def lift(self) -> float:
        """Confidence against the share of B in all receipts: 1 is what chance does."""
        return self.n_both * self.n / (self.n_a * self.n_b)

    @property
    def elsewhere(self) -> float | None:
        """Share of the receipts without A that have B; None where every receipt has A."""
        others = self.n - self.n_a
        return (self.n_b - self.n_both) / others if others else None


def rule(*, n: int, n_a: int, n_b: int, n_both: int) -> Rule:
    """The rule of those counts (Agrawal, Imielinski & Swami 1993, SIGMOD Record 22, 207-216).

    Raises NotEstimable ``basket_counts`` for counts that no receipts can have, and
    ``basket_never`` where A or B is in no receipt.
    """
    if not 0 <= n_both <= min(n_a, n_b) or max(n_a, n_b) > n or n_a + n_b - n_both > n:
        raise NotEstimable("basket_counts")
    if n_a == 0 or n_b == 0:
        raise NotEstimable("basket_never")
    return Rule(n, n_a, n_b, n_both)


def share(numerators: Floats, denominators: Floats, *, alpha: float) -> Ranged:
    """A share sum(numerators) / sum(denominators) over blocks, its range on the scale of log odds.

    See `_jackknifed`. The range is None with under five blocks, or where the share is 0 or 1, or
    becomes so without one of the blocks.
    """
    top, bottom = float(numerators.sum()), float(denominators.sum())
    if bottom <= 0.0:
        raise NotEstimable("basket_never")
    value = top / bottom
    left = _left_out(numerators) / _positive(_left_out(denominators))
    whole = float(_logit(np.array([value]))[0])
    found = _jackknifed(whole, _logit(left), _counted(denominators), alpha)
    if found is None:
        return Ranged(value)
    return Ranged(value, _expit(found[0]), _expit(found[1]))


def mean(numerators: Floats, denominators: Floats, *, alpha: float) -> Ranged:
    """A quotient sum(numerators) / sum(denominators) that is no share, such as units a receipt; its
    range on its own scale. None of a range with under five blocks."""
    bottom = float(denominators.sum())
    if bottom <= 0.0:
        raise NotEstimable("basket_never")
    value = float(numerators.sum()) / bottom
    left = _left_out(numerators) / _positive(_left_out(denominators))
    found = _jackknifed(value, left, _counted(denominators), alpha)
    return Ranged(value, *found[:2]) if found else Ranged(value)


def lift(n: Floats, n_a: Floats, n_b: Floats, n_both: Floats, *, alpha: float) -> Ranged:
    """The lift of a rule over blocks, its range on the scale of its logarithm; ``p_value`` is of
    no connection, lift 1. The arrays hold the counts of each block."""
    whole = rule(
        n=round(float(n.sum())), n_a=round(float(n_a.sum())), n_b=round(float(n_b.sum())),
        n_both=round(float(n_both.sum())),
    )  # fmt: skip
    if whole.n_both == 0:
        return Ranged(0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (
            np.log(_left_out(n_both)) + np.log(_left_out(n))
            - np.log(_left_out(n_a)) - np.log(_left_out(n_b))
        )  # fmt: skip
    found = _jackknifed(math.log(whole.lift), left, _counted(n), alpha)
    if found is None:
        return Ranged(whole.lift)
    return Ranged(whole.lift, math.exp(found[0]), math.exp(found[1]), found[2])


def _jackknifed(
    value: float, left: Floats, counted: NDArray[np.bool_], alpha: float
) -> tuple[float, float, float] | None:
    """(low, high, p of zero) of a value from the values without each block in turn.

    The delete-one jackknife around the value itself, with Student's t on one degree of freedom less
    than there are blocks (Tukey 1958, Annals of Mathematical Statistics 29, 614; of clusters Bell &
    McCaffrey 2002, Survey Methodology 28, 169-181, where it is CR3: never narrower than the
    linearised one). Blocks without a denominator do not count.
    """
    blocks = int(counted.sum())
    if blocks < FEWEST_BLOCKS:
        return None
    if not math.isfinite(value) or not np.isfinite(left[counted]).all():
        return None
    gaps = left[counted] - value
    error = math.sqrt(float((gaps**2).sum()) * (blocks - 1) / blocks)
    if error <= 1e-12 * max(1.0, abs(value)):
        return None  # every block is alike, which real ones never are
    df = blocks - 1.0
    reach = t_quantile_two_sided(alpha, df) * error
    p_value, _ = p_from_log(log_t_two_sided(value / error, df))
    return value - reach, value + reach, p_value or 0.0


def _left_out(values: Floats) -> Floats:
    """The sum without each block in turn."""
    rest: Floats = values.sum() - values
    return rest


def _positive(values: Floats) -> Floats:
    """Sums that are divided by; a block that holds everything leaves nothing."""
    return np.where(values > 0.0, values, np.nan)


def _counted(denominators: Floats) -> NDArray[np.bool_]:
    return denominators > 0.0


def _logit(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(values) - np.log1p(-values)


def _expit(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value)) if value > -700.0 else 0.0
