"""Sums by cluster asked of an engine: `clustersums` where clusters were drawn, or may have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hadi.domain.errors import Unreadable
from hadi.domain.plan import MetricKind
from hadi.domain.text import Text
from hadi.ingest.engines import ranks, slices
from hadi.ingest.engines import units as unit_rows
from hadi.ingest.engines.frame import Frame, Look
from hadi.ingest.engines.sums import Part, parted
from hadi.ingest.engines.units import Counted, Units, units_of
from hadi.ingest.measures import Joint
from hadi.ingest.outliers import are_few, looked_at
from hadi.ingest.source import ArmSummary, Summaries
from hadi.stats.arrays import Clusters

if TYPE_CHECKING:
    import ibis.expr.types as ir

_QUOTIENTS = (MetricKind.RATIO, MetricKind.RATE)
_EXCEPTIONS = 0.01  # of the units, that may lie in another arm than most of their cluster


@dataclass(frozen=True, slots=True)
class Drawn:
    """The clusters of the data: how many, how many in several arms, the rows that name none (or
    no unit), and the table of those in one arm."""

    clusters: int
    mixed: int
    blank_rows: int
    pure: ir.Table


def by_cluster(frame: Frame, look: Look, counted: Counted, duplicates: int | None) -> Summaries:
    """Summaries of a cluster design. Raises Unreadable."""
    plan = frame.plan
    if plan.cluster is None:
        raise Unreadable(Text("data_no_cluster"))
    drawn = _drawn(frame, look, counted)
    more = {"cluster": unit_rows.name_of(frame, plan.cluster), **unit_rows.carried(frame)}
    units = units_of(frame, look, frame.joints, more, counted, within="cluster", among=drawn.pure)
    caps = ranks.caps(units, [joint for joint in units.joints if joint.metric.winsor is not None])
    units = units.capped(caps)
    whole = replace(units, table=units.table.mutate(level=0))
    arms = _cluster_sums(whole, units.joints).get(0) or [
        _of_arm(units, units.joints, {}) for _ in units.names
    ]
    inside = {name: arm.units for name, arm in zip(units.names, arms, strict=True)}
    far = looked_at(plan.metrics) if are_few(sum(inside.values()), plan.metrics) else []
    return Summaries(
        arms=_summaries(units, units.joints, arms),
        rows=look.arms.all_rows,
        all_units=drawn.clusters,
        blank_arm_rows=look.arms.blank_rows,
        unknown_arm_rows=look.arms.unknown_rows,
        unknown_arms=look.arms.unknown,
        mixed_units=drawn.mixed,
        duplicate_rows=duplicates,
        blank_unit_rows=drawn.blank_rows,
        has_units=True,
        caps=caps,
        segments=slices.segments(units, _by_level),
        days=slices.days(units, _by_level),
        groups=slices.groups(units, _by_level),
        outliers=slices.outliers(units, far, has_fence=True),
        cluster_units=inside,
    )


@dataclass(frozen=True, slots=True)
class _Arm:
    """The clusters of one arm at one level: how many, the units in them, each metric's."""

    clusters: int
    units: int
    samples: tuple[Clusters, ...]


def _drawn(frame: Frame, look: Look, counted: Counted) -> Drawn:
    more = {"cluster": unit_rows.name_of(frame, str(frame.plan.cluster))}
    rows = unit_rows.rows_of(frame, look, (), more)
    is_named = rows.cluster.notnull()
    if frame.plan.unit is not None:
        is_named &= rows.unit.notnull()
    named = rows.filter(is_named)
    each = named.group_by("cluster").agg(low=named.arm.min(), high=named.arm.max(), k=named.count())
    is_mixed = (each.low < each.high).ifelse(1, 0)
    query = each.agg(n=each.count(), mixed=is_mixed.sum(), k=each.k.sum())
    ((n, mixed, k),) = frame.backend.rows(query)
    pure = each.filter(each.low == each.high).select("cluster")
    return Drawn(int(n), int(mixed or 0), counted.rows - int(k or 0), pure)


def _by_level(units: Units, joints: Sequence[Joint]) -> dict[Any, tuple[ArmSummary, ...]]:
    found = _cluster_sums(units, joints)
    return {level: _summaries(units, joints, arms) for level, arms in found.items()}


