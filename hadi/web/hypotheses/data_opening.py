"""When the check shows its result, as the page of the data says it: by the looks of the plan."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.text import Figure, FigureKind, Text, one_stop
from hadi.web.shared.language import day, figure


@dataclass(frozen=True, slots=True)
class Opening:
    """`sentence` says when the result opens, where the plan says so; the rest is the way to see
    it, or to end the test, before that."""

    sentence: str | None
    early: Early


@dataclass(frozen=True, slots=True)
class Early:
    """A title, what it costs, what has to be said for it (`unsaid`: where it was not), the
    button; then `told` right after it, and `note` beside the reason for ever."""

    title: str
    price: str
    question: str
    unsaid: Text
    button: str
    told: str
    note: str


def opening(plan: Plan, *, is_over: bool = False) -> Opening:
    """What the plan's looks mean for whoever runs the check; nothing opens once all `is_over`."""
    if is_over:
        return Opening(None, early(plan.looks))
    end = _end(plan)
    match plan.looks:
        case Looks.FIXED:
            return Opening(_fixed(end), early(plan.looks))
        case Looks.ANYTIME:
            return Opening(_anytime(end), early(plan.looks))
        case Looks.PLANNED:
            return Opening(_planned(plan, end), early(plan.looks))


def early(looks: Looks) -> Early:
    """What it is called to look, or to end, before the plan says so."""
    match looks:
        case Looks.FIXED:
            return _early()
        case Looks.ANYTIME:
            return _ending()
        case Looks.PLANNED:
            return _off_schedule()


def _fixed(end: str | None) -> str | None:
    if end is None:
        return None
    said = _(
        "The result opens %(when)s. Before that the check shows how healthy the data are, and"
        " no numbers that chance plays with.",
        when=end,
    )
    return one_stop(said, [end])


def _anytime(end: str | None) -> str:
    honest = str(_("The result may be opened at any moment: its interval stays honest."))
    if not end:
        return honest
    return " ".join([honest, one_stop(_("The test ends %(when)s.", when=end), [end])])


def _planned(plan: Plan, end: str | None) -> str:
    n = plan.look_count or 2
    steps = str(_("The result opens at %(n)s looks, at even steps of the planned units.", n=n))
    return " ".join([steps, _("The last one comes %(when)s.", when=end)]) if end else steps


def _early() -> Early:
    price = _(
        "Looking early makes luck look like an effect: with daily looks about one useless change"
        " in four turns green. The reason is logged, and the verdict says that it was opened early."
    )
    return Early(
        title=_("Open the result early"),
        price=price,
        question=_("Why must it be opened before the end?"),
        unsaid=Text("early_needs_reason"),
        button=_("Open it now"),
        told=_("The result was opened before the planned end; that stays on record."),
        note=_("Opened before the planned end:"),
    )


def _ending() -> Early:
    price = _(
        "Nothing is lost by looking. Ending before the planned end is your decision: the reason is"
        " logged, and the verdict says that the test ended early."
    )
    return Early(
        title=_("End the test here"),
        price=price,
        question=_("Why does the test end here?"),
        unsaid=Text("ending_needs_reason"),
        button=_("End it now"),
        told=_("The test was ended before its planned end; that stays on record."),
        note=_("Ended before the planned end:"),
    )


def _off_schedule() -> Early:
    price = _(
        "A look off the schedule spends what is due of the risk at that moment. The reason is"
        " logged, and the verdict says that it was opened early."
    )
    return Early(
        title=_("Look off the schedule"),
        price=price,
        question=_("Why look off the schedule?"),
        unsaid=Text("off_schedule_needs_reason"),
        button=_("Open it now"),
        told=_("The look off the schedule was taken; that stays on record."),
        note=_("Looked off the schedule:"),
    )


def _end(plan: Plan) -> str | None:
    """When the test ends, as a sentence goes on."""
    if plan.planned_units:
        n = figure(Figure(FigureKind.COUNT, plan.planned_units))
        is_clustered = plan.design is Design.CLUSTER
        reached = (
            _("when every arm has %(n)s clusters", n=n)
            if is_clustered
            else _("when every arm has %(n)s units", n=n)
        )
        if plan.own is not None:
            reached = ngettext(
                "when %(n)s period since the change is over",
                "when %(n)s periods since the change are over",
                plan.planned_units,
                n=n,
            )
        if plan.ends_on is None:
            return str(reached)
        return str(_("%(reached)s, or after %(day)s", reached=reached, day=day(plan.ends_on)))
    return str(_("after %(day)s", day=day(plan.ends_on))) if plan.ends_on else None
