"""Connections: added, tested against real engines, edited and put aside; their passwords encrypted
and never seen again."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.factories.sources import (
    SECRET,
    duckdb_file,
    parquet_folder,
    postgres_table,
)

if TYPE_CHECKING:
    from flask import Flask

    from hadi.config import Settings
    from hadi.models import Connection
    from tests.fixtures.postgres import Cluster

ADDRESS: dict[str, Any] = {"host": "db.example.org", "database": "sales", "user": "reader"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def add(world: World, kind: str = "postgresql", **more: Any) -> Connection:
    from hadi.models.connection import ConnectionKind
    from hadi.services import connections

    given: dict[str, Any] = {"name": "Warehouse", "settings": ADDRESS, "secret": SECRET} | more
    return connections.create(
        kind=ConnectionKind(kind), **given, by=world.actor("analyst"), now=world.later()
    )


def with_settings(app: Flask, **changed: Any) -> None:
    app.extensions["hadi_settings"] = dataclasses.replace(
        app.extensions["hadi_settings"], **changed
    )


# ------------------------------------------------------------------------------------- passwords
def test_a_password_is_encrypted_and_in_no_other_place(world: World) -> None:
    from sqlalchemy import inspect, text

    from hadi.db import db
    from hadi.services import connections, secrets

    added = add(world)
    assert added.secret is not None
    assert SECRET.encode() not in added.secret
    assert secrets.decrypted(added.secret, name="x") == SECRET
    connections.edit(
        added.id, name="Warehouse 2", settings=ADDRESS, secret=SECRET + "new", version=1,
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    for table in inspect(db.engine).get_table_names():
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')):
            assert SECRET not in str(row), table


def test_the_key_is_made_once_and_only_its_owner_reads_it(world: World, settings: Settings) -> None:
    add(world)
    kept = settings.data_dir / "credentials_key"
    assert kept.stat().st_mode & 0o077 == 0
    assert len(kept.read_text()) >= 32


def test_keys_are_rotated_and_a_lost_one_is_one_clear_sentence(
    world: World, app_context: Flask
) -> None:
    from hadi.domain.permissions import JOB
    from hadi.services import connections, secrets

    first, second = "the first key and long enough 123456", "another key and as long as it must be"
    with_settings(app_context, credentials_key=first)
    added = add(world)
    with_settings(app_context, credentials_key=f"{second},{first}")
    assert not secrets.is_current(added.secret)  # type: ignore[arg-type]
    assert secrets.rotate(by=JOB, now=world.later()) == (1, 0)
    assert secrets.rotate(by=JOB, now=world.later()) == (0, 0)
    with_settings(app_context, credentials_key=second)
    assert secrets.faults() == []
    assert secrets.decrypted(added.secret, name="x") == SECRET  # type: ignore[arg-type]

    with_settings(app_context, credentials_key=first)
    (fault,) = secrets.faults()
    assert "“Warehouse” was encrypted with a key that is no longer here" in fault
    assert secrets.rotate(by=JOB, now=world.later()) == (0, 1)
    tested = connections.test(added.id, by=world.actor("analyst"), now=world.later())
    assert tested.problem is not None
    assert tested.problem.code == "secret_key_lost"
    # Typed again it is encrypted with the key that is here.
    edited = connections.edit(
        added.id, name=added.name, settings=ADDRESS, secret=SECRET, version=None,
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    assert not connections.has_lost_secret(edited)


def test_a_kept_password_goes_to_no_other_address(world: World) -> None:
    from hadi.domain.errors import Invalid
    from hadi.services import connections, secrets

    added, by = add(world), world.actor("analyst")
    elsewhere = {**ADDRESS, "host": "evil.example"}

    def edit(**more: Any) -> Connection:
        given = {"name": "Warehouse", "settings": ADDRESS, "version": None} | more
        return connections.edit(added.id, **given, by=by, now=world.later())

    with pytest.raises(Invalid) as refused:
        edit(settings=elsewhere)
    assert refused.value.fields["password"].code == "source_password_again"
    kept = edit(settings={**ADDRESS, "database": "other"}).secret
    assert kept is not None
    assert secrets.decrypted(kept, name="x") == SECRET
    assert edit(settings=elsewhere, removes_secret=True).secret is None
    assert edit(settings=elsewhere, secret="another").secret is not None


# --------------------------------------------------------------------------------------- the verbs
def test_only_those_who_may_manage_sources(world: World) -> None:
    from hadi.domain.errors import NotAllowed
    from hadi.models.connection import ConnectionKind
    from hadi.services import connections

    added = add(world)
    for role in ("member", "leader", "viewer"):
        by = world.actor(role)
        with pytest.raises(NotAllowed):
            connections.listing(by=by)
        with pytest.raises(NotAllowed):
            connections.find(added.id, by=by)
        with pytest.raises(NotAllowed):
            connections.create(
                kind=ConnectionKind.POSTGRESQL, name="x", settings=ADDRESS, by=by, now=world.now
            )
        with pytest.raises(NotAllowed):
            connections.test(added.id, by=by, now=world.now)
        with pytest.raises(NotAllowed):
            connections.archive(added.id, version=None, by=by, now=world.now)


def test_edits_are_logged_and_stale_ones_refused(world: World) -> None:
    from hadi.db import db
    from hadi.domain.errors import Invalid, Stale
    from hadi.models import Event
    from hadi.services import connections

    added, by = add(world), world.actor("analyst")
    assert added.version == 1
    with pytest.raises(Invalid) as refused:
        add(world)
    assert refused.value.fields["name"].code == "source_name_taken"
    edited = connections.edit(
        added.id, name="Sales", settings=ADDRESS, limits={"seconds": 9}, version=1, by=by,
        now=world.later(),
    )  # fmt: skip
    assert (edited.name, edited.limits["seconds"], edited.version) == ("Sales", 9, 2)
    with pytest.raises(Stale):
        connections.edit(
            added.id, name="Other", settings=ADDRESS, version=1, by=by, now=world.later()
        )
    put = connections.archive(added.id, version=2, by=by, now=world.later())
    assert put.archived_at is not None
    add(world, name="Sales")
    with pytest.raises(Invalid):
        connections.restore(added.id, version=None, by=by, now=world.later())
    verbs = [
        (event.verb, event.changes, event.details)
        for event in db.session.query(Event).filter_by(subject_id=added.id).order_by(Event.id)
    ]
    assert [verb for verb, *_ in verbs] == [
        "connection.created", "connection.edited", "connection.archived",
    ]  # fmt: skip
    assert verbs[1][1] == {"name": ["Warehouse", "Sales"], "seconds": [60, 9]}


# ------------------------------------------------------------------------------------ real engines
def test_a_postgresql_is_tested(world: World, postgres_cluster: Cluster) -> None:
    from hadi.services import connections

    added = add(world, settings=postgres_table(postgres_cluster), secret=None)
    tested = connections.test(added.id, by=world.actor("analyst"), now=world.later())
    assert tested.problem is None
    assert tested.engine.startswith("PostgreSQL")
    assert "sales" in tested.tables
    again = connections.find(added.id, by=world.actor("analyst"))
    assert again.tested_at is not None
    assert again.version == 1  # a test is no edit


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_our_own_database_is_no_source(world: World, postgres_cluster: Cluster) -> None:
    from hadi.domain.errors import Invalid
    from tests.fixtures.database import DATABASE

    own = {"host": str(postgres_cluster.folder), "database": DATABASE, "user": "hadi"}
    with pytest.raises(Invalid) as refused:
        add(world, settings=own)
    assert refused.value.fields["database"].code == "source_is_own"


@pytest.mark.parametrize("kind", ["duckdb", "parquet"])
def test_files_of_our_own_folder_are_tested(world: World, settings: Settings, kind: str) -> None:
    from hadi.services import connections

    make = duckdb_file if kind == "duckdb" else parquet_folder
    path = make(settings.data_dir)
    added = add(world, kind, settings={"path": path.name}, secret=None)
    tested = connections.test(added.id, by=world.actor("analyst"), now=world.later())
    assert tested.problem is None
    assert tested.engine.startswith("DuckDB")
    assert tested.tables == ("sales",)


def test_only_allowed_folders_are_connected(
    world: World, app_context: Flask, settings: Settings, tmp_path: Path
) -> None:
    from hadi.domain.errors import Invalid
    from hadi.services import connections

    outside = parquet_folder(tmp_path / "elsewhere")
    own = settings.data_dir / "sources"
    own.mkdir()
    (own / "link").symlink_to(outside)

    def refusal(path: str, kind: str = "parquet") -> str:
        with pytest.raises(Invalid) as refused:
            add(world, kind, settings={"path": path}, secret=None)
        return refused.value.fields["path"].code

    assert refusal(str(outside)) == "source_path_outside"
    assert refusal("link") == "source_path_outside"
    assert refusal("../hadi.sqlite3", "duckdb") == "source_path_outside"
    assert refusal("/etc/passwd", "duckdb") == "source_path_outside"
    assert refusal("absent") == "source_folder_absent"
    (own / "empty").mkdir()
    assert refusal("empty") == "source_folder_empty"
    (own / "mixed").mkdir()
    (own / "mixed" / "a.parquet").symlink_to(outside / "sales.parquet")
    assert refusal("mixed") == "source_link_outside"

    with_settings(app_context, source_dirs=str(outside.parent))
    added = add(world, "parquet", settings={"path": str(outside)}, secret=None)
    # What was allowed once is looked at again whenever it is opened.
    with_settings(app_context, source_dirs="")
    tested = connections.test(added.id, by=world.actor("analyst"), now=world.later())
    assert tested.problem is not None
    assert tested.problem.code == "source_path_outside"


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that accepts whoever calls, and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        held: list[socket.socket] = []
        thread = threading.Thread(target=lambda: held.append(server.accept()[0]), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for each in held:
            each.close()


def test_a_source_that_hangs_is_given_up(world: World, silent_server: int) -> None:
    from hadi.services import connections

    address = {**ADDRESS, "host": "127.0.0.1", "port": silent_server}
    added = add(world, settings=address, limits={"seconds": 1})
    tested = connections.test(added.id, by=world.actor("analyst"), now=world.later())
    assert tested.problem is not None
    assert tested.seconds < 6
    assert SECRET not in str(tested.problem)
