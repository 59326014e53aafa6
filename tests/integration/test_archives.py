"""A workspace goes into a file and comes out of it the same, on either database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from hadi.config import Settings
from hadi.db import Base, db
from hadi.domain.errors import Invalid, NotAllowed, Unreadable
from hadi.domain.permissions import JOB, ActorKind
from hadi.models import Basket, Connection, Dataset, Event, FunnelDeals, User
from hadi.services import archive, archive_restore, archive_tables, users
from hadi.services.archive import ArchiveKind
from tests.factories.archives import NOW, another, data, export, fill, parts, restore
from tests.factories.hypotheses import NAMES, PASSWORD, World, email_of

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def filled(app_context: Flask) -> World:
    world = World(app_context)
    fill(world)
    return world


def test_every_table_is_archived_or_stays_for_a_reason() -> None:
    known = set(archive_tables.BY_NAME) | archive_tables.STAYS | archive_tables.FOLDED
    assert set(Base.metadata.tables) == known


def test_out_and_in_and_out_again_is_the_same(
    filled: World, settings: Settings, tmp_path: Path
) -> None:
    """From the database of the test to SQLite, whichever that is."""
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    made = export(filled.app, first)
    assert min(made.tables.values()) > 0 and made.files == 2
    with another(settings, tmp_path / "another") as app:
        checked = restore(app, first)
        assert checked.digest == made.digest
        assert export(app, second).digest == made.digest
    assert parts(first) == parts(second)


def test_from_sqlite_into_the_other_database(
    app_context: Flask, settings: Settings, tmp_path: Path
) -> None:
    """The other way round: what SQLite wrote is read here, and written again the same."""
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    with another(settings, tmp_path / "another") as app:
        fill(World(app))
        export(app, first)
    restore(app_context, first)
    export(app_context, second)
    assert parts(first) == parts(second)
    # Work goes on: new rows get numbers that nothing has.
    person = db.session.scalars(db.select(User).where(User.email == email_of("member"))).one()
    from hadi.services import hypotheses

    made = hypotheses.create(change="and on", by=users.actor_for(person), now=NOW)
    assert made.key == "H-4"


@ONE
def test_what_opens_doors_stays_and_what_waits_too(filled: World, tmp_path: Path) -> None:
    filled.let_in("admin")
    path = tmp_path / "out.zip"
    export(filled.app, path)
    found = parts(path)
    everything = b"".join(found.values())
    assert b"tested_at" not in found["tables/connection.jsonl"]  # another server asks anew
    for secret in (b"argon2", b"AHNlY3JldA", b"fs_uniquifier", b"waits.csv"):
        assert secret not in everything, secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(found["manifest.json"])["kind"] == "workspace"
    last = db.session.scalars(db.select(Event).order_by(Event.id.desc())).first()
    assert last is not None and last.verb == "workspace.exported"


@ONE
def test_a_backup_opens_the_same_doors(filled: World, settings: Settings, tmp_path: Path) -> None:
    from flask_security.utils import verify_password

    filled.let_in("admin")
    path = tmp_path / "backup.zip"
    export(filled.app, path, kind=ArchiveKind.BACKUP)
    with another(settings, tmp_path / "another") as app:
        assert restore(app, path).has_secrets
        admin = users.get(filled.ids["admin"])
        assert verify_password(PASSWORD, admin.password)
        assert db.session.scalars(db.select(Connection.secret)).one() == b"\x00secret"


@ONE
def test_an_import_is_marked_by_the_clock_of_this_server(
    filled: World, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "out.zip"
    made = export(filled.app, path)
    assert archive.imported_at() is None
    with another(settings, tmp_path / "another") as app:
        restore(app, path)
        assert archive.imported_at() == NOW
        last = db.session.scalars(db.select(Event).order_by(Event.id.desc())).first()
        assert last is not None
        assert (last.verb, last.actor_kind) == (archive.IMPORTED, ActorKind.RESTORE)
        assert last.details["digest"] == made.digest
        assert last.details["tables"]["hypothesis"] == 3
        # Nobody has a password, and no session comes along.
        people = users.everyone()
        assert len(people) == 5 and not any(person.password for person in people)
        assert sorted(path.name for path in data(app).iterdir()) == sorted(
            name.removeprefix("data/") for name in parts(path) if name.startswith("data/")
        )


@ONE
def test_whoever_imports_stays_signed_in_as_the_person_of_the_archive(
    filled: World, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "out.zip"
    export(filled.app, path)
    with another(settings, tmp_path / "another") as app:
        here = users.add(
            email="viewer@example.org", name="Me", roles=["admin"], password=PASSWORD, by=JOB,
            now=NOW,
        )  # fmt: skip
        old, password, session = here.id, here.password, here.fs_uniquifier
        archive_restore.restore(path, folder=data(app), by=users.actor_for(here), now=NOW)
        now_me = users.find("viewer@example.org")
        assert now_me is not None and now_me.id == filled.ids["viewer"] != old
        assert (now_me.password, now_me.fs_uniquifier) == (password, session)
        assert (now_me.name, users.role_names(now_me)) == (NAMES["viewer"], {"admin", "viewer"})
        before = users.get(old)
        assert not before.active and before.password is None


@ONE
def test_a_workspace_that_is_not_empty_is_left_alone(
    filled: World, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "out.zip"
    export(filled.app, path)
    with pytest.raises(Invalid, match="has 5 people already"):
        restore(filled.app, path)
    with another(settings, tmp_path / "another") as app:
        restore(app, path)
        with pytest.raises(Invalid, match="people already"):
            restore(app, path)
        with pytest.raises(NotAllowed):
            archive_restore.restore(
                path, folder=data(app), by=filled.actor("analyst"), now=filled.now
            )


@ONE
def test_a_file_that_is_lost_or_damaged_is_named(filled: World, tmp_path: Path) -> None:
    (lost,) = data(filled.app).glob("*.parquet")
    content = lost.read_bytes()
    lost.write_bytes(content + b"x")
    with pytest.raises(Unreadable, match=r"“till\.csv” are damaged"):
        export(filled.app, tmp_path / "out.zip")
    lost.unlink()
    with pytest.raises(Unreadable, match=r"“till\.csv” cannot be found"):
        export(filled.app, tmp_path / "out.zip")
    assert list(tmp_path.glob("*.zip*")) == list(tmp_path.glob(".*partial")) == []
    dataset = db.session.scalars(db.select(Dataset).where(Dataset.version == 3)).one()
    dataset.deleted_at = filled.now
    db.session.commit()
    with pytest.raises(Unreadable, match=r"“сделки\.csv” cannot be found"):
        export(filled.app, tmp_path / "out.zip")
    db.session.delete(db.session.scalars(db.select(FunnelDeals)).one())
    db.session.delete(db.session.scalars(db.select(Basket)).one())
    db.session.commit()
    assert export(filled.app, tmp_path / "out.zip").files == 1


@ONE
def test_what_fails_at_the_last_moment_leaves_nothing(
    filled: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.zip"
    export(filled.app, path)

    def broken(*args: object, **more: object) -> None:
        raise OSError("the disk went away")

    with another(settings, tmp_path / "another") as app:
        monkeypatch.setattr(archive_restore, "_record", broken)
        with pytest.raises(OSError, match="went away"):
            restore(app, path)
        assert users.everyone() == [] and list(data(app).iterdir()) == []
        monkeypatch.undo()
        assert restore(app, path).rows > 30
