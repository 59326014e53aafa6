"""Levers and client bases through the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.api.world import Journey, People

BEFORE: dict[str, Any] = {
    "starts_on": "2025-11", "leads": 400, "stages": [{"name": "Offer sent", "count": 200}],
    "clients": 100, "purchases": 120, "revenue": "240000.00", "currency": "rub",
}  # fmt: skip
AFTER = BEFORE | {
    "starts_on": "2025-12", "leads": 500, "stages": [{"name": "Offer sent", "count": 250}],
    "clients": 150, "purchases": 165, "revenue": 346500,
}  # fmt: skip
LIST = "month;leads;clients;purchases;revenue\n2025-09;400;100;120;240000\n2025-10;1;2;1;5"


def test_periods_are_entered_corrected_and_struck_out(people: People) -> None:
    here = "/levers/periods"
    made = people.analyst.post(here, BEFORE, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    period = made.get_json()
    assert (period["starts_on"], period["ends_on"]) == ("2025-11-01", "2025-11-30")
    assert (period["revenue"], period["check"], period["conversion"]) == ("240000.00", 2000, 0.25)
    again = people.analyst.post(here, BEFORE, headers={"Idempotency-Key": "one"})
    assert again.get_json()["id"] == period["id"]
    assert people.analyst.post(here, BEFORE).get_json()["fields"].keys() == {"starts_on"}
    path = f"{here}/{period['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert people.analyst.patch(path, {"leads": 401}, etag=None).status_code == 428
    assert people.analyst.patch(path, {"leads": 401}, etag='"7"').status_code == 412
    edited = people.analyst.patch(path, {"leads": 401}, etag='"1"').get_json()
    assert (edited["leads"], edited["clients"], edited["version"]) == (401, 100, 2)
    assert people.analyst.post(f"{path}/void", {}).get_json()["fields"].keys() == {"reason"}
    struck = people.analyst.post(f"{path}/void", {"reason": "of another store"}).get_json()
    assert struck["void_reason"] == "of another store"
    assert people.analyst.patch(path, {"leads": 1}, etag='"3"').status_code == 409
    assert people.analyst.post(f"{path}/restore").get_json()["voided_at"] is None
    assert [each["id"] for each in people.viewer.get(here).get_json()] == [period["id"]]


def test_what_periods_refuse(people: People) -> None:
    wrong = people.analyst.post("/levers/periods", {"leads": "many"})
    assert wrong.status_code == 422
    assert set(wrong.get_json()["fields"]) == {
        "starts_on", "ends_on", "leads", "clients", "purchases", "revenue", "currency",
    }  # fmt: skip
    assert people.viewer.post("/levers/periods", BEFORE).status_code == 403
    assert people.member.post("/levers/periods", BEFORE).status_code == 403
    assert people.analyst.get("/levers/periods/nothing").status_code == 404
    assert people.analyst.get("/levers?unit=nowhere").status_code == 404
    odd = people.analyst.post("/levers/periods", BEFORE | {"stages": ["Offer"]})
    assert set(odd.get_json()["fields"]) == {"stages"}


def test_the_board_and_its_targets(people: People) -> None:
    for body in (BEFORE, AFTER):
        assert people.analyst.post("/levers/periods", body).status_code == 201
    read = people.analyst.get("/levers/targets")
    assert (read.get_json()["version"], read.headers["ETag"]) == (0, '"0"')
    goals = {"inflow": 250, "conversion": "0.3", "check": "2500", "currency": "RUB"}
    assert people.analyst.put("/levers/targets", goals, etag=None).status_code == 428
    kept = people.analyst.put("/levers/targets", goals, etag='"0"')
    assert kept.status_code == 200, kept.text
    assert (kept.get_json()["conversion"], kept.get_json()["frequency"]) == ("0.3", None)
    assert people.member.put("/levers/targets", goals, etag='"1"').status_code == 403
    bad = people.analyst.put("/levers/targets", {"inflow": -1}, etag='"1"')
    assert set(bad.get_json()["fields"]) == {"inflow"}
    board = people.leader.get("/levers").get_json()
    assert board["next"] == "inflow"
    change = board["change"]
    assert change["total"] == "106500.00"
    assert sum(Decimal(part["amount"]) for part in change["levers"]) == 106500
    assert [part["stage"] for part in change["parts"]][1] == "Offer sent"
    hidden = people.viewer.get("/levers").get_json()
    assert hidden["change"] is None
    assert [each["now"] is None for each in hidden["levers"]] == [False, False, True, False]
    assert people.viewer.get("/levers/targets").get_json()["check"] is None
    assert people.viewer.get("/levers/periods").get_json()[0]["revenue"] is None


def test_a_list_of_periods(people: People) -> None:
    here = "/levers/periods/import"
    told = people.analyst.post(here, {"text": LIST, "currency": "RUB", "dry_run": True})
    assert told.status_code == 200, told.text
    assert [row["does"] for row in told.get_json()["rows"]] == ["add", "fault"]
    refused = people.analyst.post(here, {"text": LIST, "currency": "RUB"})
    assert refused.status_code == 422
    assert set(refused.get_json()["fields"]) == {"lines.3.purchases"}
    good = people.analyst.post(here, {"text": LIST.replace("2;1;5", "1;1;5"), "currency": "RUB"})
    assert good.get_json()["is_stored"] is True
    assert len(people.analyst.get("/levers/periods").get_json()) == 2


def test_hypotheses_on_their_levers(people: People, journey: Journey) -> None:
    measured = journey.measured()
    path = f"/hypotheses/{measured['id']}/where"
    said = people.member.patch(path, {"lever": "conversion"}, etag='"0"')
    assert said.status_code == 200, said.text
    (moved,) = people.viewer.get("/levers").get_json()["hypotheses"]
    assert (moved["key"], moved["lever"]) == (measured["key"], "conversion")
    assert moved["effect"]["estimate"] > 0


def test_client_bases(people: People) -> None:
    here = "/client-bases"
    days = {"starts_on": "2025-10", "ends_on": "2025-12"}
    for name, active, ever in (("North", 181, 420), ("Centre", 262, 310), ("South", 118, 655)):
        body = days | {"territory": name, "active": active, "ever": ever}
        assert people.analyst.post(here, body).status_code == 201
    listed = people.viewer.get(here).get_json()
    assert {each["territory"]: round(each["ratio"], 2) for each in listed} == {
        "North": 0.43, "Centre": 0.85, "South": 0.18,
    }  # fmt: skip
    sum_ = people.viewer.get(f"{here}/definition").get_json()
    assert (sum_["active"], sum_["whole"], round(sum_["ratio"], 2)) == (561, 1385, 0.41)
    path = f"{here}/{listed[0]['id']}"
    assert people.analyst.patch(path, {"potential": 9}, etag='"1"').status_code == 422
    assert people.analyst.patch(path, {"potential": 900}, etag='"1"').status_code == 200
    etag = people.admin.get(f"{here}/definition").headers["ETag"]
    said = {"definition": "without_active"}
    assert people.leader.put(f"{here}/definition", said, etag=etag).status_code == 403
    assert people.admin.put(f"{here}/definition", said, etag=etag).get_json()["not_known"] == 2
    struck = people.analyst.post(f"{path}/void", {"reason": "another border"})
    assert struck.get_json()["void_reason"] == "another border"
    assert len(people.viewer.get(here).get_json()) == 2
    assert people.analyst.post(f"{path}/restore").status_code == 200
    text = "territory;active;ever\nWest;1;2"
    brought = people.analyst.post(
        f"{here}/import", {"text": text, "starts_on": "2025-07-01", "ends_on": "2025-09-30"}
    )
    assert brought.get_json()["rows"][0]["does"] == "add"
    assert people.viewer.get(f"{here}?starts_on=2025-07-01&ends_on=2025-09-30").get_json()
    assert people.viewer.get(f"{here}?starts_on=2024-07-01&ends_on=2025-09-30").get_json() == []
    assert people.viewer.post(here, days).status_code == 403


def test_clients_are_counted_out_of_purchases(people: People) -> None:
    rows = "client,date,territory\na,2025-10-05,North\nb,2024-10-05,North\na,2026-01-05,South\n"
    body = {"text": rows, "starts_on": "2025-10-01", "ends_on": "2025-12-31"}
    counted = people.analyst.post("/client-bases/count", body)
    assert counted.status_code == 200, counted.text
    told = counted.get_json()
    north = {"territory": "North", "active": 1, "ever": 2, "potential": None}
    assert north in told["territories"] and len(told["notes"]) == 2
    lines = told["text"].split("\n")
    text = "\n".join(line for line in lines if not line.startswith("South"))
    brought = people.analyst.post("/client-bases/import", {"text": text})
    assert brought.status_code == 200, brought.text
    assert people.viewer.get("/client-bases").get_json()[0]["ever"] == 2
    for wrong in ({"text": rows}, body | {"text": "who,what\na,b"}, body | {"client": "nobody"}):
        assert people.analyst.post("/client-bases/count", wrong).status_code == 422
