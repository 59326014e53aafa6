"""What waits, as a line: the sentence, why it is here, one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.text import Text
from hadi.services.running_tests import Collision
from hadi.services.surrounding_days import named, when
from hadi.services.today import Dated, Wait, Waiting
from hadi.web.shared.language import day, say
from hadi.web.shared.render import initials


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Row:
    """`is_late`: its day is over, as `why` says too."""

    key: str
    url: str
    stage: str
    text: str
    why: str
    button: Button
    language: str
    is_late: bool = False
    verdict: str | None = None
    owner: str | None = None
    owner_initials: str | None = None


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A test that starts or ends soon."""

    key: str
    url: str
    text: str
    when: str
    is_end: bool
    owner: str | None
    language: str


def row_of(waiting: Waiting, today: date) -> Row:
    hypothesis = waiting.hypothesis
    owner = hypothesis.owner
    late = waiting.due_on is not None and waiting.due_on < today
    return Row(
        key=hypothesis.key,
        url=_url("hypotheses.show", hypothesis.key),
        stage=hypothesis.state.value,
        text=hypothesis.change,
        why=_why(waiting, today),
        button=_button(waiting),
        language=hypothesis.language,
        is_late=late,
        verdict=hypothesis.verdict_label if waiting.wait in (Wait.DECIDE, Wait.INSIGHT) else None,
        owner=owner.name if owner else None,
        owner_initials=initials(owner.name) if owner else None,
    )


def dated_row(dated: Dated) -> DatedRow:
    hypothesis = dated.hypothesis
    return DatedRow(
        key=hypothesis.key,
        url=_url("hypotheses.show", hypothesis.key),
        text=hypothesis.change,
        when=day(dated.day),
        is_end=dated.is_end,
        owner=hypothesis.owner.name if hypothesis.owner else None,
        language=hypothesis.language,
    )


def group_title(wait: Wait) -> str:
    match wait:
        case Wait.DECIDE:
            return str(_("Decide"))
        case Wait.OVER_BUDGET:
            return str(_("Over budget"))
        case Wait.BUDGET:
            return str(_("Budget used up"))
        case Wait.INSIGHT:
            return str(_("Insight missing"))
        case Wait.ENDED:
            return str(_("Run the check"))
        case Wait.ATTACH:
            return str(_("Attach data"))
        case Wait.CHOOSE:
            return str(_("Did not hold"))
        case Wait.MEASURE:
            return str(_("Measure again"))
        case Wait.COLLIDES:
            return str(_("In each other’s way"))
        case Wait.LOG:
            return str(_("Weeks missing in the log"))
        case Wait.START:
            return str(_("Start"))
    return str(_("Complete the idea"))


def _why(waiting: Waiting, today: date) -> str:
    days = max((today - waiting.since.date()).days, 0)
    since = say(Text("waits_for_days", n=days) if days else Text("waits_since_today"))
    match waiting.wait:
        case Wait.DECIDE:
            return str(_("Result and insight are there. %(since)s", since=since))
        case Wait.INSIGHT:
            return str(_("The result is there, what we learned is not. %(since)s", since=since))
        case Wait.OVER_BUDGET:
            return str(
                _("It costs a fifth more than it may, or beyond: does it go on with a new cap?")
            )
        case Wait.BUDGET:
            return str(
                _("Its budget is used up. A fifth beyond it, a leader decides whether it goes on.")
            )
        case Wait.ENDED:
            return _of_the_check(waiting.due_on)
        case Wait.ATTACH:
            return _of_data(waiting.due_on, today)
        case Wait.CHOOSE:
            return str(
                _("A wave did not hold: repair it, narrow where it holds, or stop. %(since)s",
                  since=since)
            )  # fmt: skip
        case Wait.MEASURE:
            return _of_measuring(waiting.due_on or today, today)
        case Wait.COLLIDES:
            return say(_shared(waiting.near))
        case Wait.LOG:
            stores = named([unit.name for unit, _weeks in waiting.stores])
            weeks = sum(count for _unit, count in waiting.stores)
            return say(Text("log_misses", stores=stores, n=weeks))
        case Wait.START:
            return str(_("The plan is complete. %(since)s", since=since))
    return _of_what_is_missing(waiting)


