"""The demo's own database: a folder of Parquet files, which one of its tests asks every morning."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from hadi.db import db
from hadi.domain.permissions import Actor
from hadi.ingest import files
from hadi.ingest.limits import Limits
from hadi.models import Connection, Hypothesis
from hadi.models.connection import ConnectionKind, Schedule
from hadi.services import connections, feed_choosing, feed_refresh

NAME = "Till and telephone"
PATH = "till-and-telephone"  # below the folder of our own sources


def feed(
    hypothesis: Hypothesis, *, content: bytes, table: str, folder: Path, by: Actor, now: datetime
) -> None:
    """Put the rows into the database as a table, and let the test ask it."""
    place = folder.parent / "sources" / PATH
    place.mkdir(parents=True, exist_ok=True)
    read = files.open_table(io.BytesIO(content), f"{table}.csv", folder=place, limits=Limits())
    read.path.replace(place / f"{table}.parquet")
    feed = feed_choosing.stage(
        hypothesis.id, connection_id=_connection(by, now).id, table=table, by=by, now=now
    )
    feed_choosing.assign(feed.id, mapping={}, schedule=Schedule.DAILY, by=by, now=now)
    feed_refresh.refresh(feed.id, by=by, now=now)


def _connection(by: Actor, now: datetime) -> Connection:
    """The connection to the demo's database, added once."""
    found: Connection | None = db.session.scalar(select(Connection).where(Connection.name == NAME))
    if found is not None:
        return found
    added = connections.create(
        kind=ConnectionKind.PARQUET, name=NAME, settings={"path": PATH}, by=by, now=now
    )
    connections.test(added.id, by=by, now=now)
    return added
