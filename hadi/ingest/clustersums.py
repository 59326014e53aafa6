"""Sums by cluster (a store, a seller), where clusters were randomised and not their units.

Units are summed inside their cluster: of rows of one unit first, where a column names it (a unit
seen in two clusters is one in each). Clusters seen in several arms are left out and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.plan import MetricKind
from hadi.domain.text import Text
from hadi.ingest import slices, sums, unitcheck, unitsums
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame
from hadi.ingest.keys import key
from hadi.ingest.outliers import are_few, outliers
from hadi.ingest.source import ArmSummary, Summaries
from hadi.ingest.unitrows import Asked, Known, Parts, UnitRows, name_in, read_arms, unit_rows
from hadi.stats.arrays import Clusters

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUOTIENTS = (MetricKind.RATIO, MetricKind.RATE)
_EXCEPTIONS = 0.01  # of the units, that may lie in another arm than most of their cluster


def by_cluster(frame: Frame) -> Summaries:
    """Summaries of a cluster design: `units` are clusters, samples are Clusters. Rows without a
    cluster (or without a unit, where a column names it) are left out, and so are clusters that
    lie in several arms. Raises Unreadable with one sentence."""
    plan = frame.plan
    if plan.cluster is None:
        raise Unreadable(Text("data_no_cluster"))
    known = read_arms(frame, frame.measures)
    cluster = name_in(frame, plan.cluster)
    found = drawn(frame, known, cluster)
    has_a_row_each = plan.unit is None or unitcheck.has_a_row_each(frame)
    asked = Asked(
        plan.metrics,
        carried={"cluster": cluster, **slices.carried(frame)},
        is_by_row=has_a_row_each,
        within="cluster",
        excluded=found.mixed,
    )
    units = unit_rows(frame, known, asked)
    if not has_a_row_each:
        units = units.kept()
    caps = _caps(units)
    units = units.capped(caps)
    arms = cluster_sums(units, units.metrics, "0").get(0) or _nobody(units)
    inside = {name: arm.units for name, arm in zip(units.names, arms, strict=True)}
    return Summaries(
        arms=_summaries(units, units.metrics, arms),
        rows=known.arms.all_rows,
        all_units=found.clusters,
        blank_arm_rows=known.arms.blank_rows,
        unknown_arm_rows=known.arms.unknown_rows,
        unknown_arms=known.arms.unknown,
        mixed_units=len(found.mixed),
        duplicate_rows=_duplicates(frame, has_a_row_each),
        blank_unit_rows=found.blank_rows,
        has_units=True,
        caps=caps,
        segments=slices.segments(units, _by_level),
        days=slices.days(units, _by_level),
        groups=slices.groups(units, _by_level),
        outliers=outliers(units) if are_few(sum(inside.values()), plan.metrics) else {},
        cluster_units=inside,
    )


def _duplicates(frame: Frame, has_a_row_each: bool) -> int | None:
    if frame.plan.unit is None:
        return None
    return 0 if has_a_row_each else unitsums.duplicates(frame)


def _caps(units: UnitRows) -> dict[str, float]:
    """The values at which winsorised metrics are cut: quantiles of the units of all arms."""
    winsorised = [parts for parts in units.metrics if parts.metric.winsor is not None]
    if not winsorised:
        return {}
    wanted = ", ".join(sums.quantile(parts.names[0], parts.joint) for parts in winsorised)
    (found,) = units.rows(f"SELECT {wanted} FROM units")
    pairs = zip(winsorised, found, strict=True)
    return {parts.metric.name: cap for parts, cap in pairs if cap is not None}


def _by_level(
    units: UnitRows, metrics: Sequence[Parts], level: str
) -> dict[int, tuple[ArmSummary, ...]]:
    found = cluster_sums(units, metrics, level)
    return {place: _summaries(units, metrics, arms) for place, arms in found.items()}


def _summaries(
    units: UnitRows, metrics: Sequence[Parts], arms: Sequence[ClusterSums]
) -> tuple[ArmSummary, ...]:
    summaries = []
    for name, arm in zip(units.names, arms, strict=True):
        named = {p.metric.name: sample for p, sample in zip(metrics, arm.samples, strict=True)}
        missing = {metric: arm.clusters - sample.n for metric, sample in named.items()}
        summaries.append(ArmSummary(name, arm.clusters, dict(named), missing))
    return tuple(summaries)


def _nobody(units: UnitRows) -> list[ClusterSums]:
    """The arms where every cluster is mixed or blank."""
    import numpy as np

    none = np.zeros(0)
    empty = [
        Clusters((), none, none, none, None if p.metric.kind in _QUOTIENTS else none)
        for p in units.metrics
    ]
    return [ClusterSums(0, 0, tuple(empty)) for _ in units.names]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The clusters of the data: how many there are, those in several arms, and how many rows (of
    known arms) name no cluster, or no unit."""

    clusters: int
    mixed: tuple[str, ...]
    blank_rows: int


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """The clusters of one arm at one level: how many, the units in them, and each metric's in the
    order of the metrics, without those where it has no size."""

    clusters: int
    units: int
    samples: tuple[Clusters, ...]


