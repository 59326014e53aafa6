"""An archive read into an empty database: all of it or nothing.

The files are put into their place first, then one transaction stores every row; when it fails the
files go again. Who may sign in is decided here and not by the archive: nobody has a password but
whoever was here before.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Table, func, insert, null, select, text, update
from sqlalchemy.exc import IntegrityError

from hadi.db import db, let_go, transaction
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.permissions import Actor, ActorKind, Permission, RoleName, require
from hadi.domain.text import Text
from hadi.models import Role, User
from hadi.models.account import roles_users
from hadi.services import archive_reading, events, workspace
from hadi.services.archive import IMPORTED, Tell
from hadi.services.archive_reading import Checked, Member, Reading
from hadi.services.archive_tables import ARCHIVED, ROLES, Archived, Row

BLOCK = 500
_HERE_BEFORE = frozenset({"workspace", "user", "event"})  # what an installation begins with


def restore(
    path: Path, *, folder: Path, tell: Tell | None = None, by: Actor, now: datetime
) -> Checked:
    """Fill the empty database from an archive; `folder` is that of the data sets. One person may
    be there already: whoever set the installation up keeps their way in. Raises NotAllowed,
    Invalid where the database is not empty, Unreadable where the archive is not sound."""
    require(by, Permission.MOVE_WORKSPACE)
    told = tell or (lambda share, stage: None)
    refuse_unless_empty()
    workspace.ensure()  # the roles, and the row that the archive's own settings go into
    let_go()
    with archive_reading.opened(path, now=now) as reading:
        checked = reading.check(lambda share, stage: told(0.5 * share, stage))
        folder.mkdir(parents=True, exist_ok=True)
        archive_reading.require_room(checked, folder)
        with _placed(reading, checked.data, folder, told):
            _store(reading, checked, by=by, now=now)
    return checked


def refuse_unless_empty() -> None:
    """Raises Invalid naming what is there already. Inside a transaction this holds until its
    end."""
    for archived in ARCHIVED:
        most = 1 if archived.name == "user" else 0
        if archived.name in _HERE_BEFORE - {"user"}:
            continue
        count = db.session.scalar(select(func.count()).select_from(archived.table)) or 0
        if count > most:
            what = Text(f"archive_there_{archived.name}", n=count)
            raise Invalid(Text("archive_not_empty", what=what))


# ------------------------------------------------------------------------------------- files
@contextmanager
def _placed(
    reading: Reading, members: Sequence[Member], folder: Path, tell: Tell
) -> Iterator[None]:
    """The files of the archive in their places, for as long as nothing fails."""
    new: list[Path] = []
    try:
        for place, member in enumerate(members):
            tell(0.5 + 0.4 * place / len(members), Text("stage_placing"))
            _place(reading, member, folder / Path(member.name).name, new)
        tell(0.9, Text("stage_storing"))
        yield
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise


def _place(reading: Reading, member: Member, target: Path, new: list[Path]) -> None:
    """Write the file under its name, once it is whole and on the disk. An equal one that lies
    there, of an import that was killed, is written anew and stays if this one fails."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as file:
            for piece in reading.pieces(member):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not target.exists():
            new.append(target)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


# -------------------------------------------------------------------------------------- rows
def _store(reading: Reading, checked: Checked, *, by: Actor, now: datetime) -> None:
    let_go()
    try:
        with transaction():
            _wait_for_turn()
            refuse_unless_empty()
            keeper = db.session.scalar(select(User))
            for archived in ARCHIVED:
                _store_table(reading, archived, keeper)
            for archived in ARCHIVED:
                _set_late(reading, archived)
            _record(checked, keeper, by=by, now=now)
    except IntegrityError:
        raise Unreadable(Text("archive_inconsistent")) from None
    db.session.expire_all()


def _wait_for_turn() -> None:
    """Of two who import at once, the second finds the database full. SQLite has one writer."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('import', 0))"))


def _store_table(reading: Reading, archived: Archived, keeper: User | None) -> None:
    rows = reading.rows(archived)
    while block := list(islice(rows, BLOCK)):
        if archived.name == "workspace":
            for row in block:
                db.session.execute(update(archived.table).values(_stored(row, archived)))
        elif archived.name == "user":
            _add_people(block, archived, keeper, has_secrets=reading.has_secrets)
        else:
            db.session.execute(insert(archived.table), [_stored(row, archived) for row in block])


def _stored(row: Row, archived: Archived) -> Row:
    """The row as it is inserted: without what points at rows that come later, and with NULL (not
    the document `null`) where a document is missing."""
    documents = _documents(archived.table)
    return {
        key: null() if value is None and key in documents else value
        for key, value in row.items()
        if key not in archived.late
    }


def _documents(table: Table) -> frozenset[str]:
    return frozenset(column.key for column in table.columns if isinstance(column.type, JSON))


def _set_late(reading: Reading, archived: Archived) -> None:
    if not archived.late:
        return
    table = archived.table
    for row in reading.rows(archived):
        values = {key: row[key] for key in archived.late if row.get(key) is not None}
        if values:
            db.session.execute(update(table).where(table.c.id == row["id"]).values(values))


def _add_people(
    block: Sequence[Row], archived: Archived, keeper: User | None, *, has_secrets: bool
) -> None:
    roles = dict(db.session.execute(select(Role.name, Role.id)).all())
    for row in block:
        told = dict(row)
        names: list[str] = told.pop(ROLES)
        told["fs_uniquifier"] = secrets.token_hex(16)  # no session comes along
        told.setdefault("password", None)
        if keeper is not None and keeper.id == told["id"]:
            continue  # they are here already, as this very person
        if keeper is not None and keeper.email == told["email"]:
            names = _hand_over(keeper, told, names)
        db.session.execute(insert(archived.table), [told])
        for name in names:
            given = {"user_id": told["id"], "role_id": roles[name]}
            db.session.execute(insert(roles_users), [given])


def _hand_over(keeper: User, told: dict[str, Any], names: list[str]) -> list[str]:
    """Whoever imports is in the archive too: that account becomes theirs, with the password and
    the session they have here, and stays an administrator. The one they had rests."""
    told["password"] = keeper.password
    told["fs_uniquifier"] = keeper.fs_uniquifier
    told["active"] = True
    keeper.email = f"{keeper.id}@before-import.invalid"
    keeper.fs_uniquifier = secrets.token_hex(16)
    keeper.password, keeper.active = None, False
    db.session.flush()
    return sorted({*names, RoleName.ADMIN.value})


def _record(checked: Checked, keeper: User | None, *, by: Actor, now: datetime) -> None:
    """The one event of the import, by the clock of this server: what the archive says of earlier
    moments was not seen here."""
    told = checked.manifest
    events.record(
        IMPORTED,
        subject="workspace",
        subject_id="workspace",
        by=Actor(ActorKind.RESTORE, by.user_id if keeper else None),
        now=now,
        details={
            "digest": checked.digest,
            "tables": checked.tables,
            "files": len(checked.data),
            "created": str(told.get("created", ""))[:40],
            "hadi": str(told.get("hadi", ""))[:40],
        },
    )
