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
ON_SCREEN = 30  # lines of a part
# What fits a sheet of A4, in points: its height, what stands on top, a part's heading, two lines.
SHEET, TOP, HEADING, LINE = 750, 76, 31, 27
# What a meeting talks about; starts and ideas are everybody's own.
DISCUSSED = (
    Wait.DECIDE, Wait.OVER_BUDGET, Wait.INSIGHT, Wait.ENDED, Wait.ATTACH, Wait.CHOOSE,
    Wait.MEASURE, Wait.COLLIDES, Wait.LOG,
)  # fmt: skip


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
    """`/meeting`. Of each part `on_paper` lines are printed; its heading counts them all."""

    dates: str
    groups: tuple[Group, ...]
    results: tuple[Result, ...]
    soon: tuple[DatedRow, ...]
    pulse: str | None
    crumbs: tuple[Link, ...]
    on_screen: int
    on_paper: int


def meeting_page(content: Today, results: Sequence[Hypothesis], *, day: date) -> MeetingPage:
    groups = [g for g in groups_of(content, day) if g.code in set(DISCUSSED)]
    return MeetingPage(
        title=_("Weekly meeting"),
        chrome=chrome(),
        dates=_("%(day)s, with the seven days before and after", day=written_day(day)),
        groups=tuple(groups),
        results=tuple(_result(hypothesis) for hypothesis in results),
        soon=tuple(dated_row(dated) for dated in content.soon),
        pulse=pulse(content),
        crumbs=(Link(_("Today"), url_for("today.index")), Link(_("Weekly meeting"), "")),
        on_screen=ON_SCREEN,
        on_paper=lines_on_paper(len(groups) + 2),
    )


def lines_on_paper(parts: int) -> int:
    """How many lines of each of so many parts keep the meeting on one sheet."""
    return max((SHEET - TOP - parts * HEADING) // LINE // parts, 1)


def _result(hypothesis: Hypothesis) -> Result:
    return Result(
        key=hypothesis.key,
        url=url_for("hypotheses.show", key=hypothesis.key),
        text=hypothesis.change,
        verdict=hypothesis.verdict_label or "",
        language=hypothesis.language,
        owner=hypothesis.owner.name if hypothesis.owner else None,
    )
