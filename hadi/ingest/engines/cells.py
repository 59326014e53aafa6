"""A cell as Ibis reads it in any engine: the same text, number, name and day as `cells`, `measures`
and `keys` give in DuckDB's SQL.

Where engines differ (what is blank, which text is a number, how a date is written) nothing is left
to them: texts are told apart by patterns, and days by the calendar's own rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.cells import MISSING_WORDS
from hadi.ingest.measures import Measure, Use

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from hadi.ingest.engines.backend import Backend

STRIP = " \t\r\n\u00a0\u202f\u2009\ufeff"
_NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
_ENDLESS = "^[+-]?(inf|infinity)$"
_TIME = "([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
_ISO = f"^([0-9]{{1,4}})[-/ ]([0-9]{{1,2}})[-/ ]([0-9]{{1,2}}){_TIME}$"
_DOTTED = "^([0-9]{1,2})[.]([0-9]{1,2})[.]([0-9]{1,4})$"
_FLOATS = ("DOUBLE", "FLOAT")
_WHOLE = 1e15  # beyond it the digits of a float are not all its own
_LONGEST = 40  # characters of a number: beyond that some engines fail on it


def text_of(backend: Backend, cell: ir.Value) -> ir.Value:
    """The cell without outer blanks; NULL when nothing is left."""
    return backend.filled(cell, STRIP)


def is_missing_word(text: ir.Value) -> ir.Value:
    """Whether the text says that there is no value."""
    return text.lower().isin(list(MISSING_WORDS))


def number(backend: Backend, table: ir.Table, measure: Measure) -> ir.Value:
    """The cell as a float; NULL where it is blank (or, in text, no number)."""
    cell = table[measure.column]
    if measure.is_text:
        text = text_of(backend, cell.cast("string"))
        low = text.lower()
        is_number = text.re_search(_NUMBER) & (text.length() <= _LONGEST)
        return ibis.cases(
            (is_missing_word(text), ibis.null("float64")),
            (low == "true", _float(1.0)),
            (low == "false", _float(0.0)),
            (is_number, backend.number_of(text)),
            (low.re_search(_ENDLESS), _float(float("inf"))),
        )
    if measure.type == "BOOLEAN":
        return ibis.cases((cell, _float(1.0)), (~cell, _float(0.0)))
    x = cell.cast("float64")
    if measure.is_careful and (measure.type in _FLOATS or measure.type == "DECIMAL"):
        x = backend.is_nan(x).ifelse(ibis.null("float64"), x)
    return x


def is_bad_text(backend: Backend, table: ir.Table, measure: Measure) -> ir.Value:
    """Whether there is a text that is no number."""
    text = text_of(backend, table[measure.column].cast("string"))
    return text.notnull() & ~is_missing_word(text) & number(backend, table, measure).isnull()


def is_bad(backend: Backend, x: ir.Value, measure: Measure) -> ir.Value | None:
    """Whether a number is none that its use allows; None where the type says that every one is."""
    is_endless = backend.is_endless(x)
    match measure.use:
        case Use.CONVERSION if measure.type == "BOOLEAN":
            return None
        case Use.CONVERSION:
            return (x != 0.0) & (x != 1.0)
        case Use.EVENTS if measure.is_integer:
            return x < 0.0
        case Use.EVENTS:
            from hadi.ingest.engines import functions

            return is_endless | (x < 0.0) | (x != functions.floor(x).cast("float64"))
        case Use.EXPOSURE:
            return is_endless | (x <= 0.0)
        case _:
            return None if measure.is_integer or measure.type == "BOOLEAN" else is_endless


def variant(backend: Backend, table: ir.Table, column: str, written: str) -> ir.Value:
    """The cell that names an arm: text as it is, since `arms` reads every spelling and to tidy each
    row's costs more than all sums."""
    return table[column] if written == "VARCHAR" else key(backend, table, column, written)


def key(backend: Backend, table: ir.Table, column: str, written: str) -> ir.Value:
    """The cell as it is, NULL where it is blank: for comparing, not for showing."""
    cell = table[column]
    if written == "VARCHAR":
        return text_of(backend, cell)
    if written in _FLOATS:
        x = cell.cast("float64")
        return backend.is_nan(x).ifelse(ibis.null("float64"), x)
    return cell


def name(backend: Backend, table: ir.Table, column: str, written: str) -> ir.Value:
    """The cell as text, NULL where it is blank."""
    cell = key(backend, table, column, written)
    if written == "VARCHAR":
        return cell
    if written == "BOOLEAN":
        return ibis.cases((cell, ibis.literal("TRUE")), (~cell, ibis.literal("FALSE")))
    if written in _FLOATS:
        from hadi.ingest.engines import functions

        is_small = cell.abs() < _float(_WHOLE)
        whole = is_small.ifelse(cell, _float(0.0)).cast("int64")
        is_whole = functions.floor(cell).cast("float64") == cell
        return (is_whole & is_small).ifelse(whole.cast("string"), cell.cast("string"))
    return cell.cast("string")


def day(backend: Backend, table: ir.Table, column: str, written: str) -> ir.Value:
    """The day of the cell (of an instant that in UTC) as the number 20261231; NULL where it is
    blank, or text that is no date. Raises Unreadable for a column of something else."""
    cell = table[column]
    if written == "VARCHAR":
        return _day_of_text(backend, text_of(backend, cell))
    if written == "TIMESTAMP WITH TIME ZONE":
        cell = backend.in_utc(cell)
    elif written != "DATE" and not written.startswith("TIMESTAMP"):
        raise Unreadable(Text("data_column_not_days", column=column))
    cell = backend.finite_day(cell)
    digits = _digits(*(part.cast("int64") for part in (cell.year(), cell.month(), cell.day())))
    return (digits <= 9999_12_31).ifelse(digits, ibis.null("int64"))


def _day_of_text(backend: Backend, text: ir.Value) -> ir.Value:
    is_iso, is_dotted = text.re_search(_ISO), text.re_search(_DOTTED)

    def part(iso: int, dotted: int) -> ir.Value:
        return ibis.cases(
            (is_iso, backend.whole_of(text.re_extract(_ISO, iso))),
            (is_dotted, backend.whole_of(text.re_extract(_DOTTED, dotted))),
        )

    parts = part(1, 3), part(2, 2), part(3, 1)
    return _is_day(*parts).ifelse(_digits(*parts), ibis.null("int64"))


def _digits(year: ir.Value, month: ir.Value, day: ir.Value) -> ir.Value:
    """A day as the whole number its eight digits make."""
    return (year >= 1).ifelse(year, ibis.null("int64")) * 10_000 + month * 100 + day


def _is_day(year: ir.Value, month: ir.Value, day: ir.Value) -> ir.Value:
    """Whether the calendar has such a day."""
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = month.cases((2, is_leap.ifelse(29, 28)), (4, 30), (6, 30), (9, 30), (11, 30), else_=31)
    return (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)


def _float(value: float) -> ir.Value:
    return ibis.literal(value, "float64")
