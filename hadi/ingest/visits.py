"""Visits of mystery shoppers out of a file: a row for each mark, or a row for each visit with a
column for each criterion.

“NA” is an answer here, that a criterion did not apply, and no missing value: the columns of marks
are read as text.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from hadi.domain.errors import Unreadable
from hadi.domain.folding import folded
from hadi.domain.months import is_impossible_day, read_when
from hadi.domain.scorecards import Mark, read_mark
from hadi.domain.text import Text
from hadi.ingest.bundles import open_tables
from hadi.ingest.choices import Choices, ColumnChoice
from hadi.ingest.engine import quoted, session
from hadi.ingest.files import StoredTable
from hadi.ingest.limits import Limits
from hadi.ingest.report import ColumnType

ROLES = ("visit", "day", "unit", "shopper", "second", "criterion", "score", "comment")
MOST_MARKS = 200_000
MOST_FAULTS = 20
HEADER = 2  # the first row under the head, as a spreadsheet counts
_LONG = {"visit": 80, "unit": 120, "shopper": 120, "second": 120, "comment": 1000}

_NAMES: Mapping[str, tuple[str, ...]] = {
    "visit": ("visit_id", "visit", "визит", "номер визита", "№ визита", "látogatás", "id"),
    "day": ("visit_date", "date", "day", "visited_on", "дата", "дата визита", "dátum", "nap"),
    "unit": ("store_id", "store", "unit", "shop", "магазин", "точка", "üzlet", "bolt"),
    "shopper": ("shopper_id", "shopper", "покупатель", "тайный покупатель", "próbavásárló"),
    "second": ("second_coder", "second", "second_score", "второй", "вторая оценка", "második"),
    "criterion": ("criterion_id", "criterion", "item", "критерий", "kritérium", "szempont"),
    "score": ("score", "mark", "балл", "оценка", "pont", "értékelés"),
    "comment": ("comment", "note", "комментарий", "примечание", "megjegyzés"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VisitFile:
    """The rows of a file, its columns, and which of them has which role."""

    filename: str
    columns: tuple[str, ...]
    roles: Mapping[str, str]
    rows: tuple[tuple[Any, ...], ...]

    def of(self, row: Sequence[Any], role: str) -> Any:
        name = self.roles.get(role)
        return None if name is None else row[self.columns.index(name)]


@dataclass(slots=True)
class ReadVisit:
    """A visit as it was read; marks by criterion, each with its comment."""

    code: str
    day: date
    unit: str = ""
    shopper: str = ""
    second_coder: str = ""
    marks: dict[int, tuple[Mark, str]] = field(default_factory=dict)
    second: dict[int, tuple[Mark, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visits:
    """What was read; `faults` are the first rows that cannot be used, `faulty` how many there
    are. `known` of the visits are stored already."""

    visits: tuple[ReadVisit, ...]
    faults: tuple[Text, ...]
    faulty: int
    known: int = 0


def open_visits(
    file: BinaryIO,
    filename: str,
    *,
    chosen: Mapping[str, str] | None = None,
    is_criterion: Callable[[str], bool] | None = None,
    limits: Limits | None = None,
) -> VisitFile:
    """The rows of a file. `chosen` says which column has a role, others are found by their names;
    `is_criterion` knows the columns of a file with a row a visit. Raises Unreadable."""
    content = file.read()
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="hadi-visits-") as name:
        folder = Path(name)
        stored = open_tables(io.BytesIO(content), filename, folder=folder, limits=limits)[0]
        columns = tuple(column.name for column in stored.report.columns)
        roles = _roles(columns, chosen or {}, filename)
        marks = {roles[role] for role in ("score", "second") if role in roles}
        if "criterion" not in roles and is_criterion is not None:
            marks |= {column for column in columns if is_criterion(column)} - set(roles.values())
        texts = {
            column.name: ColumnChoice(type=ColumnType.TEXT)
            for column in stored.report.columns
            if column.name in marks and column.type is not ColumnType.TEXT
        }
        if texts:
            choices = Choices(columns=texts)
            stored = open_tables(
                io.BytesIO(content), filename, folder=folder, limits=limits, choices=choices
            )[0]
        rows = _rows(stored, columns, filename)
    return VisitFile(filename, columns, roles, rows)


def read_visits(
    file: VisitFile, *, number_of: Callable[[str], int | None], today: date | None = None
) -> Visits:
    """The visits of the rows. `number_of` knows a criterion by what a file calls it. Raises
    Unreadable where a column is missing that every visit needs."""
    is_long = "criterion" in file.roles
    wide = {} if is_long else _wide(file, number_of)
    needed = ("visit", "day", "criterion", "score") if is_long or not wide else ("visit", "day")
    for role in needed:
        if role not in file.roles:
            what = Text(f"visits_what_{role}")
            columns = ", ".join(f"“{name}”" for name in file.columns)
            raise Unreadable(
                Text("visits_no_column", file=file.filename, what=what, columns=columns)
            )
    reader = _Reader(file, number_of, wide, today)
    for place, row in enumerate(file.rows, start=HEADER):
        reader.take(place, row)
    if not reader.visits and not reader.faulty:
        raise Unreadable(Text("visits_none", file=file.filename))
    reader.settle()
    return Visits(tuple(reader.visits.values()), tuple(reader.faults), reader.faulty)


class _Reader:
    """Row by row; a fault is told by its row, and reading goes on."""

    def __init__(
        self,
        file: VisitFile,
        number_of: Callable[[str], int | None],
        wide: Mapping[str, int],
        today: date | None,
    ) -> None:
        self.file, self.number_of, self.wide, self.today = file, number_of, wide, today
        self.visits: dict[str, ReadVisit] = {}
        self.faults: list[Text] = []
        self.faulty = 0
        self.second_is_mark = _all_marks(file)

    def take(self, place: int, row: Sequence[Any]) -> None:
        try:
            visit = self._visit(place, row)
            for number, value, second in self._marks(place, row):
                self._mark(place, row, visit, number, value, second)
        except _Fault as fault:
            self.faulty += 1
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(fault.text)

    def settle(self) -> None:
        """A name of a second coder on the only mark there is says who they were, not another
        mark."""
        for visit in self.visits.values():
            for number in [n for n in visit.second if n not in visit.marks]:
                visit.marks[number] = visit.second.pop(number)

    def _visit(self, place: int, row: Sequence[Any]) -> ReadVisit:
        code = self._said(place, row, "visit")
        if not code:
            raise _Fault(Text("visits_row_visit", row=place))
        day = self._day(place, row)
        unit, shopper = (self._said(place, row, role) for role in ("unit", "shopper"))
        known = self.visits.get(folded(code))
        if known is None:
            known = self.visits[folded(code)] = ReadVisit(code, day, unit, shopper)
        elif known.day != day or (unit and known.unit and folded(known.unit) != folded(unit)):
            raise _Fault(Text("visits_row_differs", row=place, visit=code))
        known.unit, known.shopper = known.unit or unit, known.shopper or shopper
        return known

    def _day(self, place: int, row: Sequence[Any]) -> date:
        value = self.file.of(row, "day")
        if isinstance(value, datetime):
            value = value.date()
        if not isinstance(value, date):
            shown = said(value)[:40]
            # One day that there is not makes the whole column text: the others are days still.
            # Which of 03/04 is the month nobody can tell by a row.
            found = read_when(shown) if "/" not in shown else None
            if found is None or found.day is None or found.is_week:
                code = "visits_row_no_day" if is_impossible_day(shown) else "visits_row_day"
                raise _Fault(Text(code, row=place, value=shown))
            value = found.day
        if self.today is not None and value > self.today:
            raise _Fault(Text("visits_row_future", row=place, value=value.isoformat()))
        return value

    def _marks(self, place: int, row: Sequence[Any]) -> Iterable[tuple[int, Any, Any]]:
        """The criterion, the mark, and the second coder's mark where a column holds it."""
        if self.wide:
            for column, one in self.wide.items():
                yield one, row[self.file.columns.index(column)], None
            return
        written = said(self.file.of(row, "criterion"))
        number = self.number_of(written) if written else None
        if number is None:
            raise _Fault(Text("visits_row_criterion", row=place, value=written[:60]))
        second = self.file.of(row, "second") if self.second_is_mark else None
        yield number, self.file.of(row, "score"), second

    def _mark(
        self, place: int, row: Sequence[Any], visit: ReadVisit, number: int, value: Any, other: Any
    ) -> None:
        coder = "" if self.second_is_mark else self._said(place, row, "second")
        comment = self._said(place, row, "comment") if not self.wide else ""
        mark = self._read(place, value)
        if mark is not None:
            into = visit.second if coder else visit.marks
            if number in into:
                told = Text("visits_row_twice", row=place, number=str(number), visit=visit.code)
                raise _Fault(told)
            into[number] = (mark, comment)
            visit.second_coder = visit.second_coder or coder
        again = self._read(place, other)
        if again is not None:
            visit.second[number] = (again, "")

    def _read(self, place: int, value: Any) -> Mark | None:
        try:
            return read_mark(said(value))
        except ValueError:
            told = Text("visits_row_score", row=place, value=said(value)[:40])
            raise _Fault(told) from None

    def _said(self, place: int, row: Sequence[Any], role: str) -> str:
        written = " ".join(said(self.file.of(row, role)).split())
        if len(written) > _LONG[role]:
            raise _Fault(Text("visits_row_long", row=place, column=role, limit=_LONG[role]))
        return written


