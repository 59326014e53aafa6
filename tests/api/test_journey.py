"""The whole way by token: idea, plan, start, data, verdict, insight, scale, measured again."""

from __future__ import annotations

import io
import json
from typing import Any

from tests.api.world import CLEAR, INSIGHT, ROLES, STATEMENT, Journey, People, plan


def test_the_whole_journey(people: People) -> None:
    lead, analyst, leader = people.member, people.analyst, people.leader

    made = lead.post("/hypotheses", {"change": STATEMENT["change"]})
    assert made.status_code == 201 and made.headers["ETag"]
    hypothesis = made.get_json()
    here = f"/hypotheses/{hypothesis['key']}"
    assert made.headers["Location"] == f"/api/v1/hypotheses/{hypothesis['id']}"
    assert hypothesis["state"] == "idea" and hypothesis["plan"] is None
    assert hypothesis["sentence"] == "If we offer an extended warranty at the till."

    edited = lead.patch(here, STATEMENT, etag=made.headers["ETag"])
    assert edited.status_code == 200
    assert edited.get_json()["sentence"] == (
        "If we offer an extended warranty at the till, then more customers buy one, because they "
        "are asked at the right moment."
    )

    half = lead.put(f"{here}/plan", {"design": "split", "control": "A"}, edited.headers["ETag"])
    assert half.status_code == 200
    codes = {blocker["code"] for blocker in half.get_json()["blockers"]}
    assert codes == {
        "plan_needs_owner", "plan_needs_steward", "plan_needs_primary", "plan_needs_end",
        "plan_needs_budget",
    }  # fmt: skip
    written = lead.put(f"{here}/plan", plan(people), half.headers["ETag"])
    assert written.get_json()["state"] == "planned" and written.get_json()["blockers"] == []

    started = lead.post(f"{here}/start", headers={"If-Match": written.headers["ETag"]})
    assert started.get_json()["state"] == "running"
    assert len(started.get_json()["plan"]["digest"]) == 64

    attached = analyst.post(f"{here}/datasets", {"counts": CLEAR})
    assert attached.status_code == 201
    assert attached.get_json()["version"] == 1
    again = analyst.get(attached.headers["Location"].removeprefix("/api/v1"))
    assert again.get_json() == attached.get_json()

    ran = analyst.post(f"{here}/analyses", {})
    assert ran.status_code == 201
    result = ran.get_json()
    assert result["verdict"] == "confirmed" and result["real"] is True
    assert result["dataset_version"] == 1 and result["plan_version"] == 1
    assert lead.get(here).get_json()["state"] == "measured"

    decided = leader.post(
        f"{here}/conclusion", {"decision": "scale", "reason": "It works", "insight": INSIGHT}
    )
    assert decided.status_code == 201
    conclusion = decided.get_json()
    assert conclusion["acknowledge_payback"] is True
    rollout = conclusion["rollout"]
    assert rollout["status"] == "queued" and rollout["payback"] == "not_assessed"
    assert lead.get(here).get_json()["conclusion"]["insight"] == INSIGHT

    roll_out(people, rollout["id"])
    verbs = [event["verb"] for event in lead.get(f"{here}/events?page_size=200").get_json()]
    assert verbs[-1] == "created" and "wave_measured" in verbs and "became_concluded" in verbs


def roll_out(people: People, rollout_id: str) -> None:
    """From the queue to verified."""
    leader = people.leader
    there = f"/rollouts/{rollout_id}"
    read = leader.get(there)
    assert read.get_json()["promised"]["metric"] == "bought"
    assert abs(read.get_json()["promised"]["estimate"] - 0.06) < 1e-9
    moved = leader.patch(there, {"status": "rolling_out"}, read.headers["ETag"])
    assert moved.get_json()["status"] == "rolling_out"
    wave = leader.post(
        f"{there}/waves",
        {"scope": "Budapest", "starts_on": "2026-03-02", "measure_on": "2026-04-27"},
        headers={"If-Match": moved.headers["ETag"]},
    )
    assert wave.status_code == 201
    assert wave.get_json()["number"] == 1 and wave.get_json()["scope"] == "Budapest"
    assert wave.get_json()["rollout"]["next_measurement"] == "2026-04-27"
    measured = leader.post(
        f"{there}/waves/1/measurements",
        {"held": True, "effect": 0.05, "low": 0.02, "high": 0.08, "note": "As promised"},
    )
    assert measured.status_code == 201 and measured.get_json()["measurement"]["held"] is True
    verified = leader.patch(there, {"status": "verified"}, measured.headers["ETag"])
    assert verified.get_json()["status"] == "verified"
    listed = leader.get("/rollouts?status=verified").get_json()
    assert [each["id"] for each in listed] == [rollout_id]


def csv(rows: int = 1200, bought: str = "Vett") -> bytes:
    """An export with its own column names: B buys more often."""
    lines = [f"Csoport;{bought}"]
    lines += [f"A;{int(i % 10 == 0)}" for i in range(rows)]
    lines += [f"B;{int(i % 5 == 0)}" for i in range(rows)]
    return "\n".join(lines).encode("utf-8-sig")


def upload(content: bytes, filename: str = "export.csv", **form: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), filename), **form}}