def _summaries(
    units: Units, joints: Sequence[Joint], arms: Sequence[_Arm]
) -> tuple[ArmSummary, ...]:
    summaries = []
    for name, arm in zip(units.names, arms, strict=True):
        named = {j.metric.name: sample for j, sample in zip(joints, arm.samples, strict=True)}
        missing = {metric: arm.clusters - sample.n for metric, sample in named.items()}
        summaries.append(ArmSummary(name, arm.clusters, dict(named), missing))
    return tuple(summaries)


def _cluster_sums(units: Units, joints: Sequence[Joint]) -> dict[Any, list[_Arm]]:
    """The sums of each cluster, an entry for each arm in order, at each value of `level`."""
    parts = parted(units, joints, ["level", "arm", "cluster"])
    levels = sorted({level for level, _, _ in parts})
    by_arm: dict[tuple[Any, int], dict[str, Part]] = {}
    for (level, arm, cluster), part in parts.items():
        name = units.frame.backend.text_of(cluster)
        by_arm.setdefault((level, arm), {})[name] = part
    return {
        level: [
            _of_arm(units, joints, by_arm.get((level, arm), {})) for arm in range(len(units.names))
        ]
        for level in levels
    }


def _of_arm(units: Units, joints: Sequence[Joint], parts: dict[str, Part]) -> _Arm:
    names = sorted(parts)
    samples = tuple(_clusters(joint, [(name, parts[name]) for name in names]) for joint in joints)
    return _Arm(len(names), sum(part.units for part in parts.values()), samples)


def _clusters(joint: Joint, parts: Sequence[tuple[str, Part]]) -> Clusters:
    """One metric's clusters, without those where it has no size."""
    is_quotient = joint.metric.kind in _QUOTIENTS
    names, rows = [], []
    for name, part in parts:
        found, offsets = part.sums[joint.place], part.offsets[joint.place]
        n = found.n
        if n == 0:
            continue
        # The offset's share and the rest apart: their product alone would round the offset.
        totals = [n * offset + n * mean for offset, mean in zip(offsets, found.means, strict=False)]
        if joint.is_count:
            totals = [float(round(n * found.means[0]))]
            within = totals[0] - totals[0] * totals[0] / n
        else:
            within = found.comoments[0]
        size = totals[1] if is_quotient else float(n)
        if size > 0:
            names.append(name)
            rows.append((size, totals[0], float(n), within))
    columns = np.array(rows, dtype=np.float64).reshape(len(rows), 4)
    return Clusters(
        names=tuple(names),
        sizes=columns[:, 0].copy(),
        totals=columns[:, 1].copy(),
        units=columns[:, 2].copy(),
        within=None if is_quotient else columns[:, 3].copy(),
    )


def likely_clusters(units: Units) -> tuple[Clusters, ...] | None:
    """As `clustersums.likely_clusters`."""
    primary = units.frame.plan.primary
    assert primary is not None
    backend = units.frame.backend
    named = units.table.filter(units.table.cluster.notnull())
    by_arm = named.group_by(["cluster", "arm"]).agg(n=named.count())
    each = by_arm.group_by("cluster").agg(
        n=by_arm.n.sum(), most=by_arm.n.max(), arms=by_arm.count()
    )
    ((n, n_clusters, most),) = backend.rows(
        each.agg(n=each.n.sum(), clusters=each.count(), most=each.most.sum())
    )
    if not n or n == n_clusters or n - most > _EXCEPTIONS * float(n):
        return None
    several = by_arm.semi_join(each.filter(each.arms > 1), "cluster")
    left_out = _strays([(str(c), int(a), int(k)) for c, a, k in backend.rows(several)])
    whole = replace(units, table=named.mutate(level=0))
    joint = units.joint(primary.name)
    parts = parted(whole, [joint], ["level", "arm", "cluster"])
    found = []
    for arm in range(len(units.names)):
        own = {
            backend.text_of(cluster): part
            for (_, place, cluster), part in parts.items()
            if place == arm and (cluster, arm) not in left_out
        }
        found.append(_of_arm(whole, [joint], own).samples[0])
    return tuple(found)


def _strays(rows: Sequence[tuple[str, int, int]]) -> set[tuple[str, int]]:
    """Of clusters in several arms those arms in which not most of their units lie."""
    first: dict[str, tuple[int, int]] = {}
    for cluster, arm, n in rows:
        first[cluster] = min(first.get(cluster, (-n, arm)), (-n, arm))
    return {(cluster, arm) for cluster, arm, _ in rows if first[cluster][1] != arm}
