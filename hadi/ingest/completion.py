"""What a plan asks beyond the sums of a test of units: ranks, slices, outliers, likely clusters.

Only what is asked for is read, and only its columns. A plan of means and conversions without any
of it costs a look for outliers in a small table, and nothing in a large one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hadi.domain.plan import Metric
from hadi.ingest import slices
from hadi.ingest.distributions import distributions
from hadi.ingest.frame import Frame
from hadi.ingest.levelsums import unit_sums
from hadi.ingest.measures import Measure, columns_of
from hadi.ingest.outliers import are_few, largest, looked_at, outliers, suspects
from hadi.ingest.source import ArmSummary, Summaries
from hadi.ingest.unitrows import RANKED, Asked, UnitRows, name_in, read_arms, unit_rows

if TYPE_CHECKING:
    from hadi.stats.arrays import Clusters, Distribution


def complete(frame: Frame, known: Summaries) -> Summaries:
    """The sums of `rowsums` or `unitsums` with the rest of what the plan asks for. Raises
    Unreadable with one sentence for a cell that cannot be what the plan takes it for."""
    plan = frame.plan
    is_by_row = _is_by_row(known)
    is_small = are_few(known.rows, plan.metrics)
    far = looked_at(plan.metrics) if is_small else []
    if not is_small and is_by_row:
        far = suspects(frame, known)
    asked = _asked(frame, far, is_by_row=is_by_row)
    if not asked.metrics and not asked.carried:
        return known
    units = unit_rows(frame, read_arms(frame, _unchecked(frame, known)), asked)
    if not is_by_row:
        units = units.kept()
    units = units.capped(known.caps)
    return replace(
        known,
        arms=_with_values(plan.metrics, known.arms, _values(units)),
        segments=slices.segments(units, unit_sums),
        days=slices.days(units, unit_sums),
        groups=slices.groups(units, unit_sums),
        outliers=outliers(units) if is_small else largest(units, far),
        clusters=_likely_clusters(units) if "cluster" in asked.carried else None,
    )


def _asked(frame: Frame, far: Sequence[Metric], *, is_by_row: bool) -> Asked:
    """The metrics and columns that something is asked of; `far` are looked at for outliers."""
    plan = frame.plan
    carried = slices.carried(frame)
    column = plan.cluster or plan.group
    if column is not None and slices.has_days(plan):
        is_group = column == plan.group
        carried["cluster"] = carried["grp"] if is_group else name_in(frame, column)
    metrics = [
        metric
        for metric in plan.metrics
        if plan.segments
        or metric.kind in RANKED
        or metric in far
        or (carried and metric is plan.primary)
    ]
    return Asked(metrics, carried=carried, is_by_row=is_by_row)


def _likely_clusters(units: UnitRows) -> tuple[Clusters, ...] | None:
    from hadi.ingest.clustersums import likely_clusters  # needs NumPy

    return likely_clusters(units)


def _is_by_row(known: Summaries) -> bool:
    """Whether no unit has two rows: what is summed per unit is then what is there."""
    left_out = known.blank_arm_rows + known.unknown_arm_rows + known.blank_unit_rows
    units = sum(arm.units for arm in known.arms)
    return known.mixed_units == 0 and units == known.rows - left_out


def _values(units: UnitRows) -> dict[str, list[Distribution]]:
    """Each ranked metric's values by arm; a column that two metrics take is read once."""
    found: dict[str, list[Distribution]] = {}
    by_column: dict[tuple[str, ...], list[Distribution]] = {}
    for parts in units.metrics:
        if parts.metric.kind in RANKED:
            column = parts.metric.columns
            if column not in by_column:
                by_column[column] = distributions(units, parts)
            found[parts.metric.name] = by_column[column]
    return found


def _unchecked(frame: Frame, known: Summaries) -> list[Measure]:
    """The columns whose cells have to be looked at before they are ranked. Where every row is a
    unit of an arm its number is fetched anyway, and an infinite one shows then."""
    ranked = [metric for metric in frame.plan.metrics if metric.kind in RANKED]
    measures = [m for metric in ranked for m in columns_of(metric, frame.types)]
    has_all = sum(arm.units for arm in known.arms) == known.rows
    return [measure for measure in measures if measure.is_text or not has_all]


def _with_values(
    metrics: tuple[Metric, ...],
    arms: tuple[ArmSummary, ...],
    values: Mapping[str, list[Distribution]],
) -> tuple[ArmSummary, ...]:
    if not values:
        return arms
    whole = []
    for place, arm in enumerate(arms):
        own = {metric: by_arm[place] for metric, by_arm in values.items()}
        samples = {**arm.samples, **own}
        missing = {**arm.missing, **{metric: arm.units - one.n for metric, one in own.items()}}
        order = [metric.name for metric in metrics]
        whole.append(
            replace(
                arm,
                samples={metric: samples[metric] for metric in order},
                missing={metric: missing[metric] for metric in order},
            )
        )
    return tuple(whole)
