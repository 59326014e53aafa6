"""Sums of several columns at once, asked of DuckDB and turned into the samples the tests take.

Two ways: plain sums of products, fast, which tell by themselves where they lost digits; and
DuckDB's own running means and covariances, slower, which lose none (Welford 1962).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hadi.domain.plan import MetricKind
from hadi.ingest.measures import Joint, Measure
from hadi.ingest.source import Sample
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

# Where n * mean^2 of the shifted values exceeds their spread this many times, the plain sums
# have lost half a dozen digits or more, and the stable pass is worth its time.
LOST_DIGITS = 1e4

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The aggregates of one query, each asked once however many metrics want it."""

    parts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def add(self, aggregate: str) -> str:
        if aggregate not in self.places:
            self.places[aggregate] = len(self.parts)
            self.parts.append(aggregate)
        return aggregate

    def value(self, row: Row, aggregate: str) -> Any:
        return row[self.places[aggregate]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found of one metric in one arm, of the shifted values: how many units are complete,
    their means, and the sums of products of deviations (the lower triangle, row by row)."""

    n: int
    means: tuple[float, ...]
    comoments: tuple[float, ...] = ()
    has_lost_digits: bool = False


def ask_plain(asked: Asked, joint: Joint, names: Sequence[str]) -> None:
    """Count, sums and sums of products of the columns `names`."""
    for name in names:
        asked.add(f"count({name})")
        asked.add(f"sum({name})")
    if not joint.is_count:
        for left, right in _pairs(names):
            asked.add(f"sum({left} * {right})")


def read_plain(asked: Asked, row: Row, joint: Joint, names: Sequence[str]) -> Parts:
    """The answer to `ask_plain`, true where every unit has all columns or none."""
    n = asked.value(row, f"count({names[0]})")
    if n == 0:
        return Parts(0, (0.0,) * len(names))
    sums = {name: asked.value(row, f"sum({name})") or 0.0 for name in names}
    means = {name: total / n for name, total in sums.items()}
    if joint.is_count:
        return Parts(n, tuple(means.values()))
    table: list[float] = []
    has_lost_digits = False
    for left, right in _pairs(names):
        of_means = sums[left] * means[right]
        product = (asked.value(row, f"sum({left} * {right})") or 0.0) - of_means
        if left == right:
            has_lost_digits |= n > 1 and of_means > LOST_DIGITS * product
            product = max(product, 0.0)
        table.append(product)
    return Parts(n, tuple(means[name] for name in names), tuple(table), has_lost_digits)


def ask_stable(asked: Asked, joint: Joint, names: Sequence[str]) -> None:
    """Count, means and covariances of the columns `names`, without losing digits."""
    asked.add(f"count({names[0]})")
    for name in names:
        asked.add(f"avg({name})")
    if not joint.is_count:
        for left, right in _pairs(names):
            asked.add(_covariance(left, right))


def read_stable(asked: Asked, row: Row, joint: Joint, names: Sequence[str]) -> Parts:
    """The answer to `ask_stable`, true where every unit has all columns or none."""
    n = asked.value(row, f"count({names[0]})")
    if n == 0:
        return Parts(0, (0.0,) * len(names))
    means = tuple(asked.value(row, f"avg({name})") for name in names)
    if joint.is_count:
        return Parts(n, means)
    pairs = _pairs(names)
    return Parts(n, means, tuple(asked.value(row, _covariance(a, b)) * n for a, b in pairs))


def sample_of(joint: Joint, measures: Sequence[Measure], parts: Parts) -> Sample:
    """The sample of one metric in one arm, in the metric's own units."""
    if joint.is_count:
        return Conversion(parts.n, round(parts.n * parts.means[0]) if parts.n else 0)
    kind, width = joint.metric.kind, len(joint.measures)
    if parts.n == 0:
        if width == 1:
            return Moments(0, 0.0, 0.0)
        none = CoMoments(0, (0.0,) * width, ((0.0,) * width,) * width)
        return Events(0, 0, 0.0, none) if kind is MetricKind.RATE else none
    offsets = [measures[place].offset for place in joint.measures]
    shifted = [
        Moments.shifted(parts.n, mean, 0.0, offset)
        for mean, offset in zip(parts.means, offsets, strict=True)
    ]
    if width == 1:
        return Moments(parts.n, shifted[0].mean, parts.comoments[0], shifted[0].rest)
    both = CoMoments(
        parts.n,
        tuple(m.mean for m in shifted),
        tuple(tuple(_entry(parts, i, j) for j in range(width)) for i in range(width)),
        tuple(m.rest for m in shifted),
    )
    if kind is not MetricKind.RATE:
        return both
    events, exposure = (
        parts.n * mean + parts.n * offset for mean, offset in zip(parts.means, offsets, strict=True)
    )
    return Events(parts.n, round(events), exposure, both)


def quantile(name: str, joint: Joint) -> str:
    """An aggregate: the value at which a winsorised metric is cut (Hyndman & Fan 1996, type 7)."""
    return f"quantile_cont({name}, {joint.metric.winsor!r})"


def plus(one: Sample, other: Sample) -> Sample:
    """Two parts of one arm as one sample."""
    return one + other  # type: ignore[operator]  # of one metric, hence of one type


def merged(found: Mapping[str, list[Sample]], name: str, own: list[Sample]) -> list[Sample]:
    """An arm's samples with those of another spelling of its name."""
    if name not in found:
        return own
    return [plus(a, b) for a, b in zip(found[name], own, strict=True)]


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(names[i], names[j]) for i in range(len(names)) for j in range(i + 1)]


def _entry(parts: Parts, i: int, j: int) -> float:
    high, low = max(i, j), min(i, j)
    return parts.comoments[high * (high + 1) // 2 + low]


def _covariance(left: str, right: str) -> str:
    return f"var_pop({left})" if left == right else f"covar_pop({left}, {right})"
