"""Decisions through the services: what each asks for, sets in motion, and leaves on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Conclusion, Hypothesis


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def conclude(world: World, hypothesis: Hypothesis, decision: str, **more: Any) -> Conclusion:
    from hadi.domain.lifecycle import Decision, Insight
    from hadi.services import conclusions

    role = more.pop("role", "leader")
    more.setdefault("insight", Insight("cables sell", "open aisles", "try bulbs"))
    more.setdefault("reason", "the numbers are clear")
    return conclusions.record(
        hypothesis.id, decision=Decision(decision), by=world.actor(role), now=world.later(), **more
    )


def codes(refused: Any) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def test_every_part_that_is_missing_is_said_at_once(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.domain.lifecycle import Insight

    with pytest.raises(Blocked) as refused:
        conclude(world, world.measured(), "stop", reason=" ", insight=Insight("x"))
    assert codes(refused) == ["needs_decision_reason", "needs_holds_where", "needs_next"]


def test_a_decision_takes_the_insight_written_so_far(world: World) -> None:
    from hadi.domain.lifecycle import Insight
    from hadi.services import conclusions

    hypothesis = world.measured()
    conclusions.write_insight(
        hypothesis.id, insight=Insight("a", "b", "c"), by=world.actor(), now=world.later()
    )
    made = conclude(world, hypothesis, "park", role="member", insight=None)
    assert (made.learned, made.holds_where, made.next) == ("a", "b", "c")
    assert made.analysis_id == hypothesis.current_test.result_id  # type: ignore[union-attr]


def test_scaling_asks_for_a_leader_the_payback_and_open_gates(world: World) -> None:
    from hadi.domain.errors import Blocked

    proxy = [{"name": "Score", "kind": "conversion", "columns": ["s"], "role": "primary",
              "threshold": 0.9, "better": "higher", "proxy": True}]  # fmt: skip
    hypothesis = world.measured(metrics=proxy)
    with pytest.raises(Blocked) as refused:
        conclude(world, hypothesis, "scale", role="member")
    assert codes(refused) == [
        "not_allowed.conclusion.scale", "scale_payback_unacknowledged", "scale_not_confirmed",
        "scale_proxy",
    ]  # fmt: skip
    made = conclude(
        world, hypothesis, "scale", acknowledge_payback=True, override="we know this shop"
    )
    assert made.override == "we know this shop" and made.is_payback_acknowledged


def test_only_scaling_reaches_the_board(world: World) -> None:
    from hadi.db import db
    from hadi.models import Rollout

    def queue() -> int:
        return db.session.query(Rollout).count()

    conclude(world, world.measured(), "stop", override="ignored")
    assert queue() == 0
    made = conclude(world, world.measured("greet"), "scale", acknowledge_payback=True)
    assert queue() == 1 and made.override == ""


def test_a_decision_taken_twice_is_refused_and_kept_once(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import events, hypotheses

    hypothesis = world.measured()
    made = conclude(world, hypothesis, "stop")
    with pytest.raises(Blocked) as refused:
        conclude(world, hypothesis, "park")
    assert codes(refused) == ["wrong_state.conclude"]
    assert hypotheses.conclusion_in_force(hypothesis) is made
    assert events.history(hypothesis_id=hypothesis.id)[0].verb == "refused"


def test_a_stale_decision_writes_nothing(world: World) -> None:
    from hadi.domain.errors import Stale

    hypothesis = world.measured()
    with pytest.raises(Stale):
        conclude(world, hypothesis, "stop", version=hypothesis.version - 1)
    assert hypothesis.state.value == "measured"


def test_who_may_not_write_is_refused_and_logged(world: World) -> None:
    from hadi.domain.errors import NotAllowed
    from hadi.domain.lifecycle import Insight
    from hadi.services import conclusions, events

    hypothesis = world.measured()
    with pytest.raises(NotAllowed):
        conclusions.write_insight(
            hypothesis.id, insight=Insight("x"), by=world.actor("viewer"), now=world.later()
        )
    latest = events.history(hypothesis_id=hypothesis.id)[0]
    assert latest.details == {"step": "write_insight", "blockers": ["not_allowed.insight.write"]}
