"""The same test in parts, and its far-out values: `slices`, `levelsums` and `outliers` asked of an
engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import ibis

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Metric
from hadi.domain.text import Text
from hadi.ingest.distributions import empty
from hadi.ingest.engines.frame import Look, is_ranked
from hadi.ingest.engines.ranks import counts, distributions, quantile
from hadi.ingest.engines.sums import parted
from hadi.ingest.engines.units import Units, has_days
from hadi.ingest.measures import Joint
from hadi.ingest.outliers import FENCE, looked_at, matters
from hadi.ingest.slices import MOST_GROUPS, MOST_LEVELS, REST
from hadi.ingest.source import ArmSummary, Outliers, Sample, Slice, Summaries
from hadi.ingest.sums import Parts

if TYPE_CHECKING:
    import ibis.expr.types as ir

# The arms at each value of the column `level`: by unit, or in a cluster design by cluster.
ByLevel: TypeAlias = "Callable[[Units, Sequence[Joint]], dict[Any, tuple[ArmSummary, ...]]]"


def unit_sums(units: Units, joints: Sequence[Joint]) -> dict[Any, tuple[ArmSummary, ...]]:
    """The arms, in order, at each value of the column `level`."""
    summed = [joint for joint in joints if not is_ranked(joint)]
    parts = parted(units, summed, ["level", "arm"])
    values = {j.place: distributions(units, j, "level") for j in joints if is_ranked(j)}
    answer = {}
    for level in sorted({level for level, _ in parts}):
        arms = []
        for place, name in enumerate(units.names):
            part = parts.get((level, place))
            samples: dict[str, Sample] = {}
            for joint in joints:
                if is_ranked(joint):
                    own = values[joint.place].get(level)
                    sample: Sample = own[place] if own is not None else empty()
                elif part is not None:
                    sample = part.sample(units, joint)
                else:
                    sample = nothing(units, joint)
                samples[joint.metric.name] = sample
            n = part.units if part is not None else 0
            missing = {metric: n - sample.n for metric, sample in samples.items()}
            arms.append(ArmSummary(name, n, samples, missing))
        answer[level] = tuple(arms)
    return answer


def nothing(units: Units, joint: Joint) -> Sample:
    """The sample of an arm that nobody was seen in."""
    width = len(joint.measures)
    return units.frame.sample(joint, Parts(0, (0.0,) * width), (0.0,) * width)


def segments(units: Units, summed: ByLevel) -> dict[str, tuple[Slice, ...]]:
    """As `slices.segments`."""
    found = {}
    backend = units.frame.backend
    for i, column in enumerate(units.frame.plan.segments):
        level = units.table[f"s{i}"].fill_null("")
        table = units.table.mutate(written=level)
        levels = _largest(units, table, table.written, MOST_LEVELS + 1)
        if not levels:  # no unit is left
            continue
        shown = levels[:MOST_LEVELS]
        branches = [(table.written == text, place) for place, text in enumerate(shown)]
        table = table.mutate(level=ibis.cases(*branches, else_=len(shown)).cast("int64"))
        by_place = summed(replace(units, table=table), units.joints)
        names = [*(backend.text_of(text) for text in shown), REST]
        found[column] = tuple(Slice(names[place], by_place[place]) for place in sorted(by_place))
    return found


def days(units: Units, summed: ByLevel) -> tuple[Slice, ...]:
    """As `slices.days`."""
    plan = units.frame.plan
    if plan.day is None or plan.primary is None or not has_days(units.frame):
        return ()
    table = units.table.filter(units.table.day.notnull())
    table = table.mutate(level=table.day)
    by_day = summed(replace(units, table=table), [units.joint(plan.primary.name)])
    is_text = units.frame.types[plan.day] == "VARCHAR"
    if is_text and not by_day and units.frame.backend.rows(units.table.select("arm").limit(1)):
        raise Unreadable(Text("data_column_not_days", column=plan.day))
    return tuple(Slice(_written(digits), by_day[digits]) for digits in sorted(by_day))


def _written(digits: int) -> str:
    return date(digits // 10_000, digits // 100 % 100, digits % 100).isoformat()


def groups(units: Units, summed: ByLevel) -> tuple[Slice, ...]:
    """As `slices.groups`."""
    plan = units.frame.plan
    if plan.group is None or plan.primary is None or not has_days(units.frame):
        return ()
    table = units.table.filter(units.table.grp.notnull())
    names = _largest(units, table, table.grp, MOST_GROUPS)
    if not names:
        return ()
    table = table.filter(table.grp.isin(names)).mutate(level=table.grp)
    found = summed(replace(units, table=table), [units.joint(plan.primary.name)])
    backend = units.frame.backend
    return tuple(Slice(backend.text_of(name), found[name]) for name in names if name in found)


def _largest(units: Units, table: ir.Table, level: ir.Value, most: int) -> list[str]:
    counted = table.select(level=level)
    counted = counted.group_by("level").agg(n=counted.count())
    query = counted.order_by([counted.n.desc(), counted.level.asc()]).limit(most)
    return [str(name) for name, _ in units.frame.backend.rows(query)]


def suspects(units: Units, look: Look, known: Summaries) -> list[Metric]:
    """As `outliers.suspects`: of a large table the metrics whose largest value may matter."""
    found = []
    for metric in looked_at(units.frame.plan.metrics):
        measure = units.frame.measures[units.frame.joint(metric.name).measures[0]]
        largest = look.largest[measure.place]
        if not measure.is_text and largest is not None and matters(known, metric, largest):
            found.append(metric)
    return found


def outliers(
    units: Units, metrics: Sequence[Metric], *, has_fence: bool
) -> dict[str, tuple[Outliers, ...]]:
    """As `outliers.outliers`, and without a fence as `outliers.largest`."""
    joints = [units.joint(metric.name) for metric in metrics]
    found = counts(units, joints)
    fences: dict[int, float | None] = {}
    for joint in joints:
        n = found[joint.place]
        if n and has_fence:
            low, high = (quantile(units, joint, n, share) for share in (0.25, 0.75))
            fences[joint.place] = high + FENCE * (high - low)
        elif n:
            fences[joint.place] = None
    asked = [joint for joint in joints if joint.place in fences]
    if not asked:
        return {}
    wanted: dict[str, ir.Value] = {}
    for joint in asked:
        wanted |= _aggregates(units, joint, fences[joint.place])
    query = units.table.group_by("arm").agg(**wanted)
    rows = [
        dict(zip(query.columns, cells, strict=True)) for cells in units.frame.backend.rows(query)
    ]
    by_arm = {row["arm"]: row for row in rows}
    return {
        joint.metric.name: tuple(
            _of_arm(by_arm.get(arm, {}), joint.place, fences[joint.place])
            for arm in range(len(units.names))
        )
        for joint in asked
    }


def _aggregates(units: Units, joint: Joint, fence: float | None) -> dict[str, ir.Value]:
    j, x = joint.place, units.table[units.columns(joint)[0]]
    limit = ibis.literal(float("inf") if fence is None else fence, "float64")
    zero = ibis.literal(0.0, "float64")
    return {
        f"n{j}": (x > limit).ifelse(1, 0).sum(),
        f"far{j}": (x > limit).ifelse(x.abs(), zero).sum(),
        f"top{j}": x.max(),
        f"all{j}": x.abs().sum(),
    }


def _of_arm(row: Mapping[str, Any], j: int, fence: float | None) -> Outliers:
    far, top, total = (float(row.get(f"{name}{j}") or 0.0) for name in ("far", "top", "all"))
    return Outliers(
        units=int(row.get(f"n{j}") or 0),
        share_of_total=far / total if total else 0.0,
        fence=fence if row else None,  # nobody of the arm was seen
        largest=top,
        largest_share=abs(top) / total if total else 0.0,
    )
