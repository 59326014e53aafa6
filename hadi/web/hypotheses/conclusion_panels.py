"""The Insight quadrant of a hypothesis's page: what was learned, decided, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.lifecycle import Decision, State
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Conclusion, Hypothesis
from hadi.services import hypotheses, narrowing, unit_changes
from hadi.web.shared.language import day, say


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as it was taken; `override` and `is_unassessed` stay visible for ever."""

    code: str
    label: str
    reason: str
    who: str
    when: str
    override: str = ""
    is_unassessed: bool = False
    is_reopened: bool = False


@dataclass(frozen=True, slots=True)
class InsightPanel:
    """The insight as far as it is written, and the decision in force (None: none yet)."""

    url: str
    is_ahead: bool
    can_write: bool
    can_decide: bool
    next_hypothesis_url: str | None  # None for those who write none
    learned: str = ""
    holds_where: str = ""
    narrowed_to: str | None = None  # after a wave that did not hold
    next: str = ""
    cause: str = ""
    decision: DecisionLine | None = None
    reopen_url: str | None = None  # the page where a leader takes the decision back
    check_again: tuple[str, ...] = ()  # what has changed since where it was tested

    @property
    def is_written(self) -> bool:
        return bool(self.learned or self.holds_where or self.next)


def panel(hypothesis: Hypothesis, actor: Actor) -> InsightPanel:
    """The insight and the decision of the current test, as the quadrant shows them."""
    test = hypothesis.current_test
    stake = hypotheses.stake(hypothesis)
    conclusion = hypotheses.conclusion_in_force(hypothesis)
    # A decision keeps the text it was taken with; until then the test holds it as it grows.
    written = conclusion or test
    is_concluded = hypothesis.state is State.CONCLUDED
    changed = unit_changes.of_conclusions([conclusion]) if conclusion else {}
    url = url_for("hypotheses.conclusion", key=hypothesis.key)
    return InsightPanel(
        url=url,
        is_ahead=hypothesis.state in (State.IDEA, State.PLANNED, State.RUNNING),
        can_write=not is_concluded
        and not hypothesis.is_archived
        and allows(actor, Permission.WRITE_INSIGHT, stake),
        can_decide=hypothesis.state is State.MEASURED and allows(actor, Permission.CONCLUDE, stake),
        learned=written.learned if written else "",
        holds_where=written.holds_where if written else "",
        narrowed_to=narrowing.of(conclusion) if conclusion else None,
        next=written.next if written else "",
        cause=say(Text(f"cause_{written.cause}")) if written and written.cause else "",
        decision=decision_line(conclusion) if conclusion else None,
        next_hypothesis_url=next_hypothesis_url(hypothesis)
        if allows(actor, Permission.CREATE_HYPOTHESIS, stake)
        else None,
        reopen_url=url_for("hypotheses.reopen", key=hypothesis.key)
        if is_concluded and allows(actor, Permission.REOPEN, stake)
        else None,
        check_again=tuple(say(text) for texts in changed.values() for text in texts),
    )


def decision_line(conclusion: Conclusion) -> DecisionLine:
    """A stored decision in words."""
    return DecisionLine(
        code=conclusion.decision.value,
        label=decision_word(conclusion.decision),
        reason=conclusion.reason,
        who=conclusion.author.name,
        when=day(conclusion.created_at),
        override=conclusion.override,
        is_unassessed=conclusion.is_payback_acknowledged,
        is_reopened=conclusion.reopened_at is not None,
    )


def decision_word(decision: Decision) -> str:
    match decision:
        case Decision.SCALE:
            return str(_("Scale"))
        case Decision.STOP:
            return str(_("Stop"))
        case Decision.REPEAT:
            return str(_("Repeat"))
        case Decision.PARK:
            return str(_("Park"))


def next_hypothesis_url(hypothesis: Hypothesis) -> str:
    """Where a hypothesis linked to this one is written."""
    return url_for("hypotheses.new", after=hypothesis.key)
