"""The sums of a table in which a unit may have several rows.

Rows of one unit are summed (a conversion: any), units seen in several arms are left out and
counted, and rows that repeat another one exactly are counted but kept.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest import arms as arm_names
from hadi.ingest.arms import MAX_ARMS, Arms
from hadi.ingest.cells import counted, is_nan, text_of
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.faults import nul_cell
from hadi.ingest.frame import Frame, Sample
from hadi.ingest.measures import Measure, with_offsets
from hadi.ingest.rowsums import by_row
from hadi.ingest.source import Summaries
from hadi.stats.samples import Conversion, Moments


def by_unit(frame: Frame) -> Summaries:
    """Summaries where the plan's unit column says which rows are one unit."""
    import duckdb

    if _has_a_row_each(frame):
        # What is summed per unit is then what is there: the faster way gives the same numbers.
        return replace(by_row(frame), has_units=True, duplicate_rows=0)
    frame = frame.carefully()
    variant = quoted(frame.variant)
    counted = frame.rows(
        f"SELECT {variant}, count(*) FROM {frame.table} GROUP BY 1 LIMIT {MAX_ARMS + 1}"
    )
    arms = arm_names.read(frame.plan, frame.variant, [(row[0], row[1]) for row in counted])
    if arms.blank_rows or arms.unknown_rows:
        _refuse_bad_cells(frame)  # those rows are left out of the sums, and their cells with them
    try:
        offsets, rows = _sums(frame, arms, [row[0] for row in counted])
    except duckdb.OutOfRangeException:  # some releases refuse a square beyond a float
        raise _worst(frame) from None
    if any(isinstance(v, float) and not math.isfinite(v) for row in rows for v in row):
        raise _worst(frame)
    for measure in frame.measures:
        if any(row[8 + 4 * measure.place] for row in rows):
            raise frame.refuse(measure)
    units: dict[str, int] = {}
    samples: dict[str, list[Sample]] = {}
    mixed = blank = most_rows = 0
    for place, is_blank, n_units, n_rows, most, *cells in rows:
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
            _sample(m, cells[4 * m.place : 4 * m.place + 4], offsets[m.place])
            for m in frame.measures
        ]
    return frame.summaries(
        arms,
        units,
        samples,
        all_units=sum(units.values()) + mixed,
        mixed_units=mixed,
        blank_unit_rows=blank,
        duplicate_rows=_duplicates(frame) if most_rows > 1 else 0,
        has_units=True,
    )


def _refuse_bad_cells(frame: Frame) -> None:
    shown = ", ".join(m.projection for m in frame.measures)
    counts = ", ".join(m.bad_cells_of_rows for m in frame.measures)
    (bad,) = frame.rows(f"SELECT {counts} FROM (SELECT {shown} FROM {frame.table})")
    for measure, n in zip(frame.measures, bad, strict=True):
        if n:
            raise frame.refuse(measure)


def _has_a_row_each(frame: Frame) -> bool:
    """Whether every row names a unit of its own, as in most files. Refuses NULs in units."""
    is_text = frame.types[str(frame.plan.unit)] == "VARCHAR"
    nuls = counted("contains(unit, chr(0))") if is_text else "0"
    rows, distinct, has_nul = frame.rows(
        f"SELECT count(*), count(DISTINCT unit), {nuls} FROM "
        f"(SELECT {_unit(frame)} AS unit FROM {frame.table})"
    )[0]
    if has_nul:
        raise _nul_unit(frame)
    return bool(rows == distinct)


