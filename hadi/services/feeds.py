"""Feeds: a table or a query of a connection that answers a test's plan, asked again and again.

A feed is chosen first (what to read), then mapped (which column is which), and from then on its
columns are fixed: when the source is changed under it, it says so instead of summing something
else. Whoever chooses what is read can read everything the connection can: that takes the right to
manage sources beside the right to attach data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, null, select, update

from hadi.db import db, lock, transaction
from hadi.domain.errors import Blocked, Blocker, NotFound, Stale
from hadi.domain.lifecycle import State
from hadi.domain.permissions import JOB, Actor, Permission, require
from hadi.domain.text import Text
from hadi.models import Connection, Dataset, Feed, Hypothesis, Job, Test
from hadi.models.connection import Schedule
from hadi.models.job import JobKind
from hadi.services import events, hypotheses, jobs, workspace
from hadi.services.dataset_records import attaching, require_running
from hadi.services.feed_schedule import next_due


def find(feed_id: str, *, by: Actor) -> Feed:
    """The feed with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    feed = db.session.get(Feed, feed_id.replace("\0", "")[:40])
    if feed is None:
        raise NotFound(Text("no_such_feed"))
    return feed


def of_test(test: Test | None) -> list[Feed]:
    """A test's feeds, the oldest first, without those that were stopped."""
    if test is None:
        return []
    query = select(Feed).where(Feed.test_id == test.id, Feed.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Feed.created_at, Feed.id)))


def hypothesis_of(feed: Feed) -> Hypothesis:
    """Whose test the feed answers."""
    return db.session.get_one(Test, feed.test_id).hypothesis


def takes_data(hypothesis: Hypothesis) -> bool:
    """Whether data can be attached now."""
    return hypothesis.state in (State.RUNNING, State.MEASURED)


def is_live(feed: Feed) -> bool:
    """Whether its test still takes data, and its connection is in use."""
    return _is_wanted(feed) and feed.connection.archived_at is None


def job_of(feed: Feed) -> Job | None:
    """The refresh that was asked for last."""
    return db.session.get(Job, feed.job_id) if feed.job_id else None


def datasets_of(feed: Feed) -> list[Dataset]:
    """What it brought, the newest first."""
    query = select(Dataset).where(Dataset.feed_id == feed.id, Dataset.version.is_not(None))
    return list(db.session.scalars(query.order_by(Dataset.version.desc())))


def last_dataset(feed: Feed) -> Dataset | None:
    """What it last brought."""
    query = select(Dataset).where(Dataset.feed_id == feed.id, Dataset.version.is_not(None))
    return db.session.scalar(query.order_by(Dataset.version.desc()).limit(1))


def last_datasets(of: Sequence[Feed]) -> dict[str, str]:
    """The id of what each of these feeds last brought: one question for however many."""
    last = (
        select(Dataset.feed_id, func.max(Dataset.version).label("version"))
        .where(Dataset.feed_id.in_([feed.id for feed in of]))
        .group_by(Dataset.feed_id)
        .subquery()
    )
    is_last = and_(Dataset.feed_id == last.c.feed_id, Dataset.version == last.c.version)
    query = select(Dataset.feed_id, Dataset.id).join(last, is_last)
    return {feed_id: dataset_id for feed_id, dataset_id in db.session.execute(query) if feed_id}


