"""What needs the person, grouped by reason, most actionable first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.services.today import Today, Wait
from hadi.web.shared.language import say
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome
from hadi.web.today.rows import DatedRow, Row, dated_row, group_title, row_of

AT_ONCE = 5  # rows of a group; the others unfold


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that waits for the same reason."""

    code: str
    title: str
    rows: tuple[Row, ...]

    @property
    def first(self) -> tuple[Row, ...]:
        return self.rows[:AT_ONCE]

    @property
    def rest(self) -> tuple[Row, ...]:
        return self.rows[AT_ONCE:]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage(Page):
    """`/`."""

    groups: tuple[Group, ...]
    soon: tuple[DatedRow, ...]
    pulse: str | None
    is_first_run: bool
    new_url: str | None
    list_url: str
    learnings_url: str
    meeting_url: str


def today_page(content: Today, *, actor: Actor, day: date) -> TodayPage:
    can_write = allows(actor, Permission.CREATE_HYPOTHESIS)
    return TodayPage(
        title=_("Today"),
        chrome=chrome(),
        groups=groups_of(content, day),
        soon=tuple(dated_row(dated) for dated in content.soon),
        pulse=pulse(content),
        is_first_run=not content.has_hypotheses,
        new_url=url_for("hypotheses.new") if can_write else None,
        list_url=url_for("hypotheses.index"),
        learnings_url=url_for("learnings.index"),
        meeting_url=url_for("today.meeting"),
    )


def groups_of(content: Today, day: date) -> tuple[Group, ...]:
    by_wait: dict[Wait, list[Row]] = {wait: [] for wait in Wait}
    for waiting in content.waiting:
        by_wait[waiting.wait].append(row_of(waiting, day))
    return tuple(
        Group(wait.value, group_title(wait), tuple(rows)) for wait, rows in by_wait.items() if rows
    )


def pulse(content: Today) -> str | None:
    """How long it takes from an idea to its verdict; None before the first verdict."""
    if content.median_cycle_days is None:
        return None
    return say(Text("days_long", n=content.median_cycle_days))
