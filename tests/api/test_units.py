"""Units through the API: entered, changed, imported, logged, and named by hypotheses."""

from __future__ import annotations

from typing import Any

from tests.api.world import INSIGHT, Journey, People


def store(people: People, code: str = "S-07", **parts: Any) -> dict[str, Any]:
    body = {
        "kind": "store", "code": code, "name": f"Store {code}",
        "responsible": people.member.email, "sales_model": "passive", "technology": "self-service",
    } | parts  # fmt: skip
    made = people.analyst.post("/units", body, headers={"Idempotency-Key": f"{code}"})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.get_json()
    assert made.headers["Location"] == f"/api/v1/units/{found['id']}"
    return found


def test_a_unit(people: People) -> None:
    north = store(people, "N", kind="territory")
    made = store(people, aliases=["Riga 7"], parent="n", region="Baltic")
    assert (made["parent"]["code"], made["is_ready"], made["version"]) == ("N", True, 1)
    assert store(people, aliases=["Riga 7"], parent="n", region="Baltic")["id"] == made["id"]
    path = f"/units/{made['id']}"
    assert people.viewer.get("/units/s-07").get_json()["id"] == made["id"]
    assert people.viewer.get("/units/nowhere").status_code == 404
    assert people.member.patch(path, {"region": "West"}).status_code == 403
    assert people.analyst.patch(path, {"region": "West"}, etag=None).status_code == 428
    assert people.analyst.patch(path, {"region": "West"}, etag='"7"').status_code == 412
    edited = people.analyst.patch(path, {"technology": "cold calls"}, etag='"1"').get_json()
    assert edited["region"] == "Baltic" and "other sales model" in edited["warnings"][0]
    assert people.analyst.post(f"{path}/close").get_json()["is_closed"] is True
    assert people.analyst.post(f"{path}/close").status_code == 409
    listed = people.viewer.get("/units").get_json()
    assert [each["id"] for each in listed] == [north["id"]]
    closed = people.viewer.get("/units?shown=closed&q=riga&kind=store").get_json()
    assert [each["id"] for each in closed] == [made["id"]]
    assert people.analyst.post(f"{path}/reopen").get_json()["is_closed"] is False


def test_what_a_unit_refuses(people: People) -> None:
    refused = people.analyst.post("/units", {"name": "x" * 121})
    assert refused.status_code == 422
    assert refused.get_json()["fields"].keys() == {"kind", "code", "name", "responsible"}
    assert people.analyst.post("/units", {"colour": "red"}).status_code == 422
    assert people.member.post("/units", {}).status_code == 403
    assert people.viewer.get("/units?kind=castle").status_code == 422


def test_the_log_of_a_unit(people: People) -> None:
    here = f"/units/{store(people)['id']}/weeks"
    made = people.member.post(here, {"week": "2026-01-21", "staff": 8, "staff_new": 2})
    assert made.status_code == 200, made.text
    week = made.get_json()
    assert (week["week"], week["stock_out"]) == ("2026-01-19", False)
    again = people.member.post(here, {"week": "2026-01-20", "stock_note": "LED"}).get_json()
    assert (again["id"], again["staff"], again["stock_out"]) == (week["id"], 8, True)
    path = f"{here}/{week['id']}"
    assert people.viewer.get(f"{here}/2026-01-25").headers["ETag"] == '"2"'
    assert people.member.patch(path, {"staff": 1}, etag='"2"').status_code == 422
    assert people.member.patch(path, {"note": "rain"}, etag='"2"').get_json()["note"] == "rain"
    assert people.viewer.post(here, {"week": "2026-01-12", "staff": 8}).status_code == 403
    assert people.member.post(here, {"week": "2926-01-12", "staff": 8}).status_code == 422
    assert people.member.post(here, {"staff": 8}).status_code == 422
    assert len(people.viewer.get(here).get_json()) == 1
    assert people.member.send("DELETE", path).status_code == 204
    assert people.member.send("DELETE", path).status_code == 404