class _Fault(Exception):
    def __init__(self, text: Text) -> None:
        super().__init__(text.code)
        self.text = text


def said(value: object) -> str:
    """A cell as it is written: 3.0 is 3."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _roles(columns: Sequence[str], chosen: Mapping[str, str], filename: str) -> dict[str, str]:
    tidy = {" ".join(folded(name).split()): name for name in reversed(columns)}
    roles: dict[str, str] = {}
    for role in ROLES:
        wanted = chosen.get(role)
        if wanted is not None:
            if wanted and wanted not in columns:
                told = Text("visits_unknown_column", file=filename, column=wanted)
                raise Unreadable(told)
            if wanted:
                roles[role] = wanted
            continue
        taken = {*roles.values(), *chosen.values()}
        names = (tidy.get(folded(name)) for name in _NAMES[role])
        found = next((name for name in names if name and name not in taken), None)
        if found:
            roles[role] = found
    return roles


def _wide(file: VisitFile, number_of: Callable[[str], int | None]) -> dict[str, int]:
    taken = set(file.roles.values())
    found = {column: number_of(column) for column in file.columns if column not in taken}
    return {column: number for column, number in found.items() if number is not None}


def _all_marks(file: VisitFile) -> bool:
    """Whether the column of the second coder holds marks, rather than names."""
    if "second" not in file.roles:
        return False
    cells = [said(file.of(row, "second")) for row in file.rows]
    try:
        marks = [read_mark(cell) for cell in cells]  # every one: a name among them decides
    except ValueError:
        return False
    return any(mark is not None for mark in marks)


def _rows(
    stored: StoredTable, columns: Sequence[str], filename: str
) -> tuple[tuple[Any, ...], ...]:
    with session(files=[stored.path], is_reading=True) as connection:
        names = ", ".join(quoted(name) for name in columns)
        query = f"SELECT {names} FROM read_parquet(?) LIMIT {MOST_MARKS + 1}"
        rows = connection.execute(query, [str(stored.path)]).fetchall()
    if len(rows) > MOST_MARKS:
        raise Unreadable(Text("visits_too_many", file=filename, most=MOST_MARKS))
    return tuple(rows)


def as_lines(file: VisitFile) -> str:
    """The rows as they would be copied from a spreadsheet, so that a form can keep them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(file.columns)
    for row in file.rows:
        writer.writerow([" ".join(said(cell).split()) for cell in row])
    return out.getvalue()
