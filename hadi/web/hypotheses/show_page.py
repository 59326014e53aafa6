"""The page of one hypothesis: its sentence, its verdict, the one next step, its four quadrants."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import Hypothesis, Test
from hadi.services import hypotheses, hypothesis_links
from hadi.services.hypothesis_history import history
from hadi.web.hypotheses import (
    analysis_panels,
    conclusion_panels,
    data_panels,
    money_panels,
    plan_panels,
)
from hadi.web.hypotheses.earlier_test import EarlierTest, earlier_test
from hadi.web.hypotheses.history_words import entries
from hadi.web.hypotheses.next_step import NextStep, next_step
from hadi.web.hypotheses.rows import Row, row_of, rows_of
from hadi.web.hypotheses.show_menu import MenuItem, menu_of
from hadi.web.hypotheses.unbundle_views import unbundle_url
from hadi.web.shared.language import day, say
from hadi.web.shared.pages import HistoryEntry, Link, Page, Tab
from hadi.web.shared.render import chrome, initials

LATEST = 6  # entries of the history on the page itself


@dataclass(frozen=True, slots=True)
class Person:
    """Someone named on the page, and as what."""

    label: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisPage(Page):
    """`/hypotheses/<key>`. With `earlier` the page shows a test before the current one."""

    row: Row
    version: int
    crumbs: tuple[Link, ...]
    people: tuple[Person, ...]
    dates: tuple[str, ...]
    archived_because: str | None
    next: NextStep | None
    menu: tuple[MenuItem, ...]
    tests: tuple[Tab, ...]
    earlier: EarlierTest | None
    verdict: analysis_panels.VerdictPanel | None
    action: plan_panels.ActionPanel
    data: data_panels.DataPanel
    unbundle_url: str | None  # several things changed at once: each becomes a hypothesis
    insight: conclusion_panels.InsightPanel
    money: money_panels.MoneyPanel | None
    edit: MenuItem | None
    previous: Row | None
    following: tuple[Row, ...]
    history: tuple[HistoryEntry, ...]
    history_total: str
    has_older: bool
    history_url: str


def show_page(hypothesis: Hypothesis, *, actor: Actor, test: Test | None) -> HypothesisPage:
    """The page; `test` is the one chosen, None or the current one for the present."""
    conclusion = hypotheses.conclusion_in_force(hypothesis)
    happened = history(hypothesis, limit=LATEST, by=actor)
    previous = hypothesis.previous
    menu = menu_of(hypothesis, actor)
    return HypothesisPage(
        title=f"{hypothesis.key} {hypothesis.title or hypothesis.change[:60]}",
        chrome=chrome(),
        row=row_of(hypothesis),
        version=hypothesis.version,
        crumbs=_crumbs(hypothesis),
        people=_people(hypothesis),
        dates=_dates(hypothesis),
        archived_because=hypothesis.archive_reason if hypothesis.is_archived else None,
        next=next_step(hypothesis, conclusion, actor=actor),
        menu=menu,
        tests=_tests(hypothesis, test),
        earlier=earlier_test(hypothesis, test) if test else None,
        verdict=analysis_panels.panel(hypothesis, actor),
        action=plan_panels.panel(hypothesis, actor),
        data=data_panels.panel(hypothesis, actor),
        unbundle_url=unbundle_url(hypothesis, actor),
        insight=conclusion_panels.panel(hypothesis, actor),
        money=money_panels.panel(hypothesis, actor),
        edit=next((item for item in menu if item.code == "edit"), None),
        previous=row_of(previous) if previous else None,
        following=rows_of(hypothesis_links.following(hypothesis, by=actor)),
        history=entries(happened, hypothesis),
        history_total=say(Text("events_found", n=happened.total)),
        has_older=happened.older is not None,
        history_url=url_for("hypotheses.history", key=hypothesis.key),
    )


def _crumbs(hypothesis: Hypothesis) -> tuple[Link, ...]:
    return (Link(gettext("Hypotheses"), url_for("hypotheses.index")), Link(hypothesis.key, ""))


def _people(hypothesis: Hypothesis) -> tuple[Person, ...]:
    test = hypothesis.current_test
    named = (
        (gettext("Owner"), hypothesis.owner),
        (gettext("Data steward"), test.steward if test else None),
    )
    people = tuple(
        Person(label, user.name, initials(user.name)) for label, user in named if user is not None
    )
    author = hypothesis.author
    return people or (Person(gettext("Author"), author.name, initials(author.name)),)


def _dates(hypothesis: Hypothesis) -> tuple[str, ...]:
    """When it was captured and, while it matters, when it starts or ends."""
    test = hypothesis.current_test
    plan = test.plan if test else None
    dates = [gettext("captured %(day)s", day=day(hypothesis.created_at))]
    if hypothesis.state is State.PLANNED and plan and plan.starts_on:
        dates.append(gettext("starts %(day)s", day=day(plan.starts_on)))
    if hypothesis.state is State.RUNNING and plan and plan.ends_on:
        dates.append(gettext("ends %(day)s", day=day(plan.ends_on)))
    if hypothesis.state in (State.MEASURED, State.CONCLUDED, State.ARCHIVED):
        dates.append(gettext("in this state since %(day)s", day=day(hypothesis.state_since)))
    return tuple(dates)


def _tests(hypothesis: Hypothesis, chosen: Test | None) -> tuple[Tab, ...]:
    """The first test and its repeats, newest last; none where there is but one."""
    if len(hypothesis.tests) < 2:
        return ()
    return tuple(
        Tab(
            gettext("Test %(number)s", number=test.number),
            url_for(
                "hypotheses.show",
                key=hypothesis.key,
                test=None if test.id == hypothesis.current_test_id else test.number,
            ),
            test is (chosen or hypothesis.current_test),
        )
        for test in hypothesis.tests
    )
