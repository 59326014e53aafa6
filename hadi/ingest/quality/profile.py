"""What the columns of a table hold: counts, sums and extremes, so that a hundred million rows cost
a scan and no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from hadi.domain.plan import MetricKind
from hadi.ingest.cells import counted
from hadi.ingest.engine import literal, quoted
from hadi.ingest.quality.table import Table

EARLIEST = date(2000, 1, 1)  # a day before that is a placeholder: 1900, 1970
_ENDS = ("min", "max")
BASES = (10, 100, 1000)  # round numbers that people write instead of counting


@dataclass(frozen=True, slots=True)
class Heap:
    """Of values of ten times `base` and more: `fine` are whole multiples of a tenth of it, `round`
    multiples of itself. Of numbers that were counted one in ten of the fine ones is round."""

    base: int
    large: int
    fine: int
    round: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """A numeric column. `total` is of absolute values, `largest` the largest of them."""

    n: int
    low: float | None
    high: float | None
    spread: float  # standard deviation
    negative: int
    total: float
    largest: float
    fractions: int  # strictly between 0 and 1
    percents: int  # above 1, at most 100
    heaps: tuple[Heap, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """The day column, in the workspace's zone. `after`, `before`: outside the plan's period.
    `unlocked`: rows of days before the plan was fixed."""

    column: str
    n: int
    first: date | None
    last: date | None
    ancient: int
    future: int
    before: int
    after: int
    unlocked: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What was counted. `filled` is by column of the plan, `constant` (the one value, as text) by
    any column. In a large table spreads, fractions, per cents and heaps, and whatever is told of
    columns that the plan does not use, are those of a sample."""

    rows: int
    filled: dict[str, int]
    constant: dict[str, str]
    numbers: dict[str, Numbers]
    above: dict[str, tuple[int, int]]  # of a ratio: rows with numerator > denominator, of how many
    days: Days | None = None


Row: TypeAlias = "tuple[Any, ...]"


class _Query:
    """Expressions of one SELECT, each remembered by its place."""

    def __init__(self) -> None:
        self.expressions: list[str] = []

    def ask(self, expression: str) -> int:
        self.expressions.append(expression)
        return len(self.expressions) - 1

    def answer(self, table: Table, source: str) -> Row:
        if not self.expressions:
            return ()
        return table.row(f"SELECT {', '.join(self.expressions)} FROM {source}")


def profile(table: Table) -> Profile:
    """Count what there is to count: in one query, or of a large table in two, of which the one that
    asks much reads every so many-th row."""
    whole, part = _Query(), _Query()
    plan = table.asked.plan
    needed = [c for c in (plan.columns if plan else ()) if c in table.columns]
    filled = {c: whole.ask(f"count({quoted(c)})") for c in needed}
    sums = {m.name: _sums(whole, table, m.name) for m in table.measured() if m.is_measure}
    above = dict(_above(whole, table))
    days = _days(whole, table)
    shapes = {m.name: _shapes(part, table, m.name) for m in table.measured()}
    rough = {m.name: _sums(part, table, m.name) for m in table.measured() if m.name not in sums}
    counts = {c: part.ask(f"count({quoted(c)})") for c in table.columns}
    # As text: what it is does not matter, and not every stamp has a place in Python.
    ends = {
        c: [part.ask(f"left(CAST({end}({quoted(c)}) AS VARCHAR), 200)") for end in _ENDS]
        for c in table.columns
    }
    seen = part.answer(table, table.sample)
    found = whole.answer(table, table.name)
    exact = {c: _take(found, places) for c, places in sums.items()}
    exact |= {c: _take(seen, places) for c, places in rough.items()}
    return Profile(
        rows=table.total,
        filled={c: found[place] for c, place in filled.items()},
        constant=dict(_constant(table, seen, counts, ends)),
        numbers={c: _numbers(exact[c], _take(seen, places)) for c, places in shapes.items()},
        above={name: (found[more], found[both]) for name, (more, both) in above.items()},
        days=_read_days(found, table, days),
    )


def _take(found: Row, places: Sequence[int]) -> list[Any]:
    return [found[place] for place in places]


