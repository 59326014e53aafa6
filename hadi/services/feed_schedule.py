"""When a feed asks next, by the clock of the workspace: teams think in their own mornings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hadi.models.connection import Schedule

AT = time(6, 0)  # before the shops open, after the night's loads


def next_due(
    schedule: Schedule, after: datetime, *, zone: ZoneInfo, week_start: int
) -> datetime | None:
    """The first moment later than `after`: the next full hour, the next six in the morning, or
    that of the day on which the week starts (0 is Monday); None where only people ask."""
    if schedule is Schedule.MANUAL:
        return None
    if schedule is Schedule.HOURLY:
        return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    here = after.astimezone(zone)
    day = here.date()
    if schedule is Schedule.WEEKLY:
        day += timedelta(days=(week_start - day.weekday()) % 7)
    step = timedelta(days=7 if schedule is Schedule.WEEKLY else 1)
    # The wall clock is kept, also across the days on which it is changed.
    found = datetime.combine(day, AT, zone)
    while found <= after:
        day += step
        found = datetime.combine(day, AT, zone)
    return found.astimezone(after.tzinfo)
