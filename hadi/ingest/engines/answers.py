"""A relation in a team's own database as a Source: its sums are computed there, through Ibis.

What comes back is what `TableSource` gives for the same rows, to the ninth digit or better, in
whatever engine: the same units, the same arms, the same refusals. Only counts and sums cross the
line, and for ranks the values with how often each occurs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Design, Metric, Plan
from hadi.domain.text import Text
from hadi.ingest.engines import ranks, slices
from hadi.ingest.engines.backend import OutOfRange, Relation
from hadi.ingest.engines.frame import Frame, Look, is_ranked, look, open_frame
from hadi.ingest.engines.ranks import distributions
from hadi.ingest.engines.sums import parted
from hadi.ingest.engines.units import Counted, Units, carried, count, has_days, name_of, units_of
from hadi.ingest.outliers import are_few, looked_at
from hadi.ingest.source import ArmSummary, Sample, Summaries

if TYPE_CHECKING:
    from hadi.ingest.panels import PanelTable
    from hadi.stats.arrays import Distribution


class EngineSource:
    """A relation as a Source. `digest` is that of its sums, where they were kept already."""

    def __init__(self, relation: Relation, *, digest: str = "") -> None:
        self.relation = relation
        self.digest = digest

    def summaries(self, plan: Plan) -> Summaries:
        """The plan's sums. Raises Unreadable with one sentence."""
        frame = open_frame(self.relation, plan)
        try:
            return _summaries(frame)
        except OutOfRange:
            for measure in frame.measures:
                if not measure.is_conversion:
                    raise frame.overflow(measure) from None
            raise Unreadable(Text("engine_query_failed", reason="22003")) from None

    def panel(self, plan: Plan) -> PanelTable:
        """The sites of a pilot over time. Raises Unreadable with one sentence."""
        from hadi.ingest.engines.panels import panel_of  # needs NumPy

        return panel_of(self.relation, plan)


def _summaries(frame: Frame) -> Summaries:
    seen = look(frame)
    frame = seen.frame
    counted = count(frame, seen)
    if frame.plan.design is Design.CLUSTER:
        from hadi.ingest.engines.clusters import by_cluster  # needs NumPy

        duplicates = None
        if frame.plan.unit is not None:
            is_plain = counted.has_a_row_each and counted.rows == seen.arms.all_rows
            duplicates = 0 if is_plain and not counted.blank else _duplicates(frame)
        return by_cluster(frame, seen, counted, duplicates)
    units = units_of(frame, seen, frame.joints, _carried(frame), counted)
    known = units if counted.has_a_row_each else units.known()
    caps = _caps(known)
    units, known = units.capped(caps), known.capped(caps)
    sums = _totals(units, seen, counted, caps)
    sums = replace(
        sums,
        segments=slices.segments(known, slices.unit_sums),
        days=slices.days(known, slices.unit_sums),
        groups=slices.groups(known, slices.unit_sums),
        outliers=_outliers(known, seen, sums),
    )
    if _wants_clusters(frame):
        from hadi.ingest.engines.clusters import likely_clusters  # needs NumPy

        sums = replace(sums, clusters=likely_clusters(known))
    return sums


def _carried(frame: Frame) -> dict[str, Any]:
    found = carried(frame)
    column = frame.plan.cluster or frame.plan.group
    if _wants_clusters(frame) and column is not None:
        found["cluster"] = name_of(frame, column)
    return found


def _wants_clusters(frame: Frame) -> bool:
    return bool(frame.plan.cluster or frame.plan.group) and has_days(frame)


def _caps(units: Units) -> dict[str, float]:
    """The values at which winsorised metrics are cut: quantiles of the units of all arms."""
    winsorised = [joint for joint in units.frame.summed if joint.metric.winsor is not None]
    caps = ranks.caps(units, winsorised)
    return {name: cap for name, cap in caps.items() if isfinite(cap)}


def _totals(units: Units, seen: Look, counted: Counted, caps: Mapping[str, float]) -> Summaries:
    """The sums of the whole test."""
    frame = units.frame
    parts = parted(units, frame.summed, ["arm"])
    if sum(part.rows for part in parts.values()) != counted.rows - counted.blank:
        raise Unreadable(Text("engine_moving"))
    values: dict[str, list[Distribution]] = {
        joint.metric.name: distributions(units.known(), joint)[None]
        for joint in frame.joints
        if is_ranked(joint)
    }
    arms = []
    for place, name in enumerate(units.names):
        part = parts.get((place,))
        samples: dict[str, Sample] = {}
        for joint in frame.joints:
            metric = joint.metric.name
            if is_ranked(joint):
                samples[metric] = values[metric][place]
            elif part is not None:
                samples[metric] = part.sample(units, joint)
            else:
                samples[metric] = slices.nothing(units, joint)
        n = part.units if part is not None else 0
        missing = {metric: n - sample.n for metric, sample in samples.items()}
        arms.append(ArmSummary(name, n, samples, missing))
    has_units = frame.plan.unit is not None
    mixed = parts.get((None,))
    repeats = any(part.most_rows > 1 for part in parts.values())
    return Summaries(
        arms=tuple(arms),
        rows=seen.arms.all_rows,
        all_units=sum(part.units for part in parts.values()),
        blank_arm_rows=seen.arms.blank_rows,
        unknown_arm_rows=seen.arms.unknown_rows,
        unknown_arms=seen.arms.unknown,
        mixed_units=mixed.units if mixed is not None else 0,
        duplicate_rows=(_duplicates(frame) if repeats else 0) if has_units else None,
        blank_unit_rows=counted.blank,
        has_units=has_units,
        caps=caps,
    )


def _duplicates(frame: Frame) -> int:
    """Rows that repeat another one in every column of the relation."""
    table, same = frame.relation.table, frame.backend.same_as
    # What an engine cannot compare (JSON, maps) is compared as it is written.
    shown = {
        name: table[name].cast("string") if _is_opaque(table[name]) else same(table[name])
        for name in table.columns
    }
    rows = table.select(**shown)
    same = rows.group_by(list(rows.columns)).agg(hadi_n=rows.count())
    same = same.filter(same.hadi_n > 1)
    ((more,),) = frame.backend.rows(same.agg(more=(same.hadi_n - 1).sum()))
    return int(more or 0)


def _is_opaque(column: Any) -> bool:
    type_ = column.type()
    return bool(type_.is_json() or type_.is_map())


def _outliers(units: Units, seen: Look, known: Summaries) -> dict[str, Any]:
    """Far-out values: all of them in a small table, in a large one the largest alone."""
    metrics = units.frame.plan.metrics
    if are_few(known.rows, metrics):
        return slices.outliers(units, looked_at(metrics), has_fence=True)
    left_out = known.blank_arm_rows + known.unknown_arm_rows + known.blank_unit_rows
    in_arms = sum(arm.units for arm in known.arms)
    if known.mixed_units or in_arms != known.rows - left_out:
        return {}
    far: Sequence[Metric] = slices.suspects(units, seen, known)
    return slices.outliers(units, far, has_fence=False)
