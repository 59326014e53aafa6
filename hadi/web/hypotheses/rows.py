"""A hypothesis as lists and boards show it: one line of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart
from hadi.domain.costs import BudgetLevel
from hadi.domain.permissions import Permission, allows
from hadi.models import Analysis, Hypothesis
from hadi.services import hypotheses
from hadi.web.shared.access import current_actor
from hadi.web.shared.intervals import effect_of, interval_of
from hadi.web.shared.language import day, say
from hadi.web.shared.render import initials


@dataclass(frozen=True, slots=True)
class Row:
    """What one line shows. `when` is when it last changed, `at` the same as an ISO instant."""

    key: str
    url: str
    title: str
    change: str
    effect: str
    reason: str
    state: str
    language: str
    when: str
    at: str
    owner: str | None = None
    owner_initials: str | None = None
    verdict: str | None = None
    is_early: bool = False
    effect_words: str | None = None
    chart: IntervalChart | None = None
    alarm: str | None = None  # it costs more than it may, told to who may see money


def row_of(hypothesis: Hypothesis) -> Row:
    """The line of a hypothesis that was loaded `with_row`."""
    result = result_of(hypothesis)
    plan = hypothesis.current_test.plan if hypothesis.current_test and result else None
    effect = effect_of(result.record, plan) if result and plan else None
    owner = hypothesis.owner
    changed: datetime = hypothesis.updated_at
    return Row(
        key=hypothesis.key,
        url=url_for("hypotheses.show", key=hypothesis.key),
        title=hypothesis.title,
        change=hypothesis.change,
        effect=hypothesis.effect,
        reason=hypothesis.reason,
        state=hypothesis.state.value,
        language=hypothesis.language,
        when=day(changed),
        at=changed.isoformat(),
        owner=owner.name if owner else None,
        owner_initials=initials(owner.name) if owner else None,
        verdict=hypothesis.verdict_label,
        is_early=bool(result and result.early_reason),
        effect_words=say(effect) if effect else None,
        chart=interval_of(result.record, plan) if result and plan else None,
        alarm=_alarm(hypothesis),
    )


def _alarm(hypothesis: Hypothesis) -> str | None:
    test = hypothesis.current_test
    if test is None or test.budget_level is not BudgetLevel.OVER:
        return None
    stake = hypotheses.stake(hypothesis)
    return str(_("Over budget")) if allows(current_actor(), Permission.VIEW_MONEY, stake) else None


def result_of(hypothesis: Hypothesis) -> Analysis | None:
    """The final analysis of the current test, where there is one."""
    test = hypothesis.current_test
    return test.result if test else None


def rows_of(found: list[Hypothesis]) -> tuple[Row, ...]:
    return tuple(row_of(hypothesis) for hypothesis in found)