def test_a_file_with_its_mapping(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}"
    mapping = json.dumps({"arm": "Csoport", "bought": "Vett"})
    sent = people.analyst.post(f"{here}/datasets", **upload(csv(), mapping=mapping))
    assert sent.status_code == 201, sent.text
    dataset = sent.get_json()
    assert dataset["rows"] == 2400 and dataset["kind"] == "file"
    assert [column["name"] for column in dataset["report"]["columns"]] == ["Csoport", "Vett"]
    assert dataset["mapping"]["bought"] == "Vett"
    result = people.analyst.post(f"{here}/analyses").get_json()
    assert result["verdict"] == "confirmed"
    assert {arm["name"]: arm["units"] for arm in result["arms"]} == {"A": 1200, "B": 1200}


def test_the_same_object_as_the_command_line(people: People, journey: Journey) -> None:
    from hadi.analysis.run import analyse
    from hadi.domain.plan import Plan
    from hadi.ingest.counts import CountsSource

    made = journey.with_data()
    result = people.analyst.post(f"/hypotheses/{made['id']}/analyses").get_json()
    body = {n: v for n, v in plan(people).items() if n not in ("owner", "steward")}
    record = json.loads(json.dumps(analyse(CountsSource(CLEAR), Plan.from_json(body)).as_json()))
    # When the plan was written, the server alone has seen.
    result["checks"] = [c for c in result["checks"] if c["code"] != "after_the_fact"]
    for name in ("verdict", "real", "clear", "arm", "sentence", "checks", "arms", "comparisons"):
        assert result[name] == record[name], name


def test_before_the_end_there_is_no_result(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.with_data(planned_units=50_000)['id']}"
    waiting = people.analyst.post(f"{here}/analyses").get_json()
    assert waiting["verdict"] == "not_yet" and waiting["is_final"] is False
    assert waiting["comparisons"][0]["p_value"] is None
    opened = people.analyst.post(f"{here}/analyses", {"open_early": "The stores are closing"})
    assert opened.get_json()["verdict"] == "confirmed"
    assert opened.get_json()["early_reason"] == "The stores are closing"
    assert people.member.get(here).get_json()["state"] == "measured"
    listed = people.member.get(f"{here}/analyses").get_json()
    assert [each["verdict"] for each in listed] == ["confirmed", "not_yet"]
    where = opened.headers["Location"].removeprefix("/api/v1")
    assert people.viewer.get(where).get_json() == opened.get_json()


def test_the_plan_that_is_read_can_be_written_back(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.planned()['id']}/plan"
    read = people.member.get(here)
    written = people.member.put(here, read.get_json() | {"alpha": 0.1}, read.headers["ETag"])
    assert written.status_code == 200 and written.get_json()["alpha"] == 0.1


def test_a_running_plan_changes_in_the_open(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/plan"
    refused = people.member.put(here, plan(people, planned_units=1500))
    assert refused.status_code == 409
    assert [b["code"] for b in refused.get_json()["blockers"]] == ["amendment_needs_reason"]
    amended = people.member.put(here, plan(people, planned_units=1500) | {"reason": "More stores"})
    assert amended.status_code == 200 and amended.get_json()["version"] == 2


def test_relative_thresholds_and_people_by_mail(people: People, journey: Journey) -> None:
    metric = {"name": "bought", "kind": "conversion", "role": "primary", "better": "higher"}
    body = plan(people, metrics=[metric | {"threshold": "5%"}], steward=people.analyst.email)
    made = journey.idea()
    written = people.member.put(f"/hypotheses/{made['id']}/plan", body).get_json()
    assert written["metrics"][0]["threshold"] == "5%"
    assert written["steward"] == people.analyst.user_id


def test_put_aside_brought_back_reopened(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.scaled()['hypothesis']['id']}"
    reopened = people.leader.post(f"{here}/reopen", {"reason": "The season was odd"})
    assert reopened.get_json()["state"] == "measured"
    assert reopened.get_json()["conclusion"] is None
    archived = people.leader.post(f"{here}/archive", {"reason": "The shop closed"})
    assert archived.get_json()["state"] == "archived"
    assert archived.get_json()["archive_reason"] == "The shop closed"
    restored = people.leader.post(f"{here}/restore")
    assert restored.get_json()["state"] == "measured"


def test_repeating_opens_the_next_test(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.measured()['id']}"
    body = {"decision": "repeat", "reason": "Once more in autumn", "insight": INSIGHT}
    decided = people.analyst.post(f"{here}/conclusion", body).get_json()
    assert decided["rollout"] is None
    assert decided["hypothesis"]["test"]["number"] == 2
    assert people.member.get(f"{here}/datasets").get_json()[0]["test"] == 1


def test_who_am_i_and_who_is_there(people: People) -> None:
    assert all(people.by_role[role].email for role in ROLES)
    me = people.analyst.get("/me").get_json()
    assert me["email"] == "analyst@example.com" and me["roles"] == ["analyst"]
    assert me["token"]["scopes"] == ["read", "write"]
    found = people.viewer.get("/people?q=LEADER").get_json()
    assert [person["email"] for person in found] == ["leader@example.com"]
