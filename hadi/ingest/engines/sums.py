"""Sums of units, by whatever they are to be parted by, without losing digits.

Every value is taken less a constant near the middle before it is squared. Where a part lies so far
from that constant that digits were lost all the same, it is asked again less its own mean (Chan,
Golub & LeVeque 1983). A part of one repeated value has no variance at all, not nearly none: "no
variation" is a statement that a rounding must not touch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis

from hadi.ingest.engines.backend import OutOfRange
from hadi.ingest.engines.units import Units
from hadi.ingest.measures import Joint
from hadi.ingest.source import Sample
from hadi.ingest.sums import LOST_DIGITS, Parts

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROOM = 1e307  # a little less than the largest float
_TINY = 1e-150  # its square is beyond a float, which PostgreSQL refuses


@dataclass(slots=True)
class Part:
    """One part of the units: how many, their rows, the most rows of one, and the sums of each
    metric (by its place) less the offsets."""

    units: int
    rows: int
    most_rows: int
    sums: dict[int, Parts] = field(default_factory=dict)
    offsets: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def sample(self, units: Units, joint: Joint) -> Sample:
        return units.frame.sample(joint, self.sums[joint.place], self.offsets[joint.place])


def parted(units: Units, joints: Sequence[Joint], by: Sequence[str]) -> dict[tuple[Any, ...], Part]:
    """The sums of the metrics in each part: a combination of the values of the columns `by`.
    Raises Unreadable where they leave the range of a float."""
    try:
        return _parted(units, joints, by, is_careful=False)
    except OutOfRange:
        # Too large, or (a difference squared) too small: the one is a refusal, the other nothing.
        try:
            return _parted(units, joints, by, is_careful=True)
        except OutOfRange:
            raise _worst(units, joints) from None


def _parted(
    units: Units, joints: Sequence[Joint], by: Sequence[str], *, is_careful: bool
) -> dict[tuple[Any, ...], Part]:
    table = units.table
    wanted: dict[str, ir.Value] = {
        "units": table.count(), "rows": table.k.sum(), "most": table.k.max(),
    }  # fmt: skip
    for joint in joints:
        guesses = [units.guesses[place] for place in joint.measures]
        wanted |= _aggregates(units, joint, guesses, is_careful=is_careful)
    query = table.group_by(list(by)).agg(**wanted)
    found: dict[tuple[Any, ...], Part] = {}
    for cells in units.frame.backend.rows(query):
        row = dict(zip(query.columns, cells, strict=True))
        part = Part(int(row["units"]), int(row["rows"]), int(row["most"]))
        for joint in joints:
            part.offsets[joint.place] = tuple(units.guesses[place] for place in joint.measures)
            part.sums[joint.place] = _read(units, joint, row, part.offsets[joint.place])
        found[tuple(row[name] for name in by)] = part
    lost = [j for j in joints if any(part.sums[j.place].has_lost_digits for part in found.values())]
    if lost:
        _ask_again(units, lost, by, found, is_careful=is_careful)
    return found


def _aggregates(
    units: Units, joint: Joint, less: Sequence[Any], *, is_careful: bool
) -> dict[str, ir.Value]:
    """Count, sums, least and greatest values, and sums of products, of the values less `less`."""
    j, names = joint.place, units.columns(joint)
    columns = [units.table[name] for name in names]
    wanted = {f"n{j}": columns[0].count()}
    if joint.is_count:
        return {**wanted, f"s{j}_0": columns[0].sum()}
    shifted = []
    for column, constant in zip(columns, less, strict=True):
        value = column - (ibis.literal(constant, "float64") if _is_float(constant) else constant)
        if is_careful:
            value = (value.abs() < _TINY).ifelse(ibis.literal(0.0, "float64"), value)
        shifted.append(value)
    for i, (column, value) in enumerate(zip(columns, shifted, strict=True)):
        wanted |= {
            f"s{j}_{i}": value.sum(), f"lo{j}_{i}": column.min(), f"hi{j}_{i}": column.max(),
        }  # fmt: skip
        for k in range(i + 1):
            wanted[f"p{j}_{i}_{k}"] = (value * shifted[k]).sum()
    return wanted


def _is_float(value: Any) -> bool:
    return isinstance(value, float)


def _read(units: Units, joint: Joint, row: Mapping[str, Any], offsets: Sequence[float]) -> Parts:
    j, width = joint.place, len(joint.measures)
    n = int(row[f"n{j}"])
    if n == 0:
        return Parts(0, (0.0,) * width)
    if joint.is_count:
        return Parts(n, (float(row[f"s{j}_0"]) / n,))
    sums = [float(row[f"s{j}_{i}"]) for i in range(width)]
    low = [float(row[f"lo{j}_{i}"]) for i in range(width)]
    if units.frame.backend.hides_overflow:
        _require_room(units, joint, row, n, offsets)
    is_one = [low[i] == float(row[f"hi{j}_{i}"]) for i in range(width)]
    means = [low[i] - offsets[i] if is_one[i] else total / n for i, total in enumerate(sums)]
    table, has_lost_digits = [], False
    for i in range(width):
        for k in range(i + 1):
            of_means = sums[i] * (sums[k] / n)
            product = float(row[f"p{j}_{i}_{k}"]) - of_means
            if not math.isfinite(product):
                raise units.frame.overflow(units.frame.measures[joint.measures[i]])
            if is_one[i] or is_one[k]:
                product = 0.0
            elif i == k:
                has_lost_digits |= n > 1 and of_means > LOST_DIGITS * product
                product = max(product, 0.0)
            table.append(product)
    return Parts(n, tuple(means), tuple(table), has_lost_digits)


def _require_room(
    units: Units, joint: Joint, row: Mapping[str, Any], n: int, offsets: Sequence[float]
) -> None:
    """Where an engine does not say that a sum left the range of a float, none may come near to it:
    no square is larger than that of the value furthest away."""
    for i, place in enumerate(joint.measures):
        ends = (float(row[f"{end}{joint.place}_{i}"]) - offsets[i] for end in ("lo", "hi"))
        furthest = max(abs(end) for end in ends)
        if furthest > math.sqrt(_ROOM / n):
            raise units.frame.overflow(units.frame.measures[place])


def _ask_again(
    units: Units,
    joints: Sequence[Joint],
    by: Sequence[str],
    found: dict[tuple[Any, ...], Part],
    *,
    is_careful: bool,
) -> None:
    """The sums of some metrics once more, each part's less its own mean."""
    window = ibis.window(group_by=list(by))
    table = units.table
    means = {
        f"m{name}": table[name].mean().over(window)
        for joint in joints
        for name in units.columns(joint)
    }
    with_means = table.mutate(**means)
    again = Units(
        units.frame, units.names, units.joints, with_means, units.guesses, units.is_summed
    )
    wanted: dict[str, ir.Value] = {}
    for joint in joints:
        own = [with_means[f"m{name}"] for name in units.columns(joint)]
        wanted |= _aggregates(again, joint, own, is_careful=is_careful)
        wanted |= {f"m{joint.place}_{i}": mean.max() for i, mean in enumerate(own)}
    query = with_means.group_by(list(by)).agg(**wanted)
    for cells in units.frame.backend.rows(query):
        row = dict(zip(query.columns, cells, strict=True))
        part = found.get(tuple(row[name] for name in by))
        if part is None:
            continue
        for joint in joints:
            width = range(len(joint.measures))
            own_means = tuple(float(row[f"m{joint.place}_{i}"] or 0.0) for i in width)
            part.offsets[joint.place] = own_means
            part.sums[joint.place] = _read(units, joint, row, own_means)


def _worst(units: Units, joints: Sequence[Joint]) -> Exception:
    """The refusal where the engine itself found a sum beyond a float."""
    measures = [units.frame.measures[place] for joint in joints for place in joint.measures]
    own = [m for m in measures if not m.is_conversion] or list(units.frame.measures)
    return units.frame.overflow(own[0])
