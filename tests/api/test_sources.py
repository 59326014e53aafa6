"""Connections and feeds by program: a password goes in, and out of nothing that is answered,
logged, exported or shown."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.world import Journey, People
from tests.factories.sources import SECRET, parquet_folder

if TYPE_CHECKING:
    from flask import Flask

POSTGRES: dict[str, Any] = {
    "name": "Warehouse", "kind": "postgresql", "password": SECRET,
    "settings": {"host": "db.example.invalid", "database": "sales", "user": "reader"},
}  # fmt: skip


def folder_of(app: Flask) -> str:
    return parquet_folder(app.extensions["hadi_settings"].data_dir).name


def test_a_connection_is_written_read_and_put_aside(people: People) -> None:
    made = people.analyst.post("/connections", POSTGRES)
    assert made.status_code == 201, made.text
    shown = made.get_json()
    assert (shown["has_password"], shown["kind"], shown["version"]) == (True, "postgresql", 1)
    assert "password" not in shown
    here = made.headers["Location"].removeprefix("/api/v1")
    assert people.admin.get(here).headers["ETag"] == '"1"'
    edited = people.analyst.patch(here, {"name": "Sales", "limits": {"seconds": 5}}, '"1"')
    assert (edited.get_json()["name"], edited.get_json()["limits"]["seconds"]) == ("Sales", 5)
    assert people.analyst.patch(here, {"name": "Stale"}, '"1"').status_code == 412
    assert people.analyst.patch(here, {"name": "None"}, etag=None).status_code == 428
    moved = people.analyst.patch(here, {"settings": {"host": "evil.example"}})
    assert moved.status_code == 422
    assert "password" in moved.get_json(force=True)["fields"]
    assert people.analyst.patch(here, {"password": None}).get_json()["has_password"] is False
    put = people.analyst.post(f"{here}/archive")
    assert put.get_json()["archived_at"] is not None
    assert people.analyst.post(f"{here}/test").get_json()["ok"] is False
    assert people.analyst.post(f"{here}/restore").get_json()["archived_at"] is None
    assert [each["name"] for each in people.analyst.get("/connections").get_json()] == ["Sales"]


def test_others_may_not(people: People) -> None:
    made = people.analyst.post("/connections", POSTGRES)
    here = made.headers["Location"].removeprefix("/api/v1")
    for role in ("member", "leader", "viewer"):
        caller = getattr(people, role)
        assert caller.get("/connections").status_code == 403
        assert caller.get(here).status_code == 403
        assert caller.post("/connections", POSTGRES).status_code == 403
        assert caller.post(f"{here}/test").status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"settings": {"host": "reader:hush@db", "database": "d", "user": "u"}}, "host"),
        ({"settings": []}, "settings"),
        ({"kind": "oracle"}, "kind"),
        ({"name": ""}, "name"),
        ({"limits": {"seconds": "long"}}, "seconds"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(
    people: People, change: dict[str, Any], field: str
) -> None:
    refused = people.analyst.post("/connections", POSTGRES | change)
    assert refused.status_code == 422, refused.text
    assert field in refused.get_json(force=True)["fields"]


def test_a_feed_is_asked_and_answers_with_a_job(
    people: People, journey: Journey, app: Flask
) -> None:
    body = {"name": "Shops", "kind": "parquet", "settings": {"path": folder_of(app)}}
    connection = people.analyst.post("/connections", body).get_json()
    here = f"/hypotheses/{journey.running(unit='client')['id']}/feeds"
    wrong = people.analyst.post(here, {"connection_id": connection["id"], "table": "nothing"})
    assert wrong.status_code == 422
    absent = {"connection_id": connection["id"], "table": "sales", "mapping": {"bought": "no"}}
    assert people.analyst.post(here, absent).status_code == 422
    assert people.analyst.get(here).get_json() == []  # nothing half made stays
    asked = people.analyst.post(
        here, {"connection_id": connection["id"], "table": "sales", "schedule": "daily"}
    )
    assert asked.status_code == 202, asked.text
    job = people.analyst.get(asked.headers["Location"].removeprefix("/api/v1")).get_json()
    assert (job["state"], job["outcome"]["is_new"]) == ("done", True), job
    (feed,) = people.viewer.get(here).get_json()
    assert (feed["connection"], feed["schedule"], feed["live"]) == ("Shops", "daily", True)
    assert feed["dataset_id"] == job["outcome"]["dataset_id"]
    one = f"{here}/{feed['id']}"
    again = people.member.post(f"{one}/refresh")
    assert again.status_code == 202
    job = people.member.get(again.headers["Location"].removeprefix("/api/v1")).get_json()
    assert job["outcome"]["is_new"] is False
    etag = people.member.get(one).headers["ETag"]
    paused = people.member.patch(one, {"schedule": "hourly", "paused": True}, etag)
    assert (paused.get_json()["schedule"], paused.get_json()["due_at"]) == ("hourly", None)
    assert people.member.patch(one, {"paused": False}, etag).status_code == 412
    assert people.member.post(f"{one}/stop").get_json()["archived_at"] is not None
    assert people.viewer.post(f"{one}/restore").status_code == 403
    assert people.member.post(f"{one}/restore").get_json()["archived_at"] is None


def test_a_feed_that_cannot_be_asked_says_why_and_asks_no_more(
    people: People, journey: Journey, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody puts the connection aside between the mapping and the first question."""
    from hadi.services import feeds

    body = {"name": "Shops", "kind": "parquet", "settings": {"path": folder_of(app)}}
    connection = people.analyst.post("/connections", body).get_json()["id"]
    here = f"/hypotheses/{journey.running(unit='client')['id']}/feeds"
    ask = feeds.refresh_now

    def late(*told: Any, **more: Any) -> Any:
        people.analyst.post(f"/connections/{connection}/archive")
        return ask(*told, **more)

    monkeypatch.setattr(feeds, "refresh_now", late)
    refused = people.analyst.post(
        here, {"connection_id": connection, "table": "sales", "schedule": "daily"}
    )
    assert refused.status_code == 409
    told = refused.get_json(force=True)
    assert [each["code"] for each in told["blockers"]] == ["source_put_aside"], told
    assert "“Shops”" in told["blockers"][0]["detail"]
    (feed,) = people.analyst.get(here).get_json()
    assert (feed["live"], feed["due_at"]) == (False, None) and feed["archived_at"] is not None


