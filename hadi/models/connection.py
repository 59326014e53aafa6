"""The team's own databases: how to reach them, and what tests ask them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Instant, db
from hadi.models.account import User
from hadi.models.columns import Document, Id, Moment, UserRef, choice


class ConnectionKind(StrEnum):
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"  # and MariaDB
    DUCKDB = "duckdb"  # a file of DuckDB
    PARQUET = "parquet"  # a folder of Parquet files
    SPARK = "spark"  # Spark Connect: Sail, Apache Spark, Databricks


class Schedule(StrEnum):
    MANUAL = "manual"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class Connection(db.Model):  # type: ignore[misc,name-defined]
    """A database that may be read. Its password is encrypted and never leaves."""

    __tablename__ = "connection"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[ConnectionKind] = mapped_column(choice(ConnectionKind))
    settings: Mapped[dict[str, Any]] = mapped_column(Document)  # host, port, database, user, path
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # password or token, encrypted
    limits: Mapped[dict[str, Any]] = mapped_column(Document)  # seconds, rows, cost
    tested_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)  # a Text, of the last test
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

    author: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Feed(db.Model):  # type: ignore[misc,name-defined]
    """A table or a query of a connection that answers a test's plan, asked by hand or by the
    clock; each answer is a data set."""

    __tablename__ = "feed"

    id: Mapped[Id]
    test_id: Mapped[str] = mapped_column(String(20), ForeignKey("test.id"), index=True)
    connection_id: Mapped[str] = mapped_column(String(20), ForeignKey("connection.id"), index=True)
    table: Mapped[str] = mapped_column("table_name", String(255), default="")  # or `query`
    query: Mapped[str] = mapped_column(Text, default="")
    mapping: Mapped[dict[str, str]] = mapped_column(Document)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(Document)  # name, type: fixed once chosen
    tags: Mapped[dict[str, str]] = mapped_column(Document, default=dict)
    schedule: Mapped[Schedule] = mapped_column(choice(Schedule), default=Schedule.MANUAL)
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)  # a Text, of the last refresh
    job_id: Mapped[str | None] = mapped_column(String(20), ForeignKey("job.id"))
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UserRef]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

    author: Mapped[User] = relationship()
    connection: Mapped[Connection] = relationship()

    __mapper_args__ = {"version_id_col": version}
