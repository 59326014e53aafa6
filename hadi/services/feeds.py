"""Feeds: a table or a query of a connection that answers a test's plan, asked again and again.

A feed is chosen first (what to read), then mapped (which column is which), and from then on its
columns are fixed: when the source is changed under it, it says so instead of summing something
else. Whoever chooses what is read can read everything the connection can: that takes the right to
manage sources beside the right to attach data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from hadi.db import db, lock, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale
from hadi.domain.lifecycle import State
from hadi.domain.permissions import JOB, Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.ingest import engines
from hadi.models import Connection, Dataset, Feed, Hypothesis, Job, Test
from hadi.models.connection import Schedule
from hadi.models.job import JobKind
from hadi.services import connections, events, hypotheses, jobs, workspace
from hadi.services.dataset_mapping import suggested
from hadi.services.dataset_records import attaching, require_running
from hadi.services.dataset_rows import CELL_CHARS, PREVIEW_ROWS, Preview
from hadi.services.datasets import checked_mapping
from hadi.services.feed_schedule import next_due

QUERY_LENGTH = 20_000


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
    hypothesis = hypothesis_of(feed)
    return (
        feed.archived_at is None
        and takes_data(hypothesis)
        and hypothesis.current_test_id == feed.test_id
        and feed.connection.archived_at is None
    )


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


# ------------------------------------------------------------------------------------- choosing
def stage(
    hypothesis_id: str,
    *,
    connection_id: str,
    table: str = "",
    query: str = "",
    by: Actor,
    now: datetime,
) -> Feed:
    """Choose what is read: a table, or one SELECT. Its columns are looked at and kept for mapping;
    nothing is summed yet. Raises NotAllowed, Blocked, Invalid at `table` or `query`, Unreadable."""
    table, query = table.strip(), query.strip()
    _check_choice(table, query)
    with attaching(hypothesis_id, by=by, now=now):
        test_id = _choosing(hypothesis_id, by=by).id
        connection = connections.find(connection_id, by=by)
        columns = _columns_of(connection, table, query)
        with transaction():
            hypothesis = hypotheses.locked(hypothesis_id)
            test = _choosing(hypothesis_id, by=by)
            if test.id != test_id:
                raise Stale(Text("feed_changed_meanwhile"))
            feed = Feed(
                id=new_id(), test_id=test.id, connection_id=connection_id, table=table, query=query,
                mapping={}, columns=columns, schedule=Schedule.MANUAL, author_id=by.user_id,
                created_at=now, updated_at=now,
            )  # fmt: skip
            db.session.add(feed)
            db.session.flush()
            events.record(
                "feed_chosen", subject="feed", subject_id=feed.id, by=by, now=now,
                hypothesis=hypothesis, details={"source": name_of(feed)},
            )  # fmt: skip
    return feed


def preview(feed: Feed, *, by: Actor) -> Preview:
    """The first rows, as text, for whoever chooses what is read. Raises Unreadable."""
    require(by, Permission.MANAGE_SOURCES)
    table, query = feed.table, feed.query
    with connections.opened(connections.find(feed.connection_id, by=by)) as backend:
        relation = engines.relation(backend, table=table, query=query)
        names = tuple(column["name"] for column in engines.columns(relation))
        rows = engines.preview(relation, PREVIEW_ROWS)
    return Preview(names, tuple(tuple(_cell(value) for value in row) for row in rows))


def likely_mapping(feed: Feed, seen: Preview) -> dict[str, str]:
    """Which column is probably which: as it is mapped, else by names and the values seen."""
    plan = db.session.get_one(Test, feed.test_id).plan
    if plan is None:
        return {}
    columns = [
        {**column, "examples": _examples(seen, column["name"]), "missing": 0}
        for column in feed.columns
    ]
    return suggested(plan, columns, before=feed.mapping)


def attach(
    feed_id: str,
    *,
    mapping: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
    schedule: Schedule = Schedule.MANUAL,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Job:
    """Say which column is which, and ask the source for the first time. A feed whose source has
    changed is mapped anew the same way. Raises Invalid with every column that is missing."""
    assign(feed_id, mapping=mapping, tags=tags, schedule=schedule, version=version, by=by, now=now)
    return refresh_now(feed_id, by=by, now=now)


def assign(
    feed_id: str,
    *,
    mapping: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
    schedule: Schedule = Schedule.MANUAL,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Feed:
    """Say which column is which, and no more."""
    feed = find(feed_id, by=by)
    hypothesis_id = hypothesis_of(feed).id
    with attaching(hypothesis_id, by=by, now=now):
        _choosing(hypothesis_id, by=by)
        columns = _columns_of(feed.connection, feed.table, feed.query)
        with transaction():
            feed = _locked(feed_id, version)
            hypothesis = hypotheses.locked(hypothesis_id)
            test = _choosing(hypothesis_id, by=by)
            require_of(feed, test)
            assert test.plan is not None
            resolved = checked_mapping(test.plan, [c["name"] for c in columns], mapping)
            is_new = not feed.mapping
            feed.mapping, feed.columns = resolved, columns
            feed.tags = _checked_tags(tags or {}, columns)
            feed.schedule, feed.problem = schedule, None
            feed.due_at = _next(schedule, now)
            feed.updated_at = now
            events.record(
                "feed_added" if is_new else "feed_mapped", subject="feed", subject_id=feed.id,
                by=by, now=now, hypothesis=hypothesis,
                details={"source": name_of(feed), "schedule": schedule.value, "mapping": resolved},
            )  # fmt: skip
    return feed


def discard(feed_id: str, *, by: Actor, now: datetime) -> None:
    """Forget a feed that was chosen but never mapped."""
    hypothesis_id = hypothesis_of(find(feed_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        feed = _locked(feed_id, None)
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        if feed.mapping:
            raise Blocked(Text("step_refused"), [Blocker(Text("feed_in_use"), "feeds")])
        events.record(
            "feed_discarded", subject="feed", subject_id=feed.id, by=by, now=now,
            hypothesis=hypothesis, details={"source": name_of(feed)},
        )  # fmt: skip
        db.session.delete(feed)


# -------------------------------------------------------------------------------------- keeping
def refresh_now(feed_id: str, *, by: Actor, now: datetime) -> Job:
    """Ask the source once more. The same refresh under way is not begun twice."""
    hypothesis_id = hypothesis_of(find(feed_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        feed = _locked(feed_id, None)
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
        feed_id, "feed_scheduled", {"schedule": schedule, "due_at": _next(schedule, now)},
        version=version, by=by, now=now,
    )  # fmt: skip


def pause(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """It asks no more by itself until it goes on."""
    return _keep(feed_id, "feed_paused", {"due_at": None}, version=version, by=by, now=now)


def resume(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """It asks by itself again."""
    due_at = _next(find(feed_id, by=by).schedule, now)
    return _keep(feed_id, "feed_resumed", {"due_at": due_at}, version=version, by=by, now=now)


def stop(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """Put a feed aside; what it brought stays."""
    return _keep(
        feed_id, "feed_stopped", {"archived_at": now, "due_at": None}, version=version, by=by,
        now=now,
    )  # fmt: skip


def restore(feed_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Feed:
    """Have a stopped feed back, with its schedule."""
    due_at = _next(find(feed_id, by=by).schedule, now)
    return _keep(
        feed_id, "feed_restored", {"archived_at": None, "due_at": due_at}, version=version, by=by,
        now=now,
    )  # fmt: skip


def due(now: datetime) -> list[Job]:
    """Ask for the refresh of every feed whose time has come; the worker calls it every minute.
    A feed whose test or connection is no longer in use stops asking."""
    query = select(Feed.id).where(Feed.due_at <= now, Feed.archived_at.is_(None))
    asked = []
    for feed_id in list(db.session.scalars(query.order_by(Feed.due_at, Feed.id))):
        with transaction():
            feed = lock(Feed, feed_id)
            if feed is None or feed.due_at is None or feed.due_at > now:
                continue  # another worker was faster
            is_alive = is_live(feed) and bool(feed.mapping)
            _note(feed_id, due_at=_next(feed.schedule, now) if is_alive else None)
            if is_alive:
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
def _check_choice(table: str, query: str) -> None:
    if bool(table) == bool(query):
        text = Text("feed_choose_one" if table else "feed_choose")
        raise Invalid(text, {"table": text})
    if len(query) > QUERY_LENGTH:
        text = Text("feed_query_long", n=QUERY_LENGTH)
        raise Invalid(text, {"query": text})
    if len(table) > 255 or not table.isprintable():
        text = Text("feed_no_table")
        raise Invalid(text, {"table": text})


def _choosing(hypothesis_id: str, *, by: Actor) -> Test:
    hypothesis = hypotheses.locked(hypothesis_id)
    test = require_running(hypothesis, by=by)
    require(by, Permission.MANAGE_SOURCES)
    return test


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


def _columns_of(connection: Connection, table: str, query: str) -> list[dict[str, Any]]:
    with connections.opened(connection) as backend:
        return columns_of(engines.relation(backend, table=table, query=query))


def columns_of(relation: engines.Relation) -> list[dict[str, Any]]:
    """The columns of what is read, as a feed keeps them."""
    return [{"name": c["name"], "type": c["type"]} for c in engines.columns(relation)]


def _checked_tags(tags: Mapping[str, str], columns: list[dict[str, Any]]) -> dict[str, str]:
    names = {column["name"] for column in columns}
    known = {tag.value for tag in ColumnTag}
    wrong = {
        name: Text("feed_tag_unusable", column=name[:80])
        for name, tag in tags.items()
        if name not in names or tag not in known
    }
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return dict(tags)


def _submit(feed: Feed, hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Job:
    job = jobs.submit(JobKind.REFRESH, subject_id=feed.id, hypothesis=hypothesis, by=by, now=now)
    _note(feed.id, job_id=job.id)
    return job


def _note(feed_id: str, **values: Any) -> None:
    """Write what is no edit: the version stays, so that nobody's open form turns stale."""
    db.session.execute(update(Feed).where(Feed.id == feed_id).values(**values))


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
        feed = _locked(feed_id, version)
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


def _locked(feed_id: str, version: int | None) -> Feed:
    feed = lock(Feed, feed_id)
    if feed is None:
        raise NotFound(Text("no_such_feed"))
    if version is not None and feed.version != version:
        raise Stale(Text("feed_changed_meanwhile"))
    return feed


def _next(schedule: Schedule, now: datetime) -> datetime | None:
    return next_due(schedule, now, zone=workspace.zone(), week_start=workspace.current().week_start)


def _cell(written: str | None) -> str | None:
    if written is None or len(written) <= CELL_CHARS:
        return written
    return written[:CELL_CHARS] + "…"


def _examples(seen: Preview, name: str) -> list[str]:
    if name not in seen.columns:
        return []
    place = seen.columns.index(name)
    return list(dict.fromkeys(row[place] for row in seen.rows if row[place]))  # type: ignore[misc]
