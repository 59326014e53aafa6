"""Days of the calendar that reach some stores of a test and not others, or one of two periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from hadi.domain.calendar import Days as Entry
from hadi.domain.calendar import DayScope, comes_back
from hadi.domain.overlaps import ALIKE, Uneven, days_within, uneven
from hadi.domain.text import Figure, FigureKind, Text, day_figure
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import CalendarEntry
from hadi.services import calendar
from hadi.services.calendar import Filters
from hadi.services.running_tests import Places, place_id
from hadi.services.surrounding_ground import CONTROLS, PILOTS, Days, Lies, Store, reached

SHOWN = 3  # entries that are named
NAMED = 4  # stores of one
_YEARS = timedelta(days=1500)  # in which what comes back every year has come back


def checks(ground: Lies) -> Iterator[Check]:
    """What the calendar says of a test's days."""
    if not calendar.count(Filters()):
        return  # before the data are read
    after, before = ground.after, ground.before
    if after is None:
        return
    entries = calendar.between(min(after.first, before.first) if before else after.first,
                               after.last)  # fmt: skip
    if not entries:
        return
    found = list(_of_arms(ground, entries) if ground.arms else _of_periods(ground, entries))
    for text in found[:SHOWN]:
        yield Check("calendar", CheckStatus.WARN, text)
    if len(found) > SHOWN:
        more = Text("days_more", n=len(found) - SHOWN)
        yield Check("calendar", CheckStatus.WARN, more)
    inside = [entry for entry in entries if entry.ends_on >= after.first]
    if not found and inside and ground.arms:
        limit = Figure(FigureKind.POINTS, ALIKE)
        text = Text("days_alike_within", n=len(inside), limit=limit)
        yield Check("calendar", CheckStatus.PASS, text)


def touched(entry: CalendarEntry, stores: Iterable[Store]) -> list[str]:
    """The labels of the stores that an entry reaches."""
    known = list(stores)
    if entry.scope is DayScope.ALL:
        return [store.label for store in known]
    if entry.scope is DayScope.REGION:
        return reached(known, (), entry.places)
    places = Places(()).within(entry.units).keys() | {place_id(label) for label in entry.places}
    return reached(known, places, ())


def arm_text(arm: str) -> Text:
    """How an arm is called in a sentence."""
    if arm in (PILOTS, CONTROLS):
        return Text(f"surroundings_{arm}")
    return Text("surroundings_arm", arm=arm)


def named(names: Sequence[str], most: int = NAMED) -> Text | str:
    """Names in a row; beyond a few, how many more."""
    if len(names) <= most:
        return ", ".join(names)
    return Text("surroundings_names", names=", ".join(names[:most]), n=len(names) - most)


def _of_arms(ground: Lies, entries: Iterable[CalendarEntry]) -> Iterator[Text]:
    """Those that touch one arm more than another; of a pilot also before its start."""
    after, before = ground.after, ground.before
    assert after is not None
    arms = {arm: [store.label for store in stores] for arm, stores in ground.arms.items()}
    names = {store.label: store.name for store in ground.stores}
    for entry in entries:
        found = uneven(arms, touched(entry, ground.stores))
        if found is None:
            continue
        in_test = _length(entry, after)
        in_past = _length(entry, before) if before else 0
        if in_test:
            yield _uneven_text(entry, found, "days_uneven", in_test, names)
        elif in_past:
            yield _uneven_text(entry, found, "days_uneven_before", in_past, names)


def _of_periods(ground: Lies, entries: Iterable[CalendarEntry]) -> Iterator[Text]:
    """Of one series: those that lie more in one of its two periods."""
    after, before = ground.after, ground.before
    if after is None or before is None:
        return
    earlier = [e.days for e in calendar.between(before.first - _YEARS, after.last)]
    for entry in entries:
        if not _concerns(entry, ground) or comes_back(entry.days, earlier):
            continue
        in_after, in_before = (_length(entry, span) / _size(span) for span in (after, before))
        if bool(in_after) != bool(in_before):
            code = "days_after_only" if in_after else "days_before_only"
            yield Text(code, **_entry_params(entry.days))


def _concerns(entry: CalendarEntry, ground: Lies) -> bool:
    """Whether an entry is about the series: it is everywhere, or where the hypothesis runs."""
    return entry.scope is DayScope.ALL or bool(touched(entry, ground.stores))


def _uneven_text(
    entry: CalendarEntry, found: Uneven, code: str, days: int, names: dict[str, str]
) -> Text:
    return Text(
        code,
        **_entry_params(entry.days),
        most=arm_text(found.most),
        most_share=Figure(FigureKind.SHARE, found.most_share),
        least=arm_text(found.least),
        least_share=Figure(FigureKind.SHARE, found.least_share),
        stores=named([names[label] for label in found.names]),
        n=days,
    )


def _entry_params(days: Entry) -> dict[str, Text | str | Figure]:
    return {
        "kind": Text(f"day_kind_{days.kind.value}"),
        "name": days.name,
        "when": when(days.starts_on, days.ends_on),
    }


def when(first: date, last: date) -> Text:
    """A day, or both ends."""
    if first == last:
        return Text("surroundings_day", day=day_figure(first))
    return Text("surroundings_span", first=day_figure(first), last=day_figure(last))


def _length(entry: CalendarEntry, span: Days) -> int:
    return days_within(entry.starts_on, entry.ends_on, span.first, span.last)


def _size(span: Days) -> int:
    return (span.last - span.first).days + 1
