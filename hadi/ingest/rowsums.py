"""The sums of a table whose rows are units: one query for all arms and metrics.

Plain sums of shifted values; whatever they cannot answer (NaN, digits lost far from the
constant) is asked again, more slowly, for those metrics alone.
"""

from __future__ import annotations

import math
from typing import Any

from hadi.ingest import arms as arm_names
from hadi.ingest.arms import MAX_ARMS
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame, Sample
from hadi.ingest.measures import Measure, with_offsets
from hadi.ingest.source import Summaries
from hadi.stats.samples import Conversion, Moments

# Where n * mean^2 of the shifted values exceeds their spread this many times, the plain sums
# have lost half a dozen digits or more, and the stable pass is worth its time.
LOST_DIGITS = 1e4

_Row = tuple[Any, ...]  # arm, rows, then n, sum, sum of squares and bad cells of each measure
_Stable = dict[tuple[str, int], tuple[float, float]]


def by_row(frame: Frame) -> Summaries:
    """Summaries where each row is a unit."""
    frame = frame.with_measures(with_offsets(frame.connection, frame.table, frame.measures))
    rows = _sums(frame)
    if any(isinstance(v, float) and not math.isfinite(v) for row in rows for v in row[1:]):
        frame = frame.carefully()
        rows = _sums(frame)
    for measure in frame.measures:
        if any(_is_bad(measure, row) for row in rows):
            raise frame.refuse(measure)
    arms = arm_names.read(frame.plan, frame.variant, [(row[0], row[1]) for row in rows])
    stable = _stable(frame, rows)
    samples: dict[str, list[Sample]] = {}
    for row in rows:
        name = arms.name_of(row[0])
        if name is None:
            continue
        own = [_sample(m, row, stable) for m in frame.measures]
        merged = samples.get(name)
        samples[name] = (
            own if merged is None else [_plus(a, b) for a, b in zip(merged, own, strict=True)]
        )
    known = sum(arms.rows.values())
    return frame.summaries(arms, arms.rows, samples, all_units=known)


def _sums(frame: Frame) -> list[_Row]:
    measures = frame.measures
    inner = ", ".join([f"{quoted(frame.variant)} AS arm", *(m.projection for m in measures)])
    parts = ["arm", "count(*)"]
    for m in measures:
        x = f"x{m.place}"
        parts.append(f"count({x}), sum({x}), {m.squares}, {m.bad_cells}")
    return frame.rows(
        f"SELECT {', '.join(parts)} FROM (SELECT {inner} FROM {frame.table}) "
        f"GROUP BY arm LIMIT {MAX_ARMS + 1}"
    )


def _cells(measure: Measure, row: _Row) -> tuple[int, float, float, int]:
    n, total, squares, bad = row[2 + 4 * measure.place : 6 + 4 * measure.place]
    return n, total or 0.0, squares or 0.0, bad or 0


def _is_bad(measure: Measure, row: _Row) -> bool:
    _, total, squares, bad = _cells(measure, row)
    return bad > 0 or not math.isfinite(total) or not math.isfinite(squares)


def _stable(frame: Frame, rows: list[_Row]) -> _Stable:
    """Mean and variance of the shifted values by a stable pass, where digits were lost."""
    lost = [m for m in frame.measures if any(_has_lost_digits(m, row) for row in rows)]
    if not lost:
        return {}
    inner = ", ".join([f"{quoted(frame.variant)} AS arm", *(m.projection for m in lost)])
    parts = ", ".join(f"avg(x{m.place}), var_pop(x{m.place})" for m in lost)
    found = frame.rows(f"SELECT arm, {parts} FROM (SELECT {inner} FROM {frame.table}) GROUP BY arm")
    return {
        (repr(arm), m.place): (values[2 * i], values[2 * i + 1])
        for arm, *values in found
        for i, m in enumerate(lost)
    }


def _has_lost_digits(measure: Measure, row: _Row) -> bool:
    n, total, squares, _ = _cells(measure, row)
    if measure.is_conversion or n < 2:
        return False
    of_mean = total * (total / n)
    return of_mean > LOST_DIGITS * (squares - of_mean)


def _sample(measure: Measure, row: _Row, stable: _Stable) -> Sample:
    n, total, squares, _ = _cells(measure, row)
    if measure.is_conversion:
        return Conversion(n, round(total))
    if n == 0:
        return Moments(0, 0.0, 0.0)
    if (repr(row[0]), measure.place) in stable:
        mean, variance = stable[repr(row[0]), measure.place]
        return Moments.shifted(n, mean, variance * n, measure.offset)
    mean = total / n
    return Moments.shifted(n, mean, max(squares - total * mean, 0.0), measure.offset)


def _plus(a: Sample, b: Sample) -> Sample:
    if isinstance(a, Conversion) and isinstance(b, Conversion):
        return a + b
    assert isinstance(a, Moments) and isinstance(b, Moments)
    return a + b
