"""The sums of a table whose rows are units: one query for all arms and metrics.

Plain sums of shifted values; whatever they cannot answer (NaN, units with a value in some columns
of a metric only, caps, digits lost far from the constant) is asked again, for those metrics alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hadi.ingest import arms as arm_names
from hadi.ingest import sums
from hadi.ingest.arms import MAX_ARMS, Arms
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame
from hadi.ingest.measures import Joint, with_offsets
from hadi.ingest.source import Sample, Summaries
from hadi.ingest.sums import Asked, Parts, Row

_Found = dict[tuple[str, int], Parts]  # by arm's value and metric's place


def by_row(frame: Frame) -> Summaries:
    """Summaries where each row is a unit."""
    frame = frame.with_measures(with_offsets(frame.connection, frame.table, frame.measures))
    first = first_look(frame, frame.joints)
    frame = first.frame
    values = [row[0] for row in first.rows]
    arms = arm_names.read(frame.plan, frame.variant, [(row[0], row[1]) for row in first.rows])
    found = first.parts
    partial = frozenset(joint.place for joint in frame.joints if first.is_partial(joint))
    caps: dict[str, float] = {}
    again = [joint for joint in frame.joints if joint.place in partial]
    if any(joint.is_winsorised for joint in frame.joints):
        frame, caps = _capped(frame, partial, arms, values)
        again = [j for j in frame.joints if j.place in partial or j.metric.name in caps]
    found |= _asked(frame, again, partial, is_stable=False)
    lost = {place for (_, place), parts in found.items() if parts.has_lost_digits}
    found |= _asked(frame, [j for j in frame.joints if j.place in lost], partial, is_stable=True)
    samples: dict[str, list[Sample]] = {}
    for value in values:
        name = arms.name_of(value)
        if name is not None:
            own = [
                sums.sample_of(joint, frame.measures, found[repr(value), joint.place])
                for joint in frame.joints
            ]
            samples[name] = sums.merged(samples, name, own)
    known = sum(arms.rows.values())
    return frame.summaries(arms, arms.rows, samples, all_units=known, caps=caps)


@dataclass(frozen=True, slots=True)
class First:
    """The first query's answer: a row (value, rows, ...) for each value of the variant column."""

    frame: Frame  # as it was asked: NaN read as missing where there was one
    asked: Asked
    rows: list[Row]

    @property
    def is_odd(self) -> bool:
        """Whether a sum is no number: NaN, which is a missing value, or an infinity."""
        return any(isinstance(v, float) and not math.isfinite(v) for r in self.rows for v in r[1:])

    def bad_cells(self) -> list[bool]:
        """Of each measure, whether a cell is none that its metric can have."""
        found = []
        for measure in self.frame.measures:
            bad = any(self.asked.value(row, measure.bad_cells) for row in self.rows)
            x = f"x{measure.place}"
            wanted = [w for w in (f"sum({x})", f"sum({x} * {x})") if w in self.asked.places]
            totals = [self.asked.value(row, want) for row in self.rows for want in wanted]
            found.append(bad or not all(math.isfinite(t) for t in totals if t is not None))
        return found

    def is_partial(self, joint: Joint) -> bool:
        """Whether units have a value in some of the metric's columns and not in others."""
        counts = [f"count(x{place})" for place in joint.measures]
        return len(counts) > 1 and any(
            not row[1] == self.asked.value(row, counts[0]) == self.asked.value(row, count)
            for row in self.rows
            for count in counts[1:]
        )

    @property
    def parts(self) -> _Found:
        return {
            (repr(row[0]), joint.place): sums.read_plain(self.asked, row, joint, _names(joint))
            for row in self.rows
            for joint in self.frame.joints
        }


def first_look(frame: Frame, joints: Sequence[Joint] = ()) -> First:
    """Count and sum every column and, of the metrics `joints`, the products too. Raises Unreadable
    where a cell, in whatever row, is none that its metric can have."""
    first = _look(frame, joints)
    if first.is_odd:
        first = _look(frame.carefully(), joints)
    for measure, bad in zip(frame.measures, first.bad_cells(), strict=True):
        if bad:
            raise frame.refuse(measure)
    return first


def _look(frame: Frame, joints: Sequence[Joint]) -> First:
    asked = Asked()
    asked.add("arm")
    asked.add("count(*)")
    for measure in frame.measures:
        asked.add(f"sum(x{measure.place})")
        asked.add(measure.bad_cells)
    for joint in joints:
        sums.ask_plain(asked, joint, _names(joint))
    query = f"SELECT {', '.join(asked.parts)} FROM ({_relation(frame, frame.joints)}) GROUP BY arm"
    return First(frame, asked, frame.rows(f"{query} LIMIT {MAX_ARMS + 1}"))


def _asked(
    frame: Frame, joints: Sequence[Joint], partial: frozenset[int], *, is_stable: bool
) -> _Found:
    """The parts of some metrics once more."""
    if not joints:
        return {}
    ask, read = (
        (sums.ask_stable, sums.read_stable) if is_stable else (sums.ask_plain, sums.read_plain)
    )
    asked = Asked()
    asked.add("arm")
    for joint in joints:
        ask(asked, joint, _names(joint, partial))
    rows = frame.rows(
        f"SELECT {', '.join(asked.parts)} FROM ({_relation(frame, joints, partial)}) GROUP BY arm"
    )
    return {
        (repr(row[0]), joint.place): read(asked, row, joint, _names(joint, partial))
        for row in rows
        for joint in joints
    }


def _capped(
    frame: Frame, partial: frozenset[int], arms: Arms, values: Sequence[Any]
) -> tuple[Frame, dict[str, float]]:
    """The frame with its caps, and those by metric: quantiles of the values of all known arms."""
    winsorised = [joint for joint in frame.joints if joint.is_winsorised]
    plain = frame.with_measures([replace(m, offset=0.0) for m in frame.measures])
    known = [value for value in values if arms.name_of(value) is not None]
    where = "" if len(known) == len(values) else f" WHERE arm IN ({', '.join('?' * len(known))})"
    names = [_names(joint, partial)[0] for joint in winsorised]
    wanted = ", ".join(
        sums.quantile(name, joint) for name, joint in zip(names, winsorised, strict=True)
    )
    relation = _relation(plain, winsorised, partial)
    (found,) = frame.rows(f"SELECT {wanted} FROM ({relation}){where}", known if where else ())
    return frame.capped(winsorised, found)


def _relation(frame: Frame, joints: Sequence[Joint], partial: frozenset[int] = frozenset()) -> str:
    """The rows with the columns of some metrics; those of `partial` ones only where a row has a
    value in each of them."""
    used = {place for joint in joints for place in joint.measures}
    shown = [m.projection for m in frame.measures if m.place in used]
    inner = ", ".join([f"{quoted(frame.variant)} AS arm", *shown])
    relation = f"SELECT {inner} FROM {frame.table}"
    masked: list[str] = []
    for joint in joints:
        if joint.place in partial:
            condition = " AND ".join(f"x{place} IS NOT NULL" for place in joint.measures)
            masked += [
                f"CASE WHEN {condition} THEN x{place} END AS {name}"
                for place, name in zip(joint.measures, _names(joint, partial), strict=True)
            ]
    return f"SELECT *, {', '.join(masked)} FROM ({relation})" if masked else relation


def _names(joint: Joint, partial: frozenset[int] = frozenset()) -> list[str]:
    if joint.place in partial:
        return [f"y{joint.place}_{place}" for place in joint.measures]
    return [f"x{place}" for place in joint.measures]
