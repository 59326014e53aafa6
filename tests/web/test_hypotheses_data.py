"""The data of a test: a file mapped and attached; bad files refused whole; counts typed."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.fixtures.pages import Page, form_values
from tests.web.hypotheses_pages import Visitor, visitor

if TYPE_CHECKING:
    from hadi.config import Settings

__all__ = ["visitor"]

ROWS = "".join(f"{i};{'AB'[i % 2]};{int(i % 7 < 2)}\n" for i in range(400))
GOOD = f"client_id;Gruppe;bought\n{ROWS}".encode()


def packed(visitor: Visitor, key: str, content: bytes, name: str) -> tuple[bytes, str]:
    """The bytes a browser sends for a file, and their content type."""
    data = form_values(visitor.get(f"/hypotheses/{key}/data").form("attach"))
    data["file"] = (io.BytesIO(content), name)
    builder = EnvironBuilder(method="POST", data=data)
    sent = builder.get_environ()
    with closing(builder), closing(sent["wsgi.input"]) as stream:
        return stream.read(), sent["CONTENT_TYPE"]


def upload(visitor: Visitor, key: str, content: bytes, name: str, **options: Any) -> Page:
    body, kind = packed(visitor, key, content, name)
    return visitor.browser.post(f"/hypotheses/{key}/data", body, content_type=kind, **options)


def files(visitor: Visitor) -> list[Path]:
    settings: Settings = visitor.app.extensions["hadi_settings"]
    folder = settings.data_dir / "datasets"
    return sorted(folder.iterdir()) if folder.exists() else []


def rows(visitor: Visitor) -> list[tuple[str, int | None]]:
    from hadi.db import db
    from hadi.models import Dataset

    with visitor.app.app_context():
        return [(d.filename, d.version) for d in db.session.query(Dataset)]


def test_a_file_is_read_mapped_and_attached(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD, "till.csv").response.location
    page = visitor.get(where)
    for words in ("till.csv", "400", "semicolon", "whole numbers", "The first rows", "client_id"):
        assert words in page.text
    # The column of the arms is found by the plan's control in it, the metric by its name.
    chosen = form_values(page.form("mapping"))
    assert (chosen["need_0"], chosen["need_2"]) == ("Gruppe", "bought")
    assert "200 rows" in page.text and "control" in page.text
    assert rows(visitor) == [("till.csv", None)]
    visitor.submit(where, form_id="mapping", button="attach")
    assert rows(visitor) == [("till.csv", 1)]
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "version 1 · 400 rows" in page.text and "Run the check" in page.text
    page = visitor.get(page.links["till.csv"])
    assert "Gruppe" in page.text and len(page.by_id("dataset-digest").get("value", "")) == 64


def test_arms_that_do_not_match_the_plan_are_seen_at_once(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD.replace(b";B;", b";C;"), "till.csv").response.location
    page = visitor.get(where)
    assert "The plan’s arm “B” is not in this column." in page.text
    assert "not in the test" in page.text and "Read these values so" in page.text
    headers = {"HX-Request": "true"}
    arms = visitor.get(where.replace("/map", "/arms?need_0=bought"), headers=headers)
    assert "Arms in “bought”" in arms.text and "The plan’s arm “A”" in arms.text
    assert visitor.get(where.replace("/map", "/arms?need_0=nothing"), headers=headers).text == ""
    page = visitor.submit(where, {"need_0": "bought"}, form_id="mapping", button="look", status=200)
    assert "Arms in “bought”" in page.text
    # Where the file as it was sent is gone it cannot be read again; the mismatch is told.
    settings: Settings = visitor.app.extensions["hadi_settings"]
    for sent in (settings.data_dir / "incoming").iterdir():
        sent.unlink()
    page = visitor.get(where)
    assert "not in the plan" in page.text and "Read these values so" not in page.text


def bomb() -> bytes:
    """A small workbook that unfolds to forty megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"\0" * 40_000_000)
    return packed.getvalue()