# -------------------------------------------------------------------------------------- keeping
def refresh_now(feed_id: str, *, by: Actor, now: datetime) -> Job:
    """Ask the source once more. The same refresh under way is not begun twice."""
    hypothesis_id = hypothesis_of(find(feed_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        feed = locked(feed_id, None)
        hypothesis = hypotheses.locked(hypothesis_id)
        require_of(feed, require_running(hypothesis, by=by))
        if not feed.mapping:
            raise Blocked(Text("step_refused"), [Blocker(Text("feed_unmapped"), "mapping")])
        return _submit(feed, hypothesis, by=by, now=now)


def set_schedule(
    feed_id: str, schedule: Schedule, *, version: int | None = None, by: Actor, now: datetime
) -> Feed:
    """When it asks by itself; a paused feed goes on. Raises Stale."""
    return _keep(
        feed_id, "feed_scheduled", {"schedule": schedule, "due_at": next_due_of(schedule, now)},
        version=version, by=by, now=now,
    )  # fmt: skip


def pause(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """It asks no more by itself until it goes on."""
    return _keep(feed_id, "feed_paused", {"due_at": None}, version=version, by=by, now=now)


def resume(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """It asks by itself again."""
    due_at = next_due_of(find(feed_id, by=by).schedule, now)
    return _keep(feed_id, "feed_resumed", {"due_at": due_at}, version=version, by=by, now=now)


def stop(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """Put a feed aside; what it brought stays."""
    return _keep(
        feed_id, "feed_stopped", {"archived_at": now, "due_at": None}, version=version, by=by,
        now=now,
    )  # fmt: skip


def restore(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """Have a stopped feed back, with its schedule."""
    due_at = next_due_of(find(feed_id, by=by).schedule, now)
    return _keep(
        feed_id, "feed_restored", {"archived_at": None, "due_at": due_at}, version=version, by=by,
        now=now,
    )  # fmt: skip


def due(now: datetime) -> list[Job]:
    """Ask for the refresh of every feed whose time has come; the worker calls it every minute.
    A feed whose test is over stops for good; one whose connection is put aside waits for it."""
    query = select(Feed.id).where(Feed.due_at <= now, Feed.archived_at.is_(None))
    asked = []
    for feed_id in list(db.session.scalars(query.order_by(Feed.due_at, Feed.id))):
        with transaction():
            feed = lock(Feed, feed_id)
            if feed is None or feed.due_at is None or feed.due_at > now:
                continue  # another worker was faster
            note(feed_id, due_at=next_due_of(feed.schedule, now) if _is_wanted(feed) else None)
            if is_live(feed):
                asked.append(_submit(feed, hypothesis_of(feed), by=JOB, now=now))
    return asked


def name_of(feed: Feed) -> str:
    """What a feed is called: the connection, and the table where it is one."""
    named = db.session.get_one(Connection, feed.connection_id)
    return f"{named.name}: {feed.table}" if feed.table else named.name


def is_paused(feed: Feed) -> bool:
    """Whether it would ask by itself, but was told not to."""
    return feed.schedule is not Schedule.MANUAL and feed.due_at is None


# --------------------------------------------------------------------------------------- inside
def require_of(feed: Feed, test: Test) -> None:
    if feed.test_id != test.id:
        raise Blocked(Text("step_refused"), [Blocker(Text("feed_of_other_test"), "feeds")])
    if feed.archived_at is not None:
        raise Blocked(Text("step_refused"), [Blocker(Text("feed_is_stopped"), "feeds")])
    if feed.connection.archived_at is not None:
        name = feed.connection.name
        raise Blocked(
            Text("step_refused"), [Blocker(Text("source_put_aside", name=name), "connection")]
        )


def _submit(feed: Feed, hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Job:
    job = jobs.submit(JobKind.REFRESH, subject_id=feed.id, hypothesis=hypothesis, by=by, now=now)
    note(feed.id, job_id=job.id)
    return job


def note(feed_id: str, **values: Any) -> None:
    """Write what is no edit: the version stays, so that nobody's open form turns stale."""
    written = {name: null() if value is None else value for name, value in values.items()}
    db.session.execute(update(Feed).where(Feed.id == feed_id).values(**written))


def _is_wanted(feed: Feed) -> bool:
    """Whether it is in use, and its test still takes data."""
    hypothesis = hypothesis_of(feed)
    is_current = hypothesis.current_test_id == feed.test_id
    return feed.archived_at is None and takes_data(hypothesis) and is_current


def _keep(
    feed_id: str,
    verb: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    by: Actor,
    now: datetime,
) -> Feed:
    hypothesis_id = hypothesis_of(find(feed_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        feed = locked(feed_id, version)
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        for name, value in values.items():
            setattr(feed, name, value)
        feed.updated_at = now
        events.record(
            verb, subject="feed", subject_id=feed.id, by=by, now=now, hypothesis=hypothesis,
            details={"source": name_of(feed), "schedule": feed.schedule.value},
        )  # fmt: skip
    return feed


def locked(feed_id: str, version: int | None) -> Feed:
    feed = lock(Feed, feed_id)
    if feed is None:
        raise NotFound(Text("no_such_feed"))
    if version is not None and feed.version != version:
        raise Stale(Text("feed_changed_meanwhile"))
    return feed


def next_due_of(schedule: Schedule, now: datetime) -> datetime | None:
    return next_due(schedule, now, zone=workspace.zone(), week_start=workspace.current().week_start)
