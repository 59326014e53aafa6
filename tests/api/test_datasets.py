"""Data over the API: versions, choices of reading, tags, where data come from, and deletion."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.api.world import Caller, Journey, People
from tests.factories.weeks import HEAD, PLAN, week


def send(caller: Caller, here: str, content: bytes, name: str = "week.csv", **more: Any) -> Any:
    written = {key: v if isinstance(v, str) else json.dumps(v) for key, v in more.items()}
    form = {"file": (io.BytesIO(content), name)} | written
    return caller.post(f"{here}/datasets", data=form)


@pytest.fixture
def here(journey: Journey) -> str:
    """A running test whose plan names unit and day."""
    return f"/hypotheses/{journey.running(**PLAN)['id']}"


def test_versions_follow_each_other(people: People, here: str) -> None:
    analyst = people.analyst
    first = send(analyst, here, week(1), tags={"client": "personal"}).get_json()
    assert (first["version"], first["relation"], first["is_current"]) == (1, "whole", True)
    second = send(analyst, here, week(2), extends="1")
    assert second.status_code == 201, second.get_json()
    made = second.get_json()
    assert (made["rows"], made["previous_version"], made["mapping"]) == (120, 1, first["mapping"])
    assert made["tags"] == {"client": "personal"}
    # The same file is the same data set.
    known = send(analyst, here, week(1))
    assert (known.status_code, known.get_json()["id"]) == (200, first["id"])
    assert not known.get_json()["is_current"]
    analysis = analyst.post(f"{here}/analyses").get_json()
    assert (analysis["dataset_version"], analysis["dataset_is_current"]) == (2, True)
    refused = send(analyst, here, week(1, rows=80), corrects="2")
    assert refused.status_code == 422 and "reason" in refused.get_json()["fields"]
    third = send(analyst, here, week(1, rows=80), corrects="2", reason="rows were missing")
    assert third.get_json()["relation"] == "correction"
    again = analyst.get(f"{here}/analyses/{analysis['id']}").get_json()
    assert not again["dataset_is_current"]


def test_how_it_is_read_can_be_said(people: People, here: str) -> None:
    lines = "".join(
        f"{i};{'AB'[i % 2]};{i % 2};0{1 + i % 3}/0{1 + i % 4}/2026\n" for i in range(60)
    )
    content = f"{HEAD}\n{lines}".encode()
    refused = send(people.analyst, here, content)
    assert refused.status_code == 422 and "day" in refused.get_json()["fields"]
    choices = {"columns": {"day": {"date_order": "dmy"}}}
    made = send(people.analyst, here, content, choices=choices)
    assert made.status_code == 201, made.get_json()
    found = people.viewer.get(f"{here}/datasets/{made.get_json()['id']}/provenance").get_json()
    (part,) = found["parts"]
    assert part["choices"] == choices and len(part["received_digest"]) == 64
    assert (part["filename"], part["digest"]) == ("week.csv", found["digest"])
    bad = send(people.analyst, here, week(2) + b"broken;row\n")
    assert bad.get_json()["remedy"] == {"bad_rows": "leave_out"}
    for field, value in (("choices", {"sheets": "x"}), ("relation", "new"), ("tags", {"day": "x"})):
        wrong = send(people.analyst, here, week(3), **{field: value})
        assert wrong.status_code == 422, (field, wrong.get_json())


def test_values_are_read_as_arms_of_the_plan(people: People, here: str) -> None:
    content = week(1).replace(b";B;", ";новый;".encode())
    refused = send(people.analyst, here, content)
    assert refused.status_code == 422 and "a single arm (“A”)" in refused.get_json()["detail"]
    choices = {"columns": {"arm": {"arms": {"новый": "C"}}}}
    refused = send(people.analyst, here, content, choices=choices)
    assert refused.status_code == 422 and "no arm “C”" in refused.get_json()["detail"]
    choices = {"columns": {"arm": {"arms": {"новый": "B"}}}}
    made = send(people.analyst, here, content, choices=choices)
    assert made.status_code == 201, made.get_json()
    report = made.get_json()["report"]
    assert report["columns"][1]["examples"] == ["A", "B"]
    assert "“новый” is read as “B” (30 rows)." in report["notes"][0]["sentence"]
    later = week(2).replace(b";B;", ";новый;".encode())
    again = send(people.analyst, here, later, extends="1", tags={"arm": "personal"}).get_json()
    assert again["rows"] == 120
    # Who may not see the column reads none of its values where the reading is told.
    for caller, is_told in ((people.analyst, True), (people.viewer, False)):
        found = [
            caller.get(f"{here}/datasets/{again['id']}{path}").get_json()
            for path in ("", "/provenance")
        ]
        assert [("новый" in str(each)) for each in found] == [is_told, is_told]


def test_hidden_columns_show_no_values(people: People, here: str) -> None:
    made = send(people.analyst, here, week(1), tags={"client": "personal"}).get_json()

    def examples(caller: Caller) -> list[str]:
        report = caller.get(f"{here}/datasets/{made['id']}").get_json()["report"]
        found: list[str] = report["columns"][0]["examples"]
        return found

    assert examples(people.analyst) and examples(people.viewer) == []


def test_what_is_hidden_later_is_hidden_in_the_same_rows_before(people: People, here: str) -> None:
    first = send(people.analyst, here, week(1)).get_json()
    later = send(people.analyst, here, week(1), tags={"client": "personal"}, reason="people")
    assert later.get_json()["version"] == 2, later.text
    old = people.viewer.get(f"{here}/datasets/{first['id']}").get_json()
    assert (old["tags"], old["report"]["columns"][0]["examples"]) == ({"client": "personal"}, [])


def test_rows_are_deleted_by_an_administrator(people: People, here: str) -> None:
    made = send(people.analyst, here, week(1)).get_json()
    path = f"{here}/datasets/{made['id']}"
    assert people.analyst.send("DELETE", path, {"reason": "old"}).status_code == 403
    assert people.admin.send("DELETE", path, {"reason": ""}).status_code == 422
    gone = people.admin.send("DELETE", path, {"reason": "asked by the client"})
    assert gone.status_code == 200 and gone.get_json()["deleted_at"]
    assert gone.get_json()["digest"] == made["digest"]


def test_of_hidden_columns_the_quality_names_no_value(people: People, here: str) -> None:
    content = week(1, head=f"{HEAD};city", extra=";Szeged")
    made = send(people.analyst, here, content, tags={"city": "personal"}).get_json()

    def told(caller: Caller) -> str:
        found = caller.get(f"{here}/datasets/{made['id']}").get_json()["quality"]
        assert found["level"] == made["quality"]["level"]
        return json.dumps(found)

    assert "Szeged" in told(people.analyst) and "Szeged" not in told(people.viewer)


def test_what_waits_is_for_those_who_may_attach_it(people: People, here: str) -> None:
    from datetime import UTC, datetime

    from hadi.api.datasets import folder
    from hadi.ingest.limits import Limits
    from hadi.services import datasets, users

    with people.app.app_context():
        staged = datasets.stage(
            here.rpartition("/")[2], file=io.BytesIO(week(1)), filename="week.csv",
            folder=folder(), limits=Limits(), now=datetime.now(UTC),
            by=users.actor_for(users.get(people.analyst.user_id)),
        )  # fmt: skip
        where = f"{here}/datasets/{staged.id}"
        assert not staged.is_attached
    for path in (where, f"{where}/provenance"):
        assert people.analyst.get(path).status_code == 200
        assert people.viewer.get(path).status_code == 403


def test_receipts_keep_their_tags(people: People, here: str) -> None:
    columns = {"receipt": "client", "at": "day"}
    made = send(
        people.analyst, here, week(1), role="receipts", mapping=columns,
        tags={"client": "personal"},
    )  # fmt: skip
    assert made.status_code == 201 and made.get_json()["tags"] == {"client": "personal"}


def test_the_day_is_named_where_the_plan_does_not(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running(unit='client')['id']}"
    refused = send(people.analyst, here, week(1), day="arm")
    assert refused.status_code == 422 and "no dates" in refused.get_json()["fields"]["day"]
    made = send(people.analyst, here, week(1), day="day").get_json()
    quality = people.analyst.get(f"{here}/datasets/{made['id']}/quality").get_json()
    assert quality["settings"]["day"] == "day" and quality["first_day"] == "2026-02-02"
