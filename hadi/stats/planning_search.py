"""Looking for the smallest size, or the smallest effect, that is enough.

Every question of planning is asked backwards: the power of a given size is known, and the size
is wanted. Power grows with both, apart from the small steps of exact tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable

MOST_UNITS = 1e15  # beyond it a plan is not a plan
_DOUBLINGS = 100  # 30 digits either way from the first guess


def bisect(is_enough: Callable[[float], bool], low: float, high: float, rel: float) -> float:
    """The smallest value that is enough, `high` being so; within `rel` of itself."""
    while high - low > rel * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def smallest_effect(
    is_found: Callable[[float], bool], guess: float, most: float, rel: float
) -> float | None:
    """The smallest effect that is found, from 0 to `most` (which may be infinite); None when not
    even that one is. `guess` is where to start, > 0."""
    if is_found(0.0):
        return 0.0
    high = min(guess, most)
    for _ in range(_DOUBLINGS):
        if is_found(high):
            break
        if high >= most:
            return None
        high = min(high * 2.0, most)
        if not math.isfinite(high):
            return None
    else:
        return None
    for _ in range(_DOUBLINGS):
        if not is_found(high / 2.0):
            break
        high /= 2.0
    return bisect(is_found, high / 2.0, high, rel)


def fewest(is_enough: Callable[[int], bool], start: float, least: int) -> int | None:
    """The smallest whole number that is enough, found fastest near `start`; never below `least`.

    None beyond any practicable number.
    """
    if not start <= MOST_UNITS:
        return None
    n = max(math.ceil(start - 1e-9), least)
    step = max(n // 1000, 1)
    if is_enough(n):
        high = n
        while high > least:
            low = max(high - step, least)
            if not is_enough(low):
                return _between(is_enough, low, high)
            high, step = low, step * 2
        return high
    low = n
    while True:
        high = low + step
        if high > MOST_UNITS:
            return None
        if is_enough(high):
            return _between(is_enough, low, high)
        low, step = high, step * 2


def raised(is_enough: Callable[[int], bool], start: float, least: int) -> int | None:
    """From `start` upwards in steps of two percent until it is enough: for exact tests, whose
    power goes up and down in small steps as units are added, and for simulated power."""
    if not start <= MOST_UNITS:
        return None
    n = max(math.ceil(start - 1e-9), least)
    for _ in range(400):
        if is_enough(n):
            return n
        n += max(n // 50, 1)
    return None


def _between(is_enough: Callable[[int], bool], low: int, high: int) -> int:
    """`low` is not enough, `high` is."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
