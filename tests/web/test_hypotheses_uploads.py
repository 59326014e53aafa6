"""Large files from the browser: in pieces, then a page that tells of their reading."""

from __future__ import annotations

import base64
import io
import json
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

ROWS = "".join(f"{i};{'AB'[i % 2]};{int(i % 7 < 2)}\n" for i in range(400))
GOOD = f"client_id;arm;bought\n{ROWS}".encode()
# The last but one row has a cell too many.
RAGGED = GOOD.replace(b"\n398;A;0\n", b"\n398;A;0;?;?\n")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def ask(visitor: Visitor, method: str, path: str, **options: Any) -> Any:
    headers = {**TUS, **options.pop("headers", {})}
    if visitor.is_in and method != "HEAD":
        headers["X-CSRFToken"] = visitor.token("/hypotheses")
    return visitor.browser.client.open(path, method=method, headers=headers, **options)


def begin(visitor: Visitor, key: str, size: int, **metadata: str) -> Any:
    told = {"filename": "till.csv", **metadata}
    written = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items()
    )
    headers = {"Upload-Length": str(size), "Upload-Metadata": written}
    return ask(visitor, "POST", f"/hypotheses/{key}/uploads", headers=headers)


def send(visitor: Visitor, place: str, content: bytes, offset: int = 0) -> Any:
    headers = {"Upload-Offset": str(offset), "Content-Type": PIECE}
    return ask(visitor, "PATCH", place, data=content, headers=headers)


def sent(visitor: Visitor, key: str, content: bytes) -> str:
    """A file sent whole; the address of the page that tells of it."""
    place = begin(visitor, key, len(content), batch="one").headers["Location"]
    assert send(visitor, place, content).status_code == 204
    return f"/hypotheses/{key}/uploads/batch/one"


def test_a_file_in_pieces_leads_to_its_columns(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    place = begin(visitor, key, len(GOOD), batch="one").headers["Location"]
    assert send(visitor, place, GOOD[:100]).headers["Upload-Offset"] == "100"
    assert ask(visitor, "HEAD", place).headers["Upload-Offset"] == "100"
    page = visitor.get(f"/hypotheses/{key}/uploads/batch/one")
    assert "have arrived" in page.text and "Go on with the upload" in page.links
    assert send(visitor, place, GOOD[100:], offset=100).status_code == 204
    where = visitor.browser.get(f"/hypotheses/{key}/uploads/batch/one", status=302)
    assert where.response.location.endswith("/map")
    assert "till.csv" in visitor.get(where.response.location).text


def test_what_cannot_be_read_is_read_in_the_way_that_is_offered(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = sent(visitor, key, RAGGED)
    page = visitor.get(where)
    assert "400" in page.text  # the line
    assert "Leave these rows out and read the rest" in page.text
    assert "Set the file aside" in page.text
    # The page of data offers it, too, beside the file.
    page = visitor.get(f"/hypotheses/{key}/data")
    assert page.text.count("Leave these rows out and read the rest") == 1
    visitor.submit(where, form_id="remedy")
    assert visitor.browser.get(where, status=302).response.location.endswith("/map")


def test_a_file_can_be_left_out(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = sent(visitor, key, RAGGED)
    visitor.submit(where, form_id="stop")
    visitor.browser.get(where, status=404)


def test_reading_that_waits_is_told_and_can_be_stopped(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = sent(visitor, key, GOOD)
    page = visitor.get(where)
    assert "Waiting for its turn." in page.text
    assert page.by_id("upload").get("hx-get") == where
    again = visitor.browser.get(where, headers={"HX-Request": "true"})
    assert again.by_id("upload").get("hx-get") == where
    visitor.submit(where, form_id="stop")
    visitor.browser.get(where, status=404)


def test_htmx_is_led_on_when_it_is_read(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    where = sent(visitor, key, GOOD)
    answered = visitor.browser.client.get(where, headers={"HX-Request": "true"})
    assert answered.headers["HX-Redirect"].endswith("/map")


def test_refusals_are_sentences(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")

    def detail(answered: Any) -> tuple[int, str]:
        return answered.status_code, json.loads(answered.get_data())["detail"]

    status, said = detail(begin(visitor, key, 1 << 40))
    assert status == 413 and "4,096 MB" in said
    status, said = detail(begin(visitor, key, 10, choices="7"))
    assert status == 422 and "choices" in said
    assert ask(visitor, "HEAD", f"/hypotheses/{key}/uploads/none").status_code == 404
    visitor.browser.get(f"/hypotheses/{key}/uploads/batch/none", status=404)


def test_without_scripts_a_large_form_is_read_by_a_worker_too(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.web.hypotheses.data_views.SMALL", 1000)
    key = visitor.make("running")
    visitor.sign_in("analyst")
    data = form_values(visitor.get(f"/hypotheses/{key}/data").form("attach"))
    data["file"] = (io.BytesIO(RAGGED), "till.csv")
    builder = EnvironBuilder(method="POST", data=data)
    environ = builder.get_environ()
    with closing(builder), closing(environ["wsgi.input"]) as stream:
        body, kind = stream.read(), environ["CONTENT_TYPE"]
    sent = visitor.browser.post(f"/hypotheses/{key}/data", body, content_type=kind)
    where = sent.response.location
    assert "/uploads/batch/" in where
    assert "Leave these rows out" in visitor.get(where).text


def test_a_full_disk_is_said_before_anything_is_sent(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=9))
    answered = begin(visitor, key, 10)
    assert answered.status_code == 507
    assert "disk of the server is full" in json.loads(answered.get_data())["detail"]


def test_a_stranger_and_a_viewer_send_nothing(visitor: Visitor) -> None:
    key = visitor.make("running")
    assert begin(visitor, key, 10).status_code in (400, 401)
    visitor.sign_in("viewer")
    assert begin(visitor, key, 10).status_code == 403


def test_the_check_of_many_rows_is_left_to_a_worker(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.services.long_checks.MANY_ROWS", 10)
    key = visitor.make("running")
    visitor.sign_in("analyst")
    columns = visitor.browser.get(sent(visitor, key, GOOD), status=302).response.location
    visitor.submit(columns, form_id="mapping", button="attach")
    with monkeypatch.context() as asleep:
        asleep.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
        work = visitor.submit(f"/hypotheses/{key}/data", form_id="run").response.location
        page = visitor.get(work)
        assert "Waiting for its turn." in page.text
        visitor.submit(work, form_id="stop")
        assert visitor.browser.get(work, status=302).response.location.endswith("/data")
    work = visitor.submit(f"/hypotheses/{key}/data", form_id="run").response.location
    result = visitor.browser.get(work, status=302).response.location
    assert "/analyses/" in result and visitor.get(result).heading


def test_what_was_multiplied_is_said_beside_the_column(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    lines = [f"{i};{i % 7 + 1},5" for i in range(9)]
    content = "\n".join(["client;Revenue, тыс. руб.", *lines]).encode()
    page = visitor.get(
        visitor.browser.get(sent(visitor, key, content), status=302).response.location
    )
    said = "The unit in the column's name multiplies its numbers by 1000."
    assert page.text.count(said) == 1
    assert page.text.index(said) < page.text.rindex("Read it otherwise")
    assert "1500, 2500" in page.text and "1500.0" not in page.text


def test_what_would_be_refused_again_is_not_offered_again(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("admin")
    where = sent(visitor, key, b"\x00\x01\x02nothing of a table" * 20)
    page = visitor.get(where)
    assert "Try it again" not in page.text and "Send another file" in page.links
    assert "Try it again" not in visitor.get("/settings/work").text
    visitor.submit(where, form_id="stop")
