"""What the counts of a table say: values that cannot be, that nobody counted, that never change."""

from __future__ import annotations

from collections.abc import Iterator

from hadi.domain.quality import Finding, Level
from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.ingest.quality.profile import Days, Heap, Numbers, Profile
from hadi.ingest.quality.table import Table
from hadi.stats.shares import wilson

CERTAIN = 0.001  # two-sided error of an interval that a finding rests on
ROUGH = 1.75  # round numbers over those expected: "very rough" (Whipple's index of 175)
GRANULAR = 0.95  # of the values being multiples: that is their unit, nobody rounded
FEW = 50  # values under which nothing is said of round numbers
SPREAD = 3.0  # standard deviations must be this many steps: narrower data may sit on one
LARGEST = 0.05  # of the total in one row
FUTURE_RED = 0.01  # of the rows: more than that cannot be a slip
OUTSIDE_RED = 0.5  # of the rows: the data are of another time
MOST_NAMED = 3

# What columns that hold shares are called, in the languages of HADI.
_SHARES = ("share", "rate", "conversion", "percent", "pct", "%", "доля", "конверс", "процент",
           "arány", "hányad", "százalék", "konverz")  # fmt: skip


def values_found(table: Table, profile: Profile) -> Iterator[Finding]:
    """Everything that the columns say one by one."""
    yield from _constant(table, profile)
    yield from _impossible(table, profile)
    yield from _outliers(table, profile)
    yield from _heaping(table, profile)
    if profile.days is not None:
        yield from _days(table, profile.days)


def share(part: int, whole: int) -> Figure:
    return Figure(FigureKind.SHARE, part / whole if whole else 0.0)


def listed(names: list[str]) -> str:
    """The first few names in quotation marks."""
    more = ", …" if len(names) > MOST_NAMED else ""
    return ", ".join(f"“{name}”" for name in names[:MOST_NAMED]) + more


def _constant(table: Table, profile: Profile) -> Iterator[Finding]:
    """A column that never changes tells nothing; one of the plan was meant to."""
    plan = table.asked.plan
    needed = set(plan.columns) if plan else set()
    found = list(profile.constant)
    ours = [column for column in found if column in needed]
    figures = {"columns": {column: profile.constant[column] for column in found}}
    if ours:
        column = ours[0]
        text = Text(
            "quality_constant_plan", column=column, value=profile.constant[column], n=len(ours)
        )
        yield Finding("constant", Level.AMBER, text, figures)
    elif found:
        text = Text("quality_constant_other", columns=listed(found), n=len(found))
        yield Finding("constant", Level.GREEN, text, figures)
    else:
        yield Finding("constant", Level.GREEN, Text("quality_constant_none"))


def _impossible(table: Table, profile: Profile) -> Iterator[Finding]:
    found = [
        *_negative(table, profile), *_over_one(table, profile), *_above(profile),
    ]  # fmt: skip
    yield from found or [Finding("impossible", Level.GREEN, Text("quality_impossible_none"))]


def _negative(table: Table, profile: Profile) -> Iterator[Finding]:
    """A few values below zero among many above it: returns, or a slip. A column that swings both
    ways, such as a difference, is left alone; money that may not, never is."""
    for name, numbers in profile.numbers.items():
        is_money = name in table.asked.money
        few = numbers.negative <= 0.02 * numbers.n
        if numbers.negative and (is_money or (few and numbers.n >= FEW)):
            text = Text(
                "quality_negative",
                column=name,
                n=numbers.negative,
                share=share(numbers.negative, numbers.n),
                low=Figure(FigureKind.NUMBER, numbers.low or 0.0),
            )
            figures = {"column": name, "rows": numbers.negative, "lowest": numbers.low}
            yield Finding("impossible", Level.AMBER, text, figures)


def _over_one(table: Table, profile: Profile) -> Iterator[Finding]:
    """Shares written as fractions here and as per cent there."""
    for name, numbers in profile.numbers.items():
        is_share = any(word in name.lower() for word in _SHARES)
        is_mixed = numbers.percents and numbers.fractions > numbers.percents
        if is_share and is_mixed and (numbers.low or 0.0) >= 0.0:
            text = Text(
                "quality_over_one",
                column=name,
                n=numbers.percents,
                high=Figure(FigureKind.NUMBER, numbers.high or 0.0),
            )
            figures = {"column": name, "rows": numbers.percents, "highest": numbers.high}
            yield Finding("impossible", Level.AMBER, text, figures)


def _above(profile: Profile) -> Iterator[Finding]:
    """A numerator above its denominator, where nearly every row says that it is a part of it."""
    for metric, (more, both) in profile.above.items():
        if 0 < more <= 0.01 * both:
            text = Text("quality_part_above_whole", metric=metric, n=more, share=share(more, both))
            yield Finding("impossible", Level.AMBER, text, {"metric": metric, "rows": more})


