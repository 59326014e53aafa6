"""Whether every row names a unit of its own, as in most files: exactly, and as cheaply as can be.

Whole numbers that lie close together are marked in a bit map, a bit for each, which is a sixth of
the work of a hash table of ten million of them; all else is counted by DuckDB. No approximate count
and no hash of a value can stand for the value.
"""

from __future__ import annotations

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.cells import counted
from hadi.ingest.engine import parquet, quoted
from hadi.ingest.faults import nul_cell
from hadi.ingest.frame import Frame
from hadi.ingest.keys import key

_HEAD = 2048  # rows that tell at once of most files that a unit has several
_MOST_BITS = 2**29  # of a bit map: 64 MB, for each thread
_MOST_BITS_A_ROW = 64  # beyond that the map is larger than what it maps


def has_a_row_each(frame: Frame) -> bool:
    """Whether no unit is blank or has two rows. Refuses NULs in units."""
    unit = str(frame.plan.unit)
    written = frame.types[unit]
    shown = f"{key(unit, written)} AS unit, {quoted(unit)} AS written"
    nuls = counted("contains(written, chr(0))") if written == "VARCHAR" else "0"
    if not _are_distinct(frame, f"(SELECT {shown} FROM {frame.table} LIMIT {_HEAD})"):
        if frame.rows(f"SELECT {nuls} FROM (SELECT {shown} FROM {frame.table})")[0][0]:
            raise _nul_unit(frame)
        return False
    if "INT" in written and written.isalpha():
        told = _by_bits(frame, quoted(unit), written)
        if told is not None:
            return told
    ((rows, distinct, has_nul),) = frame.rows(
        f"SELECT count(*), count(DISTINCT unit), {nuls} FROM (SELECT {shown} FROM {frame.table})"
    )
    if has_nul:
        raise _nul_unit(frame)
    return bool(rows == distinct)


def _are_distinct(frame: Frame, relation: str) -> bool:
    ((rows, distinct),) = frame.rows(f"SELECT count(*), count(DISTINCT unit) FROM {relation}")
    return bool(rows == distinct)


def _by_bits(frame: Frame, cell: str, written: str) -> bool | None:
    """The answer by a bit map; None where the numbers lie too far apart for one."""
    ((rows, filled, low, high),) = frame.rows(
        f"SELECT count(*), count({cell}), min({cell}), max({cell}) FROM {frame.table}"
    )
    if filled < rows or high - low + 1 < rows:
        return False
    if high - low >= min(_MOST_BITS, _MOST_BITS_A_ROW * rows):
        return None
    ends = f"CAST('{low}' AS {written}), CAST('{high}' AS {written})"
    ((distinct,),) = frame.rows(
        f"SELECT bit_count(bitstring_agg({cell}, {ends})) FROM {frame.table}"
    )
    return bool(distinct == rows)


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