def _sums(
    frame: Frame, arms: Arms, values: list[Any]
) -> tuple[dict[int, float], list[tuple[Any, ...]]]:
    """The constant taken from the values of each metric, and rows of (arm's place, whether the
    unit is blank, units, rows, most rows of a unit, then n, mean or sum, variance and bad cells of
    each metric); the arm of a mixed unit is NULL."""
    offsets = {
        m.place: m.offset for m in with_offsets(frame.connection, frame.table, frame.measures)
    }
    known = [(value, name) for value in values if (name := arms.name_of(value)) is not None]
    place = " ".join(f"WHEN ? THEN {arms.names.index(name)}" for _, name in known)
    unit = _unit(frame)
    inner = ", ".join(
        [
            f"CASE {quoted(frame.variant)} {place} END::UTINYINT AS arm",
            f"{unit} AS unit",
            *(m.projection for m in frame.measures),
        ]
    )
    per_unit = ["unit", "min(arm) AS low", "max(arm) AS high", "count(*) AS k"]
    outer = ["CASE WHEN low = high THEN low END AS arm", "unit IS NULL AS is_blank"]
    outer += ["count(*)", "sum(k)", "max(k)"]
    for m in frame.measures:
        x, v, w = f"x{m.place}", f"v{m.place}", f"w{m.place}"
        total = f"max({x})" if m.is_conversion else f"sum({x})"
        per_unit += [f"{total} AS {v}", f"{m.bad_cells_of_rows} AS {w}"]
        finite = f"CASE WHEN isfinite({v}) THEN {v} - {offsets[m.place]!r}::DOUBLE END"
        centre = f"sum({v})" if m.is_conversion else f"avg({finite})"
        spread = "0" if m.is_conversion else f"var_pop({finite})"
        bad = f"sum({w})" if m.is_conversion else f"sum({w}) + {counted(f'isinf({v})')}"
        outer.append(f"count({v}), {centre}, {spread}, {bad}")
    found = frame.rows(
        f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(per_unit)} FROM "
        f"(SELECT {inner} FROM {frame.table}) WHERE arm IS NOT NULL GROUP BY unit) GROUP BY 1, 2",
        [value for value, _ in known],
    )
    return offsets, found


def _unit(frame: Frame) -> str:
    """The unit in SQL; NULL where it is blank."""
    column = quoted(str(frame.plan.unit))
    written = frame.types[str(frame.plan.unit)]
    if written == "VARCHAR":
        return text_of(column)
    if written in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN {is_nan(column)} THEN NULL ELSE {column} END"
    return column


def _sample(measure: Measure, cells: list[Any], offset: float) -> Sample:
    n, centre, spread, _ = cells
    if measure.is_conversion:
        return Conversion(n, round(centre or 0.0))
    return Moments.shifted(n, centre, spread * n, offset) if n else Moments(0, 0.0, 0.0)


def _duplicates(frame: Frame) -> int:
    """Rows that repeat another one in every column of the table."""
    row = frame.rows(
        "SELECT coalesce(sum(n - 1), 0) FROM "
        f"(SELECT *, count(*) AS n FROM {frame.table} GROUP BY ALL HAVING count(*) > 1)"
    )
    return int(row[0][0])


def _worst(frame: Frame) -> Unreadable:
    """The refusal where a square left the range of a float: of the first mean that does."""
    for measure in frame.measures:
        if not measure.is_conversion:
            (largest,) = frame.rows(f"SELECT max(abs({measure.number})) FROM {frame.table}")[0]
            if largest is not None and not largest < 1e150:
                return frame.refuse(measure)
    return frame.refuse(frame.measures[0])


def _nul_unit(frame: Frame) -> Unreadable:
    column = str(frame.plan.unit)
    for path, label, _ in frame.parts:
        found = frame.rows(
            f"SELECT n FROM (SELECT row_number() OVER () AS n, {quoted(column)} AS unit "
            f"FROM {parquet([path])}) WHERE contains(unit, chr(0)) ORDER BY n LIMIT 1"
        )
        if found:
            place = (
                Text("data_in_file", file=label) if len(frame.parts) > 1 else Text("data_nowhere")
            )
            return nul_cell(column, found[0][0], place)
    return Unreadable(Text("data_nul_arm", column=column))
