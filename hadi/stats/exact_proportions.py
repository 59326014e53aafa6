"""Two shares by unconditional exact tests and by the score interval, beside what decides.

Fisher's test holds the successes of both arms together fixed, which no A/B test does, and is
stricter than it needs to be. Boschloo's is never less powerful: it orders the tables by Fisher's
p and asks how often any common share would give one as extreme. It and the interval of Miettinen
& Nurminen are what a statistician asks to see beside Fisher and Newcombe.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from hadi.stats.distributions import two_sided_z
from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy import float64
    from numpy.typing import NDArray

    from hadi.stats.samples import Conversion

    Floats = NDArray[float64]

Alternative = Literal["two-sided", "greater", "less"]
_TIE = 1.0 + 1e-7  # probabilities that agree so far are equal, as in R


def boschloo(
    control: Conversion, treatment: Conversion, *, alternative: Alternative = "two-sided"
) -> float:
    """The p of Boschloo's exact unconditional test.

    Parameters
    ----------
    control, treatment : Conversion
        Meant for up to some 1,000 units in both arms together; the cost is O(n0 n1).
    alternative : str
        ``greater``: the treatment's share is the larger; ``less``: the smaller. Two-sided the
        tables are ordered by Fisher's two-sided p, so that the p never exceeds Fisher's.

    Returns
    -------
    float
        The supremum over the common share. Boschloo (1970), Statistica Neerlandica 24, 1-35.

    Raises
    ------
    NotEstimable
        ``control_empty``, ``treatment_empty`` or ``no_variation``.
    """
    _refuse_undefined(control, treatment)
    import numpy as np

    chances = _conditional(control.n, treatment.n)
    row, seen = control.successes + treatment.successes, treatment.successes
    if alternative == "two-sided":
        ordered = np.sort(chances, axis=1)
        sums = np.cumsum(ordered, axis=1)
        mine = float(chances[row][chances[row] <= chances[row, seen] * _TIE].sum())
        is_last_tie = np.ones(ordered.shape, dtype=bool)
        is_last_tie[:, :-1] = ordered[:, 1:] > ordered[:, :-1] * _TIE
        levels = np.where(is_last_tie & (sums <= mine * _TIE), sums, 0.0).max(axis=1)
    else:
        if alternative == "greater":
            chances, seen = chances[:, ::-1], treatment.n - seen
        sums = np.cumsum(chances, axis=1)
        mine = float(sums[row, seen])
        levels = np.where((chances > 0.0) & (sums <= mine * _TIE), sums, 0.0).max(axis=1)
    return _supremum(levels)


def barnard(control: Conversion, treatment: Conversion) -> float:
    """The two-sided p of Barnard's exact unconditional test with the pooled z as its order.

    Parameters, errors and cost as of `boschloo`. Barnard (1947), Biometrika 34, 123-138; the order
    by Suissa & Shuster (1985), JRSS A 148.
    """
    _refuse_undefined(control, treatment)
    import numpy as np

    n0, n1 = control.n, treatment.n
    chances = _conditional(n0, n1)
    both = np.arange(n0 + n1 + 1.0)[:, None]
    treated = np.arange(n1 + 1.0)[None, :]
    spread = both * (n0 + n1 - both)
    gaps = (treated * n0 - (both - treated) * n1) ** 2 / np.where(spread > 0.0, spread, 1.0)
    seen = float(gaps[control.successes + treatment.successes, treatment.successes])
    return _supremum(np.where(gaps >= seen / _TIE, chances, 0.0).sum(axis=1))


def miettinen_nurminen(
    control: Conversion, treatment: Conversion, *, alpha: float
) -> tuple[float, float]:
    """The score interval of a difference of shares.

    Parameters
    ----------
    control, treatment : Conversion
        At least one unit each.
    alpha : float
        Two-sided error, 0 < alpha < 1.

    Returns
    -------
    tuple of float
        (low, high) of treatment minus control, fractions from -1 to 1: the differences that the
        score test, its variance times N/(N - 1), does not reject. Miettinen & Nurminen (1985),
        Statistics in Medicine 4, 213-226, eq. 8 and 9; the constrained shares by the appendix.

    Raises
    ------
    NotEstimable
        ``control_empty`` or ``treatment_empty``.
    """
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.n < 1:
            raise NotEstimable(f"{role}_empty")
    z = two_sided_z(alpha)
    seen = treatment.rate - control.rate

    def reach(difference: float) -> float:
        """How far the score at a difference is from the seen one, over its limit."""
        error = math.sqrt(_score_variance(control, treatment, difference))
        return abs(seen - difference) - z * error

    return _root(reach, -1.0, seen), _root(reach, 1.0, seen)


def _refuse_undefined(control: Conversion, treatment: Conversion) -> None:
    for role, arm in (("control", control), ("treatment", treatment)):
        if arm.n < 1:
            raise NotEstimable(f"{role}_empty")
    if control.successes + treatment.successes in (0, control.n + treatment.n):
        raise NotEstimable("no_variation")


def _conditional(n0: int, n1: int) -> Floats:
    """The hypergeometric chances of the treatment's successes (columns, 0 to n1) given those of
    both arms (rows, 0 to n0 + n1); 0 where impossible."""
    import numpy as np

    factorials = _log_factorials(n0 + n1)
    both = np.arange(n0 + n1 + 1)[:, None]
    treated = np.arange(n1 + 1)[None, :]
    others = both - treated
    possible = (others >= 0) & (others <= n0)
    others = np.clip(others, 0, n0)
    ways1 = factorials[n1] - factorials[treated] - factorials[n1 - treated]
    ways0 = factorials[n0] - factorials[others] - factorials[n0 - others]
    every = factorials[-1] - factorials[both] - factorials[n0 + n1 - both]
    chances: Floats = np.where(possible, np.exp(ways0 + ways1 - every), 0.0)
    return chances


def _log_factorials(n: int) -> Floats:
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, n + 1.0)))))


def _supremum(levels: Floats) -> float:
    """The largest chance, over the common share, of a table in the critical region, of which
    `levels` holds the chance given each number of successes of both arms.

    That chance is a mixture of binomial weights, whose humps are some sqrt(1/n) wide on the arc
    sine scale: a grid far finer than that finds the highest, three finer grids its top.
    """
    import numpy as np

    n = levels.size - 1
    factorials = _log_factorials(n)
    successes = np.flatnonzero(levels)
    logs = (factorials[n] - factorials - factorials[::-1])[successes] + np.log(levels[successes])

    def chance(angle: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            log_share, log_rest = 2.0 * np.log(np.sin(angle)), 2.0 * np.log(np.cos(angle))
        exponents = np.outer(log_share, successes) + np.outer(log_rest, n - successes) + logs
        found: Floats = np.exp(exponents).sum(axis=1)
        return found

    edge = 1e-9  # neither share 0 nor 1: there no table varies
    angles = np.linspace(edge, math.pi / 2.0 - edge, 64 + 16 * math.isqrt(n))
    found = chance(angles)
    for _ in range(3):
        top = int(np.argmax(found))
        near = angles[max(top - 1, 0)], angles[min(top + 1, angles.size - 1)]
        angles = np.linspace(*near, 33)
        found = np.append(chance(angles), found[top])
        angles = np.append(angles, near[0] + (near[1] - near[0]) / 2.0)
    return min(float(found.max()), 1.0)


def _score_variance(control: Conversion, treatment: Conversion, difference: float) -> float:
    """Of the difference, at the likeliest shares that differ by exactly `difference`."""
    n0, n1 = control.n, treatment.n
    share0 = _constrained(control, treatment, difference)
    share1 = min(max(share0 + difference, 0.0), 1.0)
    total = n0 + n1
    variance = share0 * (1.0 - share0) / n0 + share1 * (1.0 - share1) / n1
    return variance * total / (total - 1.0)


def _constrained(control: Conversion, treatment: Conversion, difference: float) -> float:
    """The control's share that is likeliest given the difference: the one root of the cubic
    that lies between 0 and 1 (Miettinen & Nurminen 1985, appendix 1)."""
    n0, x0, n1, d = control.n, control.successes, treatment.n, difference
    total, both = n0 + n1, x0 + treatment.successes
    third = float(total)
    second = (n1 + 2 * n0) * d - total - both
    first = (n0 * d - total - 2 * x0) * d + both
    constant = x0 * d * (1.0 - d)
    scaled = second / (3.0 * third)
    q = scaled**3 - second * first / (6.0 * third * third) + constant / (2.0 * third)
    p = math.copysign(math.sqrt(max(scaled * scaled - first / (3.0 * third), 0.0)), q)
    angle = math.acos(min(max(q / p**3, -1.0), 1.0)) if p else math.pi / 2.0
    share = 2.0 * p * math.cos((math.pi + angle) / 3.0) - scaled
    return min(max(share, max(0.0, -d)), min(1.0, 1.0 - d))


def _root(reach: Callable[[float], float], outer: float, inner: float) -> float:
    """Where `reach` turns from below 0 at `inner` to above it; `outer` where it never does."""
    if reach(outer) <= 0.0:
        return outer
    for _ in range(60):
        middle = inner + (outer - inner) / 2.0
        if reach(middle) > 0.0:
            outer = middle
        else:
            inner = middle
    return inner + (outer - inner) / 2.0
