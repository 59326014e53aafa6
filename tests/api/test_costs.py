"""Money through the API: the ledger, the budget, what the effect is worth."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from tests.api.world import Journey, People

TODAY = datetime.now(UTC).date().isoformat()
SPENT = {"amount": "12.50", "currency": "eur", "kind": "work", "spent_on": TODAY, "note": "2 h"}
WORTH: dict[str, Any] = {
    "currency": "EUR", "value_per_unit": "30", "margin": 0.5, "units_per_week": 100,
    "payback_limit_weeks": 26, "one_off_per_store": "250", "running_per_week": 30,
}  # fmt: skip


def test_a_ledger(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/costs"
    made = people.member.post(here, SPENT, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    cost = made.get_json()
    assert (cost["amount"], cost["currency"], cost["test"]) == ("12.50", "EUR", 1)
    again = people.member.post(here, SPENT, headers={"Idempotency-Key": "one"})
    assert again.get_json()["id"] == cost["id"]
    path = f"{here}/{cost['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert people.analyst.get(path).headers["ETag"] == '"1"'
    assert people.member.patch(path, {"amount": 15}, etag=None).status_code == 428
    assert people.member.patch(path, {"amount": 15}, etag='"7"').status_code == 412
    edited = people.member.patch(path, {"amount": 15}, etag='"1"')
    assert (edited.get_json()["amount"], edited.get_json()["note"]) == ("15.00", "2 h")
    refused = people.member.post(f"{path}/void", {})
    assert refused.status_code == 422 and "reason" in refused.get_json()["fields"]
    struck = people.member.post(f"{path}/void", {"reason": "twice"}).get_json()
    assert struck["void_reason"] == "twice" and struck["voided_at"]
    assert people.member.post(f"{path}/void", {"reason": "twice"}).status_code == 409
    assert people.member.post(f"{path}/restore").get_json()["voided_at"] is None
    assert [each["id"] for each in people.leader.get(here).get_json()] == [cost["id"]]


def test_what_a_ledger_refuses(people: People, journey: Journey) -> None:
    first, second = journey.running(), journey.running()
    here = f"/hypotheses/{first['id']}/costs"
    wrong = people.member.post(here, {"amount": "much", "currency": "euros"})
    assert wrong.status_code == 422
    assert set(wrong.get_json()["fields"]) == {"amount", "currency", "kind", "spent_on"}
    assert people.member.post(here, SPENT | {"colour": "red"}).status_code == 422
    made = people.member.post(here, SPENT).get_json()
    elsewhere = f"/hypotheses/{second['id']}/costs/{made['id']}"
    assert people.member.get(elsewhere).status_code == 404
    assert people.member.get(f"{here}/no;such").status_code == 404
    for path in (here, f"{here}/{made['id']}", f"/hypotheses/{first['id']}/economics"):
        assert people.viewer.get(path).status_code == 403
    assert people.viewer.post(here, SPENT).status_code == 403


def test_a_budget_at_137_percent(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}"  # 500 EUR
    people.member.post(f"{here}/costs", SPENT | {"amount": 685})
    people.member.post(f"{here}/costs", SPENT | {"amount": 10, "currency": "USD"})
    budget = people.leader.get(f"{here}/economics").get_json()["budget"]
    assert budget["level"] == "over" and budget["share"] == 1.37
    assert budget["others"] == [{"amount": "10.00", "currency": "USD"}]
    told = people.member.post(f"{here}/budget", {"decision": "stop", "reason": "enough"})
    assert told.status_code == 403
    short = people.leader.post(f"{here}/budget", {"decision": "continue", "cap": 600})
    assert set(short.get_json()["fields"]) == {"cap", "reason"}
    blank = people.leader.post(f"{here}/budget", {})
    assert set(blank.get_json()["fields"]) == {"decision", "reason"}
    said = {"decision": "continue", "cap": "700", "reason": "nearly done"}
    decided = people.leader.post(f"{here}/budget", said)
    assert decided.status_code == 201, decided.text
    assert decided.get_json()["budget"]["level"] == "within"
    assert decided.get_json()["budget"]["planned_cap"]["amount"] == "500.00"


def test_a_payback(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.measured()['id']}"  # 10 % to 16 %
    first = people.member.get(f"{here}/economics")
    told = first.get_json()
    assert (told["payback"], first.headers["ETag"]) == ("not_assessed", '"0"')
    assert {each["code"] for each in told["missing"]} >= {
        "payback_needs_value", "payback_needs_margin", "payback_needs_limit", "payback_needs_costs",
    }  # fmt: skip
    people.member.post(f"{here}/costs", SPENT | {"amount": 1800})
    assert people.member.put(f"{here}/economics", WORTH, etag=None).status_code == 428
    wrong = people.member.put(f"{here}/economics", {"margin": 2, "colour": 1})
    assert set(wrong.get_json()["fields"]) == {"margin", "colour"}
    put = people.member.put(f"{here}/economics", WORTH | {"reason": "the till"}, etag='"0"')
    assert put.status_code == 200, put.text
    told = put.get_json()
    assert put.headers["ETag"] == '"1"' and told["missing"] == []
    assert round(told["margin_per_week"]["estimate"], 6) == 90
    assert round(told["weeks"]["estimate"], 6) == 20
    assert told["weeks"]["low"] < 20 < told["weeks"]["high"]
    assert round(told["store"]["estimate"]["net"], 6) == 60
    assert told["estimated_after_result"] and told["planned"] == {}
    assert people.member.put(f"{here}/economics", WORTH, etag='"0"').status_code == 412


def test_a_plan_with_money_shows_it_to_those_who_may_see_it(
    people: People, journey: Journey
) -> None:
    made = journey.planned(money=WORTH)
    assert made["plan"]["money"]["value_per_unit"] == "30.00"
    plan = people.viewer.get(f"/hypotheses/{made['id']}/plan").get_json()
    assert "money" not in plan
    assert "money" not in people.viewer.get("/hypotheses").get_json()[0]["plan"]
    events = people.viewer.get(f"/hypotheses/{made['id']}/events").get_json()
    assert all("money" not in event["changes"] for event in events)
    seen = people.leader.get(f"/hypotheses/{made['id']}/events").get_json()
    assert any("money" in event["changes"] for event in seen)
    put = people.member.put(
        f"/hypotheses/{made['id']}/plan", made["plan"] | {"money": {"margin": 7}}
    )
    assert list(put.get_json()["fields"]) == ["money.margin"]


def test_ledgers_as_files(people: People, journey: Journey) -> None:
    made = journey.running()
    people.member.post(f"/hypotheses/{made['id']}/costs", SPENT)
    client = people.app.test_client(use_cookies=False)

    def export(role: str, query: str = "") -> Any:
        headers = {"Authorization": f"Bearer {people.by_role[role].token}"}
        return client.get(f"/api/v1/exports/costs{query}", headers=headers)

    assert "12.50" in export("leader").get_data(as_text=True)
    assert "12.50" in export("member", f"?hypothesis={made['key']}").get_data(as_text=True)
    assert export("viewer").status_code == 403


def test_costs_out_of_a_list(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/costs"
    lines = "02.03.2025; work; 1 250,50; EUR; mentor\n03.03.2025; реклама; 300"
    looked = people.member.post(f"{here}/import", {"lines": lines, "preview": True})
    assert looked.status_code == 200, looked.text
    told = looked.get_json()
    assert (told["entered"], [line["does"] for line in told["lines"]]) == (0, ["add", "add"])
    assert told["sums"] == [{"amount": "1550.50", "currency": "EUR"}]
    assert people.member.get(here).get_json() == []
    key = {"Idempotency-Key": "list"}
    for _twice in range(2):
        entered = people.member.post(f"{here}/import", {"lines": lines}, headers=key)
        assert (entered.status_code, entered.get_json()["entered"]) == (200, 2)
    again = people.member.post(f"{here}/import", {"lines": lines}).get_json()
    assert (again["entered"], [line["does"] for line in again["lines"]]) == (0, ["known"] * 2)
    assert len(people.member.get(here).get_json()) == 2


def test_a_list_with_a_fault_enters_nothing(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/costs"
    lines = "02.03.2025; work; 5; EUR\n30.02.2025; magic; 5; EUR"
    refused = people.member.post(f"{here}/import", {"lines": lines})
    assert refused.status_code == 422
    assert set(refused.get_json()["fields"]) == {"lines.2.spent_on", "lines.2.kind"}
    looked = people.member.post(f"{here}/import", {"lines": lines, "preview": True})
    assert looked.get_json()["lines"][1]["faults"].keys() == {"spent_on", "kind"}
    for wrong in ({}, {"lines": ""}, {"lines": 7}, {"lines": "x", "colour": "red"}):
        assert people.member.post(f"{here}/import", wrong).status_code == 422
    assert people.viewer.post(f"{here}/import", {"lines": lines}).status_code == 403
    assert people.member.get(here).get_json() == []


def test_a_file_of_costs(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/costs"
    content = "Дата;Вид;Сумма;Примечание\n02.03.2025;обучение;1 250,50;день с наставником\n"
    file = (io.BytesIO(content.encode("cp1251")), "costs.csv")
    form = {"file": file, "currency": "RUB"}
    entered = people.member.post(f"{here}/import", data=form)
    assert entered.status_code == 200, entered.text
    (line,) = entered.get_json()["lines"]
    assert (line["kind"], line["amount"], line["currency"]) == ("training", "1250.50", "RUB")
    assert people.member.post(f"{here}/import", data={"currency": "EUR"}).status_code in (415, 422)
