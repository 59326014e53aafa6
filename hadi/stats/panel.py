"""Sites followed over time, and each site's own change: what every pilot method starts from.

The unit of a pilot is the site, not the week: weeks of one store resemble each other, so that a
test over weeks finds effects that are not there. A missing period is missing. It is never a zero,
and a site's mean is over what is there.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hadi.stats.errors import NotEstimable

Floats = NDArray[np.float64]

_ROUNDING = 64.0 * sys.float_info.epsilon
_LARGEST = 1e60  # fourth powers have to fit a float


class Scale(StrEnum):
    """In what sites are compared: percentages of themselves, or units of the value."""

    LOG = "log"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Values of sites over time, in the order of time.

    Parameters
    ----------
    sites, times : tuples of str
        Names of the rows and of the columns; times ascend.
    values : float64 array, shape (sites, times)
        In the metric's own units; NaN is missing.
    treated : tuple of int
        Rows of the pilots. Empty for a history in which nothing was changed.
    first_post : int
        The first column of the time after; `len(times)` where there is none yet.
    """

    sites: tuple[str, ...]
    times: tuple[str, ...]
    values: Floats
    treated: tuple[int, ...] = ()
    first_post: int = sys.maxsize

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.sites), len(self.times)):
            raise ValueError("values need a row for each site and a column for each time")
        if any(not 0 <= row < len(self.sites) for row in self.treated):
            raise ValueError("a treated row is outside the panel")

    @property
    def controls(self) -> tuple[int, ...]:
        """The rows that are no pilots."""
        treated = set(self.treated)
        return tuple(row for row in range(len(self.sites)) if row not in treated)

    @property
    def pre(self) -> Floats:
        """The values before, shape (sites, times before)."""
        return self.values[:, : self.first_post]

    @property
    def post(self) -> Floats:
        """The values after, shape (sites, times after)."""
        return self.values[:, self.first_post :]

    def keep(self, rows: tuple[int, ...]) -> Panel:
        """The panel of these rows alone, the treated among them still treated."""
        treated = set(self.treated)
        return Panel(
            tuple(self.sites[row] for row in rows),
            self.times,
            self.values[list(rows)],
            tuple(new for new, row in enumerate(rows) if row in treated),
            self.first_post,
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A site that misses periods: how many of them before and after, of how many."""

    site: str
    before: int
    before_of: int
    after: int
    after_of: int

    @property
    def is_usable(self) -> bool:
        """It has a value before and one after."""
        return self.before < self.before_of and self.after < self.after_of


def gaps(panel: Panel) -> tuple[Gap, ...]:
    """The sites that miss a period, in the panel's order."""
    before, after = np.isnan(panel.pre), np.isnan(panel.post)
    return tuple(
        Gap(site, int(b.sum()), b.size, int(a.sum()), a.size)
        for site, b, a in zip(panel.sites, before, after, strict=True)
        if b.any() or a.any()
    )


def usable(panel: Panel) -> Panel:
    """The panel without the controls that have no value before or none after.

    Raises
    ------
    NotEstimable
        ``pilot_no_treated``, ``pilot_no_controls``, ``pilot_no_before``, ``pilot_no_after``,
        ``numbers_too_large``; and ``pilot_site_no_before`` or ``pilot_site_no_after`` for a pilot,
        which cannot be left out.
    """
    _refuse_huge(panel)
    if not panel.treated:
        raise NotEstimable("pilot_no_treated")
    if not panel.pre.shape[1]:
        raise NotEstimable("pilot_no_before")
    if not panel.post.shape[1]:
        raise NotEstimable("pilot_no_after")
    has_before = np.asarray((~np.isnan(panel.pre)).any(axis=1))
    has_after = np.asarray((~np.isnan(panel.post)).any(axis=1))
    for row in panel.treated:
        for has, code in (
            (has_before, "pilot_site_no_before"),
            (has_after, "pilot_site_no_after"),
        ):
            if not has[row]:
                raise NotEstimable(code, site=panel.sites[row])
    fit = has_before & has_after
    if not any(fit[row] for row in panel.controls):
        raise NotEstimable("pilot_no_controls")
    return panel if fit.all() else panel.keep(tuple(np.flatnonzero(fit).tolist()))


def scaled(panel: Panel, *, scale: Scale) -> Floats:
    """The values to compare, shape (sites, times): natural logarithms, or the values themselves.

    Raises
    ------
    NotEstimable
        ``pilot_not_positive`` with the first site and time whose logarithm does not exist;
        ``numbers_too_large`` beyond 1e60.
    """
    _refuse_huge(panel)
    if scale != Scale.LOG:
        return panel.values
    wrong = np.argwhere(panel.values <= 0.0)
    if wrong.size:
        row, column = wrong[0].tolist()
        raise NotEstimable("pilot_not_positive", site=panel.sites[row], time=panel.times[column])
    return np.asarray(np.log(panel.values))


def _refuse_huge(panel: Panel) -> None:
    if (np.abs(panel.values) > _LARGEST).any():
        raise NotEstimable("numbers_too_large")


def site_changes(panel: Panel, *, scale: Scale) -> Floats:
    """Each site's change: its mean after less its mean before, over what is there.

    Parameters
    ----------
    panel : Panel
        Every site with a value before and one after; `usable` leaves the others out.
    scale : Scale
        ``log``: of natural logarithms, so that 0.01 is about one percent; ``linear``: of values.

    Returns
    -------
    float64 array, one for each site, NaN for a site without a value before or after.
        A change below the rounding of its means is zero.
    """
    before, after = period_means(panel, scaled(panel, scale=scale))
    rounding = _ROUNDING * np.maximum(np.abs(before), np.abs(after))
    changes = after - before
    return np.where(np.abs(changes) <= rounding, 0.0, changes)


def period_means(panel: Panel, values: Floats) -> tuple[Floats, Floats]:
    """Each row's mean (before, after) of `values`, which has the panel's columns."""
    return mean_there(values[:, : panel.first_post]), mean_there(values[:, panel.first_post :])


def mean_there(values: Floats) -> Floats:
    """The mean of each row over what is there; NaN for a row with nothing."""
    is_there = ~np.isnan(values)
    count = is_there.sum(axis=1)
    with np.errstate(all="ignore"):
        means = np.where(is_there, values, 0.0).sum(axis=1) / count
    return np.where(count > 0, means, math.nan)


def turned_back(effect: float, *, scale: Scale) -> float:
    """A difference of logarithms as a fraction (0.14 is +14 %); others as they are."""
    if scale != Scale.LOG:
        return effect
    try:
        return math.expm1(effect)
    except OverflowError:
        raise NotEstimable("numbers_too_large") from None
