"""A relation with a plan laid over it: which columns the plan uses, what they hold, which arms
there are. One scan of the rows tells, and refuses what cannot be summed."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis

from hadi.domain.errors import Unreadable
from hadi.domain.plan import MetricKind, Plan
from hadi.domain.text import Text
from hadi.ingest import arms as arm_names
from hadi.ingest.arms import MAX_ARMS, Arms
from hadi.ingest.engines import cells
from hadi.ingest.engines.backend import Backend, Relation
from hadi.ingest.frame import is_nested, missing_column, spelled
from hadi.ingest.measures import Joint, Measure, Use, columns_of
from hadi.ingest.source import Sample
from hadi.ingest.sums import Parts, sample_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SUMMABLE = 1e290  # as many of these as there can be rows do not leave the range of a float
RANKED = (MetricKind.RANK, MetricKind.QUANTILE)


@dataclass(frozen=True, slots=True)
class Frame:
    """`measures` are the columns of all metrics, each use of one once; `joints` say which of them
    each metric takes."""

    relation: Relation
    plan: Plan
    types: Mapping[str, str]
    measures: tuple[Measure, ...]
    joints: tuple[Joint, ...]

    @property
    def backend(self) -> Backend:
        return self.relation.backend

    @property
    def variant(self) -> str:
        return str(self.plan.variant)

    @property
    def summed(self) -> tuple[Joint, ...]:
        """The metrics that sums serve."""
        return tuple(joint for joint in self.joints if not is_ranked(joint))

    def joint(self, metric: str) -> Joint:
        return next(joint for joint in self.joints if joint.metric.name == metric)

    def number(self, measure: Measure) -> ir.Value:
        return cells.number(self.backend, self.relation.table, measure)

    def sample(self, joint: Joint, parts: Parts, offsets: Sequence[float]) -> Sample:
        """The sample of one metric in one arm, of sums of values less `offsets`."""
        own = [
            replace(self.measures[place], offset=offset)
            for place, offset in zip(joint.measures, offsets, strict=True)
        ]
        return sample_of(replace(joint, measures=tuple(range(len(own)))), own, parts)

    def overflow(self, measure: Measure) -> Unreadable:
        """The refusal of numbers too large to be summed."""
        return Unreadable(Text("data_overflow", metric=measure.metric.name, column=measure.column))


def is_ranked(joint: Joint) -> bool:
    """Whether a metric's values are needed one by one."""
    return joint.metric.kind in RANKED


def open_frame(relation: Relation, plan: Plan) -> Frame:
    """Lay the plan over the relation. Raises Unreadable for a column that is not there, or that
    cannot be what the plan takes it for."""
    if not plan.variant:
        raise Unreadable(Text("data_no_variant"))
    if not plan.control:
        raise Unreadable(Text("data_no_control"))
    types = relation.types
    plan = spelled(plan, types)
    for column in plan.columns:
        if column not in types:
            raise missing_column(column, types)
    keys = (plan.variant, plan.unit, plan.cluster, *plan.segments, plan.day, plan.group)
    for column in filter(None, keys):
        if is_nested(types[column]) or types[column] == "JSON":
            raise Unreadable(
                Text("data_column_not_values", column=column, type=types[column].lower()[:40])
            )
    found: dict[tuple[Any, ...], Measure] = {}
    joints: list[Joint] = []
    for metric in plan.metrics:
        places = []
        for measure in columns_of(metric, types):
            use = (measure.column, measure.use, measure.winsor, metric.kind in RANKED)
            found.setdefault(use, replace(measure, place=len(found), is_careful=True))
            places.append(found[use].place)
        joints.append(Joint(len(joints), metric, tuple(places)))
    return Frame(relation, plan, types, tuple(found.values()), tuple(joints))


@dataclass(frozen=True, slots=True)
class Look:
    """What one scan of the rows told: the arms and the values that name them, of each measure its
    mean in them and whether every row of theirs has it, and its largest value in any row. `frame`
    looks for NaN only in columns that have one."""

    frame: Frame
    arms: Arms
    values: tuple[Any, ...]
    means: tuple[float, ...]
    is_full: tuple[bool, ...]
    largest: tuple[float | None, ...]

    def place(self, variant: ir.Value) -> ir.Value:
        """The place of a row's arm among the arms; NULL where it is none of them."""
        branches = [
            (variant == ibis.literal(value, variant.type()), self.arms.names.index(name))
            for value in self.values
            if (name := str(self.arms.name_of(value)))
        ]
        return ibis.cases(*branches).cast("int64")


def look(frame: Frame) -> Look:
    """Count the rows of every arm and look at every cell that is used. Raises Unreadable where a
    cell, in whatever row, is none that its metric can have."""
    backend, table = frame.backend, frame.relation.table
    shown = {"arm": cells.variant(backend, table, frame.variant, frame.types[frame.variant])}
    for m in frame.measures:
        shown |= {f"x{m.place}": frame.number(m), f"r{m.place}": table[m.column]}
        if m.is_text:
            shown[f"b{m.place}"] = cells.is_bad_text(backend, table, m)
    names = _texts(frame)
    shown |= {f"t{i}": table[name] for i, name in enumerate(names)}
    rows = table.select(**shown)
    wanted = _of_texts(backend, rows, len(names))
    for m in frame.measures:
        wanted |= _of_measure(backend, rows, m)
    query = rows.group_by("arm").agg(rows=rows.count(), **wanted).limit(MAX_ARMS + 1)
    found = [dict(zip(query.columns, row, strict=True)) for row in backend.rows(query)]
    for m in frame.measures:
        if any(row.get(f"bad{m.place}") for row in found):
            raise fault(frame, m)
        if any(row.get(f"far{m.place}") for row in found):
            raise frame.overflow(m)
    longs = {f"long{i}": name for i, name in enumerate(names)} | {"long_arm": frame.variant}
    for i, name in enumerate(names):
        if any(row[f"nul{i}"] for row in found):
            raise Unreadable(Text("engine_nul", column=name))
    for asked, name in longs.items():
        if any(row.get(asked) for row in found):
            raise Unreadable(Text("engine_text_long", column=name, n=backend.longest_text or 0))
    arms = arm_names.read(
        frame.plan, frame.variant, [(row["arm"], int(row["rows"])) for row in found]
    )
    known = [row for row in found if arms.name_of(row["arm"]) is not None]
    measures = tuple(
        replace(m, is_careful=any(row[f"raw{m.place}"] != row[f"n{m.place}"] for row in found))
        for m in frame.measures
    )
    return Look(
        replace(frame, measures=measures),
        arms,
        tuple(row["arm"] for row in known),
        tuple(_mean(frame, m, known) for m in frame.measures),
        tuple(all(row[f"n{m.place}"] == row["rows"] for row in known) for m in frame.measures),
        tuple(_largest(row[f"top{m.place}"] for row in found) for m in frame.measures),
    )


