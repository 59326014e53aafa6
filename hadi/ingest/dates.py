"""Days as people write them: which number is the day, and which the month.

Evidence decides: 14 is no month, and a file of one year does not spread over thirty. Dots mean
day first by convention, which is said. What is left (03/04/2026) is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hadi.domain.text import Text
from hadi.ingest.choices import DateOrder
from hadi.ingest.engine import literal, one_row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_DAY = re.compile(
    r"(\d{1,4})([./-])\s?(\d{1,2})([./-])\s?(\d{1,4})\.?"
    r"(?:(?:,\s?|\s|T)\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:\s?[AaPp][Mm])?)?"
)
# Years between the first and the last day: a file of results hardly reaches further than a few,
# and the days of a month taken for years spread over more.
_NEAR = 2
_FAR = 10
_MANY = 1000  # cells of other shapes that are looked at
OFFSET = re.compile(r":\d{2}(\.\d+)? ?(Z|[+-]\d{2}(:?\d{2})?)$")
_DATE_PARTS = {
    DateOrder.DMY: ("%d", "%m", "%Y"),
    DateOrder.MDY: ("%m", "%d", "%Y"),
    DateOrder.YMD: ("%Y", "%m", "%d"),
}
_CLOCK_PARTS = ("%M", "%S", "%f")


@dataclass(frozen=True, slots=True)
class Days:
    """A column of days: the order of their numbers (None is a question), as formats that
    `strptime` understands. `by` is the code of the sentence that says why."""

    order: DateOrder | None
    options: tuple[DateOrder, ...]
    formats: tuple[str, ...]
    has_clock: bool
    sign: str
    by: str | None = None
    is_chosen: bool = False

    @property
    def detail(self) -> Text | None:
        return Text(self.by, sign=self.sign) if self.by else None


@dataclass(frozen=True, slots=True)
class Shapes:
    """The ways in which the days of a column are written: "0.0.Y", "Y. 0. 0.", "0/0/0 0:0"."""

    shapes: tuple[str, ...]

    @property
    def sign(self) -> str:
        open_ones = [shape for shape in self.shapes if shape[0] != "Y"] or self.shapes
        signs = {shape.strip("0Y ")[:1] for shape in open_ones}
        return signs.pop() if len(signs) == 1 else ""

    @property
    def has_clock(self) -> bool:
        return any(":" in shape for shape in self.shapes)

    def orders(self) -> list[DateOrder]:
        """The orders that the places of the four-digit years leave. Year first says it all, so
        such cells leave those beside them open."""
        firsts = [re.findall("[0Y]", shape)[:3] for shape in self.shapes]
        others = [numbers for numbers in firsts if numbers[0] != "Y"]
        if not others:
            return [DateOrder.YMD]
        is_last = any(numbers[2] == "Y" for numbers in others)
        return [order for order in DateOrder if not (is_last and order is DateOrder.YMD)]

    def formats(self, order: DateOrder) -> tuple[str, ...]:
        """Those of two-digit years first: %Y takes 26 for the year 26."""
        found = {_format(shape, order) for shape in self.shapes}
        return tuple(sorted(found, key=lambda each: ("%Y" in each, each)))


def _format(shape: str, order: DateOrder) -> str:
    hour = "%I" if "p" in shape else "%H"
    if shape[0] == "Y":
        order = DateOrder.YMD
    parts = iter((*_DATE_PARTS[order], hour, *_CLOCK_PARTS))

    def number(match: re.Match[str]) -> str:
        part = next(parts)
        return "%y" if part == "%Y" and match[0] == "0" else part

    return re.sub("[0Y]", number, shape).replace("p", "%p")


def shapes_of(cells: Iterable[str]) -> Shapes | None:
    """How the cells are written, where every one looks like a day; 1.2.10 is a version."""
    shapes: dict[str, None] = {}
    for cell in cells:
        match = _DAY.fullmatch(cell)
        if match is None or match[2] != match[4] or "3" in _lengths(match):
            return None
        is_short = "4" not in _lengths(match)
        if is_short and (match[2] == "." or match[2] == "-") and "1" in _lengths(match):
            return None
        shape = re.sub(r"(?i)[ap]m", "p", cell)
        shape = re.sub(r"\d+", lambda m: "Y" if len(m[0]) == 4 else "0", shape)
        shapes[re.sub(r"\.Y$", ".0", shape) if shape.count("Y") > 1 else shape] = None
    return Shapes(tuple(shapes)) if shapes else None


def _lengths(match: re.Match[str]) -> str:
    return f"{len(match[1])}{len(match[3])}{len(match[5])}"


@dataclass(frozen=True, slots=True)
class _Fit:
    order: DateOrder
    count: int
    first: datetime | None
    last: datetime | None

    @property
    def years(self) -> int:
        return self.last.year - self.first.year if self.first and self.last else 0


def decide(
    connection: DuckDBPyConnection,
    table: str,
    cell: str,
    needed: int,
    shapes: Shapes,
    *,
    chosen: DateOrder | None,
    whole: DateOrder | None,
    others: Mapping[str, DateOrder],
) -> Days | None:
    """What a column of days is; None when some of its cells are none.

    `chosen` and `whole` are what was said of the column and of the file; `others` are the orders
    of the columns with the same sign that left no doubt.
    """
    orders = shapes.orders()
    if chosen is not None:
        orders = [chosen] if chosen in orders else []
    fits = [fit for fit in _fits(connection, table, cell, shapes, orders) if fit.count == needed]
    if not fits:
        return None
    near = [fit for fit in fits if fit.years <= _NEAR]
    by_years = near and all(fit.years >= _FAR for fit in fits if fit not in near)
    if len(near) < len(fits) and by_years and whole not in [fit.order for fit in fits]:
        fits = near
    else:
        by_years = False
    options = [fit.order for fit in fits]

    def days(order: DateOrder | None, by: str | None, is_chosen: bool = False) -> Days:
        formats = shapes.formats(order) if order else ()
        return Days(order, tuple(options), formats, shapes.has_clock, shapes.sign, by, is_chosen)

    if chosen is not None:
        return days(chosen, None, True)
    if len(fits) == 1 and by_years:
        return days(options[0], "decided_dates_years")
    if len(fits) == 1:
        is_plain = orders == [DateOrder.YMD]
        return days(options[0], None if is_plain else "decided_dates_evidence")
    if whole in options:
        return days(whole, None, True)
    if others.get(shapes.sign) in options:
        return days(others[shapes.sign], "decided_dates_others")
    if shapes.sign == "." and DateOrder.YMD not in options:
        return days(DateOrder.DMY, "decided_dates_dots")
    return days(None, "asked_dates")


def likeliest(
    connection: DuckDBPyConnection,
    table: str,
    cell: str,
    shapes: Shapes,
    *,
    chosen: DateOrder | None,
    whole: DateOrder | None,
) -> Days | None:
    """The order under which the most cells are days, where the type was chosen and the others
    are to be named; None when no cell is one."""
    most = max((fit.count for fit in _fits(connection, table, cell, shapes, shapes.orders())),
               default=0)  # fmt: skip
    if chosen is not None:
        return Days(
            chosen, tuple(DateOrder), shapes.formats(chosen), shapes.has_clock, shapes.sign,
            is_chosen=True,
        )  # fmt: skip
    if most == 0:
        return None
    return decide(connection, table, cell, most, shapes, chosen=None, whole=whole, others={})


def _fits(
    connection: DuckDBPyConnection,
    table: str,
    cell: str,
    shapes: Shapes,
    orders: Sequence[DateOrder],
) -> list[_Fit]:
    """How many cells are days under each order, the first and the last of them."""
    if not orders:
        return []
    read = [f"{parsed('cell', shapes.formats(order))} AS d{i}" for i, order in enumerate(orders)]
    parts = [f"count(d{i}), min(d{i}), max(d{i})" for i in range(len(orders))]
    row = one_row(
        connection,
        f"SELECT {', '.join(parts)} FROM (SELECT {', '.join(read)} FROM "
        f"(SELECT {cell} AS cell FROM {table}))",
    )
    return [_Fit(order, *row[3 * i : 3 * i + 3]) for i, order in enumerate(orders)]


def all_shapes(
    connection: DuckDBPyConnection, table: str, cell: str, shapes: Shapes
) -> Shapes | None:
    """The shapes of the whole column, where a sample showed some; None when a cell has none."""
    formats = [f for order in shapes.orders() for f in shapes.formats(order)]
    found = connection.execute(
        f"SELECT DISTINCT cell FROM (SELECT {cell} AS cell FROM {table}) "
        f"WHERE cell IS NOT NULL AND {parsed('cell', formats)} IS NULL LIMIT {_MANY}"
    ).fetchall()
    later = shapes_of([row[0] for row in found]) if found else None
    if later is None or set(later.shapes) <= set(shapes.shapes):
        return None
    return Shapes(tuple(dict.fromkeys((*shapes.shapes, *later.shapes))))


def parsed(cell: str, formats: Sequence[str]) -> str:
    """SQL: the instant that a cell is under one of the formats; NULL where it is none."""
    listed = ", ".join(literal(each) for each in formats)
    return f"try_strptime({cell}, [{listed}])"


def expression(cell: str, days: Days) -> str:
    """SQL: the day (or the instant) of a cell; NULL where it is none."""
    found = parsed(cell, days.formats)
    return found if days.has_clock else f"CAST({found} AS DATE)"


def offsets(connection: DuckDBPyConnection, table: str, cell: str) -> list[str]:
    """The first offsets of a column of instants; "" are the instants that name none."""
    rows = connection.execute(
        f"SELECT DISTINCT regexp_extract(cell, {literal(OFFSET.pattern)}, 2) AS o FROM "
        f"(SELECT {cell} AS cell FROM {table}) WHERE cell IS NOT NULL ORDER BY o LIMIT 3"
    ).fetchall()
    return [row[0] for row in rows]


def instant(cell: str, zone: str | None) -> str:
    """SQL: an instant as programs write it. With a zone, one that names its offset is shown as
    the clocks there; else, and where it names none, it is taken as it is written."""
    if zone is None:
        return f"CAST({cell} AS TIMESTAMP)"
    shown = f"timezone({literal(zone)}, CAST({cell} AS TIMESTAMPTZ))"
    has_offset = f"regexp_matches({cell}, {literal(OFFSET.pattern)})"
    return f"CASE WHEN {has_offset} THEN {shown} ELSE CAST({cell} AS TIMESTAMP) END"
