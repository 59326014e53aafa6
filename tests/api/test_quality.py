"""The quality of data by program: the report, what is said to it, a log beside receipts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from hadi.services.demo import till
from tests.api.world import Caller, People
from tests.factories.hypotheses import NOW
from tests.factories.tills import LOG, RECEIPTS

PLAN: dict[str, Any] = {
    "design": "split", "variant": "group", "control": "usual", "unit": "receipt",
    "split": {"usual": 0.5, "new": 0.5}, "planned_units": 20,
    "budget": {"amount": "100", "currency": "EUR"},
    "metrics": [{
        "name": "Add-on", "kind": "mean", "columns": ["add-on amount"], "role": "primary",
        "threshold": 0.5, "better": "higher",
    }],
}  # fmt: skip


def running(people: People) -> str:
    """A running test, and the address of its hypothesis."""
    statement = {"change": "say it", "effect": "more add-ons", "reason": "they ask"}
    made = people.member.post("/hypotheses", statement).get_json()
    here = f"/hypotheses/{made['id']}"
    plan = PLAN | {"owner": people.member.email, "steward": people.analyst.email}
    saved = people.analyst.put(f"{here}/plan", plan)
    assert saved.status_code == 200, saved.text
    started = people.analyst.post(f"{here}/start")
    assert started.status_code == 200, started.text
    return here


def attach(caller: Caller, here: str, name: str, content: bytes, **form: Any) -> dict[str, Any]:
    sent = caller.post(
        f"{here}/datasets",
        data={"file": (io.BytesIO(content), name), **{k: _written(v) for k, v in form.items()}},
    )
    assert sent.status_code == 201, sent.text
    found: dict[str, Any] = sent.get_json()
    return found


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_a_log_gives_way_to_the_receipts(people: People) -> None:
    here, caller = running(people), people.analyst
    log_file, receipts_file = till.files(NOW.date())
    log = attach(caller, here, "log.csv", log_file)
    receipts = attach(
        caller, here, "receipts.csv", receipts_file, role="receipts", mapping=RECEIPTS
    )
    assert (log["role"], receipts["role"]) == ("outcome", "receipts")
    asked = {"log": log["id"], "receipts": receipts["id"], "mapping": {"log": LOG}}
    made = caller.post(f"{here}/reconciliations", asked)
    assert made.status_code == 201, made.text
    found = made.get_json()
    counts = found["counts"]
    assert (counts["entries"], counts["supported"], counts["afterwards"]) == (120, 52, 94)
    assert found["level"] == "red" and found["switched_to"]
    where = made.headers["Location"].removeprefix("/api/v1")
    assert people.viewer.get(where).get_json() == found
    rows = caller.get(f"{where}/unlogged").get_json()
    assert "receipt" in rows["columns"] and len(rows["rows"]) == 20
    assert caller.get(f"{where}/everything").status_code == 404
    (listed,) = caller.get(f"{here}/reconciliations").get_json()
    assert listed["id"] == found["id"]
    newest = caller.get(f"{here}/datasets").get_json()[0]
    assert newest["id"] == found["switched_to"] and newest["role"] == "outcome"
    said = caller.get(where, headers={"Accept-Language": "ru"}).get_json()
    assert said["findings"][0]["detail"]


def test_the_report_and_what_is_said_to_it(people: People) -> None:
    here, caller = running(people), people.analyst
    log = attach(caller, here, "log.csv", till.files(NOW.date())[0])
    address = f"{here}/datasets/{log['id']}/quality"
    report = people.viewer.get(address).get_json()
    assert report["level"] in ("green", "amber") and report["rows"] == 120
    assert {f["code"] for f in report["findings"]} >= {"sample_ratio", "day"}
    told = caller.post(address, {"day": "entered_at", "duplicates_are_real": True})
    assert told.status_code == 200, told.text
    assert told.get_json()["first_day"] and told.get_json()["settings"]["day"] == "entered_at"
    assert people.viewer.post(address, {"day": "entered_at"}).status_code == 403
    assert caller.get(f"{here}/datasets/{'0' * 20}/quality").status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"day": "no such"}, "day"), ({"day": "store"}, None), ({"shift_end": "late"}, "shift_end"),
        ({"accepted": "all"}, "accepted"), ({"duplicates_are_real": 1}, "duplicates_are_real"),
        ({"colour": "red"}, "colour"), ({"accepted": ["heaping"]}, "reason"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_said_is_named(
    people: People, sent: dict[str, Any], field: str | None
) -> None:
    here, caller = running(people), people.analyst
    log = attach(caller, here, "log.csv", till.files(NOW.date())[0])
    refused = caller.post(f"{here}/datasets/{log['id']}/quality", sent)
    if field is None:  # text may be days written oddly: then there is no period
        assert refused.get_json()["first_day"] is None
        return
    assert refused.status_code == 422
    assert field in refused.get_json(force=True)["fields"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_compared_is_said(people: People) -> None:
    here, caller = running(people), people.analyst
    log = attach(caller, here, "log.csv", till.files(NOW.date())[0])["id"]
    address = f"{here}/reconciliations"
    for sent, status in (
        ({"log": log}, 422), ({"log": log, "receipts": log}, 422),
        ({"log": log, "receipts": "nothing"}, 404), ({"log": "'", "receipts": log}, 404),
        ({"log": log, "receipts": log, "mapping": {"log": 5}}, 422),
        ({"log": log, "receipts": log, "rules": {"late_minutes": "x"}}, 422),
    ):  # fmt: skip
        assert caller.post(address, sent).status_code == status, sent
