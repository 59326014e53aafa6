"""A test before and after by token, the whole way; and the season of a series that is sent."""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.api.world import INSIGHT, Journey, People

PROFILE = (700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900)
METRIC = {
    "name": "Revenue", "kind": "mean", "role": "primary", "threshold": "5%", "better": "higher",
}  # fmt: skip


def before_after(people: People, **changes: Any) -> dict[str, Any]:
    return {
        "design": "before_after",
        "time": "month",
        "value": "revenue",
        "start": "2025-05",
        "metrics": [METRIC],
        "budget": {"amount": "0", "currency": "EUR"},
        "planned_units": 3,
        "owner": people.member.email,
        "steward": people.analyst.user_id,
    } | changes


def content(*, effect: float = 0.0, noise: float = 0.01, first: int = 2021) -> str:
    """Months of years alike but for a wiggle, up to July 2025."""
    lines = ["month;revenue"]
    for place in range((2025 - first) * 12 + 7):
        year, month = first + place // 12, place % 12
        gain = 1.0 + effect if (year, month) >= (2025, 4) else 1.0
        value = PROFILE[month] * math.exp(noise * math.sin(2.7 * place + place**2)) * gain
        lines.append(f"{year}-{month + 1:02};{value:.2f}".replace(".", ","))
    return "\n".join(lines) + "\n"


@pytest.fixture
def running(journey: Journey, people: People) -> Any:
    """A test before and after that runs, by whatever differs from the plan above."""

    def start(**changes: Any) -> str:
        # Planned before the months after: what is planned after them is no test of them.
        people.app.config["CLOCK"] = lambda: datetime(2025, 1, 2, tzinfo=UTC)
        here = f"/hypotheses/{journey.idea()['id']}"
        put = people.member.put(f"{here}/plan", before_after(people, **changes))
        assert put.status_code == 200, put.text
        assert put.get_json()["blockers"] == []
        assert people.member.post(f"{here}/start").status_code == 200
        people.app.config["CLOCK"] = None
        return here

    return start


def judged(people: People, here: str, text: str) -> dict[str, Any]:
    file = (io.BytesIO(text.encode()), "months.csv")
    attached = people.analyst.post(f"{here}/datasets", data={"file": file})
    assert attached.status_code == 201, attached.text
    made = people.analyst.post(f"{here}/analyses")
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.get_json()
    return found


def test_a_real_change_is_a_hint_and_is_scaled_only_with_a_leaders_reason(
    running: Any, people: People
) -> None:
    here = running()
    found = judged(people, here, content(effect=0.15))
    assert (found["verdict"], found["evidence"]) == ("confirmed", "before_after")
    assert found["indicative"] is True
    assert "a hint and not a proof" in found["sentence"]
    lift = found["comparisons"][0]["lift"]
    assert lift["low"] < 0.15 < lift["high"]
    assert found["season"]["sum"] == pytest.approx(12)
    assert [c["status"] for c in found["checks"] if c["code"] == "years"] == ["pass"]

    decided = {"decision": "scale", "reason": "it pays", "insight": INSIGHT}
    refused = people.leader.post(f"{here}/conclusion", decided)
    assert refused.status_code == 409
    blockers = {blocker["code"] for blocker in refused.get_json()["blockers"]}
    assert "scale_weak_evidence" in blockers
    made = people.leader.post(
        f"{here}/conclusion", decided | {"override": "the other towns ask for it"}
    )
    assert made.status_code == 201, made.text


