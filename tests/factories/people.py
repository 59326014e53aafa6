"""People for tests: with a role, an address made of it, and a password they all share."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hadi.domain.permissions import JOB, RoleName

if TYPE_CHECKING:
    from flask import Flask

PASSWORD = "a password for tests"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def address(role: str) -> str:
    return f"{role}@shop.example"


def add_person(
    app: Flask,
    role: str = "member",
    *,
    email: str | None = None,
    name: str | None = None,
    language: str | None = None,
    password: str | None = PASSWORD,
) -> str:
    """Someone with that role; answers with their id."""
    from flask import has_app_context

    from hadi.services import users

    # Within the caller's context, so that its session sees the person.
    with nullcontext() if has_app_context() else app.app_context():
        user = users.add(
            email=email or address(role),
            name=name or f"{RoleName(role).value.title()} Test",
            roles=[role],
            language=language,
            password=password,
            by=JOB,
            now=NOW,
        )
        return str(user.id)
