"""A column's type as a person chose it: what each cell is then, and which cells cannot be it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hadi.domain.text import Text
from hadi.ingest import dates, factors, numbers
from hadi.ingest.choices import DECIMALS, Choices, ColumnChoice, DateOrder
from hadi.ingest.engine import literal
from hadi.ingest.numbers import NO_MARKS, STYLES, Marks, Style
from hadi.ingest.profiles import FALSE_WORDS, TRUE_WORDS, Profile, bare, without_missing
from hadi.ingest.report import ColumnType, Decision

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_YES = (*TRUE_WORDS, "1", "t", "y", "yes", "да", "д", "igen", "i")
_NO = (*FALSE_WORDS, "0", "f", "n", "no", "нет", "н", "nem")
_SERIAL = r"\d{5}(\.\d+)?"  # a day as a spreadsheet counts them, 1927 to 2173
_COMPACT = r"\d{8}"  # 20260403


@dataclass(frozen=True, slots=True)
class Asked:
    """A column whose type was chosen: where it stands and what is known of it."""

    table: str
    place: int
    name: str
    profile: Profile
    sample: Sequence[str]
    choice: ColumnChoice
    choices: Choices
    delimiter: str | None

    @property
    def text(self) -> str:
        """SQL over the projected cells: the text, or NULL where it is no value."""
        return without_missing(f"t{self.place}", self.profile)

    @property
    def examples(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell[:80] for cell in self.sample))[:3]


@dataclass(frozen=True, slots=True)
class Answer:
    """The SQL of the typed value, NULL where a cell is none; the type is TEXT while a question is
    open. `is_strict`: a NULL that was a cell is a fault to be named."""

    type: ColumnType
    expression: str
    is_strict: bool
    decimal: str | None = None
    decisions: tuple[Decision, ...] = ()


def as_chosen(connection: DuckDBPyConnection, asked: Asked) -> Answer:
    """The column as the chosen type."""
    kind = asked.choice.type
    if kind is ColumnType.BOOLEAN:
        return Answer(kind, _boolean(asked.text), is_strict=True)
    if kind in (ColumnType.DATE, ColumnType.TIME):
        return _days(connection, asked, kind)
    if kind in (ColumnType.NUMBER, ColumnType.INTEGER):
        return _number(connection, asked, kind)
    return Answer(ColumnType.TEXT, f"t{asked.place}", is_strict=False)


def _boolean(text: str) -> str:
    yes, no = (", ".join(literal(word) for word in words) for words in (_YES, _NO))
    word = f"lower({text})"
    return f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"


def _days(connection: DuckDBPyConnection, asked: Asked, kind: ColumnType) -> Answer:
    """Days as programs write them, as people do, and as spreadsheets count them."""
    text = asked.text
    found = [each for cell in asked.sample if (each := dates.shapes_of([cell])) is not None]
    shapes = dates.Shapes(tuple(dict.fromkeys(s for each in found for s in each.shapes)))
    order: DateOrder | None = None
    decisions: list[Decision] = []
    if shapes.shapes:
        days = dates.likeliest(
            connection,
            asked.table,
            without_missing_of(asked),
            shapes,
            chosen=asked.choice.date_order,
            whole=asked.choices.date_order,
        )
        if days is not None:
            order = days.order
            decisions.append(
                Decision(
                    "date_order", order.value if order else None,
                    tuple(each.value for each in days.options), asked.name,
                    is_chosen=days.is_chosen, detail=days.detail, examples=asked.examples,
                )
            )  # fmt: skip
            if order is None:
                return Answer(ColumnType.TEXT, f"t{asked.place}", False, decisions=tuple(decisions))
    ways = [f"TRY_CAST(CASE WHEN {text}[5] = '-' THEN {text} END AS TIMESTAMP)"]
    if order is not None:
        ways.append(dates.parsed(text, shapes.formats(order)))
    compact = f"CASE WHEN regexp_full_match({text}, '{_COMPACT}') THEN {text} END"
    ways.append(f"try_strptime({compact}, '%Y%m%d')")
    serial = f"CASE WHEN regexp_full_match({text}, '{_SERIAL}') THEN {text} END"
    seconds = f"CAST(round(CAST({serial} AS DOUBLE) * 86400) AS BIGINT)"
    ways.append(f"TIMESTAMP '1899-12-30' + to_seconds({seconds})")
    found_at = f"coalesce({', '.join(ways)})"
    if kind is ColumnType.DATE:
        found_at = f"CAST({found_at} AS DATE)"
    return Answer(kind, found_at, is_strict=True, decisions=tuple(decisions))


def without_missing_of(asked: Asked) -> str:
    """SQL over the staged cells: the same as `text` over the projected ones."""
    return bare(f"c{asked.place}", asked.profile)


def _number(connection: DuckDBPyConnection, asked: Asked, kind: ColumnType) -> Answer:
    """Numbers in the style that fits the most cells."""
    text, cell = asked.text, without_missing_of(asked)
    marks = _marks(connection, asked, cell)
    core = numbers.core(text, not marks.is_bare)
    style, decision = _style(connection, asked, cell, marks)
    decisions = [decision] if decision else []
    if style is None and decision is not None:
        return Answer(ColumnType.TEXT, f"t{asked.place}", False, decisions=tuple(decisions))
    plain = f"TRY_CAST(CASE WHEN NOT contains({text}, '_') THEN {text} END AS DOUBLE)"
    number = plain
    if style is not None:
        fits = f"regexp_full_match({core}, {literal(style.pattern)})"
        number = f"CASE WHEN {fits} THEN {numbers.value(core, style)} END"
        if style.decimal == ".":
            number = f"coalesce({number}, {plain})"
    scale = factors.scale_of(marks, asked.name, asked.choice.factor)
    if scale.is_doubtful_percent:
        scale = factors.Scale(0.01, "decided_percent_name", is_percent=True)
    found = scale.decision(asked.name, asked.choice.factor is not None, asked.examples)
    if found is not None:
        decisions.append(found)
    if scale.is_question:
        return Answer(ColumnType.TEXT, f"t{asked.place}", False, decisions=tuple(decisions))
    value = scale.applied(number, text, marks)
    value = f"CASE WHEN isfinite({value}) THEN {value} END"
    if kind is ColumnType.INTEGER:
        whole = f"TRY_CAST({text} AS BIGINT)" if scale.factor == 1.0 and marks.is_bare else "NULL"
        exact = f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN {whole} END"
        rounded = f"CASE WHEN {value} = round({value}) AND abs({value}) < 9e15 THEN {value} END"
        value = f"coalesce({exact}, CAST({rounded} AS BIGINT))"
    sign = style.decimal if style else None
    return Answer(kind, value, is_strict=True, decimal=sign, decisions=tuple(decisions))


def _marks(connection: DuckDBPyConnection, asked: Asked, cell: str) -> Marks:
    """The units that are known; a cell with another mark is no number."""
    screened = [numbers.screened([each]) for each in asked.sample]
    if not any(found is not None and found[1] for found in screened):
        return NO_MARKS
    return numbers.marks_of(connection, asked.table, cell, is_strict=False) or NO_MARKS


def _style(
    connection: DuckDBPyConnection, asked: Asked, cell: str, marks: Marks
) -> tuple[Style | None, Decision | None]:
    """The style that fits the most cells; a question where two do and differ in the sign."""
    core = numbers.core(cell, not marks.is_bare)
    counts = numbers.counts(connection, asked.table, [(core, STYLES)])[0]
    chosen = asked.choice.decimal or asked.choices.decimal
    styles = [style for style in STYLES if chosen is None or style.decimal == chosen]
    most = max(counts[style] for style in styles)
    if most == 0:
        return None, None
    fits = [style for style in styles if counts[style] == most]
    # Written as programs do, with more cells than any style fits: 1e5 beside 2.5.
    if chosen is None and asked.profile.plain > most:
        return numbers.DOT_SPACED, None
    style = numbers.choose(fits, {chosen} if chosen else set(), asked.delimiter)
    is_open = len({each.decimal for each in fits}) > 1 and not numbers.has_no_decimals(fits)
    if style is not None and chosen is None and not is_open:
        return style, None
    if style is None or chosen is not None or is_open:
        detail = Text("asked_decimal") if style is None else None
        return style, Decision(
            "decimal", style.decimal if style else None, DECIMALS, asked.name,
            is_chosen=chosen is not None, detail=detail, examples=asked.examples,
        )  # fmt: skip
    return style, None
