"""The feeds of a test as a block of its data page: how each stands, never what it says of the test.
A refresh before the planned end is no look at the result."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Dataset, Feed, Hypothesis
from hadi.models.job import JobState
from hadi.services import feeds, hypotheses, jobs
from hadi.web.hypotheses.feed_forms import schedule_word
from hadi.web.shared.language import figure, moment, say
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as it stands. `state`: "waiting" for its columns, "asking", "ill", "paused", "over"
    or "well"."""

    name: str
    url: str
    state: str
    schedule: str
    last: str | None
    problem: str | None
    stage: str | None
    share: float
    next: str | None
    refresh_url: str | None
    status_url: str
    map_url: str | None


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of a test. `new_url` is None where this person cannot add one now."""

    lines: tuple[FeedLine, ...]
    new_url: str | None
    csrf_token: str

    @property
    def is_asking(self) -> bool:
        """Whether one of them is being asked now."""
        return any(line.state == "asking" for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsPage(Page):
    """The block alone, as htmx asks for it while a refresh is under way."""

    feeds: Feeds


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a data set came from that no file was sent for."""

    name: str
    url: str
    query: str


def asked_for(hypothesis: Hypothesis, dataset: Dataset) -> Asked | None:
    """The feed behind a data set; None where people brought it."""
    if dataset.feed_id is None:
        return None
    source = dataset.report.get("source", {})
    return Asked(
        name=dataset.filename,
        url=url_for("hypotheses.feed", key=hypothesis.key, feed_id=dataset.feed_id),
        query=str(source.get("query", "")),
    )


def feeds_block(hypothesis: Hypothesis, actor: Actor) -> Feeds:
    """The feeds of the current test, for the page of its data."""
    can_choose = may_choose(hypothesis, actor)
    lines = tuple(
        feed_line(hypothesis, feed, actor)
        for feed in feeds.of_test(hypothesis.current_test)
        if feed.mapping or can_choose
    )
    can_add = can_choose and feeds.takes_data(hypothesis)
    new_url = url_for("hypotheses.new_feed", key=hypothesis.key) if can_add else None
    return Feeds(lines, new_url, generate_csrf())


def may_keep(hypothesis: Hypothesis, actor: Actor) -> bool:
    """Whether this person may ask, pause and stop the feeds of the hypothesis."""
    return allows(actor, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))


def may_choose(hypothesis: Hypothesis, actor: Actor) -> bool:
    """Whether this person may say what is read, and which column is which."""
    return may_keep(hypothesis, actor) and allows(actor, Permission.MANAGE_SOURCES)


def feeds_page(hypothesis: Hypothesis, actor: Actor) -> FeedsPage:
    return FeedsPage(title="", chrome=chrome(), feeds=feeds_block(hypothesis, actor))


def feed_line(hypothesis: Hypothesis, feed: Feed, actor: Actor) -> FeedLine:
    def here(endpoint: str) -> str:
        return url_for(endpoint, key=hypothesis.key, feed_id=feed.id)

    job = feeds.job_of(feed)
    is_asking = job is not None and job.state in jobs.UNDER_WAY
    is_live = feeds.is_live(feed)
    state = _state(feed, is_asking=is_asking, is_live=is_live)
    stage = say(Text.from_json(job.stage)) if job and is_asking and job.stage else None
    return FeedLine(
        name=feeds.name_of(feed),
        url=here("hypotheses.feed") if feed.mapping else here("hypotheses.map_feed"),
        state=state,
        schedule=schedule_word(feed.schedule),
        last=_last(feed),
        problem=_problem(feed, job.state if job else None) if state == "ill" else None,
        stage=stage,
        share=job.progress if job else 0.0,
        next=_("next on %(when)s", when=moment(feed.due_at)) if feed.due_at and is_live else None,
        refresh_url=here("hypotheses.refresh_feed")
        if may_keep(hypothesis, actor) and is_live and feed.mapping and not is_asking
        else None,
        status_url=url_for("hypotheses.feeds_status", key=hypothesis.key),
        map_url=here("hypotheses.map_feed")
        if state in ("ill", "waiting") and may_choose(hypothesis, actor)
        else None,
    )


def _state(feed: Feed, *, is_asking: bool, is_live: bool) -> str:
    if not is_live:
        return "over"
    if not feed.mapping:
        return "waiting"
    if is_asking:
        return "asking"
    job = feeds.job_of(feed)
    if feed.problem is not None or (job is not None and job.state is JobState.FAILED):
        return "ill"
    return "paused" if feeds.is_paused(feed) else "well"


def _problem(feed: Feed, job_state: JobState | None) -> str | None:
    if feed.problem is not None:
        return say(Text.from_json(feed.problem))
    job = feeds.job_of(feed)
    if job is not None and job_state is JobState.FAILED and job.problem:
        return say(Text.from_json(job.problem))
    return None


def _last(feed: Feed) -> str | None:
    """What it last brought: counts alone."""
    last = feeds.last_dataset(feed)
    if last is None or feed.refreshed_at is None:
        return None
    rows = figure(Figure(FigureKind.COUNT, last.rows))
    told = _(
        "Answered on %(when)s: %(rows)s rows, version %(version)s",
        when=moment(feed.refreshed_at), rows=rows, version=last.version,
    )  # fmt: skip
    return str(told)
