"""Several questions asked of one data set: p-values and intervals that allow for it."""

from __future__ import annotations

import math
from collections.abc import Sequence


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that hold the false discovery rate, in the order given.

    Parameters
    ----------
    p_values : sequence of float
        Each from 0 to 1.

    Returns
    -------
    list of float
        Benjamini & Hochberg (1995), JRSS B 57, 289-300, procedure (1), as adjusted p-values.
    """
    order = _ascending(p_values)
    adjusted = [0.0] * len(order)
    lowest = 1.0
    for rank in range(len(order), 0, -1):
        i = order[rank - 1]
        lowest = min(lowest, p_values[i] * len(order) / rank)
        adjusted[i] = lowest
    return adjusted


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that hold the chance of any false positive, in the order given.

    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    order = _ascending(p_values)
    adjusted = [0.0] * len(order)
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(p_values[i] * (len(order) - rank), 1.0))
        adjusted[i] = highest
    return adjusted


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Each p-value times their number, at most 1 (Dunn 1961, JASA 56, 52-64)."""
    _ascending(p_values)
    return [min(p * len(p_values), 1.0) for p in p_values]


def simultaneous_alpha(alpha: float, comparisons: int) -> float:
    """The alpha of each of several intervals that are to hold together (Dunn 1961)."""
    return alpha / max(comparisons, 1)


def _ascending(p_values: Sequence[float]) -> list[int]:
    """Indices from the smallest p to the largest; ValueError for what is not a probability."""
    if any(math.isnan(p) or not 0.0 <= p <= 1.0 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    return sorted(range(len(p_values)), key=lambda i: p_values[i])
