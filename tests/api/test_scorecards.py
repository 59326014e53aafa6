"""Scorecards through the API: the card, its visits, what they say, and what it watches."""

from __future__ import annotations

from typing import Any

from tests.api.world import Journey, People

ASKED = {"name": "Greets", "definition": "a look", "met": "greeted", "not_met": "not greeted"}
STEP = {"is_mandatory": True, "check_who": "the lead", "check_when": "Fridays",
        "check_evidence": "the log"}  # fmt: skip
VISIT = {"visited_on": "2026-01-20", "unit": "s07", "marks": {"1": 1}}


def card(people: People, **body: Any) -> str:
    made = people.member.post("/scorecards", {"name": "The counter"} | body)
    assert made.status_code == 201, made.text
    return str(made.get_json()["id"])


def test_a_card_and_its_criteria(people: People) -> None:
    made = people.member.post("/scorecards", {"name": "The counter", "template": True})
    told = made.get_json()
    here = f"/scorecards/{told['id']}"
    assert made.headers["Location"] == f"/api/v1{here}"
    assert [each["number"] for each in told["criteria"]] == list(range(1, 13))
    refused = people.member.post(f"{here}/criteria", {"name": "Greeting"})
    assert set(refused.get_json()["fields"]) == {"name", "definition", "met", "not_met"}
    added = people.member.post(f"{here}/criteria", ASKED)
    assert (added.status_code, added.get_json()["number"]) == (201, 13)
    path = f"{here}/criteria/13"
    assert people.member.patch(path, STEP, etag=None).status_code == 428
    assert people.member.patch(path, STEP, etag='"9"').status_code == 412
    edited = people.member.patch(path, STEP, etag='"1"').get_json()
    assert edited["is_mandatory"] and edited["check_who"] == "the lead"
    assert people.member.post(f"{path}/retire").get_json()["is_retired"]
    assert people.member.post(f"{path}/retire").status_code == 409
    assert not people.member.post(f"{path}/ask").get_json()["is_retired"]
    assert people.member.get(f"{here}/criteria/99").status_code == 404
    assert people.viewer.post("/scorecards", {"name": "Mine"}).status_code == 403
    again = people.member.post("/scorecards", {"name": "the counter"})
    assert set(again.get_json()["fields"]) == {"name"}


def test_a_card_is_renamed_and_closed(people: People) -> None:
    here = f"/scorecards/{card(people)}"
    tag = people.member.get(here).headers["ETag"]
    assert people.member.patch(here, {"name": "The till"}, etag=tag).get_json()["name"] == (
        "The till"
    )
    assert people.member.patch(here, {"name": "x"}, etag=tag).status_code == 412
    assert people.member.post(f"{here}/close").get_json()["closed_at"]
    assert people.member.post(f"{here}/criteria", ASKED).status_code == 409
    assert people.viewer.get("/scorecards?open=true").get_json() == []
    assert len(people.viewer.get("/scorecards?open=false&q=till").get_json()) == 1
    assert people.member.post(f"{here}/reopen").get_json()["closed_at"] is None


def test_visits(people: People) -> None:
    here = f"/scorecards/{card(people)}"
    people.member.post(f"{here}/criteria", ASKED)
    body = VISIT | {"shopper": "Ms. Guest", "second": {"1": "0"}}
    made = people.member.post(f"{here}/visits", body)
    assert made.status_code == 201, made.text
    visit = made.get_json()
    assert (visit["marks"], visit["second"]) == ({"1": "met"}, {"1": "not_met"})
    assert visit["shopper"] is None  # a team lead sees no personal columns
    path = f"{here}/visits/{visit['id']}"
    assert people.analyst.get(path).get_json()["shopper"] == "Ms. Guest"
    wrong = people.member.post(f"{here}/visits", {"marks": {"1": "perhaps"}, "unit": "x"})
    assert set(wrong.get_json()["fields"]) == {"visited_on", "marks.1"}
    edited = people.member.patch(path, {"marks": {"1": "NA"}}, etag='"1"')
    assert edited.get_json()["marks"] == {"1": "not_applicable"}
    assert people.member.post(f"{path}/void", {"reason": "twice"}).get_json()["void_reason"]
    assert people.member.patch(path, {"note": "x"}, etag="*").status_code == 409
    assert people.member.post(f"{path}/restore").get_json()["voided_at"] is None
    assert [each["id"] for each in people.viewer.get(f"{here}/visits").get_json()] == [visit["id"]]


