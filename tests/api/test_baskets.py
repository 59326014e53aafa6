"""Receipts by token: brought, looked into, searched, handed out as far as one may see, and used."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.world import Caller, Journey, People
from tests.fixtures import receipt_lines
from tests.fixtures.receipt_lines import COLUMNS

SPEC = {
    "columns": COLUMNS, "core": ["breakers"], "periphery": ["rails"], "control": "usual",
    "threshold": 4,
}  # fmt: skip


def brought(caller: Caller, status: int = 201, **spec: Any) -> Any:
    form = {"file": (io.BytesIO(receipt_lines.two_arms()), "receipts.csv")}
    if spec:
        form["spec"] = json.dumps(spec)  # type: ignore[assignment]
    response = caller.post("/baskets", data=form)
    assert response.status_code == status, response.get_data(as_text=True)
    return response


def fetched(caller: Caller, path: str) -> bytes:
    """A file, which is no JSON."""
    client = caller.app.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {caller.token}"}
    response = client.get(f"/api/v1{path}", headers=headers)
    assert response.status_code == 200, response.get_data(as_text=True)
    return bytes(response.get_data())


@pytest.fixture
def basket(people: People) -> dict[str, Any]:
    found: dict[str, Any] = brought(people.analyst, **SPEC).get_json()
    return found


def test_a_file_is_looked_into_at_once_where_the_core_is_named(basket: dict[str, Any]) -> None:
    (arm,) = basket["found"]["arms"]
    assert arm["verdict"] == "not_enough_data"
    assert arm["measures"][0]["placebo"]["p_value"] == pytest.approx(20 / 70)
    assert basket["found"]["rules_found"] == 2
    assert "rules" not in basket["found"]
    assert basket["spec"]["threshold"] == 0.04


def test_without_a_core_columns_are_guessed_and_it_waits(people: People) -> None:
    response = brought(people.analyst)
    body = response.get_json()
    assert body["found"] is None
    assert body["spec"]["columns"]["receipt"] == "receipt"
    here = f"/baskets/{body['id']}"
    assert people.analyst.patch(here, {"core": ["breakers"]}, None).status_code == 428
    etag = response.headers["ETag"]
    chosen = people.analyst.patch(here, {"core": ["breakers"], "control": "usual"}, etag)
    assert chosen.get_json()["found"]["core"]["with_a"] == 2748
    assert people.analyst.patch(here, {"name": "Other"}, etag).status_code == 412


def test_what_is_wrong_is_named(people: People, basket: dict[str, Any]) -> None:
    here = f"/baskets/{basket['id']}"
    refused = people.analyst.patch(here, {"goal": 80, "assist": 30, "least": 0})
    assert refused.status_code == 422
    assert {"assist", "least"} <= set(refused.get_json()["fields"])
    assert people.analyst.patch(here, {"goal": 80}).get_json()["spec"]["assist"] == 20
    assert brought(people.analyst, 422, colour="red").status_code == 422
    form = {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv"), "spec": "{"}
    assert people.analyst.post("/baskets", data=form).status_code == 400
    assert people.analyst.post("/baskets", {"rows": []}).status_code == 415


def test_money_and_names_are_for_those_who_may_see_them(
    people: People, basket: dict[str, Any]
) -> None:
    here = f"/baskets/{basket['id']}"
    seen = people.viewer.get(here).get_json()["found"]
    assert seen["hidden"] == ["money", "people"]
    assert seen["people"] == []
    assert all(store["margin"] is None for store in seen["stores"])
    assert all(store["attach_rate"] is not None for store in seen["stores"])
    text = fetched(people.viewer, f"{here}/files/stores").decode()
    assert "Margin" not in text.splitlines()[0]
    assert people.viewer.patch(here, {"least": 20}).status_code == 403
    assert people.viewer.post(f"{here}/remove").status_code == 403
    assert people.leader.get(here).get_json()["found"]["people"] == []


def test_rules_are_searched_a_page_at_a_time(people: People, basket: dict[str, Any]) -> None:
    here = f"/baskets/{basket['id']}/rules"
    found = people.viewer.get(f"{here}?q=rail&page_size=1")
    assert json.loads(found.headers["X-Pagination"])["total"] == 2
    assert len(found.get_json()) == 1
    assert people.viewer.get(f"{here}?q=lamp").get_json() == []


@pytest.mark.parametrize("part", ["rules", "stores", "store_weeks", "credits"])
@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_every_table_is_a_file(
    people: People, basket: dict[str, Any], part: str, format: str
) -> None:
    found = fetched(people.analyst, f"/baskets/{basket['id']}/files/{part}?format={format}")
    assert found[:4] == {"csv": b'\xef\xbb\xbf"', "xlsx": b"PK\x03\x04", "parquet": b"PAR1"}[format]


def test_it_is_set_aside_fetched_back_and_its_lines_deleted(
    people: People, basket: dict[str, Any]
) -> None:
    here = f"/baskets/{basket['id']}"
    assert people.analyst.post(f"{here}/remove").get_json()["removed_at"] is not None
    assert people.analyst.post(f"{here}/remove").status_code == 409
    assert people.analyst.get("/baskets").get_json() == []
    assert people.analyst.post(f"{here}/restore").get_json()["removed_at"] is None
    assert people.analyst.send("DELETE", here, {"reason": "asked to"}).status_code == 403
    gone = people.admin.send("DELETE", here, {"reason": "asked to"}).get_json()
    assert gone["deleted_at"] is not None and gone["found"]["people"] == []
    assert people.analyst.get(f"{here}/files/store_weeks").status_code == 422
    assert fetched(people.analyst, f"{here}/files/rules")


def test_the_sums_carry_a_verdict_by_store(
    people: People, journey: Journey, basket: dict[str, Any]
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    plan = {
        "design": "cluster", "variant": "arm", "control": "usual", "cluster": "store",
        "split": {"usual": 0.5, "rail": 0.5}, "planned_units": 4, "baseline": 0.23,
        "expected_effect": 0.05, "budget": {"amount": "0", "currency": "EUR"},
        "owner": people.member.email, "steward": people.analyst.user_id,
        "metrics": [
            {"name": "Attach rate", "kind": "ratio", "columns": ["with_both", "with_core"],
             "role": "primary", "threshold": 0.04, "better": "higher"},
            {"name": "Margin of a receipt", "kind": "ratio", "columns": ["margin", "receipts"],
             "role": "guardrail", "better": "higher"},
        ],
    }  # fmt: skip
    # Planned before the first receipt: what is planned after them is no test of them.
    people.app.config["CLOCK"] = lambda: datetime(2026, 2, 20, tzinfo=UTC)
    planned = people.member.put(f"{here}/plan", plan)
    assert planned.status_code == 200, planned.get_json()
    assert people.member.post(f"{here}/start").status_code == 200
    people.app.config["CLOCK"] = None
    made = people.analyst.post(
        f"/baskets/{basket['id']}/datasets", {"hypothesis": here.rpartition("/")[2]}
    )
    assert made.status_code == 201, made.get_json()
    assert made.get_json()["rows"] == 32
    found = people.analyst.post(f"{here}/analyses", {}).get_json()
    assert found["verdict"] == "not_enough_data"
    attach = found["comparisons"][0]
    assert attach["difference"]["estimate"] == pytest.approx(412 / 1500 - 289 / 1248)
    assert attach["control"]["n"] == 4
    assert attach["p_value"] > 0.05
    known = {check["code"]: check["status"] for check in found["checks"]}
    assert known["basket_seller"] == "pass"
