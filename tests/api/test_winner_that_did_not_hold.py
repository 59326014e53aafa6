"""A winner that fades, is scaled all the same, and does not hold elsewhere: by token, all the
way from its weeks to the choice of a leader."""

from __future__ import annotations

import io
import math
from typing import Any

import pytest

from tests.api.world import INSIGHT, Journey, People

SITES, BEFORE = 22, 16
WEEKLY = (0.31, 0.28, 0.24, 0.19, 0.15, 0.11, 0.08, 0.06)  # 17.75 % over all, 10 % lately
METRIC = {
    "name": "Sales", "kind": "mean", "role": "primary", "threshold": "15%", "better": "higher",
}  # fmt: skip


def content() -> str:
    """Weekly sales: the pilots have more, week by week less of it."""
    lines = ["store,week,sales"]
    for site in range(SITES):
        for week in range(1, BEFORE + len(WEEKLY) + 1):
            wiggle = 0.004 * math.sin(site * 2.4 + week * (1.3 + 0.1 * site))
            gain = 1.0 + WEEKLY[week - BEFORE - 1] if site < 2 and week > BEFORE else 1.0
            lines.append(f"s{site + 1:02},{week},{(100 + 5 * site) * math.exp(wiggle) * gain:.4f}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def measured(journey: Journey, people: People) -> str:
    """The address of a fading pilot that is measured."""
    made = journey.idea()
    here = f"/hypotheses/{made['id']}"
    plan = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales",
        "treated": ["s01", "s02"], "start": BEFORE + 1, "metrics": [METRIC],
        "budget": {"amount": "500", "currency": "EUR"}, "planned_units": len(WEEKLY),
        "owner": people.member.email, "steward": people.analyst.user_id,
        "money": {"currency": "EUR", "value_per_unit": "1", "margin": 0.5,
                  "payback_limit_weeks": 26},
    }  # fmt: skip
    assert people.member.put(f"{here}/plan", plan).status_code == 200
    assert people.member.post(f"{here}/start").status_code == 200
    file = (io.BytesIO(content().encode()), "stores.csv")
    assert people.analyst.post(f"{here}/datasets", data={"file": file}).status_code == 201
    ran = people.analyst.post(f"{here}/analyses")
    assert ran.status_code == 201, ran.text
    assert ran.get_json()["verdict"] == "confirmed"  # the rule looks at all of the time
    return here


def codes(answer: Any, status: int = 409) -> list[str]:
    assert answer.status_code == status, answer.text
    return [blocker["code"] for blocker in answer.get_json()["blockers"]]


def test_a_winner_that_fades_and_does_not_hold(measured: str, people: People) -> None:
    leader = people.leader
    decision = {"decision": "scale", "reason": "It sells", "insight": INSIGHT}
    refused = leader.post(f"{measured}/conclusion", decision)
    assert codes(refused) == ["scale_fading"]
    assert "watch it longer" in refused.get_json()["blockers"][0]["detail"]
    scaled = leader.post(f"{measured}/conclusion", decision | {"override": "Before the season"})
    assert scaled.status_code == 201, scaled.text

    there = f"/rollouts/{scaled.get_json()['rollout']['id']}"
    promised = leader.get(there).get_json()["promised"]
    assert promised["unit"] == "relative"
    assert promised["estimate"] == pytest.approx(0.10, abs=0.01)
    assert promised["low"] < promised["estimate"] < promised["high"] < promised["over_all"]
    assert promised["over_all"] == pytest.approx(0.1775, abs=0.01)
    level = sum(100 + 5 * site for site in range(2))  # what both pilots would have had
    gain = leader.get(there).get_json()["margin_per_week"]
    assert gain["estimate"] == pytest.approx(0.5 * promised["estimate"] * level, rel=0.02)

    wave = {"scope": "five stores in another region"}
    assert leader.post(f"{there}/waves", wave).status_code == 201
    stores = {"stores": [0.09, -0.04, 0.06, 0.01, 0.08]}
    denied = leader.post(f"{there}/waves/1/measurements", stores | {"held": True})
    assert codes(denied) == ["wave_cannot_have_held"]
    taken = leader.post(f"{there}/waves/1/measurements", stores)
    assert taken.status_code == 201, taken.text
    found = taken.get_json()["measurement"]
    assert (found["held"], found["effect"]) == (False, pytest.approx(0.04))
    assert (round(found["low"], 3), round(found["high"], 3)) == (-0.027, 0.107)
    assert taken.get_json()["rollout"]["status"] == "did_not_hold"

    assert codes(leader.post(f"{there}/waves", wave)) == ["wave_after_not_held"]
    tag = {"If-Match": leader.get(there).headers["ETag"]}
    assert codes(leader.patch(there, {"status": "rolling_out"}, tag["If-Match"])) == [
        "repair_needs_reason"
    ]
    narrowed = {
        "status": "rolling_out", "reason": "A mentor in one of five", "narrow_to": "With a mentor",
    }  # fmt: skip
    moved = leader.patch(there, narrowed, leader.get(there).headers["ETag"])
    assert moved.status_code == 200, moved.text
    told = moved.get_json()
    assert (told["status"], told["narrowed_to"], len(told["waves"])) == (
        "rolling_out", "With a mentor", 2,
    )  # fmt: skip
    events = leader.get(f"{measured}/events").get_json()
    verbs = [event["verb"] for event in events]
    assert "rollout_narrowed" in verbs and verbs.count("refused") >= 4
    kept = leader.get(measured).get_json()["conclusion"]
    assert kept["insight"]["holds_where"] == INSIGHT["holds_where"]  # as it was decided


def test_a_measurement_without_numbers_has_to_be_said(journey: Journey, people: People) -> None:
    there = f"/rollouts/{journey.scaled()['rollout']['id']}"
    assert people.leader.post(f"{there}/waves", {"scope": "x"}).status_code == 201
    asked = people.leader.post(f"{there}/waves/1/measurements", {})
    assert asked.status_code == 422 and set(asked.get_json()["fields"]) == {"held"}
    assert people.leader.post(f"{there}/waves/1/measurements", {"held": None}).status_code == 422
