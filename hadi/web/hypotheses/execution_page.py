"""Whether the change of a hypothesis is carried out: the scorecard that watches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Optional

from hadi.analysis.scorecards import Assessment, fidelity_check
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scorecards import FIDELITY_FLOOR, steps_without_check
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Hypothesis, ScorecardLink
from hadi.services import hypotheses, scorecard_links, scorecards
from hadi.services.scorecard_steps import of_hypothesis
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.shared.access import current_actor
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


class ExecutionForm(Form):
    """The card that watches, where, and since when."""

    scorecard = SelectField(_l("Scorecard"), validate_choice=False)
    units = TextAreaField(_l("Stores that carry it out"), render_kw={"rows": 3})
    since = DateField(_l("Carried out since"), validators=[Optional()])

    def offer(self, link: ScorecardLink | None, actor: Actor) -> None:
        cards = [(each.card.id, each.card.name) for each in
                 scorecards.listing(is_open=True, by=actor)]  # fmt: skip
        if link is not None and link.scorecard_id not in dict(cards):
            cards.append((link.scorecard_id, link.scorecard.name))
        self.scorecard.choices = choices([("", _("Choose")), *cards])

    @property
    def body(self) -> dict[str, Any]:
        return {
            "scorecard": self.scorecard.data,
            "units": self.units.data or "",
            "since": self.since.data,
        }


@dataclass(frozen=True, slots=True)
class Watching:
    """The card that watches, and what its visits say so far."""

    name: str
    url: str
    sentence: str
    status: str
    where: str
    stats: tuple[tuple[str, str, str], ...]
    unseen: tuple[tuple[str, str | None], ...]  # steps without a check point, where to name it


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPage(Page):
    """`/hypotheses/<key>/execution`. `form` is None where nothing can be chosen (any more)."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ExecutionForm | None
    watching: Watching | None
    unlink_url: str | None
    fixed: str | None
    has_cards: bool
    new_card_url: str | None
    floor: str
    is_stale: bool = False


def execution_page(
    hypothesis: Hypothesis,
    form: ExecutionForm | None,
    *,
    today: date,
    actor: Actor,
    is_stale: bool = False,
) -> ExecutionPage:
    test = hypothesis.current_test
    link = of_hypothesis(hypothesis)
    is_fixed = test is not None and hypotheses.has_outcomes(test)
    may_choose = allows(actor, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    form = form if may_choose and not is_fixed else None
    if form is not None:
        form.offer(link, actor)
    here = url_for("hypotheses.execution", key=hypothesis.key)
    return ExecutionPage(
        title=_("Is %(key)s carried out?", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=(*crumbs(hypothesis), Link(str(_("Is it carried out?")), here)),
        url=here,
        cancel_url=url_for("hypotheses.show", key=hypothesis.key),
        form=form,
        watching=_watching(hypothesis, link, today) if link is not None else None,
        unlink_url=url_for("hypotheses.unlink_scorecard", key=hypothesis.key)
        if form is not None and link is not None
        else None,
        fixed=say(Text("scorecard_link_after_data")) if is_fixed and may_choose else None,
        has_cards=bool(scorecards.listing(is_open=True, by=actor)),
        new_card_url=url_for("scorecards.new")
        if allows(actor, Permission.EDIT_SCORECARDS)
        else None,
        floor=_share(FIDELITY_FLOOR),
        is_stale=is_stale,
    )


def opened(link: ScorecardLink | None) -> ExecutionForm:
    """The form as it stands."""
    values: dict[str, Any] = {"version": "0"}
    if link is not None:
        values = {
            "scorecard": link.scorecard_id,
            "units": link.units,
            "since": link.since,
            "version": str(link.version),
        }
    return ExecutionForm(formdata=None, data=values)


def execution_words(hypothesis: Hypothesis, *, today: date) -> str | None:
    """What the visits say of its execution, in a sentence; None where no card watches it."""
    link = of_hypothesis(hypothesis)
    if link is None:
        return None
    found, since = _found(hypothesis, link, today)
    return say(fidelity_check(found, since or today, today=today).detail)


def _found(
    hypothesis: Hypothesis, link: ScorecardLink, today: date
) -> tuple[Assessment, date | None]:
    """What the card's visits say, and since when they are asked; None: no day is known yet."""
    test = hypothesis.current_test
    plan = test.plan if test else None
    since = scorecard_links.begins(link, plan)
    if since is None and test is not None and test.started_at is not None:
        since = test.started_at.date()
    return scorecard_links.assessed(link, plan, day=since or today), since


def _watching(hypothesis: Hypothesis, link: ScorecardLink, today: date) -> Watching:
    found, since = _found(hypothesis, link, today)
    check = fidelity_check(found, since or today, today=today)
    url = url_for("scorecards.show", card_id=link.scorecard_id)
    if since is not None:
        url = url_for("scorecards.show", card_id=link.scorecard_id, since=since.isoformat())
    return Watching(
        name=link.scorecard.name,
        url=url,
        sentence=say(check.detail),
        status=check.status.value,
        where=", ".join(link.unit_names),
        stats=_stats(found, since),
        unseen=_unseen(link),
    )


def _unseen(link: ScorecardLink) -> tuple[tuple[str, str | None], ...]:
    """The steps that nobody sees, each with the page where its check point is named."""
    card = link.scorecard
    may_edit = allows(current_actor(), Permission.EDIT_SCORECARDS) and card.closed_at is None
    told = []
    for each in card.asked:
        url = url_for("scorecards.criterion", card_id=card.id, number=each.number)
        told += [
            (say(blocker.text), url if may_edit else None)
            for blocker in steps_without_check([each.rule])
        ]
    return tuple(told)


def _stats(found: Assessment, since: date | None) -> tuple[tuple[str, str, str], ...]:
    """What the score was, and is: beside the outcome, never in its place."""
    stats = []
    periods = ((_("Score before"), found.before), (_("Score since"), found.since))
    for label, period in periods:
        if period is not None and period.share.value is not None:
            visits = say(Text("visits_counted", n=period.visits))
            stats.append((str(label), _share(period.share.value), visits))
    value = found.fidelity.share.value
    if value is not None:
        note = str(_("since %(day)s", day=day(since))) if since else ""
        stats.insert(0, (str(_("Mandatory steps done")), _share(value), note))
    return tuple(stats)


def _share(value: float) -> str:
    return figure(Figure(FigureKind.SHARE, value))
