"""Tests that run at the same time in the same stores, and days that reach some stores of a test
and not others.

Two changes in one store on the same days cannot be told apart, whichever of them is measured; on
the same metric each is credited with what the other did. A store that merely stands beside a pilot
counts as well: what another test changes there goes into what the pilot is held against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ALIKE = 0.1  # shares of the arms' stores that differ by less are taken as alike
MOST_NEW = 0.2  # of the staff: with more new people a store is another one than before


class Closeness(StrEnum):
    """How near two tests come to each other."""

    COLLIDES = "collides"  # the same stores, days and metric
    BESIDE = "beside"  # the same stores and days, each with a metric of its own
    POSSIBLE = "possible"  # the same days and metric; where one of them runs is not said


@dataclass(frozen=True, slots=True)
class Runs:
    """A test among others. `changed` are the places where it changes something, `watched` all of
    which it has data; both map a place's id to its name. `metrics` are the names of what it is
    about, folded; `last` is None while no end is known."""

    key: str
    first: date
    last: date | None
    changed: Mapping[str, str] = field(default_factory=dict)
    watched: Mapping[str, str] = field(default_factory=dict)
    metrics: frozenset[str] = frozenset()

    @property
    def is_placed(self) -> bool:
        return bool(self.watched)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two tests share; `last` is None where neither has an end."""

    closeness: Closeness
    first: date
    last: date | None
    places: tuple[str, ...]  # names, in their order


def overlap(one: Runs, other: Runs) -> Overlap | None:
    """What they share; None where nothing is at stake."""
    first = max(one.first, other.first)
    ends = [end for end in (one.last, other.last) if end is not None]
    last = min(ends, default=None)
    if last is not None and last < first:
        return None
    has_metric = bool(one.metrics & other.metrics)
    if not (one.is_placed and other.is_placed):
        return Overlap(Closeness.POSSIBLE, first, last, ()) if has_metric else None
    shared = (one.changed.keys() & other.watched.keys()) | (
        one.watched.keys() & other.changed.keys()
    )
    if not shared:
        return None
    names = sorted(one.watched.get(place) or other.watched[place] for place in shared)
    closeness = Closeness.COLLIDES if has_metric else Closeness.BESIDE
    return Overlap(closeness, first, last, tuple(names))


@dataclass(frozen=True, slots=True)
class Uneven:
    """Which share of each arm's stores something reached, where the arms differ. `most` and
    `least` are arms; `names` are the stores that were reached, those of `most` alone."""

    most: str
    least: str
    most_share: float
    least_share: float
    names: tuple[str, ...]


def uneven(arms: Mapping[str, Sequence[str]], reached: Iterable[str]) -> Uneven | None:
    """Whether what reached those stores touched the arms unequally; `arms` are the stores of each.
    None where every arm was touched alike, or none."""
    touched = frozenset(reached)
    shares = {
        arm: sum(store in touched for store in stores) / len(stores)
        for arm, stores in arms.items()
        if stores
    }
    if len(shares) < 2:
        return None
    most = max(shares, key=lambda arm: shares[arm])
    least = min(shares, key=lambda arm: shares[arm])
    if shares[most] - shares[least] <= ALIKE:
        return None
    names = tuple(store for store in arms[most] if store in touched)
    return Uneven(most, least, shares[most], shares[least], names)


def days_within(first: date, last: date, start: date | None, end: date | None) -> int:
    """How many of the days from `first` to `last` lie between `start` and `end`; None is open."""
    begin = max(first, start) if start else first
    stop = min(last, end) if end else last
    return max(0, (stop - begin).days + 1)


def new_share(weeks: Iterable[tuple[int | None, int | None]]) -> float | None:
    """The new people of some weeks over the people there were on average, from pairs of all and
    new ones; None where nothing is known of either."""
    known = [(staff, new) for staff, new in weeks if staff is not None and new is not None]
    people = sum(staff for staff, _new in known)
    if not people:
        return None
    return sum(new for _staff, new in known) * len(known) / people
