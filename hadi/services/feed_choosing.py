"""A feed is chosen: which table or query is read, and which of its columns is which.

Whoever chooses what is read can read everything the connection can: that takes the right to manage
sources beside the right to attach data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hadi.db import db, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, Stale, Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.ingest import engines
from hadi.models import Connection, Feed, Job, Test
from hadi.models.connection import Schedule
from hadi.services import connections, events, feeds, hypotheses
from hadi.services.dataset_days import day_columns, required_day
from hadi.services.dataset_mapping import suggested
from hadi.services.dataset_records import attaching, require_running
from hadi.services.dataset_rows import CELL_CHARS, PREVIEW_ROWS, Preview, figures_in, plain
from hadi.services.datasets import checked_mapping
from hadi.services.feed_columns import day_of, with_day

QUERY_LENGTH = 20_000
LOOK_SECONDS = 10  # how long a page waits for the first rows


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
                hypothesis=hypothesis, details={"source": feeds.name_of(feed)},
            )  # fmt: skip
    return feed


def preview(feed: Feed, *, by: Actor) -> Preview:
    """The first rows, as text, for whoever chooses what is read; somebody waits for them, so that
    a query may have less time here than when it is summed. Raises Unreadable."""
    require(by, Permission.MANAGE_SOURCES)
    table, query = feed.table, feed.query
    connection = connections.find(feed.connection_id, by=by)
    try:
        with connections.opened(connection, most_seconds=LOOK_SECONDS) as backend:
            relation = engines.relation(backend, table=table, query=query)
            columns = engines.columns(relation)
            rows = engines.preview(relation, PREVIEW_ROWS)
    except Unreadable as refusal:
        if refusal.text.code == "engine_too_slow":
            seconds = refusal.text.params["n"]
            raise Unreadable(Text("feed_look_slow", n=seconds)) from refusal
        raise
    names, numbers = tuple(column["name"] for column in columns), figures_in(columns)
    return Preview(
        names,
        tuple(
            tuple(
                plain(value) if value and name in numbers else _cell(value)
                for name, value in zip(names, row, strict=True)
            )
            for row in rows
        ),
        numbers,
    )


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


def likely_day(feed: Feed) -> str:
    """The column of the day as it was named, else the only one that holds days."""
    fitting = day_columns({"columns": feed.columns})
    return day_of(feed.columns) or (fitting[0] if len(fitting) == 1 and not feed.mapping else "")


def attach(
    feed_id: str,
    *,
    mapping: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
    day: str = "",
    schedule: Schedule = Schedule.MANUAL,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Job:
    """Say which column is which, and ask the source for the first time. A feed whose source has
    changed is mapped anew the same way. `day`: the column of the day of a row, where the plan
    names none. Raises Invalid with every column that is missing."""
    assign(
        feed_id, mapping=mapping, tags=tags, day=day, schedule=schedule, version=version, by=by,
        now=now,
    )  # fmt: skip
    return feeds.refresh_now(feed_id, by=by, now=now)


def assign(
    feed_id: str,
    *,
    mapping: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
    day: str = "",
    schedule: Schedule = Schedule.MANUAL,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Feed:
    """Say which column is which, and no more."""
    feed = feeds.find(feed_id, by=by)
    hypothesis_id = feeds.hypothesis_of(feed).id
    with attaching(hypothesis_id, by=by, now=now):
        _choosing(hypothesis_id, by=by)
        columns = _columns_of(feed.connection, feed.table, feed.query)
        with transaction():
            feed = feeds.locked(feed_id, version)
            hypothesis = hypotheses.locked(hypothesis_id)
            test = _choosing(hypothesis_id, by=by)
            feeds.require_of(feed, test)
            assert test.plan is not None
            resolved = checked_mapping(test.plan, [c["name"] for c in columns], mapping)
            named_day = required_day(columns, test.plan, day) if day else None
            is_new = not feed.mapping
            feed.mapping, feed.columns = resolved, with_day(columns, named_day)
            feed.tags = _checked_tags(tags or {}, columns)
            feed.schedule, feed.problem = schedule, None
            feed.due_at = feeds.next_due_of(schedule, now)
            feed.updated_at = now
            events.record(
                "feed_added" if is_new else "feed_mapped", subject="feed", subject_id=feed.id,
                by=by, now=now, hypothesis=hypothesis,
                details={"source": feeds.name_of(feed), "schedule": schedule.value,
                         "mapping": resolved},
            )  # fmt: skip
    return feed


def discard(feed_id: str, *, by: Actor, now: datetime) -> None:
    """Forget a feed that was chosen but never mapped."""
    hypothesis_id = feeds.hypothesis_of(feeds.find(feed_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        feed = feeds.locked(feed_id, None)
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        if feed.mapping:
            raise Blocked(Text("step_refused"), [Blocker(Text("feed_in_use"), "feeds")])
        events.record(
            "feed_discarded", subject="feed", subject_id=feed.id, by=by, now=now,
            hypothesis=hypothesis, details={"source": feeds.name_of(feed)},
        )  # fmt: skip
        db.session.delete(feed)


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


def _cell(written: str | None) -> str | None:
    if written is None or len(written) <= CELL_CHARS:
        return written
    return written[:CELL_CHARS] + "…"


def _examples(seen: Preview, name: str) -> list[str]:
    if name not in seen.columns:
        return []
    place = seen.columns.index(name)
    return list(dict.fromkeys(row[place] for row in seen.rows if row[place]))  # type: ignore[misc]
