"""The one thing to do next with a hypothesis, read from the lifecycle: what it is called, where it
is done, who may, and everything that stands in the way."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from hadi.domain.errors import Blocker
from hadi.domain.lifecycle import MOVES, Decision, State, Step
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Conclusion, Dataset, Hypothesis
from hadi.models.dataset import DatasetRole, Relation
from hadi.services import hypotheses
from hadi.web.hypotheses.links import obstacles
from hadi.web.shared.language import say
from hadi.web.shared.pages import Obstacle

STATEMENT = {"change", "effect", "reason"}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The primary action. `obstacles` block it, or (where it is the way to mend them) say what is
    still missing; `why_not` says who may do it, to those who may not. `once` names this copy of the
    form, as in every form."""

    label: str
    url: str
    icon: str
    is_post: bool = False
    obstacles: tuple[Obstacle, ...] = ()
    missing_title: str | None = None
    why_not: str | None = None
    once: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def is_blocked(self) -> bool:
        """A link leads to what mends it; only a step itself can be blocked."""
        return self.is_post and bool(self.obstacles)


@dataclass(frozen=True, slots=True)
class _Way:
    """Before the words of who may: where a step leads and what blocks it."""

    label: str
    endpoint: str
    permission: Permission
    icon: str = "arrow-right"
    is_post: bool = False
    anchor: str | None = None
    blockers: Sequence[Blocker] = ()
    missing_title: str | None = None
    arguments: dict[str, str] = field(default_factory=dict)
    has_key: bool = True


def next_step(
    hypothesis: Hypothesis, conclusion: Conclusion | None, *, actor: Actor
) -> NextStep | None:
    """What comes next; None where it cannot be done from here."""
    way = _way(hypothesis, conclusion)
    if way.endpoint not in current_app.view_functions:
        return None
    arguments: dict[str, Any] = dict(way.arguments)
    if way.has_key:
        arguments["key"] = hypothesis.key
    is_allowed = allows(actor, way.permission, hypotheses.stake(hypothesis))
    refusal = Text(f"not_allowed.{way.permission.value}")
    return NextStep(
        label=way.label,
        url=url_for(way.endpoint, **arguments, _anchor=way.anchor),
        icon=way.icon,
        is_post=way.is_post,
        obstacles=obstacles(hypothesis, way.blockers),
        missing_title=way.missing_title,
        why_not=None if is_allowed else say(refusal),
    )


def _way(hypothesis: Hypothesis, conclusion: Conclusion | None) -> _Way:
    match hypothesis.state:
        case State.IDEA:
            return _complete(hypothesis)
        case State.PLANNED:
            return _Way(
                gettext("Start the test"), "hypotheses.start", MOVES[Step.START].permission,
                icon="play", is_post=True, blockers=hypotheses.blockers(hypothesis, Step.START),
            )  # fmt: skip
        case State.RUNNING:
            return _bring_data(hypothesis)
        case State.MEASURED:
            # A result of data that were found wrong is nothing to learn from.
            unchecked = _unchecked(hypothesis)
            if unchecked is not None and unchecked.relation is Relation.CORRECTION:
                return _check()
            return _conclude(hypothesis)
        case State.CONCLUDED:
            return _go_on(hypothesis, conclusion)
        case State.ARCHIVED:
            return _Way(
                gettext("Bring it back"), "hypotheses.restore", MOVES[Step.RESTORE].permission,
                icon="undo-2", is_post=True,
            )  # fmt: skip


def _complete(hypothesis: Hypothesis) -> _Way:
    """An idea lacks parts of its sentence, of its plan, or both; each is listed with its link."""
    missing = hypotheses.blockers(hypothesis, Step.START)
    title = gettext("Before the test can start")
    if {blocker.field for blocker in missing} <= STATEMENT:
        return _Way(
            gettext("Complete the sentence"), "hypotheses.edit", Permission.EDIT_HYPOTHESIS,
            icon="pencil", blockers=missing, missing_title=title,
        )  # fmt: skip
    return _Way(
        gettext("Complete the plan"), "hypotheses.plan", MOVES[Step.PLAN].permission,
        icon="list-checks", blockers=missing, missing_title=title,
    )  # fmt: skip


def _bring_data(hypothesis: Hypothesis) -> _Way:
    """New data are checked; once checked, newer data are waited for."""
    if _unchecked(hypothesis) is not None:
        return _check(hypotheses.blockers(hypothesis, Step.MEASURE))
    has_some = _newest(hypothesis) is not None
    label = gettext("Attach newer data") if has_some else gettext("Attach data")
    return _Way(label, "hypotheses.data", Permission.ATTACH_DATA, icon="paperclip")


def _check(blockers: Sequence[Blocker] = ()) -> _Way:
    return _Way(
        gettext("Run the check"), "hypotheses.run_check", MOVES[Step.MEASURE].permission,
        icon="flask-conical", is_post=True, blockers=blockers,
    )  # fmt: skip


def _newest(hypothesis: Hypothesis) -> Dataset | None:
    """The data that a check would rest on: not those that only stand beside them."""
    test = hypothesis.current_test
    attached = [
        dataset
        for dataset in (test.datasets if test else ())
        if dataset.is_attached and dataset.role is DatasetRole.OUTCOME
    ]
    return max(attached, key=lambda dataset: dataset.version or 0, default=None)


def _unchecked(hypothesis: Hypothesis) -> Dataset | None:
    """The newest data, where no check rests on them yet."""
    test, found = hypothesis.current_test, _newest(hypothesis)
    checked = {analysis.dataset_id for analysis in test.analyses} if test else set()
    return None if found is None or found.id in checked else found


def _conclude(hypothesis: Hypothesis) -> _Way:
    test = hypothesis.current_test
    if test is None or not (test.learned and test.holds_where and test.next):
        return _Way(
            gettext("Write the insight"), "hypotheses.conclusion", Permission.WRITE_INSIGHT,
            icon="lightbulb", anchor="learned",
        )  # fmt: skip
    return _Way(
        gettext("Decide"), "hypotheses.conclusion", MOVES[Step.CONCLUDE].permission, icon="scale",
        anchor="decision",
    )  # fmt: skip


def _go_on(hypothesis: Hypothesis, conclusion: Conclusion | None) -> _Way:
    if conclusion is not None and conclusion.decision is Decision.SCALE:
        return _Way(
            gettext("See it on the scale-up board"), "scale.index", Permission.VIEW,
            icon="rocket", has_key=False,
        )  # fmt: skip
    return _Way(
        gettext("Write the next hypothesis"), "hypotheses.new", Permission.CREATE_HYPOTHESIS,
        icon="plus", arguments={"after": hypothesis.key}, has_key=False,
    )  # fmt: skip
