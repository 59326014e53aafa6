"""Feeds: a table or a query of a connection that answers a hypothesis's test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.api import conditions, found, shown
from hadi.api.answers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Endpoints,
    answer,
    answer_page,
    settle,
)
from hadi.api.authentication import actor, now
from hadi.api.fields import Choice, Flag, Sent, Words, described
from hadi.api.jobs import JobOut, accepted
from hadi.api.paging import PageQuery, paged
from hadi.api.repeats import once
from hadi.api.source_schemas import FeedOut, Object
from hadi.api.voice import say
from hadi.domain.errors import HadiError, NotFound
from hadi.domain.text import Text
from hadi.models import Feed, Hypothesis
from hadi.models.connection import Schedule
from hadi.services import feed_choosing, feeds
from hadi.services.feed_columns import day_of

endpoints = Endpoints("feeds", "Tables and queries of connections that answer a test")

STALE = Text("feed_changed_meanwhile")
_MAPPING = described("The plan's name of a column to the source's; equal names need none")
_TAGS = described("A column to money, margin or personal")


class FeedIn(Sent):
    connection_id = Words(required=True, metadata=described("Of GET /connections"))
    table = Words(allow_none=True, metadata=described("A table of it; or `query`"))
    query = Words(allow_none=True, metadata=described("One SELECT; or `table`"))
    mapping = Object(keys=fields.String(), values=fields.String(), metadata=_MAPPING)
    tags = Object(keys=fields.String(), values=fields.String(), metadata=_TAGS)
    day = Words(
        allow_none=True, metadata=described("The column of a row's day, where the plan names none")
    )
    schedule = Choice(Schedule, about="When it asks by itself; manual unless said")


class FeedPatch(Sent):
    schedule = Choice(Schedule, about="When it asks by itself")
    paused = Flag(metadata=described("Whether it asks by itself at all"))


@endpoints.at("/hypotheses/<key>/feeds", "GET")
@endpoints.answers(200, FeedOut(many=True), 404, 422, is_paged=True)
@endpoints.takes(PageQuery, location="query")
def listing(query: dict[str, Any], key: str) -> Response:
    """List the feeds of all tests, the newest first."""
    hypothesis = found.hypothesis(key)
    numbers = found.test_numbers(hypothesis)
    beside = joinedload(Feed.author), joinedload(Feed.connection)
    wanted = select(Feed).where(Feed.test_id.in_(numbers)).options(*beside)
    page = paged(wanted.order_by(Feed.created_at.desc(), Feed.id), query)
    last = feeds.last_datasets(page.items)
    return answer_page(page, lambda each: _shown(each, numbers[each.test_id], last))


@endpoints.at("/hypotheses/<key>/feeds", "POST")
@endpoints.answers(
    202, JobOut, 400, 404, 409, 413, 415, 422, has_location=True, parameters=[IDEMPOTENCY_KEY]
)
@endpoints.takes(FeedIn)
@once
def create(body: dict[str, Any], key: str) -> Response:
    """Choose what is read and which column is which, and ask for the first time: 202 with the
    job. What cannot be attached leaves nothing behind."""
    hypothesis = found.hypothesis(key)
    chosen = feed_choosing.stage(
        hypothesis.id, connection_id=body["connection_id"], table=body.get("table") or "",
        query=body.get("query") or "", by=actor(), now=now(),
    )  # fmt: skip
    feed_id = chosen.id
    try:
        job = feed_choosing.attach(
            feed_id, mapping=body.get("mapping") or {}, tags=body.get("tags") or {},
            day=body.get("day") or "", schedule=body.get("schedule") or Schedule.MANUAL,
            by=actor(), now=now(),
        )  # fmt: skip
    except HadiError:
        _undo(feed_id)
        raise
    settle()
    return accepted(job)


def _undo(feed_id: str) -> None:
    """Leave nothing that asks: a feed that was only chosen goes, one that was mapped already is
    put aside. What was refused is told, not what is refused here."""
    with suppress(HadiError):
        is_mapped = bool(feeds.find(feed_id, by=actor()).mapping)
        leave: Callable[..., object] = feeds.stop if is_mapped else feed_choosing.discard
        leave(feed_id, by=actor(), now=now())


@endpoints.at("/hypotheses/<key>/feeds/<feed_id>", "GET")
@endpoints.answers(200, FeedOut, 404, has_etag=True)
def get(key: str, feed_id: str) -> Response:
    """One feed: what it reads, when, and how it went last."""
    return _answer(*_found(key, feed_id))


@endpoints.at("/hypotheses/<key>/feeds/<feed_id>", "PATCH")
@endpoints.answers(
    200, FeedOut, 400, 404, 409, 412, 413, 415, 422, 428, has_etag=True, parameters=[IF_MATCH]
)
@endpoints.takes(FeedPatch)
def edit(body: dict[str, Any], key: str, feed_id: str) -> Response:
    """Change when it asks, pause it, or let it go on."""
    hypothesis, feed = _found(key, feed_id)
    conditions.required(feed.version, stale=STALE)
    version = conditions.optional(feed.version, stale=STALE)
    if body.get("schedule") is not None:
        feed = feeds.set_schedule(feed.id, body["schedule"], version=version, by=actor(), now=now())
        settle()
        version = feed.version
    if body.get("paused") is not None:
        keep = feeds.pause if body["paused"] else feeds.resume
        feed = keep(feed.id, version=version, by=actor(), now=now())
        settle()
    return _answer(hypothesis, feed)


@endpoints.at("/hypotheses/<key>/feeds/<feed_id>/refresh", "POST")
@endpoints.answers(202, JobOut, 404, 409, 422, has_location=True, parameters=[IDEMPOTENCY_KEY])
@once
def refresh(key: str, feed_id: str) -> Response:
    """Ask now: 202 with the job. Sums equal to the last ones make no new version."""
    _hypothesis, feed = _found(key, feed_id)
    job = feeds.refresh_now(feed.id, by=actor(), now=now())
    settle()
    return accepted(job)


@endpoints.at("/hypotheses/<key>/feeds/<feed_id>/stop", "POST")
@endpoints.answers(
    200, FeedOut, 404, 409, 412, 422, has_etag=True, parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY]
)
@once
def stop(key: str, feed_id: str) -> Response:
    """Put a feed aside; what it brought stays."""
    return _kept(feeds.stop, key, feed_id)


@endpoints.at("/hypotheses/<key>/feeds/<feed_id>/restore", "POST")
@endpoints.answers(
    200, FeedOut, 404, 409, 412, 422, has_etag=True, parameters=[IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY]
)
@once
def restore(key: str, feed_id: str) -> Response:
    """Have a stopped feed back, with its schedule."""
    return _kept(feeds.restore, key, feed_id)


def _kept(keep: Any, key: str, feed_id: str) -> Response:
    hypothesis, feed = _found(key, feed_id)
    version = conditions.optional(feed.version, stale=STALE)
    kept = keep(feed.id, version=version, by=actor(), now=now())
    settle()
    return _answer(hypothesis, kept)


def _found(key: str, feed_id: str) -> tuple[Hypothesis, Feed]:
    hypothesis = found.hypothesis(key)
    if not found.is_name(feed_id):
        raise NotFound(Text("no_such_feed"))
    feed = feeds.find(feed_id, by=actor())
    found.test_number(hypothesis, feed.test_id, absent=Text("no_such_feed"))
    return hypothesis, feed


def _answer(hypothesis: Hypothesis, feed: Feed) -> Response:
    number = found.test_numbers(hypothesis)[feed.test_id]
    return answer(_shown(feed, number, feeds.last_datasets([feed])), version=feed.version)


def _shown(feed: Feed, test_number: int, last: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "id": feed.id,
        "connection_id": feed.connection_id,
        "connection": feed.connection.name,
        "table": feed.table or None,
        "query": feed.query or None,
        "columns": [{"name": each["name"], "type": each["type"]} for each in feed.columns],
        "day": day_of(feed.columns),
        "mapping": dict(feed.mapping),
        "tags": dict(feed.tags),
        "schedule": feed.schedule.value,
        "due_at": shown.moment(feed.due_at),
        "refreshed_at": shown.moment(feed.refreshed_at),
        "problem": say(Text.from_json(feed.problem)) if feed.problem else None,
        "job_id": feed.job_id,
        "dataset_id": last.get(feed.id),
        "live": feeds.is_live(feed),
        "archived_at": shown.moment(feed.archived_at),
        "version": feed.version,
        "test": test_number,
        "author": shown.person(feed.author),
        "created_at": shown.moment(feed.created_at),
        "updated_at": shown.moment(feed.updated_at),
    }
