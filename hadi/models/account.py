"""People, their roles and tokens, and the one workspace of this database."""

from __future__ import annotations

from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hadi.db import Base, Instant, db
from hadi.domain.client_bases import BaseDefinition
from hadi.models.columns import Document, Id, Moment, UserRef, choice

roles_users = Table(
    "user_role",
    Base.metadata,
    Column("user_id", String(20), ForeignKey("user.id"), primary_key=True),
    Column("role_id", String(20), ForeignKey("role.id"), primary_key=True),
)


class Role(db.Model, RoleMixin):  # type: ignore[misc,name-defined]
    """A workspace role; its name is one of `permissions.RoleName`."""

    __tablename__ = "role"

    id: Mapped[Id]  # type: ignore[assignment]  # the mixin's stubs know numbers only
    name: Mapped[str] = mapped_column(String(32), unique=True)


class User(db.Model, UserMixin):  # type: ignore[misc,name-defined]
    """A person. Deactivated, never deleted: events keep pointing at them."""

    __tablename__ = "user"

    id: Mapped[Id]  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=roles_users, lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}


class ApiToken(db.Model):  # type: ignore[misc,name-defined]
    """A bearer token of a person; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    user_id: Mapped[UserRef]
    name: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))  # its last characters, to tell tokens apart
    scopes: Mapped[list[str]] = mapped_column(Document)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Workspace(db.Model):  # type: ignore[misc,name-defined]
    """The settings people change on the page; one row."""

    __tablename__ = "workspace"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    week_start: Mapped[int] = mapped_column(default=0)  # 0 = Monday
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Days after a conclusion until the rows of its tests may go; None: kept for ever.
    retention_days: Mapped[int | None]
    # Whom the whole base of clients counts; None: everyone who ever bought.
    base_definition: Mapped[BaseDefinition | None] = mapped_column(choice(BaseDefinition))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