BAD_FILES = {
    "nothing chosen": (b"", "", "Choose a file first."),
    "empty": (b"", "a.csv", "is empty"),
    "header only": (b"client_id;arm;bought\n", "a.csv", "no rows under it"),
    "not a table": (bytes(range(256)) * 40, "a.csv", "binary"),
    "NUL": (b"id;arm;bought\n1;A;\0\n2;B;1\n", "a.csv", "line 2"),
    "a million characters": (b"id;arm;bought\n1;A;" + b"x" * 10**6 + b"\n", "a.csv", "bought"),
    "wrong extension": (GOOD, "a.xlsx", "ends in"),
    "unknown extension": (GOOD, "a.exe", "HADI reads"),
    "zip bomb": (bomb(), "a.xlsx", "unfolds"),
    "ragged": (b"id;arm;bought\n1;A;1\n2;B\n", "a.csv", "line 3"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_in_a_sentence_and_leaves_nothing(
    visitor: Visitor, kind: str
) -> None:
    content, name, sentence = BAD_FILES[kind]
    key = visitor.make("running")
    visitor.sign_in("analyst")
    status = 413 if kind in ("a million characters", "zip bomb") else 422
    page = upload(visitor, key, content, name, status=status)
    assert sentence in page.text
    assert page.by_id("file").get("aria-invalid") == "true"
    assert rows(visitor) == [] and files(visitor) == []


def test_a_file_over_the_limit_is_refused(visitor: Visitor) -> None:
    key = visitor.make("running")
    settings = visitor.app.extensions["hadi_settings"]
    visitor.app.extensions["hadi_settings"] = replace(settings, max_upload_mb=0)
    page = upload(visitor.sign_in("analyst"), key, GOOD, "till.csv", status=413)
    assert "over the limit" in page.text and rows(visitor) == []
    visitor.app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    page = upload(visitor, key, GOOD * 400, "till.csv", status=413)
    assert "Nothing was stored" in page.text and files(visitor) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"need_2": ""}, "Choose the column for “Add-on sale”"),
        ({"need_2": "gone"}, "“gone” is not a column of the file"),
        ({"need_1": "Gruppe"}, "mapped twice"),
        ({"need_2": "Gruppe"}, "“A” is not a number"),
        ({"need_2": "client_id"}, "neither 0 nor 1"),
        ({"need_0": "sale"}, "There is no arm “A”"),
    ],
)
def test_a_mapping_that_cannot_answer_the_plan_attaches_nothing(
    visitor: Visitor, values: dict[str, str], sentence: str
) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    content = GOOD.replace(b"bought", b"sale", 1)
    where = upload(visitor, key, content, "till.csv").response.location
    chosen = {"need_2": "sale"} | values
    page = visitor.submit(where, chosen, form_id="mapping", button="attach", status=422)
    assert sentence in page.text, page.text
    assert rows(visitor) == [("till.csv", None)]


def test_a_single_arm_attaches_nothing_and_can_be_set_aside(visitor: Visitor) -> None:
    key = visitor.make("running", split=None)
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD.replace(b";B;", b";A;"), "till.csv").response.location
    page = visitor.submit(where, {"need_0": "Gruppe"}, form_id="mapping", status=422)
    assert "a comparison needs two" in page.text
    visitor.submit(where, form_id="discard")
    assert rows(visitor) == []
    assert visitor.events(key)[0][0] == "data_discarded"
    visitor.get(where, status=404)


