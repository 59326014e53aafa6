"""The weekly meeting on one page of paper: decisions, results, what is late, what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _

from hadi.models import Hypothesis
from hadi.services.today import Today, Wait
from hadi.web.shared.language import day as written_day
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome
from hadi.web.today.pages import Group, groups_of, pulse
from hadi.web.today.rows import DatedRow, dated_row

WEEK = timedelta(days=7)
ON_PAPER = 6  # lines of a group: the whole meeting stays on one sheet
# What a meeting talks about; starts and ideas are everybody's own.
DISCUSSED = (Wait.DECIDE, Wait.INSIGHT, Wait.ENDED, Wait.ATTACH, Wait.MEASURE)


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict of the last week."""

    key: str
    url: str
    text: str
    verdict: str
    language: str
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage(Page):
    """`/meeting`."""

    dates: str
    groups: tuple[Group, ...]
    results: tuple[Result, ...]
    more_results: int
    soon: tuple[DatedRow, ...]
    more_soon: int
    pulse: str | None
    crumbs: tuple[Link, ...]
    most: int


def meeting_page(content: Today, results: Sequence[Hypothesis], *, day: date) -> MeetingPage:
    groups = [g for g in groups_of(content, day) if g.code in set(DISCUSSED)]
    return MeetingPage(
        title=_("Weekly meeting"),
        chrome=chrome(),
        dates=_("%(day)s, with the seven days before and after", day=written_day(day)),
        groups=tuple(groups),
        results=tuple(_result(hypothesis) for hypothesis in results[:ON_PAPER]),
        more_results=max(len(results) - ON_PAPER, 0),
        soon=tuple(dated_row(dated) for dated in content.soon[:ON_PAPER]),
        more_soon=max(len(content.soon) - ON_PAPER, 0),
        pulse=pulse(content),
        crumbs=(Link(_("Today"), url_for("today.index")), Link(_("Weekly meeting"), "")),
        most=ON_PAPER,
    )


def _result(hypothesis: Hypothesis) -> Result:
    return Result(
        key=hypothesis.key,
        url=url_for("hypotheses.show", key=hypothesis.key),
        text=hypothesis.change,
        verdict=hypothesis.verdict or "",
        language=hypothesis.language,
        owner=hypothesis.owner.name if hypothesis.owner else None,
    )