def test_visits_of_a_text(people: People) -> None:
    here = f"/scorecards/{card(people, template=True)}"
    text = "besuch;tag;store;criterion;score\nv1;2026-01-10;s07;1;1\nv1;2026-01-10;s07;2;NA\n"
    columns = {"visit": "besuch", "day": "tag"}
    dry = people.member.post(
        f"{here}/visits/import", {"text": text, "columns": columns, "dry_run": True}
    )
    assert dry.status_code == 200, dry.text
    assert (dry.get_json()["visits"], dry.get_json()["added"]) == (1, 1)
    done = people.member.post(f"{here}/visits/import", {"text": text, "columns": columns})
    assert (done.get_json()["added"], done.get_json()["marks"]) == (1, 2)
    again = {"text": text, "columns": columns, "dry_run": True}
    told = people.member.post(f"{here}/visits/import", again).get_json()
    assert (told["added"], told["updated"]) == (0, 1)
    moved = {"text": text.replace("2026-01-10", "2026-01-12"), "columns": columns}
    told = people.member.post(f"{here}/visits/import", moved | {"dry_run": True}).get_json()
    assert told["faulty"] == 1 and "12 January 2026" in told["faults"][0]
    assert people.member.post(f"{here}/visits/import", moved).status_code == 422
    bad = people.member.post(f"{here}/visits/import", {"text": text + "v2;2026-01-11;s07;1;5\n",
                                                      "columns": columns})  # fmt: skip
    assert bad.status_code == 422 and "rows.0" in bad.get_json()["fields"]
    none = people.member.post(f"{here}/visits/import", {"text": "a;b\n1;2\n"})
    assert none.status_code == 422
    told = people.viewer.get(f"{here}/result?since=2026-01-05").get_json()
    assert told["after"]["share"] == 1.0 and told["after"]["not_applicable"] == 1


def test_a_hypothesis_that_is_watched(people: People, journey: Journey) -> None:
    planned = journey.planned()
    here, key = f"/scorecards/{card(people)}", planned["id"]
    people.member.post(f"{here}/criteria", ASKED | {"is_mandatory": True})
    path = f"/hypotheses/{key}/scorecard"
    empty = people.member.get(path)
    assert (empty.get_json()["scorecard"], empty.headers["ETag"]) == (None, '"0"')
    body = {"scorecard": here.rsplit("/", 1)[1], "units": ["s07"]}
    assert people.member.put(path, body, etag=None).status_code == 428
    linked = people.member.put(path, body, etag='"0"')
    assert linked.status_code == 200, linked.text
    assert linked.get_json()["steps_without_check_point"] == [1]
    blocked = people.member.post(f"/hypotheses/{key}/start")
    assert blocked.status_code == 409
    assert [each["code"] for each in blocked.get_json()["blockers"]] == ["step_needs_check_point"]
    people.member.patch(f"{here}/criteria/1", STEP, etag="*")
    assert people.member.post(f"/hypotheses/{key}/start").status_code == 200
    unknown = people.member.put(path, {"scorecard": "nothing"}, etag="*")
    assert unknown.status_code == 404
    assert people.viewer.put(path, body, etag="*").status_code == 403
    assert people.member.send("DELETE", path).status_code == 204
    assert people.member.get(path).get_json()["scorecard"] is None


def test_a_proxy_alone_is_never_promoted(people: People, journey: Journey) -> None:
    metric = {
        "name": "score", "kind": "conversion", "columns": ["met"], "role": "primary",
        "threshold": 0.01, "better": "higher", "proxy": True,
    }  # fmt: skip
    made = journey.planned(metrics=[metric])
    here = f"/hypotheses/{made['id']}"
    assert people.member.post(f"{here}/start").status_code == 200
    counts = [{"arm": "A", "units": 2000, "successes": 200},
              {"arm": "B", "units": 2000, "successes": 300}]  # fmt: skip
    people.analyst.post(f"{here}/datasets", {"counts": counts})
    assert people.analyst.post(f"{here}/analyses").get_json()["verdict"] == "confirmed"
    insight = {"learned": "a", "holds_where": "b", "next": "c"}
    refused = people.leader.post(
        f"{here}/conclusion", {"decision": "scale", "reason": "it moved", "insight": insight}
    )
    assert refused.status_code == 409
    assert [each["code"] for each in refused.get_json()["blockers"]] == ["scale_proxy"]
