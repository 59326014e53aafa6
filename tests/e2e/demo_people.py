"""Hypotheses of the demo's people, made by the services: for journeys that begin in the middle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

ACCOUNTS = {
    "member": "lead",
    "analyst": "analyst",
    "leader": "leader",
    "admin": "admin",
    "viewer": "viewer",
}


class DemoWorld(World):
    """The factory with the demo's own people; each call needs an application context."""

    def __init__(self, app: Flask) -> None:
        from hadi.services import users

        self.app = app
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)
        self.ids = {}
        for role, account in ACCOUNTS.items():
            person = users.find(f"{account}@demo.example")
            assert person is not None
            self.ids[role] = person.id


def address_of(app: Flask, stage: str, change: str) -> str:
    """The address of a new hypothesis at that stage: "idea", "planned", "running", ..."""
    with app.app_context():
        made = getattr(DemoWorld(app), stage)(change=change)
        return f"/hypotheses/{made.key}"