def _outliers(table: Table, profile: Profile) -> Iterator[Finding]:
    """One row that holds much of a column's total, whatever its arm."""
    found: list[tuple[float, str, Numbers]] = []
    for measured in table.measured():
        numbers = profile.numbers[measured.name]
        held = numbers.largest / numbers.total if numbers.total else 0.0
        if measured.is_measure and numbers.n > 1 and held > max(LARGEST, 10.0 / numbers.n):
            found.append((held, measured.name, numbers))
    if not found:
        yield Finding("outliers", Level.GREEN, Text("quality_outliers_none"))
        return
    held, name, numbers = max(found)
    text = Text(
        "quality_outliers",
        column=name,
        largest=Figure(FigureKind.NUMBER, numbers.largest),
        share=Figure(FigureKind.SHARE, held),
    )
    figures = {"column": name, "largest": numbers.largest, "share": held}
    yield Finding("outliers", Level.AMBER, text, figures)


def _heaping(table: Table, profile: Profile) -> Iterator[Finding]:
    found = [
        (rounded, measured.name, heap)
        for measured in table.measured()
        if measured.is_measure
        for heap in profile.numbers[measured.name].heaps
        if (rounded := heaped(profile.numbers[measured.name], heap)) is not None
    ]
    if not found:
        yield Finding("heaping", Level.GREEN, Text("quality_heaping_none"))
        return
    rounded, name, heap = max(found)
    text = Text(
        "quality_heaping",
        column=name,
        base=heap.base,
        share=Figure(FigureKind.SHARE, rounded),
        expected=Figure(FigureKind.SHARE, 0.1),
    )
    figures = {"column": name, "base": heap.base, "share": rounded, "index": rounded * 1000.0}
    yield Finding("heaping", Level.AMBER, text, figures)


def heaped(numbers: Numbers, heap: Heap) -> float | None:
    """The share of round values among the whole ones, where it is surely far above one in ten;
    None where it is not, or where the values cannot tell."""
    if heap.fine < FEW or heap.fine < 0.5 * heap.large or numbers.spread < SPREAD * heap.base:
        return None
    rounded = heap.round / heap.fine
    if rounded >= GRANULAR or wilson(heap.round, heap.fine, alpha=CERTAIN).low < ROUGH / 10:  # type: ignore[operator]
        return None
    return rounded


def _days(table: Table, days: Days) -> Iterator[Finding]:
    found = [*_impossible_days(days), *_outside(table, days)]
    if not found and days.first is not None and days.last is not None:
        plan = table.asked.plan
        is_bounded = plan is not None and (plan.starts_on or plan.ends_on)
        text = Text(
            "quality_days_fine" if is_bounded else "quality_days_run",
            column=days.column,
            first=day_figure(days.first),
            last=day_figure(days.last),
        )
        found = [Finding("period", Level.GREEN, text)]
    yield from found


def _impossible_days(days: Days) -> Iterator[Finding]:
    if days.future:
        part = days.future / days.n
        assert days.last is not None
        text = Text(
            "quality_future",
            column=days.column,
            n=days.future,
            share=share(days.future, days.n),
            last=day_figure(days.last),
        )
        level = Level.RED if part > FUTURE_RED else Level.AMBER
        yield Finding("future", level, text, {"column": days.column, "rows": days.future})
    if days.ancient:
        assert days.first is not None
        text = Text(
            "quality_ancient", column=days.column, n=days.ancient, first=day_figure(days.first)
        )
        yield Finding("ancient", Level.AMBER, text, {"column": days.column, "rows": days.ancient})


def _outside(table: Table, days: Days) -> Iterator[Finding]:
    plan = table.asked.plan
    outside = days.before + days.after
    if not outside or plan is None:
        return
    level = Level.RED if outside > OUTSIDE_RED * days.n else Level.AMBER
    text = Text(
        "quality_outside",
        column=days.column,
        n=outside,
        share=share(outside, days.n),
        period=_period(plan.starts_on, plan.ends_on),
    )
    figures = {"column": days.column, "before": days.before, "after": days.after}
    yield Finding("outside_period", level, text, figures)


def _period(first: object, last: object) -> Text:
    from datetime import date

    if isinstance(first, date) and isinstance(last, date):
        return Text("quality_period", first=day_figure(first), last=day_figure(last))
    if isinstance(first, date):
        return Text("quality_period_from", first=day_figure(first))
    assert isinstance(last, date)
    return Text("quality_period_until", last=day_figure(last))
