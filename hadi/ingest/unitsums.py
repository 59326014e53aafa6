"""The sums of a table in which a unit may have several rows.

Rows of one unit are summed first, column by column: values, numerators, denominators, events,
exposures and covariates alike (a conversion: any). A missing cell adds nothing, and a unit is
complete where each column of the metric has a value in at least one of its rows. Units seen in
several arms are left out and counted; rows that repeat another one exactly are counted but kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.ingest import arms as arm_names
from hadi.ingest import sums
from hadi.ingest.arms import Arms
from hadi.ingest.cells import counted
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame
from hadi.ingest.keys import key
from hadi.ingest.measures import Joint, with_offsets
from hadi.ingest.rowsums import by_row, first_look
from hadi.ingest.source import Sample, Summaries
from hadi.ingest.sums import Asked, Row
from hadi.ingest.unitcheck import has_a_row_each


def by_unit(frame: Frame) -> Summaries:
    """Summaries where the plan's unit column says which rows are one unit."""
    import duckdb

    if has_a_row_each(frame):
        # What is summed per unit is then what is there: the faster way gives the same numbers.
        return replace(by_row(frame), has_units=True, duplicate_rows=0)
    frame = frame.with_measures(with_offsets(frame.connection, frame.table, frame.measures))
    first = first_look(frame)
    frame = first.frame
    found = [(row[0], row[1]) for row in first.rows]
    arms = arm_names.read(frame.plan, frame.variant, found)
    values = [value for value, _ in found if arms.name_of(value) is not None]
    units = _Units(frame, arms, values)
    try:
        frame, caps = units.capped()
        asked, rows = replace(units, frame=frame).sums()
    except duckdb.OutOfRangeException:  # some releases refuse a square beyond a float
        raise _worst(frame) from None
    if any(isinstance(v, float) and not math.isfinite(v) for row in rows for v in row):
        raise _worst(frame)
    for measure in frame.measures:
        if any(asked.value(row, _overflow(measure.place)) for row in rows):
            raise frame.refuse(measure)
    return _summaries(frame, arms, asked, rows, caps)


@dataclass(frozen=True, slots=True)
class _Units:
    """The units as a relation: their arm, then of each metric its columns, less their constants."""

    frame: Frame
    arms: Arms
    values: Sequence[Any]  # of the variant column that name one of the arms

    def capped(self) -> tuple[Frame, dict[str, float]]:
        """The frame with its caps, and those by metric: quantiles of the units of all arms."""
        frame = self.frame
        winsorised = [joint for joint in frame.joints if joint.is_winsorised]
        if not winsorised:
            return frame, {}
        plain = frame.with_measures([replace(m, offset=0.0) for m in frame.measures])
        wanted = ", ".join(sums.quantile(_names(joint)[0], joint) for joint in winsorised)
        relation = replace(self, frame=plain)._relation(winsorised)
        (found,) = frame.rows(
            f"SELECT {wanted} FROM ({relation}) WHERE NOT is_blank AND low = high", self.values
        )
        return frame.capped(winsorised, found)

    def sums(self) -> tuple[Asked, list[Row]]:
        """A row for each arm (NULL: mixed units), those of blank units apart."""
        asked = Asked()
        for part in (_ARM, "is_blank", "count(*)", "sum(k)", "max(k)"):
            asked.add(part)
        for measure in self.frame.measures:
            asked.add(_overflow(measure.place))
        for joint in self.frame.joints:
            sums.ask_stable(asked, joint, _names(joint))
        relation = self._relation(self.frame.joints)
        query = f"SELECT {', '.join(asked.parts)} FROM ({relation}) GROUP BY 1, 2"
        return asked, self.frame.rows(query, self.values)

    def _relation(self, joints: Sequence[Joint]) -> str:
        frame = self.frame
        used = {place for joint in joints for place in joint.measures}
        measures = [m for m in frame.measures if m.place in used]
        places = " ".join(
            f"WHEN ? THEN {self.arms.names.index(str(self.arms.name_of(value)))}"
            for value in self.values
        )
        unit = key(str(frame.plan.unit), frame.types[str(frame.plan.unit)])
        inner = [f"CASE {quoted(frame.variant)} {places} END::UTINYINT AS arm", f"{unit} AS unit"]
        # Constants and caps are the unit's, not the row's.
        inner += [f"{m.number} AS x{m.place}" for m in measures]
        per_unit = ["unit", "min(arm) AS low", "max(arm) AS high", "count(*) AS k"]
        per_unit += [f"{m.of_unit} AS v{m.place}" for m in measures]
        shown = ["low", "high", "k", "unit IS NULL AS is_blank", *(f"v{m.place}" for m in measures)]
        for joint in joints:
            complete = " AND ".join(f"isfinite(v{place})" for place in joint.measures)
            for place, name in zip(joint.measures, _names(joint), strict=True):
                m = frame.measures[place]
                shown.append(
                    f"CASE WHEN {complete} THEN {m.cut(f'v{place}')} - {m.offset!r}::DOUBLE END "
                    f"AS {name}"
                )
        return (
            f"SELECT {', '.join(shown)} FROM (SELECT {', '.join(per_unit)} FROM "
            f"(SELECT {', '.join(inner)} FROM {frame.table}) WHERE arm IS NOT NULL GROUP BY unit)"
        )


_ARM = "CASE WHEN low = high THEN low END AS arm"


def _overflow(place: int) -> str:
    """An aggregate: how many units have a sum beyond a float."""
    return counted(f"isinf(v{place})")


def _names(joint: Joint) -> list[str]:
    return [f"y{joint.place}_{place}" for place in joint.measures]


def _summaries(
    frame: Frame, arms: Arms, asked: Asked, rows: list[Row], caps: dict[str, float]
) -> Summaries:
    units: dict[str, int] = {}
    samples: dict[str, list[Sample]] = {}
    mixed = blank = most_rows = 0
    for row in rows:
        place, is_blank, n_units, n_rows, most = row[:5]
        if is_blank:
            blank += n_rows
            continue
        most_rows = max(most_rows, most)
        if place is None:
            mixed += n_units
            continue
        name = arms.names[place]
        units[name] = n_units
        samples[name] = [
            sums.sample_of(j, frame.measures, sums.read_stable(asked, row, j, _names(j)))
            for j in frame.joints
        ]
    return frame.summaries(
        arms,
        units,
        samples,
        all_units=sum(units.values()) + mixed,
        mixed_units=mixed,
        blank_unit_rows=blank,
        duplicate_rows=duplicates(frame) if most_rows > 1 else 0,
        has_units=True,
        caps=caps,
    )


def duplicates(frame: Frame) -> int:
    """Rows that repeat another one in every column of the table."""
    row = frame.rows(
        "SELECT coalesce(sum(n - 1), 0) FROM "
        f"(SELECT *, count(*) AS n FROM {frame.table} GROUP BY ALL HAVING count(*) > 1)"
    )
    return int(row[0][0])


def _worst(frame: Frame) -> Unreadable:
    """The refusal where a square left the range of a float: of the first measure that does."""
    for measure in frame.measures:
        if not measure.is_conversion:
            (largest,) = frame.rows(f"SELECT max(abs({measure.number})) FROM {frame.table}")[0]
            if largest is not None and not largest < 1e150:
                return frame.refuse(measure)
    return frame.refuse(frame.measures[0])
