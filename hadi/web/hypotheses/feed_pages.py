"""What the pages of feeds show: which database, which of its tables, which column is which."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor
from hadi.domain.text import Figure, FigureKind
from hadi.models import Connection, Feed, Hypothesis
from hadi.services import feeds
from hadi.services.dataset_rows import Preview
from hadi.services.feed_columns import day_of
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.dataset_pages import mapping_lines
from hadi.web.hypotheses.feed_forms import (
    ChoiceForm,
    FeedMappingForm,
    ScheduleForm,
    schedule_form,
)
from hadi.web.hypotheses.feed_panel import FeedLine, FeedsPage, feed_line, feeds_block, may_keep
from hadi.web.shared.language import figure, moment
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome

TABLES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsPage(Page):
    """Which connection a new feed asks."""

    key: str
    crumbs: tuple[Link, ...]
    links: tuple[Link, ...]
    add_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicePage(Page):
    """What of a connection is read."""

    key: str
    crumbs: tuple[Link, ...]
    form: ChoiceForm
    tables: tuple[str, ...]
    reach: str | None  # the tables, in a line
    problem: str | None  # why the tables cannot be listed
    is_query_open: bool
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMapPage(Page):
    """Which column is which."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    query: str
    form: FeedMappingForm
    errors: tuple[tuple[str | None, str], ...]
    preview: Preview | None
    problem: str | None
    is_new: bool
    discard_url: str | None
    back_url: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A version that the feed brought."""

    url: str
    version: int
    rows: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage(FeedsPage):
    """One feed."""

    key: str
    crumbs: tuple[Link, ...]
    line: FeedLine
    query: str
    columns: tuple[tuple[str, str], ...]
    brought: tuple[Brought, ...]
    form: ScheduleForm
    can_keep: bool
    is_paused: bool
    has_schedule: bool
    schedule_url: str
    pause_url: str
    stop_url: str
    version: int


def connections_page(hypothesis: Hypothesis, found: list[Connection]) -> ConnectionsPage:
    return ConnectionsPage(
        title=_("Which database?"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        links=tuple(
            Link(
                each.name, url_for("hypotheses.choose_feed", key=hypothesis.key, source_id=each.id)
            )
            for each in found
            if each.archived_at is None
        ),
        add_url=url_for("data.new_source"),
    )


def choice_page(
    hypothesis: Hypothesis,
    connection: Connection,
    form: ChoiceForm,
    *,
    tables: tuple[str, ...],
    problem: str | None,
) -> ChoicePage:
    return ChoicePage(
        title=_("What of “%(name)s” is read?", name=connection.name),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(
            hypothesis, (_("Data"), "hypotheses.data"), (_("Database"), "hypotheses.new_feed")
        ),
        form=form,
        tables=tables,
        reach=_reach(tables),
        problem=problem,
        is_query_open=bool(form.query.data or form.query.errors),
        back_url=url_for("hypotheses.new_feed", key=hypothesis.key),
    )


def _reach(tables: tuple[str, ...]) -> str | None:
    if not tables:
        return None
    named = ", ".join(tables[:TABLES_SHOWN])
    if len(tables) <= TABLES_SHOWN:
        return str(_("In reach: %(tables)s.", tables=named))
    n = figure(Figure(FigureKind.COUNT, len(tables)))
    return str(
        _("Type a part of its name. In reach are %(n)s, such as %(tables)s.", n=n, tables=named)
    )


def feed_map_page(
    hypothesis: Hypothesis,
    feed: Feed,
    form: FeedMappingForm,
    *,
    preview: Preview | None,
    problem: str | None,
) -> FeedMapPage:
    errors: list[tuple[str | None, str]] = list(form.loose_errors)
    for field in (*(each for _need, each in form.needs), *filter(None, [form.day_field])):
        errors += [(field.id, str(message)) for message in field.errors]
    return FeedMapPage(
        title=_("What is what in this source?"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=feeds.name_of(feed),
        query=feed.query,
        form=form,
        errors=tuple(errors),
        preview=preview,
        problem=problem,
        is_new=not feed.mapping,
        discard_url=url_for("hypotheses.discard_feed", key=hypothesis.key, feed_id=feed.id)
        if not feed.mapping
        else None,
        back_url=url_for("hypotheses.data", key=hypothesis.key),
    )


def feed_page(
    hypothesis: Hypothesis, feed: Feed, actor: Actor, *, form: ScheduleForm | None = None
) -> FeedPage:
    def here(endpoint: str) -> str:
        return url_for(endpoint, key=hypothesis.key, feed_id=feed.id)

    can_keep = may_keep(hypothesis, actor)
    is_paused = feeds.is_paused(feed)
    return FeedPage(
        title=feeds.name_of(feed),
        chrome=chrome(),
        feeds=feeds_block(hypothesis, actor),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        line=feed_line(hypothesis, feed, actor),
        query=feed.query,
        columns=(*mapping_lines(feed.mapping), *((_("The day of a row"), d) for d in _day(feed))),
        brought=tuple(_brought(hypothesis, feed)),
        form=form or schedule_form(feed.schedule, feed.version),
        can_keep=can_keep and feeds.is_live(feed),
        is_paused=is_paused,
        has_schedule=feed.schedule.value != "manual",
        schedule_url=here("hypotheses.schedule_feed"),
        pause_url=here("hypotheses.resume_feed" if is_paused else "hypotheses.pause_feed"),
        stop_url=here("hypotheses.stop_feed"),
        version=feed.version,
    )


def _day(feed: Feed) -> tuple[str, ...]:
    """The column of the day, where one was named."""
    named = day_of(feed.columns)
    return (named,) if named else ()


def _brought(hypothesis: Hypothesis, feed: Feed) -> list[Brought]:
    return [
        Brought(
            url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id),
            dataset.version or 0,
            figure(Figure(FigureKind.COUNT, dataset.rows)),
            moment(dataset.attached_at or dataset.created_at),
        )
        for dataset in feeds.datasets_of(feed)
    ]
