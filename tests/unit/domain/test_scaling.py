"""The gates of scaling, and the moves of the board."""

from __future__ import annotations

import pytest

from hadi.domain.scaling import (
    ROLLOUT_MOVES,
    Evidence,
    Payback,
    RolloutStatus,
    blockers,
    move_blockers,
)
from hadi.domain.text import Text


def codes(evidence: Evidence, **given: object) -> list[str]:
    known = {"is_leader": True, "is_payback_acknowledged": True, "override": ""} | given
    return [b.code for b in blockers(evidence, **known)]  # type: ignore[arg-type]


def test_a_confirmed_direct_result_passes_once_payback_is_acknowledged() -> None:
    winner = Evidence("confirmed")
    assert codes(winner) == []
    assert codes(winner, is_payback_acknowledged=False) == ["scale_payback_unacknowledged"]


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (Evidence("refuted"), "scale_not_confirmed"),
        (Evidence("confirmed", is_proxy=True), "scale_proxy"),
        (Evidence("confirmed", guardrails=(("returns", "breached"),)), "scale_guardrail_breached"),
        (Evidence("confirmed", guardrails=(("returns", "unproven"),)), "scale_guardrail_unproven"),
        (Evidence("confirmed", is_promotable_grade=False), "scale_weak_evidence"),
        (Evidence("confirmed", payback=Payback.MAY_PAY_BACK), "scale_may_pay_back"),
        (Evidence("confirmed", left=Text("effect_open", effect="+10%")), "scale_fading"),
    ],
)
def test_each_gate_stops_and_a_written_override_opens_it(evidence: Evidence, code: str) -> None:
    assert codes(evidence) == [code]
    assert codes(evidence, override="the season ends on Friday") == []


def test_nothing_written_opens_a_plan_after_the_fact() -> None:
    found = codes(Evidence("confirmed", is_post_factum=True), override="the season ends")
    assert found == ["scale_post_factum"]


def test_only_a_leader_scales_even_with_an_override() -> None:
    found = codes(Evidence("confirmed"), is_leader=False, override="I am sure")
    assert found == ["not_allowed.conclusion.scale"]


def test_an_override_does_not_acknowledge_the_payback() -> None:
    found = codes(Evidence("refuted"), is_payback_acknowledged=False, override="strategy")
    assert found == ["scale_payback_unacknowledged"]


def test_verified_and_did_not_hold_need_the_measurement_that_says_so() -> None:
    rolling = RolloutStatus.ROLLING_OUT
    for to, held in ((RolloutStatus.VERIFIED, True), (RolloutStatus.DID_NOT_HOLD, False)):
        assert move_blockers(rolling, to, [held]) == ()
        assert move_blockers(rolling, to, [None])
        assert move_blockers(rolling, to, [not held])
        assert move_blockers(rolling, to, [])


def test_a_card_goes_only_where_the_table_says() -> None:
    for source in RolloutStatus:
        for to in RolloutStatus:
            if to is source:
                assert move_blockers(source, to, []) == ()
            elif to not in ROLLOUT_MOVES[source]:
                assert [b.code for b in move_blockers(source, to, [True])] == [
                    "rollout_no_such_move"
                ]
