"""The list of hypotheses as a file: everything the filters find, a row each, for a spreadsheet.

What is found streams through in blocks; only one block is in memory as objects. Money stays out:
who may see it is decided elsewhere than in a file that travels. Cells that a spreadsheet would
run as a formula are made harmless.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, BinaryIO

from sqlalchemy import select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import MetricRole
from hadi.domain.text import Text
from hadi.ingest.neutral import neutralise
from hadi.models import Hypothesis
from hadi.services.hypothesis_list import ORDERS, Filters, Order, with_row

BLOCK = 500
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")  # a workbook cannot hold them
EVERYTHING = Filters()
COLUMNS = (
    "key", "state", "title", "change", "effect", "reason", "verdict", "sentence", "metric",
    "difference", "low", "high", "owner", "author", "created", "updated", "archive_reason",
)  # fmt: skip

Cell = str | float | int | datetime | Text | None
Say = Callable[[Text], str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever the file is for: says texts in a language, and lives in a time zone."""

    say: Say
    zone: tzinfo


def rows(
    *, filters: Filters = EVERYTHING, order: Order = Order.UPDATED, by: Actor
) -> Iterator[tuple[Cell, ...]]:
    """The cells of every hypothesis found, in the order of `COLUMNS`. Raises NotAllowed before
    the first row is read."""
    require(by, Permission.VIEW)
    return _rows(filters, order)


def _rows(filters: Filters, order: Order) -> Iterator[tuple[Cell, ...]]:
    query = with_row(select(Hypothesis).where(*filters.conditions()).order_by(*ORDERS[order]))
    found = db.session.scalars(query, execution_options={"yield_per": BLOCK})
    for block in found.partitions(BLOCK):
        yield from (_row(hypothesis) for hypothesis in block)


def as_csv(table: Iterable[tuple[Cell, ...]], reader: Reader) -> Iterator[bytes]:
    """The table as CSV in UTF-8; the mark at its start tells Excel so."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_head(reader))
    for row in table:
        writer.writerow([_csv_cell(cell, reader) for cell in row])
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def as_xlsx(table: Iterable[tuple[Cell, ...]], reader: Reader, *, into: BinaryIO) -> None:
    """The table as a workbook of one sheet."""
    import pandas as pd

    written = [[_plain(cell, reader) for cell in row] for row in table]
    frame = pd.DataFrame(written, columns=_head(reader))
    with pd.ExcelWriter(into, engine="openpyxl", datetime_format="yyyy-mm-dd hh:mm") as book:
        frame.to_excel(book, index=False, sheet_name="HADI", freeze_panes=(1, 1))
        for column, width in zip("ABCDEFGH", (8, 12, 24, 48, 48, 48, 16, 60), strict=True):
            book.sheets["HADI"].column_dimensions[column].width = width


def _head(reader: Reader) -> list[str]:
    return [reader.say(Text(f"export_{column}")) for column in COLUMNS]


def _row(hypothesis: Hypothesis) -> tuple[Cell, ...]:
    test = hypothesis.current_test
    record: Mapping[str, Any] = test.result.record if test and test.result else {}
    comparison = _primary(record)
    difference = comparison.get("difference") or {}
    sentence = record.get("sentence_text")
    return (
        hypothesis.key,
        Text(f"state_{hypothesis.state.value}"),
        hypothesis.title,
        hypothesis.change,
        hypothesis.effect,
        hypothesis.reason,
        Text(f"verdict_{hypothesis.verdict}") if hypothesis.verdict else None,
        Text.from_json(sentence) if sentence else None,
        comparison.get("metric"),
        difference.get("estimate"),
        difference.get("low"),
        difference.get("high"),
        hypothesis.owner.name if hypothesis.owner else None,
        hypothesis.author.name,
        hypothesis.created_at,
        hypothesis.updated_at,
        hypothesis.archive_reason,
    )


def _primary(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The comparison of the primary metric in the arm that the verdict speaks of."""
    primary = [c for c in record.get("comparisons", ()) if c["role"] == MetricRole.PRIMARY]
    named = [c for c in primary if c["arm"] == record.get("arm")]
    found: Mapping[str, Any] = next(iter(named or primary), {})
    return found


def _csv_cell(cell: Cell, reader: Reader) -> str | float | int:
    plain = _plain(cell, reader)
    if isinstance(plain, datetime):
        return plain.strftime("%Y-%m-%d %H:%M")
    return "" if plain is None else plain


def _plain(cell: Cell, reader: Reader) -> str | float | int | datetime | None:
    """A cell as spreadsheets take it: texts said, moments in local time, nothing that runs."""
    if isinstance(cell, Text):
        cell = reader.say(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(reader.zone).replace(tzinfo=None)
    if isinstance(cell, str):
        return neutralise(_UNWRITABLE.sub("", cell))
    return cell


def _taken(buffer: io.StringIO) -> bytes:
    taken = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return taken
