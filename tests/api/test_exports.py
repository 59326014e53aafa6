"""Tables and the workspace as files, with a token."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.world import Caller, Journey, People

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LISTS = ("hypotheses", "learnings", "rollouts", "analyses", "datasets")


def fetch(caller: Caller, path: str, status: int = 200, **headers: str) -> TestResponse:
    """A file: not JSON, as all other answers are."""
    client = caller.app.test_client(use_cookies=False)
    sent = {"Authorization": f"Bearer {caller.token}", **headers}
    response = client.get(f"/api/v1{path}", headers=sent)
    assert response.status_code == status, response.get_data(as_text=True)
    return response


def rows(response: TestResponse) -> list[dict[str, str]]:
    text = response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def key(journey: Journey) -> str:
    """A hypothesis that was decided to scale."""
    journey.scaled()
    return "H-1"


def test_every_list_in_every_format(people: People, key: str) -> None:
    import openpyxl
    import pyarrow.parquet as pq

    analyst = people.analyst
    for name in LISTS:
        table = rows(fetch(analyst, f"/exports/{name}"))
        head = list(table[0]) if table else []
        found = fetch(analyst, f"/exports/{name}?format=parquet")
        parquet = pq.read_table(io.BytesIO(found.get_data()))
        assert parquet.num_rows == len(table), name
        book = fetch(analyst, f"/exports/{name}", Accept=XLSX)
        assert book.mimetype == XLSX
        sheet = openpyxl.load_workbook(io.BytesIO(book.get_data())).worksheets[0]
        titles = [cell.value for cell in next(iter(sheet.rows))]
        assert len(titles) == parquet.num_columns
        assert not head or titles == head


def test_analyses_are_laid_flat(people: People, key: str) -> None:
    stored = people.viewer.get(f"/hypotheses/{key}/analyses").get_json()[0]
    table = rows(fetch(people.viewer, f"/exports/analyses?hypothesis={key}"))
    assert len(table) == len(stored["comparisons"])
    for row, comparison in zip(table, stored["comparisons"], strict=True):
        assert (row["Key"], row["Metric"], row["Arm"]) == (
            key, comparison["metric"], comparison["arm"]
        )  # fmt: skip
        assert float(row["Difference"]) == comparison["difference"]["estimate"]
        assert float(row["Lower end"]) == comparison["difference"]["low"]
        assert float(row["p"]) == comparison["p_value"]
        assert row["Verdict in words"].replace("\xa0", " ") == stored["sentence"]


def test_the_history_of_a_hypothesis(people: People, key: str) -> None:
    table = rows(fetch(people.viewer, f"/exports/history?hypothesis={key}"))
    events = people.viewer.get(f"/hypotheses/{key}/events").get_json()
    assert [row["Code"] for row in table] == [event["verb"] for event in reversed(events)]


@ONE
def test_money_and_addresses_go_to_those_who_may_see_them(people: People, key: str) -> None:
    whole = fetch(people.admin, "/exports/hypotheses")
    (row,) = rows(whole)
    assert "@" in row["Author's e-mail"] and row["Currency"]
    assert "without" not in whole.headers["Content-Disposition"]
    for role, missing in (("leader", "personal"), ("viewer", "money-personal")):
        part = fetch(getattr(people, role), "/exports/hypotheses")
        assert f"-without-{missing}.csv" in part.headers["Content-Disposition"]
        assert "@" not in part.get_data(as_text=True)
        assert ("Currency" in rows(part)[0]) == (role == "leader")


@ONE
def test_semicolons_for_decimal_commas(people: People, key: str) -> None:
    text = fetch(people.viewer, "/exports/analyses?separator=;").get_data().decode("utf-8-sig")
    (row, *_) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert "," in row["Difference"] and "." not in row["Difference"]
    fetch(people.viewer, "/exports/analyses?separator=x", 422)


@ONE
def test_filters_narrow_the_list(people: People, key: str) -> None:
    viewer = people.viewer
    assert len(rows(fetch(viewer, "/exports/hypotheses?state=concluded&order=newest"))) == 1
    assert rows(fetch(viewer, "/exports/hypotheses?state=idea")) == []
    assert rows(fetch(viewer, "/exports/learnings?q=zebra&decision=stop")) == []
    fetch(viewer, "/exports/hypotheses?owner=nobody@x.example", 422)
    assert len(rows(fetch(viewer, "/exports/datasets?role=outcome"))) == 1
    assert rows(fetch(viewer, "/exports/datasets?role=log")) == []
    assert rows(fetch(viewer, "/exports/datasets?q=zebra&kind=counts&light=unseen")) == []
    fetch(viewer, "/exports/datasets?light=blue", 422)


@ONE
def test_what_cannot_be_exported_is_said(people: People, key: str) -> None:
    viewer = people.viewer
    for path, status in (
        ("/exports/poems", 404),
        ("/exports/hypotheses?format=pdf", 422),
        ("/exports/history", 422),
        ("/exports/history?hypothesis=H-99", 404),
        ("/exports/rows", 422),
        ("/exports/rows?dataset=none", 404),
        ("/exports/activity", 403),
        ("/exports/people", 403),
        ("/exports/files/none", 404),
    ):
        assert viewer.get(path).status_code == status, path
    for path in ("/workspace/archives", "/workspace/imports"):
        assert people.analyst.post(path).status_code in (403, 415)


@ONE
def test_rows_of_a_data_set(people: People, key: str) -> None:
    dataset = people.viewer.get(f"/hypotheses/{key}/datasets").get_json()[0]
    table = rows(fetch(people.viewer, f"/exports/rows?dataset={dataset['id']}"))
    assert table and "arm" in table[0]


@ONE
def test_a_long_file_is_written_in_the_background(
    people: People, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.services import exports
    from hadi.services.table_files import Format

    monkeypatch.setitem(exports.MOST_AT_ONCE, Format.PARQUET, 0)
    accepted = people.viewer.get("/exports/hypotheses?format=parquet")
    assert accepted.status_code == 202
    job = people.viewer.get(accepted.headers["Location"].removeprefix("/api/v1")).get_json()
    assert (job["kind"], job["state"], job["problem"]) == ("export", "done", None)
    path = f"/exports/files/{job['id']}"
    found = fetch(people.viewer, path)
    assert found.get_data().startswith(b"PAR1")
    found.close()
    assert people.member.get(path).status_code == 404


@ONE
def test_the_workspace_as_an_archive(people: People, key: str) -> None:
    admin = people.admin
    accepted = admin.post("/workspace/archives")
    assert accepted.status_code == 202, accepted.get_json()
    job: dict[str, Any] = accepted.get_json()
    found = fetch(admin, f"/exports/files/{job['id']}")
    content = found.get_data()
    found.close()
    assert content.startswith(b"PK")
    form = {"file": (io.BytesIO(content), "archive.zip")}
    refused = admin.send("POST", "/workspace/imports", data=form)
    assert refused.status_code == 422
    assert "empty workspace only" in refused.get_json()["detail"]
    assert admin.send("POST", "/workspace/imports", data={"x": "y"}).status_code == 422
