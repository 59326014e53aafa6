"""The page of exports and imports: an archive out, and one in, for administrators alone."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.factories.archives import data
from tests.factories.hypotheses import World, email_of
from tests.factories.people import PASSWORD, add_person, address
from tests.fixtures.pages import ClientRequest
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PAGE = "/settings/archives"


@pytest.fixture
def archive_bytes(visitor: Visitor) -> bytes:
    """An archive of a workspace with a hypothesis, downloaded as an administrator does."""
    visitor.make("concluded")
    visitor.sign_in("admin")
    page = visitor.get(visitor.submit(PAGE, form_id="export").response.location)
    assert "Your file is ready" in page.heading
    response = visitor.browser.client.get(page.links["Download the file"])
    assert response.mimetype == "application/zip"
    assert "hadi-2026-0" in response.headers["Content-Disposition"]
    content = response.get_data()
    response.close()
    return content


def send(browser: ClientRequest, content: bytes | None, *, status: int = 302) -> Any:
    token = browser.get(PAGE).form("import").find(".//input[@name='csrf_token']")
    assert token is not None
    form: dict[str, Any] = {"csrf_token": token.get("value")}
    if content is not None:
        form["file"] = (io.BytesIO(content), "out.zip")
    return browser.post(f"{PAGE}/import", form, status=status, content_type="multipart/form-data")


def test_an_archive_is_made_listed_and_kept_for_a_week(
    visitor: Visitor, archive_bytes: bytes
) -> None:
    page = visitor.get(PAGE)
    assert "Ready, kept until" in page.text
    assert "An archive is imported into an empty workspace only" in page.text
    (link,) = [url for name, url in page.links.items() if name.startswith("Download,")]
    visitor.world.later(days=8)
    assert "kept for 7 days and is gone" in visitor.get(link, status=404).text


def test_an_archive_is_imported_into_an_empty_workspace(
    visitor: Visitor, archive_bytes: bytes, tmp_path: Path
) -> None:
    from dataclasses import replace

    from hadi.app import create_app
    from hadi.config import Settings
    from hadi.db import db, migrate_to_head
    from tests.fixtures.database import close

    settings: Settings = visitor.app.extensions["hadi_settings"]
    folder = tmp_path / "another"
    folder.mkdir()
    address_of = f"sqlite:///{folder / 'hadi.sqlite3'}"
    app = create_app(replace(settings, database_url=address_of, data_dir=folder))
    migrate_to_head(app)
    add_person(app, "admin", email=email_of("admin"))
    app.config["CLOCK"] = lambda: visitor.world.now + timedelta(days=30)
    browser = ClientRequest(app.test_client())
    browser.sign_in(email_of("admin"), PASSWORD)
    page = browser.get(send(browser, archive_bytes).response.location)
    assert page.heading == "The workspace is imported"
    # Still signed in, now as the person of the archive.
    assert "H-1" in browser.get("/hypotheses").text
    assert "Anna Kovács" in browser.get("/settings/people").text
    assert "This workspace was imported on" in browser.get(PAGE).text
    assert "Workspace imported" in browser.get("/settings/activity").text
    assert list((folder / "exports").iterdir()) == []
    with app.app_context():
        db.session.remove()
    close(app)


def test_what_is_no_archive_is_said_at_the_field(app: Flask, client_request: ClientRequest) -> None:
    add_person(app, "admin")
    client_request.sign_in(address("admin"), PASSWORD)
    page = client_request.get(send(client_request, b"no zip at all").response.location)
    assert "Nothing was imported" in page.heading
    assert "This is not an archive of HADI" in page.text
    assert list((data(app).parent / "exports").iterdir()) == []
    page = send(client_request, None, status=422)
    assert "Choose an archive first" in page.text


def test_some_other_zip_is_called_so_and_not_tried_again(
    app: Flask, client_request: ClientRequest
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("till.csv", "client;bought")
    add_person(app, "admin")
    client_request.sign_in(address("admin"), PASSWORD)
    page = client_request.get(send(client_request, packed.getvalue()).response.location)
    assert "This zip is not an archive of HADI" in page.text and "changed" not in page.text
    page = client_request.get("/settings/work")
    assert "This zip is not an archive of HADI" in page.text
    assert "Try it again" not in page.text


@pytest.mark.parametrize("role", ["member", "analyst", "leader", "viewer"])
def test_only_administrators_move_the_workspace(visitor: Visitor, role: str) -> None:
    visitor.sign_in(role)
    visitor.get(PAGE, status=403)
    token = visitor.token("/account")
    for path in (f"{PAGE}/export", f"{PAGE}/import"):
        visitor.browser.post(path, {"csrf_token": token}, status=403)


def test_a_file_is_for_whoever_asked_for_it(visitor: Visitor, monkeypatch: Any) -> None:
    from hadi.services import exports
    from hadi.services.table_files import Format

    monkeypatch.setitem(exports.MOST_AT_ONCE, Format.XLSX, 0)
    visitor.make("idea", change="greet within ten seconds")
    visitor.sign_in("member")
    where = visitor.get("/hypotheses/export.xlsx?q=greet", status=302).response.location
    page = visitor.get(where)
    assert "hypotheses-2026-0" in page.text and "without-money-personal.xlsx" in page.text
    answer = visitor.browser.client.get(page.links["Download the file"])
    assert answer.get_data().startswith(b"PK")
    answer.close()
    visitor.sign_in("viewer").get(where, status=404)
    visitor.get(f"{where}/file", status=404)
    visitor.sign_in("admin").get(where)


def test_what_waits_shows_how_far_it_is(visitor: Visitor) -> None:
    from hadi.db import db, new_id
    from hadi.domain.text import Text
    from hadi.models import Job
    from hadi.models.job import JobKind, JobState

    world: World = visitor.world
    with visitor.app.app_context():
        made = {
            kind: Job(
                id=new_id(), kind=kind, state=JobState.RUNNING, subject_id="workspace",
                arguments={"name": "workspace"}, progress=0.4, author_id=world.ids["admin"],
                stage=Text("stage_checking").as_json(), created_at=world.now,
            )
            for kind in (JobKind.EXPORT, JobKind.IMPORT)
        }  # fmt: skip
        db.session.add_all(made.values())
        db.session.commit()
        ids = {kind: job.id for kind, job in made.items()}
    visitor.sign_in("admin")
    for path in (f"/downloads/{ids[JobKind.EXPORT]}", f"{PAGE}/import/{ids[JobKind.IMPORT]}"):
        page = visitor.get(path)
        assert "40%" in page.text and "Looking through the archive" in page.text
    visitor.get(f"/downloads/{ids[JobKind.IMPORT]}", status=404)
    assert "Being written" in visitor.get(PAGE).text
