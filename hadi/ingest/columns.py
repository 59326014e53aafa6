"""From text cells to typed columns: numbers and days as people write them, yes/no, or text.

A column gets a type only when every cell that is not blank has it; otherwise it stays text, and
whoever uses it as a number is told which cell stands in the way. Identifiers such as 007 stay
text. What two readings fit is asked, and is text until it is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hadi.domain.errors import TooLarge
from hadi.domain.text import Text
from hadi.ingest import dates, factors, numbers
from hadi.ingest.choices import DECIMALS, Choices, ColumnChoice, DateOrder
from hadi.ingest.engine import one_row
from hadi.ingest.explicit import Asked, as_chosen
from hadi.ingest.limits import Limits
from hadi.ingest.numbers import COMMA_GROUPED, NO_MARKS, Marks, Style
from hadi.ingest.profiles import (
    TRUE_WORDS,
    Profile,
    bare,
    errors_in,
    profiles_of,
    samples,
    without_missing,
)
from hadi.ingest.report import ColumnType, Decision

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EXAMPLES = 3
_ZONES = ("Europe/Budapest", "Europe/Moscow")  # any other can be chosen too


@dataclass(frozen=True, slots=True)
class Column:
    """A staged column with its type and the SQL expression of its typed value, over `text`."""

    source: str  # c0, c1, ...
    text: str  # the trimmed cell, projected once: t0, t1, ...
    name: str
    type: ColumnType
    expression: str
    decimal: str | None = None
    # SQL: whether a cell is none of the chosen type; None where every cell is known to be one.
    is_bad: str | None = None


@dataclass(slots=True)
class _Facts:
    """What is known of one column on the way to its type."""

    place: int
    name: str
    profile: Profile
    choice: ColumnChoice
    sample: list[str] = field(default_factory=list)
    fits: list[Style] = field(default_factory=list)
    marks: Marks = NO_MARKS
    days: dates.Days | None = None
    shapes: dates.Shapes | None = None

    @property
    def cell(self) -> str:
        return bare(f"c{self.place}", self.profile)

    @property
    def decimals(self) -> set[str]:
        return {style.decimal for style in self.fits}


class Typing:
    """The typing of the columns of a staged table (`table` is SQL): `columns`, and what has to be
    said and may be chosen otherwise in `notes` and `decisions`."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        table: str,
        names: Sequence[str],
        filename: str,
        limits: Limits,
        delimiter: str | None,
        choices: Choices,
    ) -> None:
        self.connection = connection
        self.table = table
        self.delimiter = delimiter
        self.choices = choices
        self.columns: list[Column] = []
        self.notes: list[Text] = []
        self.decisions: list[Decision] = []
        profiles = profiles_of(connection, table, len(names))
        for place, profile in enumerate(profiles):
            if profile.longest > limits.max_cell_chars:
                raise long_cell(connection, table, f"c{place}", names[place], filename, limits)
        self.facts = [
            _Facts(place, name, profile, choices.of(name))
            for place, (name, profile) in enumerate(zip(names, profiles, strict=True))
        ]
        self._look()
        signs = self._signs()
        self._find_days()
        for facts in self.facts:
            self._decide(facts, signs)
        self._say_errors()

    def _look(self) -> None:
        """Number styles and shapes of days of the columns that are not plainly typed."""
        looked_at = {
            facts.place: facts.profile
            for facts in self.facts
            if facts.profile.is_unclear
            or facts.profile.is_dotted
            or facts.profile.times
            or (facts.choice.type is not None and facts.profile.needed)
        }
        found = samples(self.connection, self.table, looked_at)
        styled: list[tuple[_Facts, list[Style]]] = []
        for place, cells in found.items():
            facts = self.facts[place]
            facts.sample = cells
            if facts.profile.is_dotted:
                if numbers.may_be_grouped(cells):
                    styled.append((facts, [COMMA_GROUPED]))
                continue
            if not facts.profile.is_unclear:
                continue
            facts.shapes = dates.shapes_of(cells)
            screened = numbers.screened(cells)
            if screened is None or facts.profile.padded or facts.profile.huge:
                continue
            fits, has_marks = screened
            if has_marks:
                marks = numbers.marks_of(self.connection, self.table, facts.cell)
                if marks is None:
                    continue
                facts.marks = marks
            styled.append((facts, fits))
        wanted = [(numbers.core(f.cell, not f.marks.is_bare), fits) for f, fits in styled]
        counted = numbers.counts(self.connection, self.table, wanted)
        for (facts, fits), counts in zip(styled, counted, strict=True):
            facts.fits = [style for style in fits if counts[style] == facts.profile.needed]

    def _signs(self) -> set[str]:
        """The decimal signs that the file leaves no doubt of, or the one that was chosen."""
        if self.choices.decimal:
            return {self.choices.decimal}
        signs = {
            sign
            for facts in self.facts
            if facts.profile.is_unclear and len(facts.decimals) == 1
            for sign in facts.decimals
        }
        dotted = [f for f in self.facts if f.profile.is_dotted and not f.fits]
        if dotted and signs != {","}:
            signs.add(".")
        return signs

    def _find_days(self) -> None:
        """The columns of days; what one leaves open another may tell."""
        found = [facts for facts in self.facts if facts.shapes and not facts.choice.type]
        others: dict[str, DateOrder] = {}
        for facts in found:
            facts.days = self._days(facts, {})
            if facts.days is None and facts.shapes is not None:
                more = dates.all_shapes(self.connection, self.table, facts.cell, facts.shapes)
                if more is not None:
                    facts.shapes = more
                    facts.days = self._days(facts, {})
            if facts.days and facts.days.order and facts.days.by == "decided_dates_evidence":
                others[facts.days.sign] = facts.days.order
        for facts in found:
            if others and facts.days and facts.days.order is None:
                facts.days = self._days(facts, others)

    def _days(self, facts: _Facts, others: dict[str, DateOrder]) -> dates.Days | None:
        assert facts.shapes is not None
        return dates.decide(
            self.connection,
            self.table,
            facts.cell,
            facts.profile.needed,
            facts.shapes,
            chosen=facts.choice.date_order,
            whole=self.choices.date_order,
            others=others,
        )

    def _decide(self, facts: _Facts, signs: set[str]) -> None:
        """The type of one column."""
        if facts.choice.type is not None and facts.profile.needed:
            self._add(facts, *self._chosen_column(facts))
            return
        if facts.days is not None:
            self._add(facts, *self._day_column(facts, facts.days))
            return
        if facts.fits and not facts.profile.is_dotted:
            self._add(facts, *self._styled_column(facts, signs))
        elif facts.fits and self._may_mean_thousands(facts, signs):
            self._add(facts, *self._styled_column(facts, signs, numbers.BOTH_DOTTED))
        else:
            self._add(facts, *self._plain_column(facts))
        if facts.shapes is not None:
            self._say_no_days(facts)

    def _may_mean_thousands(self, facts: _Facts, signs: set[str]) -> bool:
        """1.234 and 5.678 throughout, in a file whose decimals may be commas."""
        if facts.choice.decimal or signs == {","}:
            return True
        return self.delimiter is not None and self.delimiter != "," and not signs

    def _add(self, facts: _Facts, column: Column, decisions: Sequence[Decision]) -> None:
        self.columns.append(column)
        self.decisions.append(
            Decision(
                "type",
                column.type.value,
                tuple(ColumnType),
                facts.name,
                is_chosen=facts.choice.type is not None,
            )
        )
        self.decisions.extend(decisions)
        if facts.profile.missing_words and column.type is not ColumnType.TEXT:
            self.notes.append(
                Text("note_missing_words", column=facts.name, n=facts.profile.missing_words)
            )

    def _chosen_column(self, facts: _Facts) -> tuple[Column, Sequence[Decision]]:
        asked = Asked(
            self.table, facts.place, facts.name, facts.profile, facts.sample, facts.choice,
            self.choices, self.delimiter,
        )  # fmt: skip
        answer = as_chosen(self.connection, asked)
        is_bad = f"(({_text(facts)}) IS NOT NULL AND ({answer.expression}) IS NULL)"
        column = _column(facts, answer.type, answer.expression, answer.decimal)
        return (replace(column, is_bad=is_bad) if answer.is_strict else column), answer.decisions

    def _day_column(self, facts: _Facts, days: dates.Days) -> tuple[Column, list[Decision]]:
        decision = Decision(
            "date_order",
            days.order.value if days.order else None,
            tuple(order.value for order in days.options),
            facts.name,
            is_chosen=days.is_chosen,
            detail=days.detail,
            examples=_examples(facts),
        )
        decisions = [decision] if days.is_chosen or days.by else []
        if days.order is None:
            return _text_column(facts), decisions
        kind = ColumnType.TIME if days.has_clock else ColumnType.DATE
        return _column(facts, kind, dates.expression(_text(facts), days)), decisions

    def _styled_column(
        self, facts: _Facts, signs: set[str], fits: Sequence[Style] = ()
    ) -> tuple[Column, list[Decision]]:
        """A column of numbers that a program would not write so."""
        fits = fits or facts.fits
        wanted = {facts.choice.decimal} if facts.choice.decimal else signs
        # The delimiter speaks for a comma in doubt, not for a point: 1.234 with semicolons is it.
        delimiter = None if facts.profile.is_dotted else self.delimiter
        style = numbers.choose(fits, {sign for sign in wanted if sign}, delimiter)
        options = {each.decimal for each in fits}
        is_open = len(options) > 1 and not numbers.has_no_decimals(fits)
        decisions = []
        if is_open:
            decisions.append(
                Decision(
                    "decimal",
                    style.decimal if style else None,
                    DECIMALS,
                    facts.name,
                    is_chosen=facts.choice.decimal is not None,
                    detail=_why(style, wanted, bool(self.choices.decimal or facts.choice.decimal)),
                    examples=_examples(facts),
                )
            )
        if style is None:
            return _text_column(facts), decisions
        return self._scaled(facts, style, decisions)

    def _scaled(
        self, facts: _Facts, style: Style, decisions: list[Decision]
    ) -> tuple[Column, list[Decision]]:
        scale = factors.scale_of(facts.marks, facts.name, facts.choice.factor)
        number = numbers.value(numbers.core(_text(facts), not facts.marks.is_bare), style)
        return self._with_scale(facts, scale, number, style.decimal, decisions)

    def _with_scale(
        self,
        facts: _Facts,
        scale: factors.Scale,
        number: str,
        decimal: str | None,
        decisions: list[Decision],
    ) -> tuple[Column, list[Decision]]:
        """The column of numbers times what its units say."""
        if scale.is_doubtful_percent:
            most = one_row(self.connection, self._most(facts, number))[0]
            scale = factors.settled(scale, most)
        decision = scale.decision(facts.name, facts.choice.factor is not None, _examples(facts))
        if decision is not None:
            decisions.append(decision)
        if scale.is_mixed:
            self.notes.append(Text("note_units_mixed", column=facts.name))
        if scale.is_mixed or scale.is_question:
            return _text_column(facts), decisions
        scaled = scale.applied(number, _text(facts), facts.marks)
        return _column(facts, ColumnType.NUMBER, scaled, decimal), decisions

    def _most(self, facts: _Facts, number: str) -> str:
        text = f"SELECT c{facts.place}, {facts.cell} AS t{facts.place} FROM {self.table}"
        return f"SELECT max(abs({number})) FROM ({text})"

    def _plain_column(self, facts: _Facts) -> tuple[Column, list[Decision]]:
        profile, needed, text = facts.profile, facts.profile.needed, _text(facts)
        if needed == 0 or profile.padded or profile.huge:
            return _text_column(facts), []
        if profile.words == needed:
            listed = ", ".join(f"'{word}'" for word in TRUE_WORDS)
            return _column(facts, ColumnType.BOOLEAN, f"lower({text}) IN ({listed})"), []
        if profile.plain == needed:
            number = f"CAST({text} AS DOUBLE)"
            scale = factors.scale_of(NO_MARKS, facts.name, facts.choice.factor)
            if scale.factor != 1.0 or scale.is_question or facts.choice.factor is not None:
                return self._with_scale(facts, scale, number, None, [])
            if profile.whole == needed:
                return _column(facts, ColumnType.INTEGER, f"CAST({text} AS BIGINT)"), []
            return _column(facts, ColumnType.NUMBER, number, "."), []
        if profile.days == needed:
            return _column(facts, ColumnType.DATE, f"CAST({text} AS DATE)"), []
        if profile.times == needed:
            return self._time_column(facts)
        return _text_column(facts), []

    def _time_column(self, facts: _Facts) -> tuple[Column, list[Decision]]:
        """Instants as programs write them; those that name different offsets are
        shown in one zone, since only so they can be compared."""
        zone = self.choices.time_zone
        if not any(dates.OFFSET.search(cell) for cell in facts.sample):
            return _column(facts, ColumnType.TIME, dates.instant(_text(facts), zone)), []
        offsets = dates.offsets(self.connection, self.table, facts.cell)
        if zone is None and len(offsets) == 1:
            self.notes.append(Text("note_offset_kept", column=facts.name, offset=offsets[0]))
            return _column(facts, ColumnType.TIME, dates.instant(_text(facts), None)), []
        shown = zone or "UTC"
        options = tuple(dict.fromkeys((shown, "UTC", *_ZONES)))
        detail = Text("decided_time_zone", zone=shown)
        is_chosen = zone is not None
        decision = Decision("time_zone", shown, options, None, is_chosen, detail, _examples(facts))
        known = any(each.field == "time_zone" for each in self.decisions)
        found = dates.instant(_text(facts), shown)
        return _column(facts, ColumnType.TIME, found), [] if known else [decision]

    def _say_no_days(self, facts: _Facts) -> None:
        """Cells that look like days throughout, one of which is none: 31.02.2026."""
        assert facts.shapes is not None
        formats = [f for order in facts.shapes.orders() for f in facts.shapes.formats(order)]
        found = self.connection.execute(
            f"SELECT cell FROM (SELECT {facts.cell} AS cell FROM {self.table}) "
            f"WHERE cell IS NOT NULL AND {dates.parsed('cell', formats)} IS NULL LIMIT 1"
        ).fetchone()
        if found is not None:
            self.notes.append(Text("note_no_day", column=facts.name, value=found[0][:80]))

    def _say_errors(self) -> None:
        """Name the errors of a spreadsheet that stand in cells."""
        for facts in self.facts:
            if facts.profile.errors and facts.choice.type is not ColumnType.TEXT:
                listed = errors_in(self.connection, self.table, facts.place)
                self.notes.append(
                    Text(
                        "note_error_words",
                        column=facts.name,
                        errors=listed,
                        n=facts.profile.errors,
                    )
                )


