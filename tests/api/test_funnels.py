"""Funnels through the API: defined, given deals, counted, and used in a test."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.world import Journey, People
from tests.factories import deals as made

FUNNEL = {"name": "Sales to companies", **made.SPEC}
PLAN = {
    "variant": "arm", "control": "usual", "split": {"usual": 0.5, "concrete": 0.5}, "unit": "deal",
    "metrics": [{
        "name": "Moved on", "kind": "conversion", "columns": ["moved"], "role": "primary",
        "threshold": 0.05, "better": "higher",
    }],
}  # fmt: skip


def send(caller: Any, funnel: str, text: str, **form: Any) -> Any:
    file = (io.BytesIO(text.encode()), "deals.csv")
    return caller.post(f"/funnels/{funnel}/deals", data={"file": file, **form})


def test_a_funnel_is_defined_changed_archived_and_taken_back(people: People) -> None:
    created = people.member.post("/funnels", FUNNEL, headers={"Idempotency-Key": "one"})
    assert created.status_code == 201, created.text
    funnel = created.get_json()
    assert (funnel["key_stage"], funnel["version"]) == ("Offer sent", 1)
    assert people.member.post(
        "/funnels", FUNNEL, headers={"Idempotency-Key": "one"}
    ).get_json()["id"] == funnel["id"]  # fmt: skip
    here = f"/funnels/{funnel['id']}"
    assert people.analyst.patch(here, {"days": 30}, etag=None).status_code == 428
    assert people.analyst.patch(here, {"days": 30}, etag='"7"').status_code == 412
    edited = people.analyst.patch(here, {"days": 30}, etag='"1"').get_json()
    assert (edited["days"], len(edited["stages"])) == (30, 6)
    assert people.viewer.patch(here, {"days": 3}, etag='"2"').status_code == 403
    assert people.member.post(f"{here}/archive").get_json()["archived_at"]
    assert people.member.post(f"{here}/archive").status_code == 409
    assert people.member.get("/funnels").get_json() == []
    assert [f["id"] for f in people.member.get("/funnels?archived=1").get_json()] == [funnel["id"]]
    assert people.member.post(f"{here}/restore").get_json()["archived_at"] is None


def test_what_is_no_funnel_is_refused_by_its_fields(people: People) -> None:
    wrong = {"name": "", "stages": [{"name": "A", "kind": "odd"}, {"name": "a", "days": 0}]}
    refused = people.member.post("/funnels", wrong)
    assert refused.status_code == 422
    assert set(refused.get_json()["fields"]) == {
        "name", "stages", "stages.0.kind", "stages.1.name", "stages.1.days",
    }  # fmt: skip
    assert people.member.post("/funnels", FUNNEL | {"colour": "red"}).status_code == 422
    assert people.viewer.post("/funnels", FUNNEL).status_code == 403
    assert people.member.get("/funnels/nobody").status_code == 404


def test_deals_are_counted_at_once_where_their_columns_are_named(people: People) -> None:
    funnel = people.member.post("/funnels", FUNNEL).get_json()["id"]
    waiting = send(people.analyst, funnel, made.concrete_offer())
    assert waiting.status_code == 201, waiting.text
    assert waiting.get_json()["found"] is None
    assert waiting.get_json()["guess"]["deal"] == "deal_id"
    here = f"/funnels/{funnel}/deals/{waiting.get_json()['id']}"
    named = people.analyst.send("PUT", here, {"mapping": made.COLUMNS}, headers={"If-Match": '"1"'})
    assert named.status_code == 200, named.text
    found = named.get_json()["found"]
    assert found["stages"][2]["conversion"] == pytest.approx(0.28)
    assert found["hygiene"]["without_task_share"] == pytest.approx(0.180, abs=5e-4)
    assert found["hygiene"]["overdue_share"] == pytest.approx(0.082, abs=5e-4)
    assert [line["name"] for line in found["groups"]["manager"]] == ["Ilya"]
    # Whoever is responsible leads the managers; another member does not.
    assert "manager" in people.member.get(here).get_json()["found"]["groups"]
    other = people.add("member", "other@example.com")
    assert "manager" not in other.get(here).get_json()["found"]["groups"]
    russian = people.analyst.get(here, headers={"Accept-Language": "ru"}).get_json()["found"]
    assert len(russian["checks"]) == len(found["checks"])
    # The next export has the same columns.
    newer = send(people.analyst, funnel, made.one_stage())
    key = newer.get_json()["found"]["stages"][2]
    assert (key["conversion"], key["not_this"]["closed_only"]) == (0.25, 0.625)
    assert len(people.analyst.get(f"/funnels/{funnel}/deals").get_json()) == 2
    assert people.analyst.post(f"{here}/remove").status_code == 200
    assert people.analyst.get(here).status_code == 404
    assert people.analyst.post(f"{here}/restore").get_json()["found"]
    why = {"reason": "names of people"}
    assert people.analyst.send("DELETE", here, why).status_code == 403
    assert people.admin.send("DELETE", here, {"reason": ""}).status_code == 422
    assert people.admin.send("DELETE", here, why).status_code == 200
    assert people.admin.post(f"{here}/restore").status_code == 404


def test_what_deals_refuse(people: People) -> None:
    funnel = people.member.post("/funnels", FUNNEL).get_json()["id"]
    assert send(people.viewer, funnel, made.one_stage()).status_code == 403
    assert people.member.post(f"/funnels/{funnel}/deals", {}).status_code == 415
    assert people.member.post(f"/funnels/{funnel}/deals", data={"x": "1"}).status_code == 422
    refused = send(people.member, funnel, made.one_stage(), mapping=json.dumps({"deal": "nobody"}))
    assert refused.status_code == 422 and set(refused.get_json()["fields"]) == {"stage"}
    odd = send(people.member, funnel, made.one_stage(), mapping=json.dumps({"x": "deal_id"}))
    assert {"x", "deal", "stage"} == set(odd.get_json()["fields"])
    text = "deal,stage,at\na,Nurture,2026-01-05\n"
    mapping = {"deal": "deal", "stage": "stage", "entered_at": "at"}
    none = send(people.member, funnel, text, mapping=json.dumps(mapping))
    assert none.status_code == 422 and "None of the stages" in none.get_json()["detail"]


def test_deals_are_judged_as_data_of_a_test(people: People, journey: Journey) -> None:
    # Planned before the first deal came: what is planned after them is no test of them.
    people.app.config["CLOCK"] = lambda: datetime(2026, 2, 2, tzinfo=UTC)
    hypothesis = journey.running(**PLAN)
    people.app.config["CLOCK"] = None
    funnel = people.analyst.post("/funnels", FUNNEL).get_json()["id"]
    sent = send(
        people.analyst, funnel, made.concrete_offer(), mapping=json.dumps(made.COLUMNS)
    ).get_json()
    here = f"/funnels/{funnel}/deals/{sent['id']}/datasets"
    assert people.leader.post(here, {"hypothesis": hypothesis["id"]}).status_code == 403
    assert people.analyst.post(
        here, {"hypothesis": hypothesis["id"], "start": "Won"}
    ).status_code == 422  # fmt: skip
    used = people.analyst.post(here, {"hypothesis": hypothesis["id"]})
    assert used.status_code == 201, used.text
    origin = used.get_json()["origin"]
    assert (origin["kind"], origin["rows"], used.get_json()["rows"]) == (
        "funnel",
        sent["rows"],
        2600,
    )
    assert origin["sentence"].startswith("Worked out from 2,600 deals")
    judged = people.analyst.post(f"/hypotheses/{hypothesis['id']}/analyses", {}).get_json()
    assert judged["verdict"] == "confirmed"
    assert judged["comparisons"][0]["p_value"] == pytest.approx(0.00066, abs=5e-6)


def test_invoices_are_laid_beside_deals(people: People) -> None:
    funnel = people.member.post("/funnels", FUNNEL).get_json()["id"]
    text = "\n".join([made.HEAD, *(row for n in range(20) for row in made.rows_of(f"d{n}", 4))])
    sent = send(
        people.member, funnel, text + "\n", mapping=json.dumps(made.COLUMNS), as_of="2026-05-31"
    )
    here = f"/funnels/{funnel}/deals/{sent.get_json()['id']}"
    assert sent.get_json()["invoices_file"] is None

    def lay(caller: Any, rows: str, **more: Any) -> Any:
        data = {"file": (io.BytesIO(rows.encode()), "1c.csv")}
        return caller.post(f"{here}/invoices", data=data, **more)

    rows = "deal,number\n" + "\n".join(f"d{n},{n}" for n in range(19))
    laid = lay(people.member, rows).get_json()
    assert laid["invoices"] == 19
    assert laid["invoices_file"] == {
        "filename": "1c.csv", "count": 19, "rows": 19, "outside": 0, "without_deal": 0,
        "not_won": 0, "without_invoice": 1, "is_stale": False,
    }  # fmt: skip
    assert laid["found"]["hygiene"]["laid"]["without_invoice"] == 1
    changed = people.member.put(here, {"mapping": {**made.COLUMNS, "role": ""}, "invoices": 19})
    assert changed.get_json()["invoices_file"]["is_stale"] is True
    assert lay(people.viewer, rows).status_code == 403
    assert lay(people.member, "a,b\n1,2\n").status_code == 422
    assert people.member.post(f"{here}/invoices", {}).status_code == 415