def test_a_list_is_stored_as_a_whole(people: People) -> None:
    text = "Code,Name,Kind,Technology\nS-1,Alfa,store,\nN,North,territory,\n"
    given = {"text": text, "responsible": people.member.email}
    seen = people.analyst.post("/units/import", given | {"dry_run": True}).get_json()
    assert (seen["is_stored"], seen["counts"]["add"]) == (False, 2)
    assert people.viewer.get("/units").get_json() == []
    assert people.analyst.post("/units/import", given).get_json()["is_stored"] is True
    wrong = people.analyst.post("/units/import", given | {"text": text + "S-2,,castle,\n"})
    assert wrong.status_code == 422
    assert {name.split(".")[2] for name in wrong.get_json()["fields"]} == {"kind", "name"}
    changed = {"text": "code\ttechnology\tmodel\nS-1\tself-service\tpassive\n"}
    done = people.analyst.post("/units/import", changed).get_json()
    assert done["lines"][0]["changes"]["technology"] == ["", "self-service"]
    assert len(people.viewer.get("/units").get_json()) == 2
    assert people.member.post("/units/import", given).status_code == 403
    assert people.analyst.post("/units/import", {"text": "Name\nx\n"}).status_code == 422


def test_where_a_hypothesis_runs(people: People, journey: Journey) -> None:
    store(people)
    store(people, "S-08", sales_model=None, technology="")
    key = journey.planned()["id"]
    here = f"/hypotheses/{key}/where"
    assert people.viewer.get(here).headers["ETag"] == '"0"'
    assert people.member.patch(here, {"units": ["S-07"]}, etag=None).status_code == 428
    refused = people.member.patch(here, {"units": ["nowhere"], "lever": "luck"}, etag='"0"')
    assert refused.status_code == 422
    said = people.member.patch(
        here, {"units": ["S-07", "s-08"], "lever": "check", "technology": "cold calls"}, etag='"0"'
    ).get_json()
    assert [each["is_ready"] for each in said["units"]] == [True, False]
    assert "Store S-07" in said["warnings"][0]
    assert people.member.patch(here, {"lever": None}, etag='"0"').status_code == 412
    start = people.member.post(f"/hypotheses/{key}/start")
    assert start.status_code == 409
    assert [each["code"] for each in start.get_json()["blockers"]] == ["unit_not_ready"]
    assert people.viewer.patch(here, {"lever": None}).status_code == 403
    people.member.patch(here, {"units": ["S-07"]})
    assert people.member.post(f"/hypotheses/{key}/start").status_code == 200


def test_the_stores_of_a_wave_beside_those_of_the_test(people: People, journey: Journey) -> None:
    tested = store(people, "S-1", format="mall", head="Ilze")
    store(people, "S-2", format="mall", head="Jonas")
    store(people, "S-3", format="kiosk", head="Ilze")
    rollout_id = scaled_in(people, journey, tested["code"])["rollout"]["id"]
    path = f"/rollouts/{rollout_id}/stores"
    found = people.viewer.get(f"{path}?scope=S-2;S-3;S-1,the moon").get_json()
    assert [each["code"] for each in found["tested"]] == ["S-1"] == [
        each["code"] for each in found["again"]
    ]  # fmt: skip
    assert [(each["code"], each["is_alike"]) for each in found["stores"]] == [
        ("S-2", True), ("S-3", False),
    ]  # fmt: skip
    assert found["stores"][1]["differences"] == [
        {"trait": "format", "here": "kiosk", "tested": ["mall"]}
    ]
    assert found["unread"] == ["the moon"] and "Jonas" in found["head"]
    empty = people.viewer.get(path).get_json()
    assert (empty["scope"], empty["stores"]) == ("", [])
    assert [each["code"] for each in empty["nearest"]] == ["S-2", "S-3"]
    assert empty["check_again"] == []
    change = {"technology": "consulting"}
    people.analyst.patch(f"/units/{tested['id']}", change, etag=f'"{tested["version"]}"')
    (said,) = people.viewer.get(path).get_json()["check_again"]
    assert said.startswith("Check again: the technology of Store S-1 changed")
    assert people.viewer.get("/rollouts/nowhere/stores").status_code == 404


def scaled_in(people: People, journey: Journey, code: str) -> dict[str, Any]:
    """A winner whose test is said to have run in a store."""
    made = journey.measured()
    where = f"/hypotheses/{made['key']}/where"
    assert people.member.patch(where, {"units": [code]}, etag='"0"').status_code == 200
    decision = {"decision": "scale", "reason": "It works", "insight": INSIGHT}
    decided = people.leader.post(f"/hypotheses/{made['id']}/conclusion", decision)
    assert decided.status_code == 201, decided.text
    found: dict[str, Any] = decided.get_json()
    return found
