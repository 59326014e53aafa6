"""Connections in the browser: added by kind, tested live, edited without showing the password."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.sources import SECRET, parquet_folder
from tests.fixtures.mariadb import DATABASE, PASSWORD, READER
from tests.web.hypotheses_pages import Visitor, visitor

if TYPE_CHECKING:
    from tests.fixtures.mariadb import Server

__all__ = ["visitor"]

POSTGRES = {
    "name": "Warehouse", "source_host": "db.example.invalid", "source_database": "sales",
    "source_user": "reader", "password": SECRET,
}  # fmt: skip


def added(visitor: Visitor, **values: Any) -> str:
    page = visitor.submit("/data/sources/new/postgresql", POSTGRES | values, form_id="source")
    return str(page.response.location)


def test_the_first_connection_is_one_button_away(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    page = visitor.get("/data/sources")
    assert "No database is connected" in page.text
    assert visitor.get("/data").links["Sources"] == "/data/sources"
    kinds = visitor.get(page.links["Add a connection"])
    assert kinds.links["PostgreSQL"] == "/data/sources/new/postgresql"
    form = visitor.get(kinds.links["Folder of Parquet files"])
    assert "HADI_SOURCE_DIRS" in form.text
    assert "Password" not in form.text


def test_a_driver_that_is_not_there_is_explained(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    what_to_do = "installs the extra “hadi[mysql]” (PyMySQL) and restarts it"
    visitor.sign_in("analyst")
    assert what_to_do not in visitor.get("/data/sources/new").text
    page = visitor.get("/data/sources/new/mysql")
    assert what_to_do not in page.text
    assert page.by_id("source_port").get("value") == "3306"
    assert page.by_id("cost").get("value") == "1000000000"
    assert "Rows read, at most" in page.text

    monkeypatch.setitem(sys.modules, "pymysql", None)  # as if it were not installed
    assert what_to_do in visitor.get("/data/sources/new").text
    assert what_to_do in visitor.get("/data/sources/new/mysql").text
    assert what_to_do not in visitor.get("/data/sources/new/postgresql").text
    kept = visitor.submit("/data/sources/new/mysql", POSTGRES, form_id="source")
    where = str(kept.response.location)
    tested = visitor.submit(where, {}, form_id="test", status=200)
    assert what_to_do in tested.text
    assert SECRET not in tested.html


def test_a_mariadb_is_tested_live(visitor: Visitor, mariadb: Server) -> None:
    mariadb.execute("CREATE TABLE IF NOT EXISTS sales (arm varchar(9))")
    visitor.sign_in("analyst")
    pasted = f"mysql://{READER}:{PASSWORD}@127.0.0.1:{mariadb.port}/{DATABASE}?ssl-mode=REQUIRED"
    form = {"name": "Shop", "source_host": pasted}
    kept = visitor.submit("/data/sources/new/mysql", form, form_id="source")
    where = str(kept.response.location)
    page = visitor.submit(where, {}, form_id="test", status=200)
    assert "It answers: MariaDB" in page.text
    assert page.by_id("source_port").get("value") == str(mariadb.port)
    assert PASSWORD not in page.html
    visitor.submit(where, {"password": "wrong-horse-9"}, form_id="source")
    page = visitor.submit(where, {}, form_id="test", status=200)
    assert "cannot be reached (Access denied for user" in page.text
    assert "wrong-horse-9" not in page.html


def test_others_have_no_sources(visitor: Visitor) -> None:
    visitor.sign_in("member")
    assert "Sources" not in visitor.get("/data").links
    for path in ("", "/new", "/new/postgresql", "/abc"):
        visitor.get(f"/data/sources{path}", status=403)
    visitor.sign_in("analyst")
    visitor.get("/data/sources/new/oracle", status=404)
    visitor.get("/data/sources/abc", status=404)


def test_a_password_is_never_shown_again(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    where = added(visitor)
    page = visitor.get(where)
    assert SECRET not in page.html
    assert "Kept unless you type a new one" in page.text
    # Refused with everything else that was typed, the password is not sent back either.
    refused = visitor.submit(
        where, {"source_port": "x", "password": SECRET + "2"}, form_id="source", status=422
    )
    assert SECRET not in refused.html
    assert "A port is a whole number" in refused.text
    pasted = "postgresql://reader:pasted-secret@db2.example.invalid/sales"
    visitor.submit(where, {"source_host": pasted, "password": ""}, form_id="source")
    page = visitor.get(where)
    assert "pasted-secret" not in page.html
    assert page.by_id("source_host").get("value") == "db2.example.invalid"


@pytest.mark.parametrize(
    "host",
    [f"postgresql://reader:{SECRET}@db/sales", f"reader:{SECRET}@db", f"host=db password={SECRET}"],
)
def test_an_address_that_was_pasted_is_not_shown_again(visitor: Visitor, host: str) -> None:
    visitor.sign_in("analyst")
    values = POSTGRES | {"name": "", "source_host": host, "password": ""}
    page = visitor.submit("/data/sources/new/postgresql", values, form_id="source", status=422)
    assert SECRET not in page.html
    assert "Give the connection a name" in page.text
    where = added(visitor)
    visitor.submit(where, {"name": "Faster"}, form_id="source")
    stale = {"source_host": host, "version": "1"}
    page = visitor.submit(where, stale, form_id="source", status=409 if "://" in host else 422)
    assert SECRET not in page.html
    visitor.browser.client.post(where, data={"source_host": host})
    page = visitor.browser.post(where, {"source_host": host}, status=400)  # without a token
    assert SECRET not in page.html


def test_somebody_was_faster(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    where = added(visitor)
    visitor.submit(where, {"name": "First"}, form_id="source")
    page = visitor.submit(
        where, {"name": "Second", "version": "1", "password": SECRET}, form_id="source", status=409
    )
    assert SECRET not in page.html
    assert "First" in page.html
    assert "Second" in page.html


def test_a_connection_is_tested_live(visitor: Visitor) -> None:
    settings = visitor.app.extensions["hadi_settings"]
    folder = parquet_folder(settings.data_dir)
    visitor.sign_in("analyst")
    form = {"name": "Shops", "source_path": folder.name}
    where = str(
        visitor.submit("/data/sources/new/parquet", form, form_id="source").response.location
    )
    page = visitor.submit(where, {}, form_id="test", status=200)
    assert "It answers: DuckDB" in page.text
    assert "1 table in reach" in page.text
    assert "answered on" in visitor.get("/data/sources").text
    token = visitor.token(where)
    fragment = visitor.browser.post(
        f"{where}/test", {"csrf_token": token}, headers={"HX-Request": "true"}, status=200
    )
    assert "It answers" in fragment.text
    (folder / "sales.parquet").unlink()
    page = visitor.submit(where, {}, form_id="test", status=200)
    assert "There is no Parquet file in this folder." in page.text
    assert "does not answer" in visitor.get("/data/sources").text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/etc", "This path is not in a folder that may be connected"),
        ("nowhere", "There is no folder at this path."),
        ("", "Fill in the field “Path”."),
    ],
)
def test_a_path_is_refused_at_its_field(visitor: Visitor, path: str, sentence: str) -> None:
    visitor.sign_in("analyst")
    form = {"name": "Shops", "source_path": path}
    page = visitor.submit("/data/sources/new/parquet", form, form_id="source", status=422)
    assert sentence in page.text


def test_put_aside_and_brought_back(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    where = added(visitor)
    visitor.submit(where, {}, form_id="aside")
    page = visitor.get("/data/sources")
    assert "Put aside" in page.text
    assert "nothing asks it any more" in page.text
    visitor.submit(where, {}, form_id="aside")
    assert "Put it aside" in visitor.get(where).text