def _of_texts(backend: Backend, rows: ir.Table, n: int) -> dict[str, ir.Value]:
    """What is asked of the columns of names: cells with a NUL, and those too long to be told
    apart, that of the arms among them."""
    texts = {str(i): rows[f"t{i}"] for i in range(n)}
    asked = {f"nul{i}": backend.has_nul(text).ifelse(1, 0).sum() for i, text in texts.items()}
    longest = backend.longest_text
    if longest is not None:
        texts |= {"_arm": rows.arm} if rows.arm.type().is_string() else {}
        asked |= {f"long{i}": (t.length() > longest).ifelse(1, 0).sum() for i, t in texts.items()}
    return asked


def _of_measure(backend: Backend, rows: ir.Table, m: Measure) -> dict[str, ir.Value]:
    """What is asked of one measure: how many cells are bad, filled, numbers; their mean and top."""
    x = rows[f"x{m.place}"]
    bad = cells.is_bad(backend, x, m)
    if m.is_text:
        text = rows[f"b{m.place}"]
        bad = text if bad is None else text.ifelse(True, bad.fill_null(False))
    # Cut to what can be summed: what is beyond is refused by its count.
    is_float = not m.is_integer and m.type != "BOOLEAN"
    safe = (x.abs() <= _SUMMABLE).ifelse(x, ibis.null("float64")) if is_float else x
    asked = {
        f"n{m.place}": x.count(),
        f"raw{m.place}": rows[f"r{m.place}"].count(),
        f"top{m.place}": x.max(),
    }
    if is_float and backend.hides_overflow:
        asked[f"far{m.place}"] = (x.abs() > _SUMMABLE).ifelse(1, 0).sum()
    if not m.is_conversion:
        asked[f"mean{m.place}"] = safe.mean()
    if bad is not None:
        asked[f"bad{m.place}"] = bad.ifelse(1, 0).sum()
    return asked


def _texts(frame: Frame) -> list[str]:
    """The columns of text that name a unit or a part of the units."""
    plan = frame.plan
    named = [plan.unit, plan.cluster, *plan.segments, plan.group]
    return [c for c in dict.fromkeys(named) if c and frame.types[c] == "VARCHAR"]


def _mean(frame: Frame, measure: Measure, rows: Sequence[Mapping[str, Any]]) -> float:
    """The mean of a measure in the rows of known arms; of 0 and 1 nothing is taken off."""
    if measure.is_conversion:
        return 0.0
    means = [
        (int(row[f"n{measure.place}"]), float(row[f"mean{measure.place}"]))
        for row in rows
        if row[f"mean{measure.place}"] is not None
    ]
    if any(not math.isfinite(mean) for _, mean in means):
        raise frame.overflow(measure)
    n = sum(n for n, _ in means)
    return math.fsum(mean * (k / n) for k, mean in means) if n else 0.0


def _largest(values: Any) -> float | None:
    known = [float(value) for value in values if value is not None]
    return max(known, default=None)


def fault(frame: Frame, measure: Measure) -> Unreadable:
    """The refusal that shows a bad cell of the metric. Rows of a database have no order, so that
    it cannot say which row it is."""
    backend, table = frame.backend, frame.relation.table
    x = frame.number(measure)
    shown = {"cell": table[measure.column].cast("string"), "x": x}
    if measure.is_text:
        shown["b"] = cells.is_bad_text(backend, table, measure)
    rows = table.select(**shown)
    bad = cells.is_bad(backend, rows.x, measure)
    if measure.is_text:
        bad = rows.b if bad is None else rows.b | bad.fill_null(False)
    assert bad is not None
    found = backend.rows(rows.filter(bad).select("cell", "x").limit(1))
    if not found:
        raise Unreadable(Text("engine_moving"))
    cell, value = str(found[0][0]), found[0][1]
    if "\0" in cell:
        return Unreadable(Text("engine_nul", column=measure.column))
    params = {"metric": measure.metric.name, "column": measure.column}
    clean = "".join(c if c.isprintable() else " " for c in cell)
    clean = clean if len(clean) <= 60 else f"{clean[:57]}..."
    if value is None:
        return Unreadable(Text("engine_not_number", value=clean, **params))
    if abs(value) >= sys.float_info.max:  # some engines have nothing beyond
        return Unreadable(Text("engine_infinite", **params))
    code = {Use.EVENTS: "engine_not_events", Use.EXPOSURE: "engine_not_exposure"}.get(
        measure.use, "engine_not_conversion"
    )
    return Unreadable(Text(code, value=clean, **params))