def _constant(
    table: Table, seen: Row, counts: Mapping[str, int], ends: Mapping[str, Sequence[int]]
) -> Iterator[tuple[str, str]]:
    """The columns that never change, with their value; what a sample suspects is looked up."""
    for column, (low, high) in ends.items():
        if seen[low] is None or seen[low] != seen[high] or seen[counts[column]] < 2:
            continue
        if table.every > 1:
            name = quoted(column)
            query = f"SELECT min({name}) = max({name}), count({name}) FROM {table.name}"
            is_one, n = table.row(query)
        else:
            is_one, n = True, seen[counts[column]]
        if is_one and n == table.total:
            yield column, seen[low][:60]


def _sums(query: _Query, table: Table, column: str) -> list[int]:
    x = table.number(column)
    asked = (
        f"count({x})", f"min({x})", f"max({x})", counted(f"({x}) < 0"), f"sum(abs({x}))",
    )  # fmt: skip
    return [query.ask(expression) for expression in asked]


def _shapes(query: _Query, table: Table, column: str) -> list[int]:
    x = table.number(column)
    asked = [
        f"stddev_samp({x})",
        counted(f"({x}) > 0 AND ({x}) < 1"),
        counted(f"({x}) > 1 AND ({x}) <= 100"),
    ]
    for base in BASES:
        is_large = f"abs({x}) >= {10 * base}"
        asked += [
            counted(is_large),
            counted(f"{is_large} AND ({x}) % {base // 10} = 0"),
            counted(f"{is_large} AND ({x}) % {base} = 0"),
        ]
    return [query.ask(expression) for expression in asked]


def _numbers(sums: list[Any], shapes: list[Any]) -> Numbers:
    n, low, high, negative, total = sums
    spread, fractions, percents, *heaps = shapes
    return Numbers(
        n, low, high, spread or 0.0, negative, total or 0.0,
        max(abs(low or 0.0), abs(high or 0.0)), fractions, percents,
        tuple(Heap(base, *heaps[3 * i : 3 * i + 3]) for i, base in enumerate(BASES)),
    )  # fmt: skip


def _above(query: _Query, table: Table) -> Iterator[tuple[str, tuple[int, int]]]:
    for metric in table.asked.plan.metrics if table.asked.plan else ():
        if metric.kind is not MetricKind.RATIO or len(metric.columns) != 2:
            continue
        if all(table.has(c) and table.is_number(c) for c in metric.columns):
            over, under = (table.number(c) for c in metric.columns)
            both = f"({over}) IS NOT NULL AND ({under}) IS NOT NULL"
            more = counted(f"({over}) > ({under})")
            yield metric.name, (query.ask(more), query.ask(counted(both)))


def _days(query: _Query, table: Table) -> list[int]:
    asked = table.asked
    day = table.local_day(asked.day) if asked.day and table.has(asked.day) else None
    if day is None:
        return []

    def on(moment: date | None, sign: str) -> str:
        return counted(f"{day} {sign} DATE {literal(moment.isoformat())}") if moment else "0"

    plan = asked.plan
    begins = plan.starts_on if plan and not plan.own else None  # periods have their time before
    unlocked = on(asked.locked_on, "<")
    if asked.since is not None and asked.locked_on is not None:
        early = f"{day} < DATE {literal(asked.locked_on.isoformat())}"
        unlocked = counted(f"{early} AND {day} >= DATE {literal(asked.since.isoformat())}")
    return [
        query.ask(expression)
        for expression in (
            f"count({day})", f"min({_kept(day)})", f"max({_kept(day)})",
            on(EARLIEST, "<"),
            on(asked.today + timedelta(days=1), ">"),  # elsewhere it is tomorrow already
            on(begins, "<"),
            on(plan.ends_on if plan else None, ">"),
            unlocked,
        )
    ]  # fmt: skip


def _kept(day: str) -> str:
    """A day that Python can hold: files know later and earlier ones."""
    first, last = "DATE '0001-01-01'", "DATE '9999-12-31'"
    return f"CASE WHEN {day} > {last} THEN {last} WHEN {day} < {first} THEN {first} ELSE {day} END"


def _read_days(found: Row, table: Table, places: list[int]) -> Days | None:
    if not places:
        return None
    assert table.asked.day is not None
    return Days(table.asked.day, *(found[place] for place in places))