def _why(style: Style | None, signs: set[str], is_chosen: bool) -> Text | None:
    if style is None:
        return Text("asked_decimal")
    if is_chosen:
        return None
    return Text("decided_decimal_file" if len(signs) == 1 else "decided_decimal_delimiter")


def _examples(facts: _Facts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell[:80] for cell in facts.sample))[:_EXAMPLES]


def _text(facts: _Facts) -> str:
    """SQL over the projected cells: the text of a cell, or NULL where it is no value."""
    return without_missing(f"t{facts.place}", facts.profile)


def _column(facts: _Facts, kind: ColumnType, expression: str, decimal: str | None = None) -> Column:
    place = facts.place
    return Column(f"c{place}", f"t{place}", facts.name, kind, expression, decimal)


def _text_column(facts: _Facts) -> Column:
    """A column of text: words for "no value" are words in it, errors are not."""
    profile = replace(facts.profile, missing_words=0)
    return _column(facts, ColumnType.TEXT, without_missing(f"t{facts.place}", profile))


def long_cell(
    connection: DuckDBPyConnection,
    table: str,
    source: str,
    name: str,
    filename: str,
    limits: Limits,
) -> TooLarge:
    """The refusal of a cell that is too long; `source` is the column in SQL."""
    row, size = one_row(
        connection,
        f"SELECT n, length({source}) FROM (SELECT row_number() OVER () AS n, {source} FROM {table})"
        f" WHERE length({source}) > {limits.max_cell_chars} ORDER BY n LIMIT 1",
    )
    return TooLarge(
        Text(
            "file_cell_long",
            file=filename,
            column=name,
            row=str(row),
            line=str(row + 1),
            found=size,
            limit=limits.max_cell_chars,
        )
    )
