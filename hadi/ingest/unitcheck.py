"""Whether every row names a unit of its own, as in most files: exactly, and as cheaply as can be.

Whole numbers that lie close together are marked in a bit map, a bit for each, at a sixth of the
work of a hash table of ten million of them; so are the digits of names such as “u1207”. All else is
counted by DuckDB. No approximate count and no hash of a value can stand for the value.
"""

from __future__ import annotations

from collections.abc import Sequence

from hadi.ingest.cells import counted
from hadi.ingest.engine import literal, quoted
from hadi.ingest.frame import Frame
from hadi.ingest.keys import key

_HEAD = 2048  # rows that tell at once of most files that a unit has several
_MOST_BITS = 2**29  # of a bit map: 64 MB, for each thread
_BITS_A_ROW = 16  # beyond that the map is larger than what it maps


def has_a_row_each(frame: Frame) -> bool:
    """Whether no unit is blank or has two rows. Refuses NULs in units."""
    unit = str(frame.plan.unit)
    written = frame.types[unit]
    cell = key(unit, written)
    head = [row[0] for row in frame.rows(f"SELECT {cell} FROM {frame.table} LIMIT {_HEAD}")]
    are_distinct = None not in head and len(set(head)) == len(head)
    if written != "VARCHAR":
        is_whole = "INT" in written and written.isalpha()
        told = _by_bits(frame, quoted(unit), written) if are_distinct and is_whole else None
        return are_distinct and (_by_count(frame, cell) if told is None else told)
    if are_distinct and _by_digits(frame, quoted(unit), head):
        return True
    if not are_distinct:
        nuls = counted(f"contains({quoted(unit)}, chr(0))")
        if frame.rows(f"SELECT {nuls} FROM {frame.table}") != [(0,)]:
            raise frame.refuse_nul(unit)
    return are_distinct and _by_count(frame, cell, quoted(unit))


def _by_count(frame: Frame, cell: str, text: str | None = None) -> bool:
    """The answer by a hash table of all units; `text` is looked through for NULs."""
    nuls = counted("contains(written, chr(0))") if text else "0"
    ((rows, distinct, has_nul),) = frame.rows(
        f"SELECT count(*), count(DISTINCT unit), {nuls} FROM "
        f"(SELECT {cell} AS unit, {text or 'NULL'} AS written FROM {frame.table})"
    )
    if has_nul:
        raise frame.refuse_nul(str(frame.plan.unit))
    return bool(rows == distinct)


def _by_digits(frame: Frame, cell: str, head: Sequence[str]) -> bool:
    """True where all units begin alike, digits follow, and no two are the same number; False says
    nothing: “u7” and “u07” are different units.

    Equal units are equal numbers here, so that numbers which all differ prove units that do: a
    blank before a name makes it begin otherwise, one behind it does not change the number.
    """
    if not head:
        return False
    prefix = head[0].rstrip("0123456789")
    ((rows,),) = frame.rows(f"SELECT count(*) FROM {frame.table}")
    most = min(_MOST_BITS, _BITS_A_ROW * rows) - 1
    if not all(unit.startswith(prefix) and _is_digits(unit, prefix, most) for unit in head):
        return False
    number = f"TRY_CAST(substr({cell}, {len(prefix) + 1}) AS UINTEGER)"
    if prefix:
        number = f"CASE WHEN starts_with({cell}, {literal(prefix)}) THEN {number} END"
    ((filled, distinct),) = frame.rows(
        f"SELECT count(n), bit_count(bitstring_agg(n, 0::UINTEGER, {most}::UINTEGER)) FROM (SELECT "
        f"CASE WHEN x <= {most} THEN x END AS n FROM (SELECT {number} AS x FROM {frame.table}))"
    )
    return bool(filled == rows == distinct)


def _is_digits(unit: str, prefix: str, most: int) -> bool:
    digits = unit[len(prefix) :]
    return digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= most


def _by_bits(frame: Frame, cell: str, written: str) -> bool | None:
    """The answer by a bit map; None where the numbers lie too far apart for one."""
    ((rows, filled, low, high),) = frame.rows(
        f"SELECT count(*), count({cell}), min({cell}), max({cell}) FROM {frame.table}"
    )
    if filled < rows or high - low + 1 < rows:
        return False
    if high - low >= min(_MOST_BITS, _BITS_A_ROW * rows):
        return None
    ends = f"CAST('{low}' AS {written}), CAST('{high}' AS {written})"
    ((distinct,),) = frame.rows(
        f"SELECT bit_count(bitstring_agg({cell}, {ends})) FROM {frame.table}"
    )
    return bool(distinct == rows)
