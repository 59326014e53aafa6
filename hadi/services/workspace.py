"""The one workspace of a database: its name, language, time zone, week and currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hadi.db import db, transaction
from hadi.domain.errors import Invalid, Stale
from hadi.domain.money import is_currency, unknown_currency
from hadi.domain.permissions import Actor, Permission, RoleName, require
from hadi.domain.text import Text
from hadi.models import Role, Workspace
from hadi.services import events

LANGUAGES: Sequence[str] = ("en", "ru", "hu")
NAME_LENGTH = 120
LONGEST_RETENTION = 36_500  # days
_ID = "workspace"  # one row, found without asking which


def current() -> Workspace:
    """The workspace; before its first migration has filled it, one with the defaults."""
    return db.session.get(Workspace, _ID) or _default()


def zone() -> ZoneInfo:
    """The time zone in which the workspace's days begin and end."""
    return ZoneInfo(current().time_zone)


def day_of(now: datetime) -> date:
    """The workspace's day at that moment."""
    return now.astimezone(zone()).date()


def ensure() -> None:
    """Create the workspace's row and the roles where they are missing. Runs after migrations."""
    try:
        with transaction():
            if db.session.get(Workspace, _ID) is None:
                db.session.add(_default())
            there = set(db.session.scalars(select(Role.name)))
            db.session.add_all(Role(name=role.value) for role in RoleName if role not in there)
    except IntegrityError:
        # Another process, starting at the same moment, has just created them.
        db.session.rollback()


def edit(
    *,
    name: str,
    language: str,
    time_zone: str,
    week_start: int,
    currency: str,
    retention_days: int | None = None,
    version: int,
    by: Actor,
    now: datetime,
) -> Workspace:
    """Change the settings; without `retention_days` rows are kept for ever. Raises NotAllowed,
    Invalid or Stale."""
    require(by, Permission.EDIT_SETTINGS)
    after: dict[str, Any] = {
        "name": name.strip(),
        "language": language,
        "time_zone": time_zone.strip(),
        "week_start": week_start,
        "currency": currency.strip().upper(),
        "retention_days": retention_days,
    }
    _check(after)
    with transaction():
        workspace = current()
        if workspace.version != version:
            raise Stale(Text("workspace.stale"))
        changes = events.difference({field: getattr(workspace, field) for field in after}, after)
        if changes:
            for field, value in after.items():
                setattr(workspace, field, value)
            db.session.add(workspace)
            events.record(
                "workspace.edited",
                subject="workspace",
                subject_id=_ID,
                by=by,
                now=now,
                changes=changes,
            )
    return current()


def _default() -> Workspace:
    return Workspace(
        id=_ID,
        name="HADI",
        language="en",
        time_zone="UTC",
        week_start=0,
        currency="EUR",
        is_demo=False,
        version=1,
    )


def _check(values: dict[str, Any]) -> None:
    fields: dict[str, Text] = {}
    if not values["name"]:
        fields["name"] = Text("workspace.name_missing")
    elif len(values["name"]) > NAME_LENGTH:
        fields["name"] = Text("workspace.name_long", n=NAME_LENGTH)
    if values["language"] not in LANGUAGES:
        fields["language"] = Text("user.language_unknown", language=values["language"])
    if values["time_zone"] not in available_timezones():
        fields["time_zone"] = Text("workspace.time_zone_unknown", time_zone=values["time_zone"])
    if values["week_start"] not in range(7):
        fields["week_start"] = Text("workspace.week_start_unknown")
    if not is_currency(values["currency"]):
        fields["currency"] = unknown_currency(values["currency"])
    days = values["retention_days"]
    if days is not None and not 1 <= days <= LONGEST_RETENTION:
        fields["retention_days"] = Text("retention_wrong")
    if fields:
        raise Invalid(Text("workspace.unusable"), fields)
