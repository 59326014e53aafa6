"""When a feed asks next, and whether its source still has the columns it was mapped by."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hadi.domain.errors import Invalid
from hadi.models.connection import Schedule
from hadi.services.feed_columns import require_same
from hadi.services.feed_schedule import next_due

BUDAPEST = ZoneInfo("Europe/Budapest")


def due(schedule: Schedule, after: datetime, week_start: int = 0) -> datetime | None:
    return next_due(schedule, after, zone=BUDAPEST, week_start=week_start)


def test_only_people_ask_a_manual_feed() -> None:
    assert due(Schedule.MANUAL, datetime(2026, 2, 2, 9, tzinfo=UTC)) is None


def test_hourly_is_the_next_full_hour() -> None:
    assert due(Schedule.HOURLY, datetime(2026, 2, 2, 9, 59, 59, tzinfo=UTC)) == datetime(
        2026, 2, 2, 10, tzinfo=UTC
    )
    assert due(Schedule.HOURLY, datetime(2026, 2, 2, 9, tzinfo=UTC)) == datetime(
        2026, 2, 2, 10, tzinfo=UTC
    )


def test_daily_is_six_in_the_workspaces_morning_also_when_clocks_change() -> None:
    winter, summer = datetime(2026, 3, 28, 5, tzinfo=UTC), datetime(2026, 3, 28, 6, tzinfo=UTC)
    assert due(Schedule.DAILY, winter) == datetime(2026, 3, 29, 4, tzinfo=UTC)
    assert due(Schedule.DAILY, summer) == datetime(2026, 3, 29, 4, tzinfo=UTC)
    assert due(Schedule.DAILY, datetime(2026, 3, 28, 4, 59, tzinfo=UTC)) == datetime(
        2026, 3, 28, 5, tzinfo=UTC
    )


def test_weekly_is_the_day_the_week_starts_on() -> None:
    wednesday = datetime(2026, 2, 4, 12, tzinfo=UTC)
    assert due(Schedule.WEEKLY, wednesday) == datetime(2026, 2, 9, 5, tzinfo=UTC)
    assert due(Schedule.WEEKLY, wednesday, week_start=6) == datetime(2026, 2, 8, 5, tzinfo=UTC)
    assert due(Schedule.WEEKLY, wednesday, week_start=2) == datetime(2026, 2, 11, 5, tzinfo=UTC)


CHOSEN = [
    {"name": "client", "type": "text"},
    {"name": "arm", "type": "text"},
    {"name": "bought", "type": "integer"},
    {"name": "note", "type": "text"},
]
MAPPING = {"arm": "arm", "bought": "bought", "unit": "client"}


def test_columns_that_nothing_is_read_from_may_come_and_go() -> None:
    present = [{**c, "type": "number"} if c["name"] == "bought" else c for c in CHOSEN[:3]]
    require_same(MAPPING, CHOSEN, [*present, {"name": "new", "type": "date"}])


def test_every_changed_column_is_named_with_what_it_may_be_called_now() -> None:
    present = [
        {"name": "client_id", "type": "text"},
        {"name": "bought", "type": "text"},
        {"name": "colour", "type": "text"},
    ]
    with pytest.raises(Invalid) as refused:
        require_same(MAPPING, CHOSEN, present)
    said = {need: (text.code, dict(text.params)) for need, text in refused.value.fields.items()}
    assert said["unit"] == ("feed_column_renamed", {"column": "client", "likely": "client_id"})
    assert said["arm"] == ("feed_column_missing", {"column": "arm"})
    assert said["bought"][0] == "feed_column_changed"
    assert "held numbers and holds text now" in str(refused.value.fields["bought"])