def test_a_plan_that_came_after_its_months_is_no_test_of_them(
    people: People, journey: Journey
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    assert people.member.put(f"{here}/plan", before_after(people)).status_code == 200
    assert people.member.post(f"{here}/start").status_code == 200
    found = judged(people, here, content(effect=0.15))
    assert found["verdict"] == "invalid"
    assert {c["code"] for c in found["checks"] if c["status"] == "fail"} == {"after_the_fact"}


def test_the_season_explains_all_of_it(running: Any, people: People) -> None:
    found = judged(people, running(), content())
    assert found["verdict"] == "refuted"
    assert "The season explains all of it" in found["sentence"]
    assert found["season"]["naive"] == pytest.approx(0.32, abs=0.03)
    assert found["season"]["adjusted"] == pytest.approx(0.0, abs=0.02)


def test_a_regression_takes_weeks_as_they_are(running: Any, people: People) -> None:
    lines = ["week,calls"]
    for place in range(160):
        day = date(2022, 6, 6) + timedelta(weeks=place)
        wave = 1.0 + 0.2 * math.sin(2 * math.pi * place / 52.18)
        wiggle = 1.0 + 0.05 * math.sin(place**2 * 1.7)
        gain = 1.3 if day >= date(2025, 1, 6) else 1.0
        year, week, _ = day.isocalendar()
        lines.append(f"{year}-W{week:02},{round(300 * wave * wiggle * gain)}")
    here = running(
        method="segmented", counts=True, start="2025-W02", time="week", value="calls",
        planned_units=20,
    )  # fmt: skip
    found = judged(people, here, "\n".join(lines))
    assert found["verdict"] == "confirmed"
    assert found["comparisons"][0]["method"] == "segmented_poisson"
    effect = found["season"]["regression"]["effect"]
    assert effect["low"] < 0.3 < effect["high"]


def test_a_plan_says_what_it_lacks_and_what_cannot_be_meant(
    people: People, journey: Journey
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}/plan"
    put = people.member.put(here, before_after(people, start=None, time="x", value="x"))
    codes = {blocker["code"] for blocker in put.get_json()["blockers"]}
    assert {"plan_needs_start", "plan_pilot_column_shared"} <= codes
    put = people.member.put(here, before_after(people, before="2025-03..2025-06"))
    assert {b["code"] for b in put.get_json()["blockers"]} == {"plan_before_late"}
    put = people.member.put(here, before_after(people, start="soon", before="2025"))
    assert set(put.get_json()["fields"]) == {"start", "before"}


def test_data_that_do_not_reach_over_the_start_are_refused(running: Any, people: People) -> None:
    here = running(start="2026-01")
    file = (io.BytesIO(content().encode()), "months.csv")
    refused = people.analyst.post(f"{here}/datasets", data={"file": file})
    assert refused.status_code == 422
    assert refused.get_json()["code"] == "season_start_last"


def test_a_series_that_is_sent_is_answered(people: People) -> None:
    rows = [
        {"time": f"{year}-{month + 1:02}", "value": PROFILE[month]}
        for year in (2022, 2023, 2024, 2025)
        for month in range(12)
        if year < 2025 or month < 7
    ]
    body = {"rows": rows, "before": "2025-02..2025-04", "after": "2025-05..2025-07"}
    found = people.viewer.post("/seasons", body).get_json()
    assert found["naive"] == pytest.approx(0.3216, abs=1e-4)
    assert found["adjusted"] == pytest.approx(0.0, abs=1e-9)
    assert (found["low"], found["high"]) == (None, None)
    assert found["sum"] == pytest.approx(12.0)
    for wrong, fields in (
        ({}, {"rows"}),
        ({"rows": rows, "text": "2025-01 3"}, {"rows"}),
        ({"rows": rows, "before": "spring", "after": "2025-05"}, {"before"}),
        ({"rows": rows, "before": "2025-02"}, {"after"}),
        ({"rows": rows, "over": "mode", "alpha": 0.7}, {"over", "alpha"}),
    ):
        refused = people.viewer.post("/seasons", wrong)
        assert refused.status_code == 422, refused.text
        assert set(refused.get_json()["fields"]) == fields
    refused = people.viewer.post("/seasons", {"text": "2025-01; 3\nthen nothing\n2025-03; 4"})
    assert refused.get_json()["code"] == "series_lines"


def test_kept_seasons(people: People, journey: Journey) -> None:
    answer = people.member.post("/seasons", {"text": "\n".join(content().splitlines()[1:])})
    coefficients = list(answer.get_json()["coefficients"].values())
    kept = people.member.post(
        "/season-profiles", {"name": "Shoe shops", "coefficients": coefficients}
    )
    assert kept.status_code == 201, kept.text
    here = f"/season-profiles/{kept.get_json()['id']}"
    assert kept.headers["Location"] == f"/api/v1{here}"
    assert people.viewer.get(here).get_json()["coefficients"] == pytest.approx(coefficients)
    assert [each["name"] for each in people.viewer.get("/season-profiles").get_json()] == [
        "Shoe shops"
    ]
    half = [{"time": f"2025-{n + 1:02}", "value": PROFILE[n]} for n in range(7)]
    spans = {"before": "2025-02..2025-04", "after": "2025-05..2025-07"}
    assert people.member.post("/seasons", {"rows": half, **spans}).status_code == 422
    used = people.member.post("/seasons", {"rows": half, "profile": "Shoe shops", **spans})
    assert used.get_json()["profile"]["name"] == "Shoe shops"
    assert abs(used.get_json()["adjusted"]) < 0.03
    key = journey.idea()["id"]
    plan = before_after(people, profile="Shoe shops")
    saved = people.member.put(f"/hypotheses/{key}/plan", plan)
    assert saved.status_code == 200, saved.text
    assert saved.get_json()["profile"]["name"] == "Shoe shops"
    assert people.viewer.send("DELETE", here).status_code == 403
    assert people.member.send("DELETE", here).status_code == 200
    assert people.member.get(here).status_code == 404
    assert people.member.send("DELETE", here).status_code == 409
    assert people.member.post(f"{here}/restore").status_code == 200
    for wrong in ({}, {"name": "x"}, {"name": "x", "coefficients": [1] * 11}, {"name": 3}):
        assert people.member.post("/season-profiles", wrong).status_code == 422