def test_what_is_sent_twice_is_stored_once(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    # The very same bytes, as a browser sends them again on reload.
    body, kind = packed(visitor, key, GOOD, "till.csv")
    path = f"/hypotheses/{key}/data"
    places = {
        visitor.browser.post(path, body, content_type=kind).response.location for _ in range(2)
    }
    assert len(places) == 1 and len(rows(visitor)) == 1
    where = places.pop()
    mapping = form_values(visitor.get(where).form("mapping"), "attach")
    visitor.browser.post(where, mapping)
    visitor.browser.post(where, mapping)
    assert rows(visitor) == [("till.csv", 1)]
    check = form_values(visitor.get(path).form("run"))
    first = visitor.browser.post(f"/hypotheses/{key}/analyses", check).response.location
    again = visitor.browser.post(f"/hypotheses/{key}/analyses", check).response.location
    assert first == again
    assert [verb for verb, _ in visitor.events(key)].count("analysed") == 1


def test_counts_are_typed(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    path = f"/hypotheses/{key}/data/counts"
    data = form_values(visitor.get(path).form("counts"), "add")
    assert (data["rows-0-arm"], data["rows-1-arm"]) == ("A", "B")
    page = visitor.browser.post(path, data, status=200)
    data = form_values(page.form("counts"), "attach")
    data["rows-0-units"], data["rows-0-successes"] = "1,000", "100"
    data["rows-1-units"], data["rows-1-successes"] = "990", "1 200"
    page = visitor.browser.post(path, data, status=422)
    assert "more successes" in page.text and rows(visitor) == []
    data["rows-0-successes"] = "many"
    page = visitor.browser.post(path, data, status=422)
    assert "more successes" in page.text and "Write a" in page.text  # both at once
    # What is left blank is said where it is missing, for every arm that is named.
    blank = data.copy()
    blank["rows-0-successes"] = blank["rows-1-units"] = blank["rows-1-successes"] = ""
    page = visitor.browser.post(path, blank, status=422)
    for name in ("rows-0-successes", "rows-1-units", "rows-1-successes"):
        assert page.by_id(name).get("aria-invalid") == "true"
    assert page.by_id("rows-0-units").get("aria-invalid") is None
    data["rows-0-successes"], data["rows-1-successes"] = "100", "150"
    visitor.browser.post(path, data)
    visitor.browser.post(path, data)
    assert rows(visitor) == [("", 1)]
    page = visitor.get(f"/hypotheses/{key}/data")
    page = visitor.get(page.links["Typed counts"])
    assert "1,000" in page.text and "150" in page.text


def test_counts_of_a_mean_ask_for_mean_and_spread(visitor: Visitor) -> None:
    metric = {"name": "Sum", "kind": "mean", "role": "primary", "threshold": 1, "better": "higher"}
    key = visitor.make("running", metrics=[metric], baseline=None)
    visitor.sign_in("analyst")
    values = {
        "rows-0-units": "500", "rows-0-mean": "10.5", "rows-0-sd": "4",
        "rows-1-units": "500", "rows-1-mean": "12", "rows-1-sd": "4.2",
    }  # fmt: skip
    visitor.submit(f"/hypotheses/{key}/data/counts", values, form_id="counts", button="attach")
    assert rows(visitor) == [("", 1)]


def test_counts_are_not_for_several_metrics(visitor: Visitor) -> None:
    one = {"name": "One", "kind": "conversion", "role": "primary", "threshold": 0}
    metrics = [one | {"better": "higher"}, one | {"name": "Two", "role": "secondary"}]
    key = visitor.make("running", metrics=metrics)
    page = visitor.sign_in("analyst").get(f"/hypotheses/{key}/data")
    assert "Type the counts instead" not in page.text
    page = visitor.get(f"/hypotheses/{key}/data/counts", status=422)
    assert "give the other metrics a file" in page.text


def test_a_download_makes_formulas_harmless(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    content = GOOD.replace(b"client_id", b"=cmd|calc", 1).replace(b"0;A;", b"@SUM(A1);A;", 1)
    where = upload(visitor, key, content, "=till 1.csv").response.location
    visitor.submit(where, form_id="mapping", button="attach")
    page = visitor.get(visitor.get(f"/hypotheses/{key}/data").links["=till 1.csv"])
    answer = visitor.browser.client.get(page.links["CSV"])
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).removeprefix("\ufeff").split("\r\n")
    assert lines[0] == '"\'=cmd|calc","Gruppe","bought"'
    assert lines[1].startswith('"\'@SUM(A1)","A",')
    assert len(lines) == 402


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        ({}, ("The result opens when every arm has 1,000 units.", "Open the result early")),
        (
            {"looks": "anytime", "ends_on": "2026-12-01"},
            ("may be opened at any moment", "The test ends when every arm has 1,000 units, or",
             "End the test here"),
        ),
        (
            {"looks": "planned", "look_count": 4, "design": "cluster"},
            ("The result opens at 4 looks, at even steps", "The last one comes when every arm has",
             "1,000 clusters", "Look off the schedule"),
        ),
    ],
)  # fmt: skip
def test_the_page_says_when_the_result_opens(
    visitor: Visitor, parts: dict[str, Any], sentences: tuple[str, ...]
) -> None:
    key = visitor.make("running", **parts)
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD.replace(b"client_id", b"cluster"), "a.csv").response.location
    visitor.submit(where, form_id="mapping", button="attach")
    page = visitor.get(f"/hypotheses/{key}/data")
    for sentence in sentences:
        assert sentence in page.text, page.text