def drawn(frame: Frame, known: Known, cluster: str) -> Drawn:
    """Look at which clusters (an SQL expression) the data have."""
    places = " ".join(f"WHEN ? THEN {place}" for place in known.places)
    unit = key(frame.plan.unit, frame.types[frame.plan.unit]) if frame.plan.unit else "1"
    inner = (
        f"SELECT CASE {quoted(frame.variant)} {places} END::UTINYINT AS arm, "
        f"{cluster} AS cluster, {unit} IS NULL AS is_blank FROM {frame.table}"
    )
    each = (
        "SELECT cluster IS NOT NULL AND NOT is_blank AS is_named, cluster, "
        "min(arm) AS low, max(arm) AS high, count(*) AS k "
        f"FROM ({inner}) WHERE arm IS NOT NULL GROUP BY cluster, is_blank"
    )
    ((clusters, mixed, blank_rows),) = frame.rows(
        "SELECT count_if(is_named), list(cluster) FILTER (is_named AND low < high), "
        f"coalesce(sum(k) FILTER (NOT is_named), 0) FROM ({each})",
        known.values,
    )
    return Drawn(clusters, tuple(sorted(mixed or ())), int(blank_rows))


def cluster_sums(
    units: UnitRows, metrics: Sequence[Parts], level: str
) -> dict[int, list[ClusterSums]]:
    """The sums of each cluster in the relation (which carries `cluster`), an entry for each arm in
    order, for each value of the whole-number expression `level`; where that is NULL units are left
    out. Raises Unreadable for sums beyond a float."""
    import numpy as np

    middles = units.middles(metrics)
    shown = [f"{level} AS level", "arm", "cluster", "count(*) AS units"]
    for i, parts in enumerate(metrics):
        shown += _aggregates(i, parts, middles)
    query = f"SELECT {', '.join(shown)} FROM units WHERE {level} IS NOT NULL GROUP BY ALL"
    found = {
        column: np.ma.filled(values, np.nan) if values.dtype.kind == "f" else np.asarray(values)
        for column, values in units.columns(f"{query} ORDER BY level, arm, cluster").items()
    }
    for i, parts in enumerate(metrics):
        n = found[f"n{i}"]
        for column in (f"t{i}", f"s{i}", f"w{i}"):
            if column in found and not np.isfinite(found[column][n > 0]).all():
                raise units.frame.refuse(parts.measures[0])
    levels, arms = found["level"], found["arm"]
    return {
        place: [
            _of_arm(found, metrics, (levels == place) & (arms == arm))
            for arm in range(len(units.names))
        ]
        for place in np.unique(levels).tolist()
    }


def _aggregates(i: int, parts: Parts, middles: Mapping[str, float]) -> list[str]:
    x = parts.names[0]
    totals = [f"count({x})::DOUBLE AS n{i}", f"fsum({x}) AS t{i}"]
    if parts.metric.kind in _QUOTIENTS:
        return [*totals, f"fsum({parts.names[1]}) AS s{i}"]
    return [*totals, f"var_pop({parts.shifted(middles)[1][0]}) * count({x}) AS w{i}"]


def _of_arm(
    found: Mapping[str, NDArray[Any]], metrics: Sequence[Parts], own: NDArray[Any]
) -> ClusterSums:
    import numpy as np

    samples = []
    for i, _ in enumerate(metrics):
        n, within = found[f"n{i}"], found.get(f"w{i}")
        sizes = found.get(f"s{i}", n)
        with np.errstate(invalid="ignore"):  # no complete unit: no size either, but NaN
            has_size = own & (n > 0) & (sizes > 0)
        samples.append(
            Clusters(
                names=tuple(found["cluster"][has_size].tolist()),
                sizes=sizes[has_size],
                totals=found[f"t{i}"][has_size],
                units=n[has_size],
                within=None if within is None else within[has_size],
            )
        )
    return ClusterSums(int(own.sum()), int(found["units"][own].sum()), tuple(samples))


def likely_clusters(units: UnitRows) -> tuple[Clusters, ...] | None:
    """Of a test of units the primary metric's clusters by arm, where whole clusters lie in one arm
    (but for at most 1 % of the units, which are left out), as if they had been drawn and not their
    units; None where they do not, and where every cluster is a single unit."""
    import numpy as np

    primary = units.frame.plan.primary
    assert primary is not None
    by_arm = "SELECT cluster, arm, count(*) AS n FROM units WHERE cluster IS NOT NULL GROUP BY ALL"
    ((n, n_clusters, most),) = units.rows(
        "SELECT sum(n), count(*), sum(most) FROM "
        f"(SELECT sum(n) AS n, max(n) AS most FROM ({by_arm}) GROUP BY cluster)"
    )
    if not n or n == n_clusters or n - most > _EXCEPTIONS * n:
        return None
    strays = units.rows(
        f"SELECT arm, list(cluster) FROM (SELECT * FROM ({by_arm}) QUALIFY row_number() OVER "
        "(PARTITION BY cluster ORDER BY n DESC, arm) > 1) GROUP BY arm"
    )
    left_out = dict(strays)
    level = "CASE WHEN cluster IS NOT NULL THEN 0 END"
    found = []
    for arm, sums_of_arm in enumerate(cluster_sums(units, [units.part(primary)], level)[0]):
        (clusters,) = sums_of_arm.samples
        keep = ~np.isin(np.array(clusters.names, dtype=object), left_out.get(arm, []))
        found.append(_only(clusters, keep))
    return tuple(found)


def _only(clusters: Clusters, keep: NDArray[Any]) -> Clusters:
    return Clusters(
        tuple(name for name, is_kept in zip(clusters.names, keep, strict=True) if is_kept),
        clusters.sizes[keep],
        clusters.totals[keep],
        clusters.units[keep],
        None if clusters.within is None else clusters.within[keep],
    )
