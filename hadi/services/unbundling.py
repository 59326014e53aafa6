"""Several things changed at once, and the result speaks of all of them: each part becomes a
hypothesis of its own that follows from it, written as far as it can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from hadi.db import db, transaction
from hadi.domain.errors import Blocked, Blocker
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Event, Hypothesis
from hadi.services import events, hypotheses

VERB = "unbundled"


def parts_of(hypothesis: Hypothesis) -> tuple[str, ...]:
    """The parts that the result of the current test cannot tell apart; none where there is no
    result yet, one thing changed, or somebody has drafted them already."""
    found = _components(hypothesis)
    return () if not found or _is_drafted(hypothesis) else found


def draft(
    hypothesis_id: str, *, say: Callable[[Text], str], by: Actor, now: datetime
) -> list[Hypothesis]:
    """A hypothesis for each part. The effect promised is copied; the reason is not, for why one
    part alone should work was never said. `say` speaks the language of the hypothesis. Raises
    Blocked where there is nothing to part."""
    require(by, Permission.CREATE_HYPOTHESIS)
    with transaction():
        whole = hypotheses.locked(hypothesis_id)
        parts = _components(whole)
        if not parts:
            raise Blocked(Text("step_refused"), [Blocker(Text("unbundle_nothing"), "components")])
        if _is_drafted(whole):
            raise Blocked(Text("step_refused"), [Blocker(Text("unbundle_done"), "components")])
        drafted = [
            hypotheses.create(
                change=say(Text("unbundled_change", part=part, key=whole.key))[:LIMIT],
                effect=whole.effect, language=whole.language, previous=whole, by=by, now=now,
            )
            for part in parts
        ]  # fmt: skip
        assert whole.current_test is not None
        events.record(
            VERB, subject="hypothesis", subject_id=whole.id, by=by, now=now, hypothesis=whole,
            details={
                "test": whole.current_test.number,
                "drafted": ", ".join(each.key for each in drafted),
            },
        )  # fmt: skip
    return drafted


def _components(hypothesis: Hypothesis) -> tuple[str, ...]:
    """Of the plan that the result was judged by."""
    test = hypothesis.current_test
    if test is None or test.result is None:
        return ()
    pilot = test.result.plan_version.plan.pilot
    named = tuple(dict.fromkeys(pilot.components)) if pilot is not None else ()
    return named if len(named) > 1 else ()


def _is_drafted(hypothesis: Hypothesis) -> bool:
    test = hypothesis.current_test
    found = select(Event.details).where(Event.hypothesis_id == hypothesis.id, Event.verb == VERB)
    return any(test and each.get("test") == test.number for each in db.session.scalars(found))
