"""Whether a pilot can succeed, by token: past weeks in, an answer out, a draw that is repeated."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.api.world import Journey, People
from tests.factories.past_weeks import past_weeks


@pytest.fixture
def here(journey: Journey) -> str:
    return f"/hypotheses/{journey.idea()['id']}"


def attached(people: People, here: str, **form: Any) -> Any:
    file = (io.BytesIO(past_weeks()), "weeks.csv")
    return people.member.post(f"{here}/pilot-check", data={"file": file, **form})


def test_before_anything_it_says_what_it_needs(people: People, here: str) -> None:
    found = people.member.get(f"{here}/pilot-check").json
    assert found["history"] is None
    assert len(found["missing"]) == 2
    assert found["smallest_attainable_p"] is None


def test_past_weeks_say_what_a_pilot_can_show(people: People, here: str) -> None:
    found = attached(people, here)
    assert found.status_code == 200, found.text
    history = found.json["history"]
    assert history["columns"] == {
        "site": "store", "time": "week", "value": "revenue", "divisor": None, "stratum": "region"
    }  # fmt: skip
    assert len(history["sites"]) == 15
    # One of fifteen: no data whatever reach 5 % by placebo.
    assert found.json["smallest_attainable_p"] == pytest.approx(1 / 15)
    assert found.json["detectable_effect"] is None
    assert "0.067" in found.json["alarm"]
    two = [row for row in found.json["reaches"] if row["treated"] == 2]
    assert two[0]["smallest_attainable_p"] == pytest.approx(1 / 105)
    assert two[0]["detectable_effect"] > 0
    assert [one["site"] for one in found.json["pilots"]] != []


def test_columns_can_be_chosen_otherwise_and_are_checked(people: People, here: str) -> None:
    attached(people, here)
    chosen = people.member.post(f"{here}/pilot-check", {"stratum": "", "site": "region"})
    assert chosen.status_code == 422
    assert chosen.json["fields"].keys() == {"stratum"}
    wrong = people.member.post(f"{here}/pilot-check", {"value": "sales"})
    assert wrong.status_code == 422
    assert "sales" in wrong.json["fields"]["value"]


def test_a_draw_is_logged_and_its_seed_repeats_it(people: People, here: str) -> None:
    attached(people, here)
    drawn = people.member.post(f"{here}/pilot-draw", {"count": 2, "seed": 7})
    assert drawn.status_code == 201, drawn.text
    assert drawn.json["seed"] == 7
    assert len(drawn.json["sites"]) == 2
    again = people.member.post(f"{here}/pilot-draw", {"count": 2, "seed": 7})
    assert again.json["sites"] == drawn.json["sites"]
    plan = people.member.get(f"{here}/plan").json
    assert plan["design"] == "pilot"
    assert plan["treated"] == drawn.json["sites"]
    assert len(people.member.get(f"{here}/pilot-check").json["draws"]) == 2
    verbs = [event["verb"] for event in people.member.get(f"{here}/events").json]
    assert verbs.count("pilots_drawn") == 2


@pytest.mark.parametrize(
    "body",
    [
        {"count": 0},
        {"count": "two"},
        {"count": 15},
        {"count": 1, "candidates": ["s01"]},
        {"count": 1, "candidates": ["s01", "nowhere"]},
        {"count": 1, "seed": -1},
        {"count": 1, "seed": 1.5},
        {"count": 1, "of": "all"},
        {},
    ],
)
def test_a_draw_that_cannot_be_meant_is_refused(people: People, here: str, body: Any) -> None:
    attached(people, here)
    refused = people.member.post(f"{here}/pilot-draw", body)
    assert refused.status_code == 422, refused.text
    assert "JSON object" not in refused.text


def test_whoever_may_not_plan_may_look_and_not_change(people: People, here: str) -> None:
    attached(people, here)
    assert people.viewer.get(f"{here}/pilot-check").status_code == 200
    file = (io.BytesIO(past_weeks()), "weeks.csv")
    assert people.viewer.post(f"{here}/pilot-check", data={"file": file}).status_code == 403
    assert people.viewer.post(f"{here}/pilot-draw", {"count": 1}).status_code == 403