def test_a_password_is_in_nothing_that_leaves(
    people: People, journey: Journey, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that is answered, logged or written to the disk, searched for the password."""
    stream, heard = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    heard.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    made = people.analyst.post("/connections", POSTGRES)
    here = made.headers["Location"].removeprefix("/api/v1")
    hypothesis = journey.running()["id"]
    pasted = f"postgresql://reader:{SECRET}@db.example.invalid/sales"
    for answered in (
        made,
        people.analyst.get("/connections"),
        people.analyst.post(f"{here}/test"),
        people.analyst.patch(here, {"settings": {"host": pasted}}),
        people.analyst.patch(here, {"settings": {"host": f"{pasted}:x"}}),
        people.analyst.patch(here, {"settings": {"database": f"password={SECRET}"}}),
        people.analyst.post("/connections", {**POSTGRES, "name": "x" * 500}),
        people.analyst.post("/connections", {**POSTGRES, "settings": {"host": pasted}}),
        people.analyst.post(
            f"/hypotheses/{hypothesis}/feeds",
            {"connection_id": made.get_json()["id"], "table": "sales"},
        ),
        people.analyst.get(f"/hypotheses/{hypothesis}/events"),
    ):
        said += [answered.text, str(answered.headers)]
    heard.removeHandler(handler)
    assert SECRET not in "\n".join(said)
    assert SECRET not in stream.getvalue()
    assert SECRET not in caplog.text
    for file in app.extensions["hadi_settings"].data_dir.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