def _shared(near: Sequence[Collision]) -> Text:
    """The tests in each other's way, with the stores and the days that they share."""
    stores = sorted({place for each in near for place in each.overlap.places})
    first = min(each.overlap.first for each in near)
    ends = [each.overlap.last for each in near]
    last = max((end for end in ends if end is not None), default=None)
    span = (
        when(first, last)
        if last is not None and None not in ends
        else Text("surroundings_from", first=when(first, first))
    )
    others = ", ".join(each.other.hypothesis.key for each in near)
    return Text("collides_with", others=others, n=len(near), stores=named(stores), when=span)


def _of_the_check(due: date | None) -> str:
    if due is None:
        return str(_("New data are attached and not checked yet."))
    return str(_("Its last day was %(day)s, and the data are there.", day=day(due)))


def _of_data(due: date | None, today: date) -> str:
    if due is None:
        return str(_("The test runs without any data yet."))
    if due < today:
        return str(_("Its last day was %(day)s, and no data are there.", day=day(due)))
    return str(_("No data yet. Its last day is %(day)s.", day=day(due)))


def _of_measuring(due: date, today: date) -> str:
    if due < today:
        late = say(Text("overdue_by", n=(today - due).days))
        return str(_("To be measured again on %(day)s: %(late)s.", day=day(due), late=late))
    return str(_("To be measured again on %(day)s.", day=day(due)))


def _of_what_is_missing(waiting: Waiting) -> str:
    missing = waiting.hypothesis.statement.missing()
    if missing:
        return say(missing[0].text)
    return str(_("The sentence stands; the plan is not complete."))


def _button(waiting: Waiting) -> Button:
    hypothesis, wait = waiting.hypothesis, waiting.wait
    key = hypothesis.key
    match wait:
        case Wait.DECIDE:
            return Button(_("Decide"), _url("hypotheses.conclusion", key, "decision"), "scale")
        case Wait.OVER_BUDGET:
            return Button(_("Decide on the budget"), _url("hypotheses.budget", key), "coins")
        case Wait.BUDGET:
            return Button(_("Look at the costs"), _url("hypotheses.costs", key), "coins")
        case Wait.INSIGHT:
            here = _url("hypotheses.conclusion", key, "learned")
            return Button(_("Write the insight"), here, "lightbulb")
        case Wait.ENDED:
            return Button(_("Go to the check"), _url("hypotheses.show", key), "flask-conical")
        case Wait.ATTACH:
            return Button(_("Attach data"), _url("hypotheses.data", key), "paperclip")
        case Wait.COLLIDES:
            here = _url("hypotheses.plan", key, "ahead-title")
            return Button(_("See what they share"), here, "calendar-days")
        case Wait.LOG:
            unit = waiting.stores[0][0]
            here = url_for("units.show", unit_id=unit.id, _anchor="new-week")
            return Button(_("Write the log of %(store)s", store=unit.name), here, "pencil")
        case Wait.START:
            return Button(_("Look and start"), _url("hypotheses.show", key), "play")
        case Wait.CHOOSE | Wait.MEASURE:
            return _button_of_rollout(waiting)
    if hypothesis.statement.missing():
        return Button(_("Complete the sentence"), _url("hypotheses.edit", key), "pencil")
    return Button(_("Complete the plan"), _url("hypotheses.plan", key), "list-checks")


def _button_of_rollout(waiting: Waiting) -> Button:
    assert waiting.rollout is not None
    here = url_for("scale.show", rollout_id=waiting.rollout.id)
    if waiting.wait is Wait.CHOOSE:
        return Button(_("Choose what follows"), here, "rocket")
    return Button(_("Measure again"), here, "ruler")


def _url(endpoint: str, key: str, anchor: str | None = None) -> str:
    return url_for(endpoint, key=key, _anchor=anchor)