def test_before_the_start_nothing_can_be_attached(visitor: Visitor) -> None:
    key = visitor.make("planned")
    page = visitor.sign_in("analyst").get(f"/hypotheses/{key}/data")
    assert "Data are attached once the test has started." in page.text
    assert "Read the file" not in page.text
    data = {"csrf_token": visitor.token(), "file": (io.BytesIO(GOOD), "till.csv")}
    page = visitor.browser.post(f"/hypotheses/{key}/data", data, status=422)
    assert "Data are attached to a test that is under way" in page.text
    assert rows(visitor) == [] and files(visitor) == []
    assert visitor.events(key)[0][0] == "refused"


def test_a_viewer_looks_and_brings_nothing(visitor: Visitor) -> None:
    key = visitor.make("with_data")
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}/data")
    assert "Typed counts" in page.text
    assert "Read the file" not in page.text and "Run the check" not in page.text
    assert "those who work on this test run it" in page.text
    assert "Compare a log with the receipts" not in page.text
    token = {"csrf_token": visitor.token(f"/hypotheses/{key}/data")}
    for path, data in (
        ("data", token | {"file": (io.BytesIO(GOOD), "till.csv")}),
        ("data/counts", token),
        ("analyses", token),
        ("analyses", token | {"early": "1", "reason": "curious"}),
        ("analyses", token | {"early": "1"}),
    ):
        visitor.browser.post(f"/hypotheses/{key}/{path}", data, status=403)
        verb, details = visitor.events(key)[0]
        assert verb == "refused" and details["blockers"][0].startswith("not_allowed.")
    assert len(rows(visitor)) == 1


def test_data_of_another_hypothesis_are_not_found(visitor: Visitor) -> None:
    key, other = visitor.make("running"), visitor.make("running", change="greet everyone")
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD, "till.csv").response.location
    visitor.get(where.replace(key, other), status=404)
    visitor.get(f"/hypotheses/{key}/data/{'0' * 20}", status=404)
    visitor.get(f"/hypotheses/{key}/analyses/{'0' * 20}", status=404)


def test_what_waits_is_shown_to_those_who_may_attach_it(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = upload(visitor, key, GOOD, "till.csv").response.location
    assert where in visitor.get(f"/hypotheses/{key}").html
    assert "set aside 30 days after it was read" in visitor.get(f"/hypotheses/{key}/data").text
    visitor.sign_in("viewer")
    for part in ("map", "arms?need_0=bought", "rows.csv"):
        visitor.get(where.replace("map", part), status=403)
    for page in (f"/hypotheses/{key}", f"/hypotheses/{key}/data"):
        assert where not in visitor.get(page).html
    refused = [details for verb, details in visitor.events(key) if "blockers" in details]
    assert refused and refused[0]["blockers"] == ["not_allowed.dataset.attach"]
    visitor.sign_in("analyst")
    visitor.submit(where, form_id="mapping", button="attach")
    visitor.sign_in("viewer")
    assert visitor.get(where.replace("/map", "/rows.csv")).response.status_code == 200


@pytest.mark.parametrize(("q", "is_offered"), [(None, True), (0.9, False)])
def test_counts_are_offered_where_they_answer_the_plan(
    visitor: Visitor, q: float | None, is_offered: bool
) -> None:
    metric = {"name": "Spent", "kind": "mean" if q is None else "quantile", "columns": ["spent"],
              "role": "primary", "threshold": 2, "better": "higher"}  # fmt: skip
    key = visitor.make("running", metrics=[metric | ({"q": q} if q else {})], unit=None)
    text = visitor.sign_in("analyst").get(f"/hypotheses/{key}").text
    assert "Attach the file as it comes" in text
    assert ("or type the counts" in text) is is_offered
