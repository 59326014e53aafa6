"""The calendar through the API, and what else happens while a test runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.test_exports import fetch, rows

if TYPE_CHECKING:
    from tests.api.world import Journey, People

SPRING: dict[str, Any] = {
    "name": "Spring promotion", "kind": "promotion", "starts_on": "2026-03-09",
    "ends_on": "22.03.2026", "scope": "units", "places": ["S03", "S07"],
}  # fmt: skip


def test_an_entry(people: People) -> None:
    made = people.member.post("/calendar", SPRING, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    entry = made.get_json()
    assert (
        people.member.post("/calendar", SPRING, headers={"Idempotency-Key": "one"}).get_json()["id"]
        == entry["id"]
    )
    assert [p["name"] for p in entry["places"]] == ["S03", "S07"]
    assert entry["ends_on"] == "2026-03-22"
    path = f"/calendar/{entry['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert people.viewer.get(path).headers["ETag"] == '"1"'
    assert people.member.patch(path, {"kind": "closure"}, etag=None).status_code == 428
    assert people.member.patch(path, {"kind": "closure"}, etag='"7"').status_code == 412
    edited = people.leader.patch(path, {"kind": "closure"}, etag='"1"').get_json()
    assert (edited["kind"], edited["name"], edited["version"]) == ("closure", SPRING["name"], 2)
    assert people.member.send("DELETE", path, headers={"If-Match": '"1"'}).status_code == 412
    assert people.member.send("DELETE", path).status_code == 204
    assert people.member.get(path).status_code == 404
    assert people.member.post(f"{path}/restore").status_code == 200
    assert people.member.post(f"{path}/restore").status_code == 409
    assert people.member.get(path).status_code == 200


def test_what_is_refused(people: People) -> None:
    wrong = people.member.post("/calendar", {"starts_on": "soon", "scope": "region"})
    assert wrong.status_code == 422
    assert set(wrong.get_json()["fields"]) == {"name", "kind", "starts_on", "places"}
    assert people.member.post("/calendar", SPRING | {"colour": "red"}).status_code == 422
    assert people.viewer.post("/calendar", SPRING).status_code == 403
    assert people.member.get("/calendar/no;such").status_code == 404
    assert people.member.get("/calendar?first=soon").status_code == 422


def test_a_list_and_its_files(people: People) -> None:
    easter = {"name": "Easter", "kind": "holiday", "starts_on": "2026-04-05"}
    for body in (SPRING, easter):
        people.analyst.post("/calendar", body)

    def names(query: str = "") -> list[str]:
        return [each["name"] for each in people.viewer.get(f"/calendar{query}").get_json()]

    assert names() == ["Spring promotion", "Easter"]
    assert names("?first=2026-03-22&last=2026-03-31") == ["Spring promotion"]
    assert names("?kind=holiday") == ["Easter"]
    assert names("?q=s07") == ["Spring promotion"]
    content = fetch(people.viewer, "/calendar.ics").get_data()
    assert content.count(b"BEGIN:VEVENT") == 2
    again = {"ics": content.decode(), "preview": True}
    assert people.member.post("/calendar/import", again).get_json() == {
        "added": 0, "changed": 0, "same": 2, "preview": True,
    }  # fmt: skip
    assert [row["Name"] for row in rows(fetch(people.viewer, "/exports/calendar"))] == names()


def test_an_import(people: People) -> None:
    lines = "Easter; 2026-04-05; 2026-04-06\nSale; 2026-05-04; 2026-05-10; promotion; region: North"
    sent = {"lines": lines}
    looked = people.member.post("/calendar/import", sent | {"preview": True}).get_json()
    assert looked == {"added": 2, "changed": 0, "same": 0, "preview": True}
    assert people.member.get("/calendar").get_json() == []
    assert people.member.post("/calendar/import", sent).get_json()["added"] == 2
    assert people.member.post("/calendar/import", sent).get_json()["same"] == 2
    faulty = people.member.post("/calendar/import", {"lines": "Easter; soon"})
    assert faulty.status_code == 422
    assert list(faulty.get_json()["fields"]) == ["lines.1"]
    assert people.member.post("/calendar/import", {"ics": "nothing"}).status_code == 422
    assert people.member.post("/calendar/import", {}).status_code == 422
    assert people.viewer.post("/calendar/import", sent).status_code == 403


def test_what_else_happens_while_a_test_runs(people: People, journey: Journey) -> None:
    one, other = journey.running(), journey.running()
    people.member.post("/calendar", SPRING | {"scope": "all", "starts_on": "2000-01-01",
                                              "ends_on": "2000-12-31"})  # fmt: skip
    found = people.viewer.get(f"/hypotheses/{one['id']}/surroundings").get_json()
    assert found["first"] and found["days"] == [] and found["warnings"] == []
    assert [(t["key"], t["closeness"]) for t in found["tests"]] == [(other["key"], "possible")]
    assert other["key"] in found["tests"][0]["detail"]
    idea = journey.idea()
    assert people.viewer.get(f"/hypotheses/{idea['id']}/surroundings").get_json()["first"] is None
