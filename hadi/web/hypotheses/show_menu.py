"""What else can be done with a hypothesis: only what this person may do, and what its state
allows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.lifecycle import MOVES, State, Step
from hadi.domain.permissions import Actor, Permission, allows
from hadi.models import Hypothesis
from hadi.services import hypotheses


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu. `is_post`: done at once, by a form; otherwise a page asks further."""

    code: str
    label: str
    url: str
    icon: str
    is_post: bool = False


def menu_of(hypothesis: Hypothesis, actor: Actor) -> tuple[MenuItem, ...]:
    """The secondary actions, the most used first."""
    stake = hypotheses.stake(hypothesis)
    items = []
    if not hypothesis.is_archived and allows(actor, Permission.EDIT_HYPOTHESIS, stake):
        is_fixed = hypothesis.state not in (State.IDEA, State.PLANNED)
        label = gettext("Edit the short title") if is_fixed else gettext("Edit the sentence")
        url = url_for("hypotheses.edit", key=hypothesis.key)
        items.append(MenuItem("edit", label, url, "pencil"))
    if allows(actor, Permission.CREATE_HYPOTHESIS):
        url = url_for("hypotheses.new", after=hypothesis.key)
        items.append(MenuItem("next", gettext("Write the next hypothesis"), url, "plus"))
    url = url_for("hypotheses.execution", key=hypothesis.key)
    items.append(MenuItem("execution", gettext("Is it carried out?"), url, "list-checks"))
    for step, label, icon, is_post in _steps():
        move = MOVES[step]
        if hypothesis.state in move.sources and allows(actor, move.permission, stake):
            url = url_for(f"hypotheses.{step.value}", key=hypothesis.key)
            items.append(MenuItem(step.value, label, url, icon, is_post))
    return tuple(items)


def _steps() -> tuple[tuple[Step, str, str, bool], ...]:
    return (
        (Step.REPEAT, gettext("Repeat the test"), "copy", True),
        (Step.REOPEN, gettext("Reopen the decision"), "undo-2", False),
        (Step.ARCHIVE, gettext("Archive"), "archive", False),
    )
